"""Which index lists the versions that match a term, how many are there at most, and how dense do they lie?

A source lists ids of versions: all that match, perhaps some more (every term is asked again for each row). One that
is *ordered* lists them by id out of its index, so that the newest come first without sorting.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from holotype.catalogue import words
from holotype.catalogue.search import conditions
from holotype.catalogue.search.comparing import IN_ROW, fenced
from holotype.catalogue.search.conditions import models_of, models_with_tag, side, tag_matches
from holotype.catalogue.tables import models, parents, version_tags, versions
from holotype.db import Tx
from holotype.domain.query_tree import And, Anything, Node, Not, Or, Prefix, Term, Text

FEW = 6_000
"""So many versions can be looked at one by one within the time that a page may take."""
MORE = 40_000
"""So many can be looked up in other indexes within that time."""
_WHOLE = 100_000
_LISTED = versions.alias("listed")
_NEWEST = sa.select(sa.func.max(versions.c.id))
_NO_GUESSES: Mapping[int, tuple[int, int]] = {}


@dataclass(frozen=True, slots=True)
class Source:
    """Ids of versions out of one index; ``ordered`` when the index has them by id.

    ``at_least`` lists some of them, where counting a few costs the index as much as listing all: PostgreSQL is asked
    first what its statistics say of those.
    """

    ids: sa.Select[Any]
    ordered: bool = False
    at_least: sa.Select[Any] | None = None


@dataclass(frozen=True, slots=True)
class Counted:
    """The sources of one term that have anything, and how many they have, up to a bound: more than ``FEW`` is many.

    ``oldest`` is the last of the newest that were counted: the older it is, the rarer the term is among the new ones.
    ``newest`` is the newest of all versions, ``parts`` how many each of all sources has; ``guessed`` says that they
    come from statistics, because they cannot be counted soon, and not be listed soon either.
    """

    sources: tuple[Source, ...]
    count: int
    oldest: int
    newest: int = 0
    parts: tuple[int, ...] = ()
    guessed: bool = False

    @property
    def share(self) -> float:
        """The share of all versions that they are, or of the newest where they are ordered; at least that much."""
        many = self.ordered and not self.few and not self.guessed
        span = self.newest - self.oldest + 1 if many else self.newest
        return min(1.0, self.count / max(1, span))

    @property
    def few(self) -> bool:
        """Whether all of them can be looked at."""
        return self.count <= FEW and not self.guessed

    @property
    def dense(self) -> bool:
        """Whether asking full text once a row until a page is full costs less than listing all that match.

        With n versions of which a share s matches, the one costs 100/s questions of 70 µs, the other n*s of 0.4 µs.
        """
        share = self.count / max(1, self.newest - self.oldest)
        return not self.few and share * share * self.newest > 17_500

    @property
    def ordered(self) -> Source | None:
        """The one source of all of them, if it has them by id."""
        return self.sources[0] if len(self.sources) == 1 and self.sources[0].ordered else None


def of(node: Node, dialect: str, now: int) -> tuple[Source, ...]:
    """Return sources that together list all versions that match, or nothing where no index does."""
    if isinstance(node, Not):
        return ()
    if isinstance(node, Text):
        return *of_words([node], dialect), Source(_in_models(words.matches("model", dialect, node)))
    if isinstance(node, And):
        return next((found for child in node.children if (found := of(child, dialect, now))), ())
    if isinstance(node, Or):
        texts = [child for child in node.children if isinstance(child, Text)]
        if dialect == "sqlite" and len(texts) == len(node.children):  # full text lists them together, by id
            any_model = Source(_in_models(words.matches_any("model", *texts)))
            return Source(words.matches_any("version", *texts), ordered=True), any_model
        each = [of(child, dialect, now) for child in node.children]
        return tuple(source for found in each for source in found) if all(each) else ()
    return _of_term(node, now)


def of_words(texts: Sequence[Text], dialect: str) -> tuple[Source, ...]:
    """Return the source of all versions that have all of some words in their own texts."""
    listed = words.matches("version", dialect, *texts)
    if dialect == "sqlite":
        return (Source(listed, ordered=True),)  # FTS5 lists by rowid, a GIN index in no order
    # statistics know words, but not how many begin alike
    return (Source(listed, at_least=words.matches("version", dialect, *(replace(one, prefix=False) for one in texts))),)


def of_visible(namespace_ids: Sequence[int], model_ids: Sequence[int]) -> tuple[Source, ...]:
    """Return the source of all versions in some namespaces and of some models."""
    inside = models.c.namespace_id.in_(namespace_ids) | models.c.id.in_(model_ids)
    return (Source(_in_models(sa.select(models.c.id).where(inside))),)


def count(tx: Tx, groups: Sequence[tuple[Source, ...]], bound: int | None = None) -> list[Counted]:
    """Count what the sources of each term have, in one statement, up to a bound."""
    flat = [source for group in groups for source in group]
    if not flat:
        return [Counted((), 0, 0) for _ in groups]
    guesses = _guesses(tx, flat)
    return counted(groups, tx.execute(counting(flat, bound or FEW, guesses)), guesses)


def counting(flat: Sequence[Source], bound: int, guessed: Collection[int] = ()) -> sa.CompoundSelect[Any]:
    """Return the statement that counts what sources have, up to a bound, but for those whose number is guessed."""
    newest: Any = sa.select(
        sa.literal_column("-1").label("place"),
        sa.literal_column("0").label("many"),
        sa.func.max(versions.c.id).label("oldest"),
    )
    return sa.union_all(newest, *(_counting(i, one, bound) for i, one in enumerate(flat) if i not in guessed))


def counted(
    groups: Sequence[tuple[Source, ...]], rows: Iterable[Any], guesses: Mapping[int, tuple[int, int]] = _NO_GUESSES
) -> list[Counted]:
    """Return what the sources of each term have, by the rows of ``counting``."""
    found = {row.place: (int(row.many), int(row.oldest or 0)) for row in rows} | dict(guesses)
    told: list[Counted] = []
    place = 0
    for group in groups:
        places = range(place, place + len(group))
        place += len(group)
        figures = [found[i] for i in places]
        some = tuple(source for source, figure in zip(group, figures, strict=True) if figure[0])
        oldest = min((figure[1] for figure in figures if figure[0]), default=0)
        parts = tuple(figure[0] for figure in figures)
        guessed = any(i in guesses for i in places)
        told.append(Counted(some, sum(parts), oldest, found[-1][1], parts, guessed))
    return told


def count_more(tx: Tx, known: Sequence[Counted]) -> list[Counted]:
    """Count further what decides whether lists are short enough to meet.

    Of the ordered ones, which tell by their newest how many they are, that is only the rarest.
    """
    ordered = [one for one in known if one.ordered and not one.few]
    rarest = min(ordered, key=lambda one: one.share, default=None)
    unsure = [one for one in known if not one.few and not one.guessed and (not one.ordered or one is rarest)]
    further = dict(zip(map(id, unsure), count(tx, [one.sources for one in unsure], MORE), strict=True))
    return [further.get(id(one)) or (one if one.few else _extended(one)) for one in known]


def _extended(one: Counted) -> Counted:
    return replace(one, count=max(one.count, round(one.share * one.newest)), oldest=0)


def met_whole(tx: Tx, other: Counted, rarest: Counted) -> bool:
    """Say whether to read all that a term lists to meet it with a rarer one, rather than to look each of that up.

    PostgreSQL reads thirty entries of an index in the time of one look into it, and keeps so many in memory.
    """
    worth = other.count <= min(_WHOLE, 15 * rarest.count)
    return tx.dialect.name != "sqlite" and worth and not other.guessed and len(other.sources) == 1


def only_own(node: Node, counted: Counted) -> bool:
    """Say whether no model has a tag or words, so that only the versions' own count."""
    may_be_of_model = isinstance(node, Text) or (isinstance(node, Term) and node.field == "tag")
    return may_be_of_model and len(counted.parts) == 2 and counted.parts[1] == 0


