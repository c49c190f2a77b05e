"""Does a signature count for more than its signer said: as evidence of another type, or again as if it were new?"""

from __future__ import annotations

import json

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from holotype.domain import built_in
from holotype.domain.references import parse
from holotype.errors import AlreadyExists
from holotype.operations import signatures
from holotype.operations.apply_policy import apply_policy
from holotype.operations.attest import Attested, attest
from tests.support.registry import Desk
from tests.support.signing import envelope, public_pem, signed_by, statement, trusted

FRAUD = parse("fraud:1")
KEY = ec.generate_private_key(ec.SECP256R1())
EVALUATION = {"metrics": [{"name": "auc", "value": 0.61}]}


def add(desk: Desk, type_: str, payload: bytes, *, key: str | None = None) -> Attested:
    """Attach something to the first version."""
    return attest(desk.call(key=key), FRAUD, type_, payload)


def trusting(desk: Desk) -> str:
    """Register a version under a policy that trusts the key, and return its digest."""
    text = f'\n[[keys]]\nname = "ci"\npublic = """\n{public_pem(KEY)}"""\n'
    apply_policy(desk.call(), "default", built_in.default().text + text)
    return desk.register().digest


def test_what_was_signed_as_one_type_is_unsigned_as_another(desk: Desk) -> None:
    """A signed bad evaluation is no signature of the model, and no report of another kind."""
    digest = trusting(desk)
    payload = signed_by(KEY, digest, EVALUATION, kind="https://acme.org/evaluation/v1")
    assert add(desk, "evaluation", payload).evidence.signed_by == "ci"
    for type_ in ("signature", "acme.org/fairness", "acme.org/eval"):
        made = add(desk, type_, payload)
        assert made.evidence.signed_by is None
        assert made.signature is not None
        assert "not as " + type_ in made.signature.reason


@pytest.mark.parametrize(
    "kind", ["https://acme.org/fairness", "https://acme.org/fairness/v1", "http://ACME.org/fairness@2"]
)
def test_a_type_of_ones_own_is_what_the_predicate_type_names(desk: Desk, kind: str) -> None:
    """With whatever version behind it."""
    digest = trusting(desk)
    made = add(desk, "acme.org/fairness", signed_by(KEY, digest, {"gap": 0.01}, kind=kind))
    assert made.evidence.signed_by == "ci"


def test_an_old_statement_is_not_new_again(desk: Desk) -> None:
    """However its envelope is written, and whoever signs beside: the last word stays the last."""
    digest = trusting(desk)
    good, bad = ({"metrics": [{"name": "auc", "value": value}]} for value in (0.99, 0.5))
    first = add(desk, "evaluation", signed_by(KEY, digest, good), key="a")
    add(desk, "evaluation", signed_by(KEY, digest, bad))
    again = envelope(statement(digest, good), ("", KEY))  # another signature over the same statement
    stranger = ec.generate_private_key(ec.SECP256R1())
    for made in (again, envelope(statement(digest, good), ("", stranger), ("", KEY))):
        with pytest.raises(AlreadyExists, match=f"evidence {first.evidence.id} "):
            add(desk, "evaluation", json.dumps(made, indent=1).encode())
    assert add(desk, "evaluation", signed_by(KEY, digest, good | {"evaluator": "bench 2"})).evidence.signed_by == "ci"


def test_what_was_remembered_of_a_payload_is_of_its_type(desk: Desk) -> None:
    """The same bytes under two types have two answers, in whichever order they are asked."""
    digest = trusting(desk)
    payload = signed_by(KEY, digest, {"gap": 1}, kind="https://acme.org/gap")
    made = [add(desk, type_, payload).evidence for type_ in ("acme.org/other", "acme.org/gap", "acme.org/third")]
    keys = (trusted("ci", KEY),)
    assert [signatures.verified_by(one, list, keys) for one in made] == [None, "ci", None]
