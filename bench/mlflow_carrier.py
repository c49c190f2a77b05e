"""Runs in MLflow's environment: logs a file as an artifact of a run and downloads it, and prints how long each took."""

from __future__ import annotations

import json
import shutil
import sys
import time
from pathlib import Path

import mlflow  # type: ignore[import-not-found,unused-ignore]

file, folder = Path(sys.argv[1]), Path(sys.argv[2])
with mlflow.start_run() as run:
    mlflow.log_text("warm", "warm.txt")
    began, busy = time.perf_counter(), time.process_time()
    mlflow.log_artifact(str(file), "model")
    up, up_cpu = time.perf_counter() - began, time.process_time() - busy
folder.mkdir()
try:
    began, busy = time.perf_counter(), time.process_time()
    got = mlflow.artifacts.download_artifacts(f"runs:/{run.info.run_id}/model/{file.name}", dst_path=str(folder))
    down, down_cpu = time.perf_counter() - began, time.process_time() - busy
    assert Path(got).stat().st_size == file.stat().st_size
finally:
    shutil.rmtree(folder)
print(json.dumps({"up": up, "up_cpu": up_cpu, "down": down, "down_cpu": down_cpu}))