def union(found: Counted, probes: Sequence[Source] = ()) -> sa.Subquery:
    """Return the ids of all sources that the probes list as well, each once."""
    # the limit keeps the planners from melting this into the rest, and tells PostgreSQL how few there are
    limit: sa.ColumnElement[Any] = sa.literal_column(str(max(FEW, found.count) + 1))
    each = [source.ids.limit(limit).subquery() for source in found.sources]
    picked = [_probed(sa.select(ids.c.id), ids, probes) for ids in each]
    if len(picked) == 1:
        return picked[0].distinct().limit(limit).subquery("chosen")
    return sa.union(*picked).subquery("chosen")


def _probed(chosen: sa.Select[Any], ids: sa.Subquery, probes: Sequence[Source]) -> sa.Select[Any]:
    for probe in probes:
        chosen = chosen.where(fenced(ids.c.id.in_(probe.ids)))
    return chosen


def newest_first(source: Source) -> sa.Select[Any]:
    """Return the ids of an ordered source, the newest first."""
    return source.ids.order_by(column_of(source).desc())


def _guesses(tx: Tx, flat: Sequence[Source]) -> dict[int, tuple[int, int]]:
    """Return what the statistics say of the sources that cost PostgreSQL a row of the table for each match.

    With n versions of which m match, listing them costs m rows here and there, walking along an order until a page is
    full 100*n/m rows in a row, each a fifth of that.
    """
    asked = {i: source.at_least for i, source in enumerate(flat) if source.at_least is not None}
    if not asked:
        return {}
    newest = tx.execute(_NEWEST).scalar() or 0
    guessed = {i: (int(_estimate(tx, listed)), 0) for i, listed in asked.items()}
    return {i: guess for i, guess in guessed.items() if guess[0] > min(FEW, (20 * newest) ** 0.5)}


