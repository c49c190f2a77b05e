"""Does this row of ``versions`` match? Each term as a condition that is asked one row at a time."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from holotype.catalogue import words
from holotype.catalogue.search import comparing
from holotype.catalogue.search.comparing import compare, fenced, found, head
from holotype.catalogue.tables import (
    aliases,
    data_references,
    files,
    metrics,
    model_tags,
    models,
    namespaces,
    parameters,
    parents,
    sources,
    version_tags,
    versions,
)
from holotype.domain import query_values
from holotype.domain.query_tree import And, Anything, Node, Not, Number, Or, Prefix, Term, Text

Condition = sa.ColumnElement[bool]


class Conditions:
    """Conditions on the rows of one alias of ``versions``, on one database, at one moment (microseconds).

    ``ids`` is the column by which the rows come in: what is asked of other tables is asked of it, before the row itself
    is fetched. ``dense`` are the words that so many versions have that SQLite had better ask each row than list them
    all; ``own`` the words and tags that no model has.
    """

    def __init__(
        self,
        rows: sa.FromClause,
        dialect: str,
        now: int,
        *,
        ids: sa.ColumnElement[Any] | None = None,
        dense: frozenset[Node] = frozenset(),
        own: frozenset[Node] = frozenset(),
    ) -> None:
        self.rows = rows
        self.dialect = dialect
        self.now = now
        self.ids: sa.ColumnElement[Any] = rows.c.id if ids is None else ids
        self.dense = dense
        self.own = own

    def of(self, node: Node) -> Condition:
        """Return the condition of a tree; no index can be drawn to it."""
        if isinstance(node, Not):
            return sa.not_(self.of(node.child))
        if isinstance(node, And):
            return sa.and_(sa.true(), *(self.of(child) for child in node.children))
        if isinstance(node, Or):
            return sa.or_(sa.false(), *(self.of(child) for child in node.children))
        return self.text(node) if isinstance(node, Text) else self.term(node)

    def term(self, term: Term) -> Condition:
        """Return the condition of one term."""
        if term.field in comparing.IN_ROW:
            return fenced(self.plain(term))
        if term.field in {"name", "namespace"}:
            return fenced(self.rows.c.model_id.in_(models_of(term)))
        if term.field == "tag":
            tag = found(self.beside(version_tags, tag_matches(version_tags, term)))
            return tag if term in self.own else tag | fenced(self.rows.c.model_id.in_(models_with_tag(term)))
        return found(self.rows_of(term))

    def plain(self, term: Term) -> Condition:
        """Return the condition of a term on a column of the row itself, open to an index."""
        column = self.rows.c[comparing.IN_ROW[term.field]]
        return text_matches(column, term) if term.field == "author" else compare(column, term, self.now)

    def rows_of(self, term: Term) -> sa.Select[Any]:
        """Return the rows of another table by which this row matches a term."""
        return self.beside(*side(term, closed=True))

    def beside(self, table: sa.Table, condition: Condition) -> sa.Select[Any]:
        """Return the rows of a table about this version that meet a condition."""
        rows: sa.Select[Any] = sa.select(sa.literal_column("1")).where(table.c.version_id == self.ids, condition)
        return rows.correlate_except(table)

    def text(self, text: Text) -> Condition:
        """Return the condition that the words are in the version's or in its model's texts."""
        if text in self.own:
            return self.words(text)
        model = fenced(self.rows.c.model_id.in_(words.matches("model", self.dialect, text)))
        return model | self.words(text)

    def words(self, text: Text) -> Condition:
        """Return the condition that the words are in the version's own texts."""
        if self.dialect == "sqlite":
            listed = words.matches("version", self.dialect, text)
            if text in self.dense:
                table: Any = listed.get_final_froms()[0]
                return found(listed.where(listed.selected_columns.id.element == self.ids).correlate_except(table))
            return fenced(self.ids.in_(listed))
        return fenced(words.in_row(self.rows, text))


