"""Which Python and which frameworks do some files need? Installed versions, read from metadata; nothing is imported."""

from __future__ import annotations

import platform
import re
import sys
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

from holotype import inspect
from holotype.client.walk import LocalFile
from holotype.domain.provenance import Environment

_LIMIT = 200
_HINT_SIZE = 2**20
_REQUIREMENT = re.compile(
    r"^\s*(?:-\s*)?([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\])?\s*(?:[=<>!~;@ ]|$)", re.MULTILINE
)
_FLAVOUR = re.compile(
    r"^  (sklearn|pytorch|keras|tensorflow|xgboost|lightgbm|catboost|onnx|transformers|statsmodels|spacy):",
    re.MULTILINE,
)

BY_MODULE = {
    "PIL": "pillow",
    "cv2": "opencv-python",
    "google": "protobuf",
    "pytorch": "torch",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
    "skops": "skops",
    "yaml": "pyyaml",
}
BY_FORMAT = {
    "catboost": ("catboost",),
    "coreml": ("coremltools",),
    "gguf": ("gguf", "llama-cpp-python"),
    "hdf5": ("h5py",),
    "joblib": ("joblib",),
    "keras": ("keras", "tensorflow"),
    "lightgbm": ("lightgbm",),
    "mlflow": ("mlflow",),
    "npy": ("numpy",),
    "npz": ("numpy",),
    "onnx": ("onnx", "onnxruntime"),
    "parquet": ("pyarrow",),
    "pytorch": ("torch",),
    "safetensors": ("safetensors",),
    "savedmodel": ("tensorflow",),
    "tflite": ("tensorflow", "tflite-runtime", "ai-edge-litert"),
    "torchscript": ("torch",),
    "xgboost": ("xgboost",),
}


def environment_of(files: Iterable[LocalFile], formats: dict[str, str | None]) -> Environment:
    """Return the Python that runs and the installed versions of what the files need."""
    modules: set[str] = set()
    wanted: set[str] = set()
    for file in files:
        form = formats.get(file.path)
        wanted.update(BY_FORMAT.get(form or "", ()))
        if form in inspect.PICKLED:
            modules |= inspect.modules_of(file.source)
        wanted |= _hints(file)
    wanted |= distributions(modules)
    found = {name: version for name in sorted(wanted)[:_LIMIT] if (version := installed(name)) is not None}
    return Environment(python=platform.python_version(), frameworks=found)


def distributions(modules: Iterable[str]) -> set[str]:
    """Return the distributions that some top-level modules come from."""
    foreign = {module for module in modules if module not in sys.stdlib_module_names and module != "__main__"}
    found = {BY_MODULE.get(module, module) for module in foreign}
    unknown = {module for module in foreign if module not in BY_MODULE and installed(module) is None}
    if unknown:
        # Scanning every installed package takes a while, so only for what has another name than its package.
        owners = metadata.packages_distributions()
        found |= {name for module in unknown for name in owners.get(module, ())}
    return found


def installed(distribution: str) -> str | None:
    """Return the installed version of a distribution, None where there is none."""
    try:
        return metadata.version(distribution)
    except (metadata.PackageNotFoundError, ValueError):
        return None


def _hints(file: LocalFile) -> set[str]:
    name = file.path.rsplit("/", 1)[-1]
    if name not in ("requirements.txt", "MLmodel") or file.size > _HINT_SIZE:
        return set()
    try:
        text = Path(file.source).read_text(errors="replace")
    except OSError:
        return set()
    if name == "requirements.txt":
        return {match.lower() for match in _REQUIREMENT.findall(text)}
    return {BY_MODULE.get(flavour, flavour) for flavour in _FLAVOUR.findall(text)}
