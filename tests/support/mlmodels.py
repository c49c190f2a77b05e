"""MLmodel files as MLflow's own client 3.18 writes them, and what it puts beside them; shortened."""

from __future__ import annotations

SKLEARN = b"""flavors:
  python_function:
    env:
      conda: conda.yaml
      virtualenv: python_env.yaml
    loader_module: mlflow.sklearn
    model_path: model.skops
    predict_fn: predict
    python_version: 3.11.7
  sklearn:
    code: null
    pickled_model: model.skops
    serialization_format: skops
    sklearn_version: 1.9.1
    skops_trusted_types: null
is_signature_from_type_hint: false
metadata:
  team: risk
mlflow_version: 3.18.0
model_id: null
model_size_bytes: 10702
model_uuid: cbff57974799450ca85dafbd0193fa6e
prompts: null
signature:
  inputs: '[{"type": "long", "name": "age", "required": true}, {"type": "double",
    "name": "country", "required": true}]'
  outputs: '[{"type": "tensor", "tensor-spec": {"dtype": "int64", "shape": [-1]}}]'
  params: null
type_hint_from_example: false
utc_time_created: '2026-11-24 04:04:46.685074'
"""
NESTED = b"""flavors:
  python_function:
    cloudpickle_version: 3.1.2
    code: null
    loader_module: mlflow.pyfunc.model
    python_model: python_model.pkl
    python_version: 3.11.7
    streamable: false
mlflow_version: 3.18.0
signature:
  inputs: '[{"type": "array", "items": {"type": "object", "properties": {"content":
    {"type": "string", "required": false}, "role": {"type": "string", "required":
    true}}}, "name": "messages", "required": true}, {"type": "map", "values": {"type":
    "double"}, "name": "options", "required": false}, {"type": "any", "name": "x",
    "required": false}]'
  outputs: '[{"type": "array", "items": {"type": "array", "items": {"type": "double"}},
    "required": true}]'
  params: '[{"name": "temperature", "default": 0.5, "shape": null, "type": "double"},
    {"name": "stop", "default": ["a"], "shape": [-1], "type": "string"}]'
"""
TENSORS = b"""flavors:
  onnx:
    data: model.onnx
    onnx_version: 1.20.0
signature:
  inputs: '[{"name": "image", "type": "tensor", "tensor-spec": {"dtype": "float32",
    "shape": [-1, 28, 28]}}, {"name": "length", "type": "tensor", "tensor-spec": {"dtype":
    "int64", "shape": [-1]}}]'
  outputs: '[{"type": "tensor", "tensor-spec": {"dtype": "float32", "shape": [-1,
    10]}}, {"type": "tensor", "tensor-spec": {"dtype": "int64", "shape": [-1]}}]'
  params: null
"""
REQUIREMENTS = b"""# what it was trained with
mlflow==3.18.0
numpy==2.1.0
Scikit_Learn[extra] == 1.9.1  # pinned
pandas>=2
./local.whl
git+https://ada:secret@example.org/x.git
--trusted https://token@wheels.example/all
torch==2.4.0+cpu; python_version > "3.8"
scipy==1.17.1 \\
    --hash=sha256:aaaa"""
PYTHON_ENV = b"python: 3.11.7\nbuild_dependencies:\n- pip\ndependencies:\n- -r requirements.txt\n"
CONDA = b"""channels:
- conda-forge
dependencies:
- python=3.10.4
- cudatoolkit=11.8
- pip
- pip:
  - mlflow==3.18.0
  - numpy>=2
name: mlflow-env
"""
