"""What is one version? Its card, its metrics, where it may go, who decided what about it, and how it is used."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from holotype.domain.permissions import Permission
from holotype.domain.provenance import Metric, Provenance
from holotype.domain.references import Reference
from holotype.operations.glance import glance
from holotype.operations.show import show_model, show_version
from holotype.operations.situation import Situation
from holotype.web import drafts, prompting
from holotype.web.base import Page, Visit, page
from holotype.web.version_heads import VERSION, decode, part, tracking

_FEW = 100
"""So many metrics and parameters are shown unless somebody asks for all."""


@page(VERSION, permission=Permission.MODEL_READ)
def version(
    request: Visit, namespace: str, model: str, label: str, *, edit: bool = False, everything: bool = False
) -> Page:
    """Show a version."""

    def make(where: Reference, stands: Situation) -> Page:
        shown = show_version(request.call, where)
        origin = decode(shown.provenance) if shown.provenance else Provenance()
        writes = edit and request.may(Permission.VERSION_WRITE, namespace, model)
        found = stands.version
        prompt = prompting.prompt_of(request.call, where, found)
        about: dict[str, object] = {"card": shown.card, "prompt": prompt, "glance": glance(request.call, where)}
        about |= {"uses": _uses(request, where, prompt=prompt is not None)}
        about |= {"draft": drafts.begun(found.description, shown.card, found.tags) if writes else None}
        return Page("version.html", about | _measured(origin, everything=everything))

    return part(request, namespace, model, label, "", make)


def _measured(origin: Provenance, *, everything: bool) -> dict[str, object]:
    """Return metrics by data set and slice, and parameters by name, the first of them unless all are wanted."""
    metrics = sorted(origin.metrics, key=lambda one: (one.dataset or "", one.slice or "", one.name))
    parameters = sorted(origin.parameters.items())
    most = max(len(metrics), len(parameters)) if everything else _FEW
    return {
        "measures": _grouped(metrics[:most]),
        "metrics": len(metrics),
        "parameters": parameters[:most],
        "parameter_count": len(parameters),
        "shortened": len(metrics) > most or len(parameters) > most,
    }


def _grouped(metrics: Sequence[Metric]) -> list[tuple[str, str, list[Metric]]]:
    found = groupby(metrics, lambda one: (one.dataset or "", one.slice or ""))
    return [(dataset, part, list(each)) for (dataset, part), each in found]


def _uses(request: Visit, where: Reference, *, prompt: bool) -> list[tuple[str, str, str]]:
    """Return how the version is used by each kind of client: its name, the text to copy, and what is set before it."""
    found, _ = show_model(request.call, Reference(where.namespace, where.model))
    called, told = found.title or where.model, f"export MLFLOW_TRACKING_URI={tracking(request, where.namespace)}"
    loaded = (
        f'mlflow.genai.load_prompt("prompts:/{called}/{where.label}")' if prompt else f"models:/{called}/{where.label}"
    )
    return [
        ("Command line", f"holotype pull {where}", ""),
        ("Python", f'client.pull("{where}", "model/")', f'client = holotype.Client("{request.root}")'),
        ("MLflow", loaded, told),
    ]


routes = [version]
