"""Where are names, descriptions and cards kept for full-text search?

SQLite    model_words, version_words    FTS5 tables over the texts of their rows, kept by triggers
PostgreSQL    models.words, versions.words    generated ``tsvector`` columns, each with a GIN index

Both cut text at everything but letters and digits, ignore case and know no language. The statements here are what
``metadata.create_all`` runs behind the plain tables; a migration repeats them.
"""

from __future__ import annotations

import string
from typing import Any

import sqlalchemy as sa

from holotype.catalogue.tables import models, versions
from holotype.domain.query_tree import Text

_SOURCES = {"model": (models, ("name", "description", "card")), "version": (versions, ("description", "card"))}
NOUNS = tuple(_SOURCES)
_CUT = str.maketrans(dict.fromkeys(string.punctuation, " "))
_LONGEST = 400
_INDEXED = 100_000
"""PostgreSQL keeps at most 1 MiB of words a row: of a longer text, the beginning is searched."""


def matches(noun: str, dialect: str, *texts: Text) -> sa.Select[Any]:
    """Return the ids of the models or versions whose words match all of some texts."""
    if dialect == "sqlite":
        return _listed(noun, " AND ".join(map(_fts5, texts)))
    rows = _SOURCES[noun][0].alias()
    return sa.select(rows.c.id).where(in_row(rows, *texts))


def matches_any(noun: str, *texts: Text) -> sa.Select[Any]:
    """Return the ids of the models or versions whose words match one of some texts, on SQLite."""
    return _listed(noun, " OR ".join(map(_fts5, texts)))


def _listed(noun: str, match: str) -> sa.Select[Any]:
    table = sa.table(f"{noun}_words", sa.column("rowid", sa.BigInteger))
    found = sa.literal_column(f"{noun}_words").op("MATCH", is_comparison=True)(match)
    return sa.select(table.c.rowid.label("id")).where(found)


def in_row(rows: sa.FromClause, *texts: Text) -> sa.ColumnElement[bool]:
    """Return whether a row of models or versions matches all of some texts, on PostgreSQL."""
    column: sa.ColumnElement[Any] = sa.column("words", _selectable=rows)
    query = " & ".join(f"({_tsquery(text)})" for text in texts)
    return column.op("@@", is_comparison=True)(sa.func.to_tsquery(sa.literal_column("'simple'"), query))


def _pieces(text: Text) -> list[str]:
    return [piece[:_LONGEST] for piece in text.words.translate(_CUT).split()]


def _fts5(text: Text) -> str:
    return f'"{" ".join(_pieces(text))}"{"*" if text.prefix else ""}'


def _tsquery(text: Text) -> str:
    pieces = [f"'{piece}'" for piece in _pieces(text)]
    return " <-> ".join(pieces) + (":*" if text.prefix else "")


def sqlite_statements(noun: str) -> list[str]:
    """Return what creates the full-text table of a noun and its triggers."""
    table, columns = _SOURCES[noun]
    source, words, names = table.name, f"{noun}_words", ", ".join(columns)
    some = {row: " OR ".join(f"{row}.{column} <> ''" for column in columns) for row in ("old", "new")}
    values = {row: ", ".join(f"{row}.{column}" for column in columns) for row in ("old", "new")}
    add = f"INSERT INTO {words} (rowid, {names}) SELECT new.id, {values['new']} WHERE {some['new']};"
    remove = (
        f"INSERT INTO {words} ({words}, rowid, {names}) SELECT 'delete', old.id, {values['old']} WHERE {some['old']};"
    )
    return [
        (
            f"CREATE VIRTUAL TABLE {words} USING fts5({names}, content='{source}', content_rowid='id',"
            " tokenize='unicode61 remove_diacritics 0')"
        ),
        f"CREATE TRIGGER {words}_added AFTER INSERT ON {source} WHEN {some['new']} BEGIN {add} END",
        f"CREATE TRIGGER {words}_removed AFTER DELETE ON {source} BEGIN {remove} END",
        f"CREATE TRIGGER {words}_changed AFTER UPDATE OF {names} ON {source} BEGIN {remove} {add} END",
    ]


def postgresql_statements(noun: str) -> list[str]:
    """Return what adds the words of a noun to its table."""
    table, columns = _SOURCES[noun]
    text = " || ' ' || ".join(f"left({column}, {_INDEXED})" for column in columns)
    marks = string.punctuation.replace("'", "''")
    cut = f"translate({text}, E'{marks}', '{' ' * len(string.punctuation)}')".replace("\\", "\\\\")
    return [
        (
            f"ALTER TABLE {table.name} ADD COLUMN words tsvector"
            f" GENERATED ALWAYS AS (to_tsvector('simple'::regconfig, {cut})) STORED"
        ),
        f"CREATE INDEX ix_{table.name}_words ON {table.name} USING gin (words) WITH (fastupdate = off)",
    ]


def _create_words(noun: str) -> None:
    def create(_table: object, connection: sa.Connection, **_options: Any) -> None:
        write = sqlite_statements if connection.dialect.name == "sqlite" else postgresql_statements
        for statement in write(noun):
            connection.execute(sa.DDL(statement.replace("%", "%%")))  # type: ignore[no-untyped-call]

    sa.event.listen(_SOURCES[noun][0], "after_create", create)


for _noun in _SOURCES:
    _create_words(_noun)
