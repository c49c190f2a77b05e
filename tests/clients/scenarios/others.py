"""Other flavours than scikit-learn's."""

from __future__ import annotations

from typing import Any

import mlflow
import numpy as np
from scenarios.base import MAJOR, Scene, needs


@needs("onnx")
def onnx_model_predicts(scene: Scene) -> None:
    """A model in the ONNX format."""
    import mlflow.onnx  # noqa: PLC0415 - not every environment has it
    import onnx  # noqa: PLC0415
    from onnx import TensorProto, helper  # noqa: PLC0415

    weights = helper.make_tensor("w", TensorProto.FLOAT, [2, 1], [3.0, 0.5])
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["x", "w"], ["y"])],
        "linear",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [None, 2])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [None, 1])],
        [weights],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.checker.check_model(model)
    where = {"name": "model"} if MAJOR >= 3 else {"artifact_path": "model"}
    with mlflow.start_run():
        mlflow.onnx.log_model(model, **where, registered_model_name=scene.name("onnx"), pip_requirements=["onnx"])
    loaded = mlflow.pyfunc.load_model(f"models:/{scene.name('onnx')}/1")
    got = loaded.predict(np.array([[1.0, 2.0], [2.0, 0.0]], dtype=np.float32))
    np.testing.assert_allclose(got["y"], [[4.0], [6.0]])


class Doubling(mlflow.pyfunc.PythonModel):
    """A model written in Python."""

    def predict(self, context: Any, model_input: Any, params: Any = None) -> Any:  # noqa: ARG002 - MLflow's signature
        """Double what comes."""
        return model_input * 2


def python_model_predicts(scene: Scene) -> None:
    """A model that somebody wrote as a class."""
    where = {"name": "model"} if MAJOR >= 3 else {"artifact_path": "model"}
    with mlflow.start_run():
        mlflow.pyfunc.log_model(
            python_model=Doubling(), **where, registered_model_name=scene.name("python"), pip_requirements=["numpy"]
        )
    loaded = mlflow.pyfunc.load_model(f"models:/{scene.name('python')}/1")
    np.testing.assert_allclose(loaded.predict(np.array([1.0, 2.0])), [2.0, 4.0])
