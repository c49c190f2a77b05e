"""Which names does a model's pickle need? Everything else that it imports is worth a word, or a stop.

The maintained list of what is dangerous is ``picklescan``'s. What is here narrows the rest down: of the standard
library only these names, of known libraries what their own pickles call, of others nothing is called.
"""

from __future__ import annotations

import re


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


STANDARD: dict[str, frozenset[str]] = {
    "builtins": _words(
        "set frozenset dict list tuple int float complex bool str bytes bytearray object slice range type NoneType "
        "Ellipsis NotImplemented sum len abs round Exception ValueError TypeError KeyError "
        "RuntimeError IndexError AttributeError StopIteration UserWarning DeprecationWarning"
    ),
    "collections": _words("OrderedDict defaultdict deque Counter ChainMap UserDict UserList namedtuple"),
    "copyreg": frozenset({"_reconstructor", "__newobj__", "__newobj_ex__"}),
    "_codecs": frozenset({"encode"}),
    "datetime": frozenset({"datetime", "date", "time", "timedelta", "timezone"}),
    "decimal": frozenset({"Decimal"}),
    "fractions": frozenset({"Fraction"}),
    "enum": frozenset({"Enum", "IntEnum", "Flag", "IntFlag"}),
    "functools": frozenset({"cmp_to_key"}),
    "array": frozenset({"array", "_array_reconstructor"}),
    "types": frozenset({"SimpleNamespace", "MappingProxyType", "GenericAlias"}),
    "pathlib": frozenset({"Path", "PurePath", "PosixPath", "WindowsPath", "PurePosixPath", "PureWindowsPath"}),
    "random": frozenset({"Random"}),
    "re": frozenset({"_compile"}),
    "string": frozenset({"Template"}),
    "zoneinfo": frozenset({"ZoneInfo._unpickle"}),
    "ipaddress": frozenset({"IPv4Address", "IPv6Address"}),
    "numbers": frozenset({"Number", "Real", "Integral"}),
    "math": _words("sqrt exp log log2 log10 log1p expm1 floor ceil sin cos tan tanh fabs"),
    "statistics": frozenset({"mean", "median", "stdev"}),
}
"""Of the standard library, by module. ``typing`` and ``dataclasses`` name no values that a pickle makes."""

ALIASES = {"__builtin__": "builtins", "copy_reg": "copyreg", "UserDict": "collections"}
"""How Python 2 called them."""

LIBRARIES = _words(
    "sklearn numpy scipy pandas torch joblib xgboost lightgbm catboost keras tensorflow tf_keras jax flax transformers "
    "torchvision torchaudio timm sentence_transformers safetensors tokenizers statsmodels imblearn category_encoders "
    "feature_engine skops sktime prophet polars pyarrow networkx spacy thinc srsly gensim nltk ultralytics fastai "
    "pytorch_lightning lightning accelerate peft optuna shap interpret econml causalml hmmlearn river umap hdbscan "
    "numba onnx onnxruntime mlflow PIL cv2 shapely geopandas xarray dask cupy cudf cuml ml_dtypes pytz dateutil"
)
"""Libraries of which a class by its usual name is taken for a class."""

CALLED = re.compile(
    r"(?:numpy(?:\.core|\._core)?\.(?:multiarray\.(?:_reconstruct|scalar)|numeric\._frombuffer|_ufunc_reconstruct)"
    r"|numpy\.(?:dtype|ndarray|matrix|random(?:\.\w+)*\.__\w+|ma\.core\._mareconstruct)"
    r"|numpy\.(?:(?:u?int|float|complex)\d{0,3}|bool_?|str_|bytes_|datetime64|timedelta64|rec\.recarray)"
    r"|numpy(?:\.\w+)*\.poly1d|numpy\.dtypes\.\w+"
    r"|torch\._utils\._rebuild_\w+|torch\._tensor\._rebuild_from_type(?:_v2)?"
    r"|torch\.nn\.parameter\.\w+|torch\.(?:Size|device|dtype|layout)|torch\.serialization\._get_layout"
    r"|torch\._C\._nn\.\w+|torch\.jit\._pickle\.(?:build_\w+|restore_type_tag)"
    r"|pandas\._libs\.(?:internals\._unpickle_block|arrays\.__pyx_unpickle_\w+|tslibs\.\w+\.\w+)"
    r"|pandas\.(?:core\.)?(?:\w+\.)*(?:_new_Index|_new_DatetimeIndex|_new_PeriodIndex|_unpickle_timestamp)"
    r"|scipy\.(?:\w+\.)*(?:\w+_(?:matrix|array)|interpnd\.\w+)"
    r"|sklearn\.(?:\w+\.)*(?:newObj|__pyx_unpickle_\w+)"
    r"|(?:xgboost|lightgbm|catboost|pyarrow|polars|spacy|thinc)\.(?:\w+\.)*(?:__pyx_unpickle_\w+|_restore_array|type_for_alias)"
    r"|pytz\._(?:UTC|p)|dateutil\.\w+\.\w+|ml_dtypes\.\w+|collections\.\w+)"
)
"""Functions (and types in lower case) that the libraries' own pickles call."""

UFUNCS = re.compile(r"numpy\.(?:log|log1p|log2|log10|exp|expm1|sqrt|cbrt|square|abs|absolute|sin|cos|tan|tanh"
                    r"|arcsinh|sign|floor|ceil|mean|median|std|var|sum|max|min|nan|inf|reciprocal"
                    r"|negative|logical_not|isnan)")  # fmt: skip
"""Functions of numpy that pipelines keep as a parameter."""

NEVER = _words(
    "system popen Popen spawn eval exec execfile compile run runcode runstring run_path run_module check_output call "
    "check_call getoutput import_module __import__ __subclasses__ __globals__ __getattribute__ __reduce__ "
    "exec_mod_from_location load_source read_pickle unpickle loads load load_module find_class getattr setattr "
    "attrgetter methodcaller ProxyCommand InteractiveShell get_ipython urlopen urlretrieve download "
    "load_state_dict_from_url script_method Process ThreadPool load_library open DataSource memmap "
    "YOLO SentenceTransformer CrossEncoder FortranFile HDFStore ExcelWriter ExcelFile CompilationUnit InferenceSession "
    "TFSMLayer VideoCapture VideoWriter LocalCluster"
)
"""Last parts of names that no model needs, whichever module lends them."""
