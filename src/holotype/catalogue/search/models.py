"""Which models match a query, in which order?

A model has far fewer rows than its versions, so models are walked along the order. What a query says about versions
becomes one question per model: terms that stand together must be met by one and the same version; NOT leaves out
the models of which any version matches. Where few versions match, they are listed once; else each model's are asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from holotype.catalogue import words
from holotype.catalogue.search import sources
from holotype.catalogue.search.comparing import compare, fenced, found, unindexed
from holotype.catalogue.search.conditions import Conditions, models_of, models_with_tag, text_matches
from holotype.catalogue.search.orders import After
from holotype.catalogue.search.sources import Counted
from holotype.catalogue.search.versions import Search
from holotype.catalogue.tables import models, versions
from holotype.db import Tx
from holotype.domain.query_tree import And, Node, Not, Or, Term, Text

M = models.alias("m")
_OF_MODELS = {"name", "namespace", "author", "created", "changed"}
_COLUMNS = {"name": "name", "changed": "changed_at", "created": "id"}
Condition = sa.ColumnElement[bool]


def find_models(tx: Tx, search: Search) -> list[After]:
    """Return the ids and keys of up to ``limit`` models behind the cursor; ``tx`` is a snapshot."""
    rows = tx.execute(statement(tx, search).limit(search.limit))
    return [After(row.key, int(row.id)) for row in rows]


def statement(tx: Tx, search: Search) -> sa.Select[Any]:
    """Return the statement that walks the models."""
    dialect = tx.dialect.name
    about_versions = _about_versions(search.query)
    counted = sources.count(tx, [sources.of(node, dialect, search.now) for node in about_versions])
    where = _Models(dialect, search.now, dict(zip(about_versions, counted, strict=True))).of(search.query)
    key, way = M.c[_COLUMNS[search.sort.field]], search.sort.descending
    walked = sa.select(M.c.id, key.label("key")).where(M.c.deleted_at.is_(None), where)
    if search.visible is not None:
        walked = walked.where(search.visible.among(M.c.namespace_id, M.c.id))
    if search.after is not None:
        here, there = sa.tuple_(key, M.c.id), sa.tuple_(search.after.key, search.after.id)
        walked = walked.where(here < there if way else here > there)
    return walked.order_by(key.desc() if way else key, M.c.id.desc() if way else M.c.id)


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
    """Conditions on rows of models; ``counted`` says what the indexes have for each part about versions."""

    dialect: str
    now: int
    counted: dict[Node, Counted] = field(default_factory=dict)

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
            return fenced(compare(M.c[f"{term.field}_at"], term, self.now))
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
            return of_model | found(own.where(Conditions(rows, self.dialect, self.now).words(text)).correlate(M))
        matching = words.matches("version", self.dialect, text).subquery()
        own = sa.select(rows.c.model_id).join_from(matching, rows, rows.c.id == unindexed(matching.c.id))
        return of_model | fenced(M.c.id.in_(own.where(rows.c.deleted_at.is_(None))))

    def by_version(self, node: Node) -> Condition:
        """Return the condition that one version of the model matches."""
        rows = versions.alias("o")
        counted = self.counted[node]
        if counted.parts and counted.count == 0:
            return sa.false()
        matching = rows.c.deleted_at.is_(None) & Conditions(rows, self.dialect, self.now).of(node)
        if counted.sources and counted.few:
            chosen = sources.union(counted)
            own = sa.select(rows.c.model_id).join_from(chosen, rows, rows.c.id == unindexed(chosen.c.id))
            return fenced(M.c.id.in_(own.where(matching)))
        own = sa.select(sa.literal_column("1")).where(rows.c.model_id == M.c.id, matching, *self.indexed(rows, node))
        return found(own.correlate(M))

    def indexed(self, rows: sa.FromClause, node: Node) -> Sequence[Condition]:
        """Return the stages that a version must have, open to the index of a model's versions by stage."""
        terms = node.children if isinstance(node, And) else (node,)
        stages = [term for term in terms if isinstance(term, Term) and (term.field, term.operator) == ("stage", "=")]
        return [Conditions(rows, self.dialect, self.now).plain(term) for term in stages]
