"""What may be logged? The keys and lengths that MLflow's own server allows, so that what it takes we take too.

Long parameters and tags are cut off, as MLflow cuts them; everything else that does not fit is refused.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache

from holotype.domain import names, times
from holotype.domain.runs import Input
from holotype.errors import Invalid

MOST_METRICS, MOST_PARAMETERS, MOST_TAGS, MOST_AT_ONCE = 1_000, 100, 100, 1_000
RUN_STATUSES = ("RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED")
MODEL_STATUSES = ("PENDING", "READY", "FAILED")
RUN_NAME_TAG = "mlflow.runName"
_KEY = re.compile(r"[/\w.\- :]+")
_KEY_LIMIT, _PARAMETER_LIMIT, _TAG_LIMIT, _NAME_LIMIT = 250, 6_000, 8_000, 500
_EXPERIMENT_TAG_LIMIT = 20_000
_INPUT_LIMITS = {"name": 500, "digest": 36, "kind": 500, "source": 65_535, "schema": 1_048_575, "profile": 16_777_215}
_INPUT_TAG_KEY, _INPUT_TAG_VALUE = 255, 500
_LATEST_MILLIS = times.to_micros(datetime(9999, 12, 31, tzinfo=UTC)) // 1000
_WIDEST = 2**63
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_NO_NAME = frozenset("/:.%\"'")


def key(value: str, what: str) -> str:
    """Return the key of a metric, parameter or tag unchanged, or raise ``Invalid``."""
    if not _is_key(value):
        raise Invalid(
            f"Invalid value {value[:80]!r} for the key of a {what}.",
            hint="Names may only contain alphanumerics, underscores (_), dashes (-), periods (.), spaces ( ), colon(:) "
            f"and slashes (/), at most {_KEY_LIMIT} characters, and name as a path nothing else.",
        )
    return value


@lru_cache(8_192)
def _is_key(value: str) -> bool:
    """Say whether a text can be a key; the same ones come thousands of times."""
    if len(value) > _KEY_LIMIT or not _KEY.fullmatch(value):
        return False
    return posixpath.normpath(value) == value != "." and not value.startswith(("..", "/"))


def is_id(value: str) -> bool:
    """Say whether a text can be the id of a run or a logged model; what cannot is not looked for."""
    return _ID.fullmatch(value) is not None


def parameters(given: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Return parameters to be logged at once, by key; a key given twice is refused."""
    found: dict[str, str] = {}
    for name, value in given:
        if name in found:
            raise Invalid(f"Duplicate parameter keys have been submitted: {name[:80]!r}.")
        found[key(name, "parameter")] = _cut(value, "parameter", _PARAMETER_LIMIT)
    return found


def tags(given: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Return tags to be set at once, by key; of a key given twice the last counts."""
    return {key(name, "tag"): _cut(value, "tag", _TAG_LIMIT) for name, value in given}


def experiment_tags(given: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Return tags of an experiment, which may be longer and are never cut off."""
    return {key(name, "tag"): names.text(value, "tag", _EXPERIMENT_TAG_LIMIT) for name, value in given}


def batch(metrics: int, given_parameters: int, given_tags: int) -> None:
    """Raise ``Invalid`` where too much is logged at once."""
    for what, count, most in (
        ("metrics", metrics, MOST_METRICS),
        ("params", given_parameters, MOST_PARAMETERS),
        ("tags", given_tags, MOST_TAGS),
        ("metrics, params, and tags", metrics + given_parameters + given_tags, MOST_AT_ONCE),
    ):
        if count > most:
            raise Invalid(f"A batch logging request can contain at most {most} {what}. Got {count} {what}.")


def name(value: str, what: str) -> str:
    """Return the name of an experiment or a run unchanged, or raise ``Invalid``."""
    if not value.strip() or len(value) > _NAME_LIMIT or not names.printable(value):
        raise Invalid(f"Invalid {what} name: {value[:80]!r}. It has 1 to {_NAME_LIMIT} printable characters.")
    return value


def model_name(value: str) -> str:
    """Return the name of a logged model unchanged, or raise ``Invalid``."""
    if _NO_NAME & set(value):
        raise Invalid(f"Invalid model name ({value[:80]!r}) provided. It cannot contain any of / : . % \" '")
    return name(value, "model")


def one_of(value: str, allowed: Sequence[str], what: str) -> str:
    """Return a status unchanged, or raise ``Invalid``."""
    if value not in allowed:
        raise Invalid(
            f"Invalid value {value[:80]!r} for parameter '{what}' supplied: it is one of {', '.join(allowed)}."
        )
    return value


def moment(millis: int, what: str) -> datetime:
    """Return the moment so many milliseconds after 1970, or raise ``Invalid``: it lies before the year 10000."""
    if not 0 <= millis <= _LATEST_MILLIS:
        raise Invalid(
            f"Invalid value {str(millis)[:40]} for parameter '{what}' supplied: it counts milliseconds since 1970."
        )
    return times.from_micros(millis * 1000)


def whole(value: int, what: str) -> int:
    """Return a number of 64 bits unchanged, or raise ``Invalid``."""
    if not -_WIDEST <= value < _WIDEST:
        raise Invalid(f"Invalid value {str(value)[:40]} for parameter '{what}' supplied: it does not fit 64 bits.")
    return value


def dataset(one: Input) -> Input:
    """Return a data set that went into a run unchanged, or raise ``Invalid``."""
    for what, limit in _INPUT_LIMITS.items():
        names.text(getattr(one, what), f"{what} of a data set", limit)
    names.text(one.context, "context of a data set", _INPUT_TAG_VALUE)
    if not one.name or not one.digest:
        raise Invalid("A data set has a name and a digest.")
    _input_tags(one.tags)
    return one


def _input_tags(given: Mapping[str, str]) -> None:
    for tag, value in given.items():
        names.text(tag, "key of an input tag", _INPUT_TAG_KEY)
        names.text(value, "value of an input tag", _INPUT_TAG_VALUE)


def _cut(value: str, what: str, limit: int) -> str:
    return names.text(value[:limit], what, limit)
