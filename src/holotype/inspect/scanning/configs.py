"""What does the description of a Keras or TensorFlow model run when it is loaded?"""

from __future__ import annotations

import json
import re
import sys

from holotype.inspect.scanning.feed import Stream
from holotype.inspect.scanning.report import DANGEROUS, SUSPICIOUS, Limits, Unreadable

_LARGEST = 4 * 2**20
_HOMES = frozenset({"keras", "tf_keras", "tensorflow", "builtins", "keras_hub", "keras_nlp", "keras_cv", "numpy"})
_LAMBDA = re.compile(rb'"class_name"\s*:\s*"(?:[\w.]*>)?(Lambda|TorchModuleWrapper|TFSMLayer)"')
_HIDDEN = re.compile(rb"\\u00(?:[2-6][0-9a-fA-F]|7[0-9a-eA-E])")
"""A plain letter behind an escape, as no writer of JSON writes it."""
_FUNCTION = re.compile(
    r"(?i)(?:.*[._])?(?:eval|exec|compile|open|system|__import__|get_file|\w*load\w*|\w*unsafe\w*|save\w*)"
)
_LAYERS = {"Lambda": DANGEROUS, "__lambda__": DANGEROUS, "TorchModuleWrapper": DANGEROUS, "TFSMLayer": DANGEROUS}
"""Layers that run code of the file, or load more from elsewhere."""
_OPERATIONS = re.compile(rb"[\x0a\x12][\x06-\x10](ReadFile|WriteFile|PyFunc|PyFuncStateless|EagerPyFunc)[\x00-\x7f]")
_OVERLAP = 64
Findings = list[tuple[str, str]]


def keras(stream: Stream) -> Findings:
    """Return what a ``config.json`` of Keras has that runs code: names and severities."""
    content = bytearray()
    while chunk := stream.read(2**16):
        content += chunk
        if len(content) > _LARGEST:
            raise Unreadable("its description is too large")
    try:
        document = json.loads(bytes(content))
    except (ValueError, RecursionError) as error:
        raise Unreadable("its description is no JSON") from error
    return sorted({found for one in _objects(document) for found in _of_object(one)})


def searched(stream: Stream, limits: Limits, *, operations: bool) -> Findings:
    """Search bytes that hold a description: HDF5 for Lambda layers, a SavedModel for operations that touch files."""
    pattern = _OPERATIONS if operations else _LAMBDA
    hidden = False
    found: set[tuple[str, str]] = set()
    before = b""
    while chunk := stream.read(2**18):
        limits.breathe()
        for one in pattern.finditer(before + chunk):
            found.add(
                (f"TensorFlow {one[1].decode()}", SUSPICIOUS) if operations else (f"Keras {one[1].decode()}", DANGEROUS)
            )
        hidden = hidden or (not operations and _HIDDEN.search(before + chunk) is not None)
        before = chunk[-_OVERLAP:]
    return sorted(found | ({("escaped letters", SUSPICIOUS)} if hidden else set()))


def _objects(document: object) -> list[dict[str, object]]:
    found, waiting = [], [document]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            found.append(one)
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)
    return found


def _of_object(one: dict[str, object]) -> Findings:
    name, module = one.get("class_name"), one.get("module")
    found: Findings = []
    if isinstance(name, str) and (layer := name.rpartition(">")[2]) in _LAYERS:
        found.append((f"Keras {layer.strip('_').replace('lambda', 'Lambda')}", _LAYERS[layer]))
    called = one.get("config")
    if name == "function" and isinstance(called, str) and _FUNCTION.fullmatch(called):
        found.append((f"{module}.{called}"[:200], DANGEROUS))
    if isinstance(name, str) and isinstance(module, str) and (root := module.partition(".")[0]) not in _HOMES:
        severity = DANGEROUS if root in sys.stdlib_module_names else SUSPICIOUS
        found.append((f"{module}.{name}", severity))
    return found