def side(term: Term, *, closed: bool = False) -> tuple[sa.Table, Condition]:
    """Return the table beside ``versions`` that a term looks at, and its condition there.

    Where the version is known, the bounds of a value are ``closed``: a database without statistics takes the index of
    all values between the bounds for a better way in than that of the version.
    """
    if term.field == "metric":
        return metrics, metric_matches(metrics, term, closed=closed)
    if term.field == "param":
        return parameters, param_matches(parameters, term, closed=closed)
    if term.field == "alias":
        return aliases, text_matches(aliases.c.name, term)
    if term.field == "format":
        return files, text_matches(files.c.format, term)
    if term.field == "data":
        return data_references, text_matches(data_references.c.uri, term)
    if term.field in {"run", "source"}:
        return sources, text_matches(sources.c.run_id if term.field == "run" else sources.c.uri, term)
    return parents, parent_matches(term)


def text_matches(column: sa.ColumnElement[Any], term: Term) -> Condition:
    """Compare a text column with a text, the beginning of one, or anything."""
    value = term.value
    if isinstance(value, Anything):
        same: Condition = column.is_not(None)
    elif isinstance(value, Prefix):
        same = comparing.begins(column, value.start)
    else:
        same = column == str(value if isinstance(value, str) else value.written)
    return sa.not_(same) if term.operator == "!=" else same


def tag_matches(table: sa.FromClause, term: Term) -> Condition:
    """Compare a tag of a model or version."""
    same = text_matches(table.c.value, term)
    if isinstance(term.value, str) and term.operator == "=":
        same = _begins_and(table, term.value, same)
    return (table.c.key == term.key) & same


def _begins_and(table: sa.FromClause, text: str, same: Condition) -> Condition:
    """Compare the head of a text, and the rest of it if there is more."""
    begin = table.c.head == head(text)
    return begin if head(text + ".") != head(text) else begin & same


def metric_matches(table: sa.FromClause, term: Term, *, closed: bool = False) -> Condition:
    """Compare a metric, perhaps on one data set and slice."""
    bounds: Condition = sa.true()
    if term.dataset is not None:
        bounds &= (table.c.dataset != sa.literal_column("''")) & (table.c.dataset == term.dataset)
    if term.slice is not None:
        bounds &= table.c.slice == term.slice
    if not isinstance(term.value, Anything):
        bounds &= compare(table.c.value, term, 0)
    return (table.c.name == term.key) & (fenced(sa.and_(bounds)) if closed else bounds)


def param_matches(table: sa.FromClause, term: Term, *, closed: bool = False) -> Condition:
    """Compare a parameter: as a number with a number, else as text."""
    where = table.c.name == term.key
    if isinstance(term.value, Number):
        bounds = compare(table.c.number, term, 0)
        return where & (fenced(bounds) if closed and term.operator != "=" else bounds)
    same = text_matches(table.c.text, term)
    if isinstance(term.value, str) and term.operator == "=":
        number = query_values.number(term.value)  # a text that reads as a number has one in place of its head
        same = _begins_and(table, term.value, same) if number is None else (table.c.number == number.value) & same
    return where & same


def parent_matches(term: Term) -> Condition:
    """Compare a parent: a version by number or digest, any version of a model, or an address elsewhere."""
    reference = str(term.value)
    name, at, digest = reference.partition("@")
    same: Condition = parents.c.reference == reference
    if at:
        same |= (parents.c.digest == digest) & comparing.begins(parents.c.reference, name.partition(":")[0] + ":")
    elif ":" not in name:
        same |= parents.c.parent_id.in_(versions_of(name))
    return sa.not_(same) if term.operator == "!=" else same


def models_of(term: Term) -> sa.Select[Any]:
    """Return the ids of the models that a term on their name or namespace means."""
    joined = sa.select(models.c.id).join_from(models, namespaces)
    if term.field == "namespace":
        return joined.where(text_matches(namespaces.c.name, term))
    value = term.value.start if isinstance(term.value, Prefix) else str(term.value)
    space, slash, name = value.rpartition("/")
    same = comparing.begins(models.c.name, name) if isinstance(term.value, Prefix) else models.c.name == name
    if slash:
        same &= namespaces.c.name == space
    return joined.where(sa.not_(same) if term.operator == "!=" else same)


def models_with_tag(term: Term) -> sa.Select[Any]:
    """Return the ids of the models that have a tag themselves."""
    return sa.select(model_tags.c.model_id.label("id")).where(tag_matches(model_tags, term))


def versions_of(reference: str) -> sa.Select[Any]:
    """Return the ids of the versions of a model."""
    space, _, name = reference.rpartition("/")
    chosen = sa.select(versions.c.id).join_from(versions, models).join(namespaces)
    return chosen.where(namespaces.c.name == space, models.c.name == name)