def _estimate(tx: Tx, listed: sa.Select[Any]) -> float:
    statement = listed.compile(dialect=tx.dialect)
    rows = tx.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", dict(statement.params))
    return float(rows.scalar_one()[0]["Plan"]["Plan Rows"])


def column_of(source: Source) -> Any:
    """Return the column, of the table of a source, that holds the ids."""
    column = source.ids.selected_columns.id
    return column.element if isinstance(column, sa.Label) else column


def _counting(place: int, source: Source, bound: int) -> sa.Select[Any]:
    chosen = newest_first(source) if source.ordered else source.ids
    some = chosen.limit(sa.literal_column(str(bound + 1))).subquery()
    position: sa.ColumnElement[Any] = sa.literal_column(str(place)).label("place")
    return sa.select(position, sa.func.count().label("many"), sa.func.min(some.c.id).label("oldest")).select_from(some)


def _of_term(term: Term, now: int) -> tuple[Source, ...]:
    if term.operator == "!=":
        return ()
    if term.field in {"name", "namespace"}:
        return (Source(_in_models(models_of(term))),)
    if term.field == "tag":
        exact = not isinstance(term.value, Anything | Prefix)
        own = sa.select(version_tags.c.version_id.label("id")).where(tag_matches(version_tags, term))
        return Source(own, exact), Source(_in_models(models_with_tag(term)))
    if term.field in IN_ROW:
        return _of_row(term, now)
    if term.field == "parent":
        return _of_parent(term)
    if isinstance(term.value, Prefix):
        return ()
    table, condition = side(term)
    exact = term.operator == "=" and not isinstance(term.value, Anything)
    ids = sa.select(table.c.version_id.label("id")).where(condition)
    return (Source(ids, exact and term.slice is None),)


def _of_row(term: Term, now: int) -> tuple[Source, ...]:
    if isinstance(term.value, Prefix):
        return ()
    ids = sa.select(_LISTED.c.id).where(conditions.Conditions(_LISTED, "", now).plain(term))
    return (Source(ids, term.field in {"stage", "author"}),)


def _of_parent(term: Term) -> tuple[Source, ...]:
    reference = str(term.value)
    name, at, digest = reference.partition("@")
    listed = sa.select(parents.c.version_id.label("id"))
    exact = Source(listed.where(parents.c.reference == reference), ordered=True)
    if at:
        inner = sa.select(versions.c.id).where(versions.c.digest == digest)
        return exact, Source(listed.where(parents.c.parent_id.in_(inner)))
    if ":" in name:
        return (exact,)
    return exact, Source(listed.where(parents.c.parent_id.in_(conditions.versions_of(name))))


def _in_models(chosen: sa.Select[Any]) -> sa.Select[Any]:
    return sa.select(versions.c.id).where(versions.c.model_id.in_(chosen))
