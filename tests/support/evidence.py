"""How do tests of evidence attach something, and say whose signatures count?"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from holotype.domain import built_in
from holotype.domain.policy import TrustedKey
from holotype.domain.references import parse
from holotype.operations.apply_policy import apply_policy
from holotype.operations.attest import Attested, attest
from tests.support.registry import Desk

FRAUD = parse("fraud:1")
KEY = ec.generate_private_key(ec.SECP256R1())
EVALUATION = {"metrics": [{"name": "auc", "value": 0.93, "dataset": "holdout"}], "evaluator": "bench 2"}


def add(desk: Desk, type_: str, payload: object, **words: Any) -> Attested:
    """Attach something to the first version."""
    content = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return attest(desk.call(key=words.pop("key", None)), FRAUD, type_, content, **words)


def trusting(desk: Desk) -> Callable[..., None]:
    """Return what lets the policy of the namespace trust some keys, and no others."""

    def let(*keys: TrustedKey) -> None:
        text = "".join(f'\n[[keys]]\nname = "{key.name}"\npublic = """\n{key.public}"""\n' for key in keys)
        apply_policy(desk.call(), "default", built_in.default().text + text)

    return let
