"""Does a gate come from a policy as it was meant, and not at all where something is off?"""

from __future__ import annotations

import inspect
from datetime import timedelta
from typing import Any

import pytest

from holotype import gates
from holotype.domain.policy import GateUse
from holotype.errors import Invalid
from holotype.gates import building
from holotype.gates.metric import Metric
from holotype.gates.size_limit import SizeLimit
from holotype.gates.soak_time import SoakTime


def build(gate: str, **settings: Any) -> object:
    """Build a gate as a policy does."""
    return gates.build(GateUse(gate, settings))


def test_settings_are_read_by_their_type() -> None:
    """A whole number where a number is wanted; times and sizes as people write them."""
    assert build("metric", name="auc", at_least=1) == Metric(name="auc", at_least=1.0)
    assert build("soak-time", at_least="36h") == SoakTime(at_least=timedelta(hours=36))
    assert build("size-limit", at_most="2 GiB") == SizeLimit(at_most=2 * 2**30)  # type: ignore[arg-type]
    assert build("size-limit", at_most="2 MB") == SizeLimit(at_most=2_000_000)  # type: ignore[arg-type]


def test_what_is_true_is_not_one() -> None:
    """Python says that they are equal, and a cache could mix them up."""
    build("metric", name="auc", at_least=1)
    with pytest.raises(Invalid, match="finite number, not True"):
        build("metric", name="auc", at_least=True)


@pytest.mark.parametrize(
    ("gate", "settings", "sentence"),
    [
        ("metrik", {}, "There is no gate 'metrik'. Did you mean 'metric'"),
        ("zzz", {}, "Gates: approvals, better-than-incumbent"),
        ("metric", {"name": "a", "at_last": 1}, "no setting 'at_last'. Did you mean 'at_least'"),
        ("bytes-held", {"zzz": 1}, "no setting 'zzz'. Settings: none"),
        ("metric", {"at_least": 1}, "needs the setting 'name'. The name of the metric"),
        ("metric", {"name": "a", "at_least": "1"}, "is a finite number, not '1'"),
        ("metric", {"name": "a", "at_least": float("nan")}, "a finite number, not nan"),
        ("metric", {"name": "a", "at_least": float("inf")}, "a finite number, not inf"),
        ("metric", {"name": "a", "at_least": 10**400}, "a finite number"),
        ("metric", {"name": "", "at_least": 1}, "'name' of the gate metric is a text"),
        ("metric", {"name": "a"}, "give at_least, at_most or both"),
        ("metric", {"name": "a", "at_least": 2, "at_most": 1}, "nothing is at least 2 and at most 1"),
        ("metric", {"name": "a", "at_least": 2, "source": "eval"}, '"any" or "evaluation" or "provenance", not'),
        ("metric", {"name": "a", "at_least": 2, "signed_by": ["k"]}, "source = "),
        ("better-than-incumbent", {"name": "a", "margin": -1}, "the margin is under 0"),
        ("evidence", {"type": "tests"}, "is not a type of evidence"),
        ("evidence", {"type": "card", "not_older_than": 30}, 'a time such as "30d"'),
        ("evidence", {"type": "card", "by": "ci"}, "a list of texts, not 'ci'"),
        ("evidence", {"type": "card", "by": [1]}, "a list of texts"),
        ("evidence", {"type": "card", "signed": 1}, "true or false, not 1"),
        ("no-code-formats", {"allow": ["pickel"]}, "Did you mean 'pickle'"),
        ("signed", {"at_least": 0}, "at_least is 1 or more"),
        ("signed", {"keys": ["a", "a"], "at_least": 2}, "1 keys are named, and 2 have to sign"),
        ("card-complete", {}, "give fields, headings or both"),
        ("provenance-complete", {"fields": ["kode"]}, "Did you mean 'code'"),
        ("provenance-complete", {"fields": []}, "at least one of the fields"),
        ("licence-allowed", {"allow": []}, "allow at least one licence"),
        ("size-limit", {}, "give at_most, files or both"),
        ("size-limit", {"at_most": 0}, "a limit is 1 or more"),
        ("soak-time", {"at_least": "0d"}, "more than no time"),
        ("expression", {"when": "x" * 1001}, "at most 1,000 characters"),
    ],
)
def test_what_is_off_is_refused(gate: str, settings: dict[str, Any], sentence: str) -> None:
    """With a sentence that names it."""
    with pytest.raises(Invalid) as refused:
        build(gate, **settings)
    assert sentence in str(refused.value)


@pytest.mark.parametrize(("name", "kind"), gates.all().items())
def test_every_gate_and_setting_says_what_it_is(name: str, kind: type[gates.Gate]) -> None:
    """A docstring, a type that can be read, and a line of help for each setting."""
    assert name == kind.gate
    assert kind.__doc__
    assert kind.__doc__ != inspect.getdoc(gates.Gate)
    assert kind.__doc__.strip().endswith(".")
    for setting in building.settings_of(kind).values():
        assert setting.help.endswith("."), (name, setting)
        assert building.named(setting.type)
        assert setting.name.isidentifier()
        assert setting.name != "gate"


def test_a_gate_is_one_file_named_after_it() -> None:
    """So that the folder is the list."""
    for name, kind in gates.all().items():
        assert kind.__module__ == f"holotype.gates.{name.replace('-', '_')}"
