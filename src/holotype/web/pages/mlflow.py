"""Where do addresses lead that MLflow's clients print, and that people kept from MLflow's own pages?

    http://HOST/#/experiments/1/runs/8c2f…            the version that was registered from the run, or all of them
    http://HOST/mlflow/risk/#/models/iris/versions/3  the version
    http://HOST/mlflow/risk/                          what the address is for

What follows the ``#`` no server sees: a script of every page sends it here as ``at``. Experiments and runs have no
pages.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

from holotype.domain import names, titles
from holotype.domain.permissions import Permission
from holotype.domain.references import Reference
from holotype.operations.tally_versions import tally_versions
from holotype.web import places
from holotype.web.base import Page, Redirect, Visit, page
from holotype.web.version_heads import tracking

_RUN = re.compile(r"/experiments/[^/?]+/(?:runs/|evaluation-runs\?selectedRunUuid=)([0-9a-f]{32})")
_MODEL = re.compile(r"/(?:models|prompts)/([^/?]+)(?:/versions/([0-9]{1,9}))?")


@page("/mlflow/{namespace:str}", permission=Permission.MODEL_READ)
def mlflow(request: Visit, namespace: str, *, at: str = "") -> Page | Redirect:
    """Lead to what an address of MLflow's pages means here, or say what this address is for."""
    names.component(namespace, "namespace")
    model, run = _MODEL.match(at), _RUN.match(at)
    if model is not None:
        found = Reference(namespace, titles.name_of(unquote(model[1])), model[2])
        return Redirect(places.version(found) if model[2] else places.model(found))
    if run is not None:
        asked = f"run:{run[1]}"
        came = tally_versions(request.call, asked, limit=1, most=2)
        if came.count:
            return Redirect(places.version(came.items[0].reference) if came.count == 1 else places.versions(asked))
    about = {
        "namespace": namespace,
        "tracking": tracking(request, namespace),
        "run": run[1] if run is not None else None,
    }
    return Page("mlflow.html", about)


routes = [mlflow]
