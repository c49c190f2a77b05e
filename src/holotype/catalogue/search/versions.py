"""Which versions match a query, in which order?

1. Every term that an index can list is counted, up to a bound, in one statement; but for all versions of one model by
   their numbers, which are walked.
2. Nothing there: nothing matches.
3. A term is rare: its few versions are looked at one by one, and sorted. Not so where it is the name of a model, and
   an index has the order within a model: then a page costs the same however many versions the model has.
4. All terms are common, but rarely meet: what the rarest lists is looked up in the indexes of the others, and the few
   that all of them list are sorted.
5. Else a page is full soon: versions are walked along the order, or, the newest first, along the rarest term. What has
   no key for the order is walked last.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from holotype.catalogue.search import sources, stages, walks
from holotype.catalogue.search.asked import After, Search
from holotype.catalogue.search.conditions import Conditions, models_of
from holotype.catalogue.search.orders import Order, order_of
from holotype.catalogue.search.sources import Counted, only_own
from holotype.catalogue.search.walks import Matching, V
from holotype.db import Tx
from holotype.domain.query_tree import And, Node, Or, Term, Text

_WITHIN_A_MODEL = {"metric", "number"}
"""By which fields an index orders the versions of one model."""
_SORTED = {"few", "meeting"}
"""The ways at whose end all that match are sorted; the others walk along the order."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The statements of a search, each the continuation of the one before; none where nothing can match."""

    way: str
    statements: tuple[sa.Select[Any], ...] = ()


def find_versions(tx: Tx, search: Search) -> list[After]:
    """Return the ids and keys of up to ``limit`` versions behind the cursor; ``tx`` is a snapshot."""
    return _first(tx, plan(tx, search), search.limit)


def tally_versions(tx: Tx, search: Search, first: int) -> tuple[list[After], int]:
    """Return the ids and keys of the first versions, and count up to ``limit`` of them where they lie."""
    chosen = plan(tx, search)
    rows = _first(tx, chosen, first)
    if len(rows) < first:
        return rows, len(rows)
    count = 0
    for statement in chosen.statements:
        some = statement.order_by(None) if chosen.way in _SORTED else statement
        within = some.limit(search.limit - count).subquery()
        count += int(tx.execute(sa.select(sa.func.count()).select_from(within)).scalar_one())
        if count == search.limit:
            break
    return rows, count


def _first(tx: Tx, chosen: Plan, limit: int) -> list[After]:
    rows: list[After] = []
    for statement in chosen.statements:
        if len(rows) == limit:
            break
        rows += [After(_key(row), row[0]) for row in tx.execute(statement.limit(limit - len(rows))).all()]
    return rows


def _key(row: Sequence[Any]) -> Any:
    """Return the first key that a row of an id and keys has."""
    return next((key for key in row[1:] if key is not None), None) if row[1] is None else row[1]


def plan(tx: Tx, search: Search) -> Plan:
    """Choose the way to the versions, by counting."""
    order = order_of(search.sort, search.query)
    if order.field == "stage":
        order = replace(order, stages=stages.unusual(tx))
    search = _with_ties(tx, search, order)
    terms = list(search.query.children if isinstance(search.query, And) else (search.query,))
    model_id = _one_model(tx, terms) if order.field in _WITHIN_A_MODEL else None
    alone = model_id is not None and len(terms) == 1 and not order.beside
    ways = [] if alone else _ways(tx, search, terms)  # 1
    if any(way.counted.count == 0 for way in ways):
        return Plan("nothing")  # 2
    dense = frozenset(term for way in ways if way.counted.dense for term in way.exactly)
    own = frozenset(term for way in ways for term in way.exactly if only_own(term, way.counted))

    def matching(*known: _Way) -> Matching:
        asked = And(tuple(term for term in terms if not any(term in way.exactly for way in known)))
        words = dense if not known or known[0] is along else frozenset()
        return lambda ids: _matches(
            search, Conditions(V, tx.dialect.name, search.now, ids=ids, dense=words, own=own), asked
        )

    along = _along(ways, order, search)
    rarest = min(ways, key=lambda way: way.counted.count, default=None)
    if rarest is not None and rarest.counted.few:  # 3
        if model_id is None or not set(rarest.exactly) & set(_named(terms)):
            return Plan("few", (walks.from_few(rarest.counted, order, search, matching(rarest)),))
        return Plan("model", tuple(walks.along_order(order, search, matching(), tx.dialect.name, model_id, few=True)))
    walked = {*order.bounds, *(along.exactly if along else ()), *(_named(terms) if model_id else ())}
    met = _meeting(tx, ways, walked, search.limit)
    if met is not None:  # 4
        listed, probes = met
        probing = [probe.counted.sources[0] for probe in probes]
        return Plan("meeting", (walks.from_few(listed.counted, order, search, matching(listed, *probes), probing),))
    if along is not None:  # 5
        return Plan("term", (walks.along_term(along.counted, search, matching(along)),))
    return Plan("order", tuple(walks.along_order(order, search, matching(), tx.dialect.name, model_id)))


