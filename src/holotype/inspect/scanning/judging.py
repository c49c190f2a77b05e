"""How bad is it that a pickle uses a name? The maintained list of ``picklescan`` first, then what a model needs.

on the list as dangerous, or a name that no model needs           dangerous
of the standard library and not among the few that are needed     dangerous
a function that is called and not known to be harmless            suspicious
computed, or reached through another object                       suspicious or worse
a class of an unknown library or of the training script           note: loading imports it
a class of a known library, and what its pickles call             nothing
"""

from __future__ import annotations

import io
import logging
import re
import sys
from functools import cache, lru_cache

from holotype.inspect.scanning import known
from holotype.inspect.scanning.machine import CALLED, NAMED
from holotype.inspect.scanning.report import DANGEROUS, NOTE, SUSPICIOUS
from holotype.inspect.scanning.values import WRAPPER, Name

SCANNER = "holotype+picklescan"
_PART = re.compile(r"[^\W\d]\w*")
_CLASS = re.compile(r"_*[A-Z]\w*")
_LEGACY = "NDArrayWrapper"


@lru_cache(maxsize=4_096)
def judge(used: Name, level: str) -> str | None:
    """Return the severity of a name that is named, made or called; None for what models need."""
    module = known.ALIASES.get(used.module, used.module)
    parts = [*module.split("."), *used.name.split(".")]
    if used.module == "?":
        return SUSPICIOUS
    if not all(_PART.fullmatch(part) for part in parts):
        return DANGEROUS
    if used.name in known.STANDARD.get(module, ()):
        return None
    listed = _listed(used)
    if listed == DANGEROUS or parts[-1] in known.NEVER:
        return DANGEROUS
    if listed is None:
        return None
    if parts[0] in sys.stdlib_module_names:
        return NOTE if parts[0] == "__main__" and level != CALLED else DANGEROUS
    return _elsewhere(parts, used, level)


@cache
def version() -> str:
    """Return the version of the maintained list."""
    from importlib.metadata import version as installed  # noqa: PLC0415 - slow, and needed once

    return installed("picklescan")


def _elsewhere(parts: list[str], used: Name, level: str) -> str | None:
    """Judge a name of a library, or of the people who trained the model."""
    name = used.name.split(".")
    if len(name) > 1 and any(part in sys.stdlib_module_names for part in name):
        return DANGEROUS
    if name[-1] in (WRAPPER, _LEGACY):
        return None if used.module == "joblib.numpy_pickle" and name == [WRAPPER] else SUSPICIOUS
    if known.CALLED.fullmatch(str(used)):
        return None
    is_class = _CLASS.fullmatch(name[-1]) is not None and _CLASS.fullmatch(name[0]) is not None
    if parts[0] in known.LIBRARIES and (is_class or (level == NAMED and known.UFUNCS.fullmatch(str(used)))):
        return None
    if level == CALLED:
        return SUSPICIOUS
    return NOTE


@lru_cache(maxsize=4_096)
def _listed(used: Name) -> str | None:
    """Ask picklescan: dangerous, suspicious (it does not know) or None (it knows it as harmless).

    It is given a pickle of its own that names this one thing, so that its public function answers.
    """
    from picklescan.scanner import (  # type: ignore[import-untyped]  # noqa: PLC0415 - only what scans needs it
        SafetyLevel,
        scan_pickle_bytes,
    )

    logging.getLogger("picklescan").setLevel(logging.CRITICAL)
    pickled = f"c{used.module}\n{used.name}\n.".encode("utf-8", "replace")
    found = scan_pickle_bytes(io.BytesIO(pickled), "").globals
    levels = {one.safety for one in found}
    if levels == {SafetyLevel.Innocuous}:
        return None
    return SUSPICIOUS if levels == {SafetyLevel.Suspicious} else DANGEROUS
