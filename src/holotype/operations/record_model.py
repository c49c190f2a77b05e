"""How does an old client say that a run logged a model? It adds it to a list that is kept in one tag."""

from __future__ import annotations

import json
from typing import Any

from holotype.catalogue import namespaces
from holotype.domain import names
from holotype.errors import Invalid, TooLarge
from holotype.operations import tracked
from holotype.operations.call import Call
from holotype.tracking import attached

HISTORY = "mlflow.log-model.history"
_KEPT = ("run_id", "utc_time_created", "artifact_path", "model_uuid")
_NEEDED = {"artifact_path", "flavors", "utc_time_created", "run_id"}
_LIMIT = 1_000_000


def record_model(call: Call, namespace: str, run_id: str, described: str) -> None:
    """Add a model, described by its MLmodel file as JSON, to those that a run logged."""
    tracked.require_writer(call.actor, namespace)
    model = _read(described)
    with call.write() as tx:
        space = namespaces.get(tx, namespace)
        tracked.run_of(call, tx, space, run_id)
        before = attached.tags(tx, space.id, [run_id]).get(run_id, {}).get(HISTORY, "[]")
        text = json.dumps([*_listed(before), model])
        if len(text) > _LIMIT:
            raise TooLarge("The run logged more models than fit the list of them.")
        attached.set_tags(tx, space.id, run_id, {HISTORY: text})


def _read(described: str) -> dict[str, Any]:
    try:
        model = json.loads(described)
    except (ValueError, RecursionError) as error:
        raise Invalid("Malformed model info: it is not valid JSON.") from error
    if not isinstance(model, dict) or _NEEDED - model.keys():
        raise Invalid(f"Model json is missing mandatory fields, which are: {', '.join(sorted(_NEEDED))}.")
    flavors = model["flavors"] if isinstance(model["flavors"], dict) else {}
    plain = {
        name: {key: value for key, value in one.items() if key != "config"} if isinstance(one, dict) else one
        for name, one in flavors.items()
    }
    kept = {key: model[key] for key in _KEPT if key in model} | {"flavors": plain}
    names.text(json.dumps(kept, ensure_ascii=False), "model info", _LIMIT)
    return kept


def _listed(text: str) -> list[Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return []
    return found if isinstance(found, list) else []
