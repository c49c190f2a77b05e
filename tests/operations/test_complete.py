"""Is a query completed by what is there, spelled so that it can be read again, and by nothing that is hidden?"""

from __future__ import annotations

import pytest

from holotype.domain import query
from holotype.domain.manifest import File
from holotype.domain.provenance import Metric, Provenance
from holotype.domain.references import parse
from holotype.errors import Denied
from holotype.operations.complete import complete
from holotype.operations.create_namespace import create_namespace
from holotype.operations.promote import promote
from holotype.operations.register import Content, register
from holotype.operations.set_alias import set_alias
from tests.support.people import member, owner, signed_in
from tests.support.registry import Desk

FIELDS = {
    "st": ["stage:"],
    "metr": ["metric."],
    "stage:pro": ["stage:production"],
    "stage=pro": ["stage=production"],
    "author:a": ["author:ada"],
    "alias:ch": ["alias:champion"],
    "name:risk/fr": ["name:risk/fraud"],
    "namespace:RI": ["namespace:risk"],
    "format:safe": ["format:safetensors"],
    "tag.te": ["tag.team:"],
    "metric.a": ["metric.auc>", 'metric."auc of b">'],
    "param.de": ["param.depth:"],
    "tag.team:": ['tag.team:"a blank"', "tag.team:plain"],
    "metric.auc>": [],
    "weather": [],
    "weather:x": [],
}
QUOTED = {
    "tag.team:a": ['tag.team:"a blank"'],
    'tag.team:"a': ['tag.team:"a blank"'],
    'tag.team:"a bl': ['tag.team:"a blank"'],
    "tag.my": ['tag."my key":'],
    'tag."my k': ['tag."my key":'],
    'tag."my key":': ['tag."my key":"x:y \\"z\\""'],
    'tag."my key":"x:y \\"': ['tag."my key":"x:y \\"z\\""'],
    'metric."auc o': ['metric."auc of b">'],
    'tag."a:b":c': ['tag."a:b":colon'],
}
LED = {
    "(st": ["(stage:"],
    "((stage:pro": ["((stage:production"],
    "metric.auc>0.9 (stage:pro": ["metric.auc>0.9 (stage:production"],
    "NOT stage:pro": ["NOT stage:production"],
    'tag.team:"a blank" (tag.te': ['tag.team:"a blank" (tag.team:'],
    "stage:staging  st": ["stage:staging  stage:"],
    "-st": [],
    "-stage:pro": [],
}


Shelf = tuple[Desk, str]
OPEN = {"team": "a blank", "my key": 'x:y "z"', "a:b": "colon"}
SECRET = {"team": "secret", "secret-key": "x"}


@pytest.fixture
def shelf(desk: Desk) -> Shelf:
    """Two models in a namespace and one in another that is hidden from most, and the owner's secret."""
    for space in ("risk", "vault"):
        create_namespace(desk.call(), space)
    boss = owner(desk)
    origin = Provenance({"depth": 6}, [Metric("auc", 0.9), Metric("auc of b", 0.8)])
    secret = Provenance({"secret-depth": 1}, [Metric("secret-auc", 1.0)])
    for model, author, made, tags in (
        ("risk/fraud", "ada", origin, OPEN),
        ("risk/churn", "ada", origin, {"team": "plain"}),
        ("vault/secret", "secret-author", secret, SECRET),
    ):
        held = desk.stored(model.encode(), namespace=model.partition("/")[0])
        kind = "secret-format" if made is secret else "safetensors"
        content = Content([File(held.path, held.digest, held.size, format=kind)], made, tags=tags)
        register(desk.call(actor=author), parse(model), content)
    for model, alias in (("risk/fraud:1", "champion"), ("vault/secret:1", "secret-alias")):
        for stage in ("staging", "production"):
            promote(signed_in(desk, boss), parse(model), stage)
        set_alias(signed_in(desk, boss), parse(model), alias)
    return desk, boss


def test_a_word_goes_on_as_what_is_there(shelf: Shelf) -> None:
    """Fields, keys and values, by their beginnings; quoted where they must be, behind whatever leads them."""
    desk, boss = shelf
    reader = signed_in(desk, member(desk, boss, "reader", ("reader", "risk")))
    for text, wanted in (FIELDS | QUOTED | LED).items():
        assert complete(reader, text) == wanted, text


def test_what_is_offered_with_a_value_can_be_read_as_a_query(shelf: Shelf) -> None:
    """Quotes, colons and blanks inside of a key or a value change nothing about that."""
    desk, boss = shelf
    for text in (
        "tag.team:",
        'tag."my key":',
        'tag."a:b":',
        "(stage:p",
        "name:",
        "alias:",
        "tag.team:plain (tag.team:",
    ):
        found = complete(signed_in(desk, boss), text)
        assert found, text
        for one in found:
            query.parse(one + ")" * one.count("("))


def test_nothing_hidden_is_ever_offered(shelf: Shelf) -> None:
    """Whoever may see it is offered it, so that the others are not merely asked in the wrong way."""
    desk, boss = shelf
    reader = signed_in(desk, member(desk, boss, "reader", ("reader", "risk")))
    for text in ("author:", "alias:", "format:", "tag.", "metric.", "param.", "tag.team:", "name:", "namespace:va"):
        word = "vault" if text.startswith("name") else "secret"
        assert any(word in one for one in complete(signed_in(desk, boss), text)), text
        assert not any(word in one for one in complete(reader, text)), text
    with pytest.raises(Denied):
        complete(signed_in(desk, member(desk, boss, "nobody")), "name:")


def test_a_long_or_broken_text_is_answered(shelf: Shelf) -> None:
    """Quotes that nobody closes, and texts longer than any query."""
    desk, boss = shelf
    for text in ("", " ", '"', '"\\', "-(", "tag.", 'tag."', "x" * 50_000, '"\\' * 9_000, '"a" ' * 9_000, "!=" * 9_000):
        assert all(one.strip() for one in complete(signed_in(desk, boss), text))