@dataclass(frozen=True, slots=True)
class _Way:
    """What the indexes have for a term, and the terms that hold for exactly what they list."""

    counted: Counted
    exactly: tuple[Node, ...] = ()


def _ways(tx: Tx, search: Search, terms: Sequence[Node]) -> list[_Way]:
    dialect = tx.dialect.name
    listed = [(term, group) for term in terms if (group := sources.of(term, dialect, search.now))]
    counted = sources.count(tx, [group for _, group in listed])
    ways = [
        _Way(one, (term,) if isinstance(term, Term | Text) or _is_words(term) else ())
        for one, (term, _) in zip(counted, listed, strict=True)
    ]
    more: list[tuple[tuple[Node, ...], tuple[sources.Source, ...]]] = []
    own = tuple(way.exactly[0] for way in ways if _in_own_texts(way))
    if len(own) > 1:  # words that no model has: full text finds those that have all of them
        more.append((own, sources.of_words([text for text in own if isinstance(text, Text)], dialect)))
    if search.visible is not None and not search.visible.many:
        more.append(((), sources.of_visible(search.visible.namespaces, search.visible.models)))
    found = sources.count(tx, [group for _, group in more]) if more else []
    return ways + [_Way(one, exactly) for one, (exactly, _) in zip(found, more, strict=True)]


_FIRST: dict[str, tuple[int | str, ...]] = {"name": (0, 0), "namespace": ("", 0), "digest": (0,)}
"""The ties that a row has which is gone, by the order of versions."""


def _with_ties(tx: Tx, search: Search, order: Order) -> Search:
    if search.after is None or order.tied_by_id:
        return search
    row = tx.execute(sa.select(*order.ties(V)).where(V.c.id == search.after.id)).one_or_none()
    ties = _FIRST[order.field] if row is None else tuple(row)
    return replace(search, after=replace(search.after, ties=ties))


def _along(ways: Sequence[_Way], order: Order, search: Search) -> _Way | None:
    """Return the term to walk along, where its index has the order of the page."""
    ordered = [way for way in ways if way.counted.ordered] if order.by_id and search.sort.descending else []
    return min(ordered, key=lambda way: way.counted.oldest, default=None)


def _reach(ways: Sequence[_Way], walked: Collection[Node], limit: int) -> float:
    """Return how many rows a walk will look at until the page is full, if the terms know nothing of each other."""
    reach = float(limit)
    for way in ways:
        if any(set(way.exactly) < set(other.exactly) for other in ways):
            continue  # one word of several that were counted together
        if not any(term in walked for term in way.exactly):
            reach /= way.counted.share
    return reach


def _meeting(tx: Tx, ways: Sequence[_Way], walked: Collection[Node], limit: int) -> tuple[_Way, list[_Way]] | None:
    """Return the rarest term and those to look it up by, if that looks at fewer rows than a walk."""
    if len(ways) < 2 or _reach(ways, walked, limit) < sources.FEW:
        return None
    counted = sources.count_more(tx, [way.counted for way in ways])
    ways = [replace(way, counted=one) for way, one in zip(ways, counted, strict=True)]
    listable = [way for way in ways if way.counted.count <= sources.MORE and not way.counted.guessed]
    rarest = min(listable, key=lambda way: way.counted.count, default=None)
    if rarest is None or rarest.counted.count > _reach(ways, walked, limit):
        return None
    others = [way for way in ways if way is not rarest and isinstance(next(iter(way.exactly), None), Term)]
    return rarest, [way for way in others if sources.met_whole(tx, way.counted, rarest.counted)]


def _named(terms: Sequence[Node]) -> list[Term]:
    """Return the terms that give the whole name of a model."""
    names = [term for term in terms if isinstance(term, Term) and (term.field, term.operator) == ("name", "=")]
    return [term for term in names if isinstance(term.value, str)]


def _one_model(tx: Tx, terms: Sequence[Node]) -> int | None:
    """Return the id of the model that a query names, if it names one."""
    for term in _named(terms):
        ids = tx.execute(models_of(term).limit(2)).scalars().all()
        return int(ids[0]) if len(ids) == 1 else None
    return None


def _in_own_texts(way: _Way) -> bool:
    return bool(way.exactly) and isinstance(way.exactly[0], Text) and way.counted.parts[-1:] == (0,)


def _is_words(node: Node) -> bool:
    """Say whether a node is words joined by OR, which full text may list by themselves."""
    return isinstance(node, Or) and all(isinstance(child, Text) for child in node.children)


def _matches(search: Search, conditions: Conditions, asked: And) -> sa.ColumnElement[bool]:
    where = V.c.deleted_at.is_(None) & conditions.of(asked)
    return where if search.visible is None else where & search.visible.among(V.c.namespace_id, V.c.model_id)
