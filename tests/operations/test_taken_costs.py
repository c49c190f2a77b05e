"""What does a registration through another protocol cost, and is its answer what everybody reads afterwards?"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from holotype.catalogue import sources
from holotype.catalogue.sources import Sourced
from holotype.domain.references import parse
from holotype.operations.create_model import create_model
from holotype.operations.take_in import Wanted, take_in
from tests.support.counting import statements
from tests.support.fixtures import Store
from tests.support.registry import Desk, open_desk

MODEL = parse("default/fraud")
WANTED = (
    Wanted("s3://lake/models/1"),
    Wanted("s3://lake/models/2", run_id="a" * 32, run_link="https://mlflow.example/#/runs/a", model_id="m-" + "b" * 32),
    Wanted("gs://lake/3", description="of a bucket", tags={"team": "risk", "about": "fraud"}),
)


@pytest.fixture
def desk(database_url: str, store: Store) -> Iterator[Desk]:
    """A registry with the model ``fraud``."""
    with open_desk(database_url, store.url) as opened:
        create_model(opened.call(), MODEL)
        yield opened


@pytest.mark.parametrize("wanted", WANTED, ids=lambda one: one.uri)
def test_the_answer_is_what_is_found_afterwards(desk: Desk, wanted: Wanted) -> None:
    """Nobody reads the version again to answer, and yet it is the same to the last field."""
    made = asyncio.run(take_in(desk.call(), MODEL, wanted))
    assert isinstance(made, Sourced)
    with desk.registry.database.read() as tx:
        assert sources.find(tx, parse(f"default/fraud:{made.version.number}")) == made


def test_an_external_version_takes_a_fixed_number_of_statements(desk: Desk) -> None:
    """Every statement is paid for by each version: 2 to see what the source means, 11 to write, 2 around them."""
    asyncio.run(take_in(desk.call(), MODEL, WANTED[0]))
    with statements(desk.registry.database) as sent:
        asyncio.run(take_in(desk.call(), MODEL, WANTED[1]))
    assert len(sent) <= 15, "\n".join(statement for statement, _ in sent)
