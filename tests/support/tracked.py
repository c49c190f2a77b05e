"""How do tests get a run with something in every corner of what training scripts log?"""

from __future__ import annotations

import asyncio

from holotype.catalogue import intakes
from holotype.catalogue.intakes import Copied
from holotype.domain import digest
from holotype.domain.runs import Input, Measured
from holotype.operations.create_experiment import create_experiment
from holotype.operations.create_logged_model import create_logged_model
from holotype.operations.create_run import create_run
from holotype.operations.log_batch import log_batch
from holotype.operations.log_inputs import log_inputs, log_outputs
from holotype.operations.put_artifact import put_artifact
from tests.support.bytes import chunks
from tests.support.registry import Desk


def track(desk: Desk, content: bytes) -> str:
    """Log a run, a logged model and a file of some bytes, and return the run's id."""
    space = "default"
    experiment = create_experiment(desk.call(), space, "scores", given=[("owner", "risk")])
    run = create_run(desk.call(), space, experiment, name="first", given=[("seed", "7")]).id
    measured = Measured("auc", 0.9, 1, desk.call().now)
    log_batch(desk.call(), space, run, measured=[(measured, None)], parameters=[("depth", "6")])
    log_inputs(desk.call(), space, run, datasets=[Input("train", "d1", "s3", "{}")])
    model = create_logged_model(desk.call(), space, experiment, name="model", run_id=run).id
    log_outputs(desk.call(), space, run, [(model, 0)])
    asyncio.run(put_artifact(desk.call(), space, run, "model/model.bin", chunks(content)))
    return run


def come(desk: Desk, model_id: int, content: bytes) -> int:
    """Begin an intake that has one of its files already, and return its id."""
    call = desk.call()
    with call.write() as tx:
        values = {"namespace_id": 1, "model_id": model_id, "number": 99, "status": "pending", "uri": "s3://lake/m"}
        made = intakes.create(
            tx, values | {"created_by": "ada", "registration": "r", "run_id": "1"}, tags={"a": "b"}, now=call.now
        )
        intakes.note_file(tx, made, "model.bin", Copied(digest.of(content), len(content)))
    return made
