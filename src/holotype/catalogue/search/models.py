"""Which models match a query, in which order?

A model has far fewer rows than its versions, so models are walked along the order. What a query says about versions
becomes one question per model: terms that stand together must be met by one and the same version; NOT leaves out
the models of which any version matches. Where few versions match, they are listed once; else each model is asked, by
its metrics if the question bounds one: their index has them model by model.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa

from holotype.catalogue import words
from holotype.catalogue.search import sources
from holotype.catalogue.search.asked import After, Search
from holotype.catalogue.search.comparing import compare, fenced, found, unindexed
from holotype.catalogue.search.conditions import Conditions, models_of, models_with_tag, text_matches
from holotype.catalogue.search.sources import Counted, only_own
from holotype.catalogue.tables import metrics, model_tags, models, namespaces, versions
from holotype.db import Tx
from holotype.db.prepared import Prepared
from holotype.domain.query_tree import And, Anything, Node, Not, Or, Term, Text

M = models.alias("m")
_O, _X = versions.alias("o"), metrics.alias("x")
_NEWEST = Prepared(sa.select(sa.func.max(models.c.id).label("id")))
_OF_MODELS = {"name", "namespace", "author", "created", "changed"}
_COLUMNS = {"name": "name", "changed": "changed_at", "created": "id", "author": "created_by"}
Condition = sa.ColumnElement[bool]


def find_models(tx: Tx, search: Search) -> list[After]:
    """Return the ids and keys of up to ``limit`` models behind the cursor; ``tx`` is a snapshot."""
    rows = _seen_at_once(tx, search)
    if len(rows) == search.limit:
        return rows
    rows = []
    for one in statements(tx, search):
        found = tx.execute(one.limit(search.limit - len(rows))).all()
        rows += [After(key, row_id) for row_id, key in found]
        if len(rows) == search.limit:
            break
    return rows


def _seen_at_once(tx: Tx, search: Search) -> list[After]:
    """Return the first of what may be seen among twice as many of all, where the caller may see a great many.

    They are looked at here: to tell the database ten thousand ids takes longer than all the rest of a search.
    """
    if search.visible is None or not search.visible.many:
        return []
    first = statements(tx, replace(search, visible=None))[0].add_columns(M.c.namespace_id.label("space"))
    walked = tx.execute(first.limit(2 * search.limit))
    seen = [After(row.key, int(row.id)) for row in walked if search.visible.has(row.space, row.id)]
    return seen[: search.limit]


def statements(tx: Tx, search: Search) -> list[sa.Select[Any]]:
    """Return the statements that walk the models, each the continuation of the one before."""
    dialect = tx.dialect.name
    about_versions = _about_versions(search.query)
    asked = list(dict.fromkeys(leaf for node in about_versions for leaf in _together(node)))
    counted = sources.count(tx, [sources.of(node, dialect, search.now) for node in asked])
    where = _Models(tx, search, dict(zip(asked, counted, strict=True))).of(search.query)
    where = M.c.deleted_at.is_(None) & where
    if search.visible is not None:
        where &= search.visible.among(M.c.namespace_id, M.c.id)
    if search.sort.field == "tag":
        return _along_tags(search, where)
    if search.sort.field == "namespace":
        return [_along_namespaces(tx, search, where)]
    key = M.c[_COLUMNS[search.sort.field]]
    return [_walk(search, sa.select(M.c.id, key.label("key")).where(where), key, M.c.id)]


def _walk(
    search: Search, walked: sa.Select[Any], key: sa.ColumnElement[Any], tie: sa.ColumnElement[Any], last: Any = None
) -> sa.Select[Any]:
    down, after = search.sort.descending, search.after
    if after is not None and after.key is not None:
        here, there = sa.tuple_(key, tie), sa.tuple_(after.key, after.id if last is None else last)
        walked = walked.where(here < there if down else here > there)
    return walked.order_by(key.desc() if down else key, tie.desc() if down else tie)


def _along_tags(search: Search, where: Condition) -> list[sa.Select[Any]]:
    """Walk along the values of a tag, then through the models that do not have it."""
    tags, down, after = model_tags.alias("walked"), search.sort.descending, search.after
    tagged = sa.select(M.c.id, tags.c.head.label("key")).join_from(tags, M, M.c.id == unindexed(tags.c.model_id))
    tagged = tagged.where(tags.c.key == search.sort.key, where)
    own = model_tags.alias("own")
    has: sa.Select[Any] = sa.select(sa.literal_column("1")).where(
        own.c.model_id == M.c.id, own.c.key == search.sort.key
    )
    rest = sa.select(M.c.id, sa.null().label("key")).where(sa.not_(found(has.correlate(M))), where)
    if after is not None and after.key is None:
        rest = rest.where(M.c.id < after.id if down else M.c.id > after.id)
    rest = rest.order_by(M.c.id.desc() if down else M.c.id)
    first = [] if after is not None and after.key is None else [_walk(search, tagged, tags.c.head, tags.c.model_id)]
    return [*first, rest]


def _along_namespaces(tx: Tx, search: Search, where: Condition) -> sa.Select[Any]:
    """Walk by namespace and name; PostgreSQL has to sort them, so it sorts before it asks anything of them."""
    last = None
    if search.after is not None:
        last = tx.execute(sa.select(models.c.name).where(models.c.id == search.after.id)).scalar() or ""
    if tx.dialect.name == "sqlite":
        walked = sa.select(M.c.id, namespaces.c.name.label("key"))
        walked = walked.join_from(namespaces, M, M.c.namespace_id == unindexed(namespaces.c.id)).where(where)
        return _walk(search, walked, namespaces.c.name, M.c.name, last)
    listed = sa.select(models.c.id, models.c.name.label("tie"), namespaces.c.name.label("key"))
    rows = _walk(search, listed.join_from(namespaces, models), namespaces.c.name, models.c.name, last).subquery(
        "listed"
    )
    chosen = sa.select(M.c.id, rows.c.key).join_from(rows, M, M.c.id == unindexed(rows.c.id)).where(where)
    return _walk(replace(search, after=None), chosen, rows.c.key, rows.c.tie)


def _together(node: Node) -> tuple[Node, ...]:
    """Return what is counted of a question about one version: the terms that it has to meet."""
    return node.children if isinstance(node, And) else (node,)


def _about_versions(node: Node) -> list[Node]:
    """Return the parts of a query that are asked of one version each."""
    if isinstance(node, And):
        together, others = _parted(node)
        return [*([together] if together else []), *(part for child in others for part in _about_versions(child))]
    if isinstance(node, Or):
        return [part for child in node.children for part in _about_versions(child)]
    if isinstance(node, Not):
        return _about_versions(node.child)
    return [] if isinstance(node, Term) and node.field in _OF_MODELS else [node]


def _parted(node: And) -> tuple[And | None, list[Node]]:
    """Return what one version has to meet, and the rest; tags join when something else is asked of the version."""
    terms = [child for child in node.children if isinstance(child, Term) and child.field not in _OF_MODELS]
    if all(term.field == "tag" for term in terms):
        return None, list(node.children)
    return And(tuple(terms)), [child for child in node.children if child not in terms]


@dataclass(frozen=True, slots=True)
class _Models:
    """Conditions on rows of models; ``counted`` says what the indexes have for each term about versions."""

    tx: Tx
    search: Search
    counted: dict[Node, Counted] = field(default_factory=dict)

    @property
    def dialect(self) -> str:
        """The name of the kind of database."""
        return self.tx.dialect.name

    def conditions(self, rows: sa.FromClause, ids: Any = None) -> Conditions:
        """Return conditions on rows of versions."""
        return Conditions(rows, self.dialect, self.search.now, ids=ids, own=self.own)

    @property
    def own(self) -> frozenset[Node]:
        """The words and tags that no model has itself."""
        return frozenset(node for node, counted in self.counted.items() if only_own(node, counted))

    def of(self, node: Node) -> Condition:
        """Return the condition of a tree on a model."""
        if isinstance(node, Not):
            return sa.not_(self.of(node.child))
        if isinstance(node, Or):
            return sa.or_(sa.false(), *(self.of(child) for child in node.children))
        if isinstance(node, And):
            together, others = _parted(node)
            asked = [self.by_version(together)] if together else []
            return sa.and_(sa.true(), *asked, *(self.of(child) for child in others))
        return self.text(node) if isinstance(node, Text) else self.term(node)

    def term(self, term: Term) -> Condition:
        """Return the condition of one term."""
        if term.field in {"name", "namespace"}:
            return fenced(M.c.id.in_(models_of(term)))
        if term.field == "author":
            return fenced(text_matches(M.c.created_by, term))
        if term.field in _OF_MODELS:
            return fenced(compare(M.c[f"{term.field}_at"], term, self.search.now))
        asked = self.by_version(term)
        return fenced(M.c.id.in_(models_with_tag(term))) | asked if term.field == "tag" else asked

    def text(self, text: Text) -> Condition:
        """Return the condition that the words are in the texts of the model or of one of its versions."""
        of_model = fenced(M.c.id.in_(words.matches("model", self.dialect, text)))
        many = self.counted[text].parts[0]
        if many == 0:
            return of_model
        rows = versions.alias("worded")
        if many > sources.FEW:
            own: sa.Select[Any] = sa.select(sa.literal_column("1")).where(
                rows.c.model_id == M.c.id, rows.c.deleted_at.is_(None)
            )
            return of_model | found(own.where(self.conditions(rows).words(text)).correlate(M))
        matching = words.matches("version", self.dialect, text).subquery()
        own = sa.select(rows.c.model_id).join_from(matching, rows, rows.c.id == unindexed(matching.c.id))
        return of_model | fenced(M.c.id.in_(own.where(rows.c.deleted_at.is_(None))))

    def by_version(self, node: Node) -> Condition:
        """Return the condition that one version of the model matches."""
        terms = _together(node)
        listed = [term for term in terms if self.counted[term].parts]
        if any(self.counted[term].count == 0 for term in listed):
            return sa.false()
        rarest = min(listed, key=lambda term: self.counted[term].count, default=None)
        drivers = [term for term in listed if isinstance(term, Term) and term.field == "metric"]
        driver = min(drivers, key=lambda term: self.counted[term].share, default=None)
        if rarest is not None and self.counted[rarest].few:
            few = self.counted[rarest].count
            # a page of n models asks n of them, or more where fewer than all of them can have such a version
            if rarest != driver or few <= self.search.limit * max(1.0, self.many() / few):
                return self.listed(terms, self.counted[rarest])
        met = self.meeting(listed, driver)
        if met is not None:
            return self.listed([term for term in terms if term not in met[1]], *met)
        return self.asked(terms) if driver is None else self.asked_by_metric(terms, driver)

    def many(self) -> int:
        """Return how many models there are, or were."""
        return _NEWEST.one(self.tx, {}).id or 1

    def listed(self, terms: Sequence[Node], counted: Counted, probed: Sequence[Node] = ()) -> Condition:
        """Return the condition that the model is one of those of the versions that a term lists."""
        rows = _O
        chosen = sources.union(counted, [self.counted[term].sources[0] for term in probed])
        asked = self.conditions(rows, chosen.c.id).of(And(tuple(terms)))
        matching = rows.c.deleted_at.is_(None) & asked
        own = sa.select(rows.c.model_id).join_from(chosen, rows, rows.c.id == unindexed(chosen.c.id))
        return fenced(M.c.id.in_(own.where(matching)))

    def meeting(self, listed: Sequence[Node], driver: Node | None) -> tuple[Counted, list[Node]] | None:
        """Return the rarest term and those to look it up by, if that looks at fewer versions than asking each model."""
        newest = max((self.counted[term].newest for term in listed), default=0)
        depth = 1.0
        for term in listed:
            depth /= self.counted[term].share if term != driver else 1.0
        reach = self.search.limit * min(depth, newest / self.many())
        if reach < sources.FEW:
            return None
        counted = sources.count_more(self.tx, [self.counted[term] for term in listed])
        rarest, one = min(zip(listed, counted, strict=True), key=lambda pair: pair[1].count)
        if one.guessed or one.count > min(sources.MORE, reach):
            return None
        others = [pair for pair in zip(listed, counted, strict=True) if pair[0] != rarest and isinstance(pair[0], Term)]
        return one, [term for term, other in others if sources.met_whole(self.tx, other, one)]

    def asked(self, terms: Sequence[Node]) -> Condition:
        """Return the condition that one of the model's versions, asked one by one, matches."""
        rows = _O
        own: sa.Select[Any] = sa.select(sa.literal_column("1")).where(rows.c.model_id == M.c.id)
        matching = self.conditions(rows).of(And(tuple(terms)))
        alive = rows.c.deleted_at.is_(None)
        # an index of SQLite has the ids of a model's versions: their rows are fetched last
        last = sa.case((matching, alive)) if self.dialect == "sqlite" else alive & matching
        return found(own.where(last, *self.indexed(rows, terms)).correlate(M))

    def asked_by_metric(self, terms: Sequence[Node], driver: Term) -> Condition:
        """Return the condition that one of the model's versions matches, of those that have a metric so."""
        rows, best = _O, _X
        own: sa.Select[Any] = sa.select(sa.literal_column("1")).join_from(
            best, rows, rows.c.id == unindexed(best.c.version_id)
        )
        own = own.where(best.c.model_id == M.c.id, best.c.name == driver.key)
        if not isinstance(driver.value, Anything):
            own = own.where(compare(best.c.value, driver, self.search.now))
        others = [term for term in terms if term != driver or driver.dataset is not None]
        matching = self.conditions(rows, best.c.version_id).of(And(tuple(others)))
        return found(own.where(rows.c.deleted_at.is_(None), matching).correlate(M))

    def indexed(self, rows: sa.FromClause, terms: Sequence[Node]) -> Sequence[Condition]:
        """Return the stages that a version must have, open to the index of a model's versions by stage."""
        stages = [term for term in terms if isinstance(term, Term) and (term.field, term.operator) == ("stage", "=")]
        return [self.conditions(rows).plain(term) for term in stages]
