"""Which figures must be reached (design §7), and what the peer's server gave on the same two cores?

MLflow 3.17's figures were measured once, elsewhere in time; they are told beside ours, never measured here.
"""

from __future__ import annotations

MLFLOW_RESOLVE, RESOLVE_TIMES = 127, 40
MLFLOW_REGISTER, REGISTER_TIMES = 103, 10
MLFLOW_PUSH, PUSH_TIMES = 138, 4
MLFLOW_PULL, PULL_TIMES = 257, 3
TRANSFER_SHARE = 0.5
SEARCH_MS = 25.0
READY_SECONDS = 2.0
RESIDENT_MIB = 200
ACCESS_TIMES = 2.0
GATES_MS = 20.0
INCLUSION_MS, VERIFY_SECONDS = 5.0, 30.0
HELP_SECONDS, IMPORT_SECONDS = 0.2, 0.1
THROUGH_MIB = 256
AGAIN_BYTES = 64 * 2**10
"""Requests and answers about a file cross the wire when it is pushed again; its bytes do not."""

PEER_RESOLVE = f"{MLFLOW_RESOLVE}/s"
PEER_REGISTER = f"{MLFLOW_REGISTER}/s"
PEER_PUSH = f"{MLFLOW_PUSH} MiB/s"
PEER_PULL = f"{MLFLOW_PULL} MiB/s"
PEER_AGAIN = "everything is sent"
PEER_SEARCH = "51–450 ms"
PEER_READY = "14.7 s"
PEER_RESIDENT = "2.1 GiB"
PEER_HELP, PEER_IMPORT = "3.9 s", "2.1 s"
