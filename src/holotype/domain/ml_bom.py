"""What is a version made of, in the words of CycloneDX 1.6? An ML-BOM: the same bytes for the same knowledge.

    metadata.component   the version: a machine-learning-model with its model card, licence and digest
    components           its files, the data sets, the frameworks of its environment (as PyPI packages)
    pedigree             the versions that it was made from
    dependencies         the version depends on all of them

Serial number and time follow from the version, so that asking twice gives one document; ``version`` counts the evidence
that it takes into account.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import quote

from holotype.domain import front_matter, times
from holotype.domain.described import Described, Measure
from holotype.domain.provenance import Data, Parent

FORMAT = "application/vnd.cyclonedx+json"
_SPACE = uuid.UUID("6f1d8a52-3f0e-5b0a-9d7a-0c0f2f4b6f10")
_APPROACHES = ("supervised", "unsupervised", "reinforcement-learning", "semi-supervised", "self-supervised")
_ADDRESS = re.compile(r"(?:https?|ssh|git)://[A-Za-z0-9._~:/?#@!$&'()*+,;=%-]+")
_APART = re.compile(r"[-_.]+")
_RELATIONS = "holotype:relation"
Licence = Callable[[str], dict[str, Any]]


def write(about: Described, *, licence: Licence, tool: str) -> dict[str, Any]:
    """Return the bill of materials of a version.

    ``licence`` puts a licence into its CycloneDX form; ``tool`` is our own version.
    """
    version = about.version
    data = [_data(one, place) for place, one in enumerate(about.origin.data)]
    others = [*_files(about), *data, *_frameworks(about)]
    dependencies = [{"ref": version.digest, "dependsOn": sorted(one["bom-ref"] for one in others)}]
    dependencies += [{"ref": one["bom-ref"]} for one in others]
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": uuid.uuid5(_SPACE, version.digest).urn,
        "version": len(about.evidence) + 1,
        "metadata": {
            "timestamp": times.text(version.created_at),
            "tools": {"components": [{"type": "application", "name": "holotype", "version": tool}]},
            "component": _model(about, data, licence),
        },
        "components": others,
        "dependencies": sorted(dependencies, key=lambda one: str(one["ref"])),
    }


def _model(about: Described, data: list[dict[str, Any]], licence: Licence) -> dict[str, Any]:
    version = about.version
    found: dict[str, Any] = {
        "type": "machine-learning-model",
        "bom-ref": version.digest,
        "group": version.namespace,
        "name": version.model,
        "version": str(version.number),
        "description": version.description,
        "hashes": [_hash(version.digest)],
        "licenses": [licence(about.licence)] if about.licence else [],
        "pedigree": {"ancestors": [_ancestor(one) for one in about.origin.parents]} if about.origin.parents else {},
        "externalReferences": _references(about),
        "properties": _properties(about),
        "modelCard": _card(about, data),
    }
    return {name: value for name, value in found.items() if value}


def _card(about: Described, data: list[dict[str, Any]]) -> dict[str, Any]:
    said = front_matter.read(about.card)
    schema = about.origin.schema
    task, architecture = said.text("pipeline_tag") or said.text("task"), said.text("model_type")
    approach = said.text("approach")
    parameters: dict[str, Any] = {
        "approach": {"type": approach} if approach in _APPROACHES else {},
        "task": task,
        "architectureFamily": architecture,
        "datasets": [{"ref": one["bom-ref"]} for one in data],
        "inputs": [{"format": _column(one.name, one.type)} for one in schema.inputs] if schema else [],
        "outputs": [{"format": _column(one.name, one.type)} for one in schema.outputs] if schema else [],
    }
    found: dict[str, Any] = {
        "modelParameters": {name: value for name, value in parameters.items() if value},
        "quantitativeAnalysis": {"performanceMetrics": [_metric(one) for one in about.measures]}
        if about.measures
        else {},
        "considerations": _considerations(said),
        "properties": [{"name": f"parameter:{name}", "value": _plain(value)} for name, value in _parameters(about)],
    }
    return {name: value for name, value in found.items() if value}


def _considerations(said: front_matter.Card) -> dict[str, Any]:
    """Return what the card's front matter says about its use, in keys that have a place in CycloneDX."""
    risks = said.texts("ethical_considerations")
    found: dict[str, Any] = {
        "users": list(said.texts("users")),
        "useCases": list(said.texts("use_cases")),
        "technicalLimitations": list(said.texts("limitations")),
        "performanceTradeoffs": list(said.texts("tradeoffs")),
        "ethicalConsiderations": [{"name": one} for one in risks],
    }
    return {name: value for name, value in found.items() if value}


def _metric(one: Measure) -> dict[str, Any]:
    """Return a metric; CycloneDX has no data set of its own for it, so the slice names it first."""
    where = ", ".join(word for word in (one.dataset, one.slice) if word)
    return {"type": one.name, "value": _plain(one.value)} | ({"slice": where} if where else {})


def _files(about: Described) -> Iterable[dict[str, Any]]:
    for one in sorted(about.files, key=lambda file: file.path):
        notes = [("size", str(one.size)), ("role", one.role), ("format", one.format or "")]
        yield {
            "type": "file",
            "bom-ref": f"file:{one.path}",
            "name": one.path,
            "hashes": [_hash(one.digest)],
            "properties": [{"name": f"holotype:{name}", "value": value} for name, value in notes if value],
        }


def _data(one: Data, place: int) -> dict[str, Any]:
    found: dict[str, Any] = {
        "type": "data",
        "bom-ref": f"data:{place}:{one.uri}",
        "name": one.uri,
        "data": [{"type": "dataset", "name": one.uri, "classification": one.role}],
    }
    return found | ({"hashes": [_hash(one.digest)]} if one.digest else {})


def _frameworks(about: Described) -> Iterable[dict[str, Any]]:
    known = about.origin.environment.frameworks if about.origin.environment else {}
    for name, version in sorted((name, version) for name, version in known.items() if name.strip()):
        address = f"pkg:pypi/{quote(_APART.sub('-', name).lower(), safe='')}@{quote(version, safe='')}"
        yield {"type": "library", "bom-ref": address, "name": name, "version": version, "purl": address}


def _ancestor(one: Parent) -> dict[str, Any]:
    found: dict[str, Any] = {"type": "machine-learning-model", "name": one.reference}
    found["properties"] = [{"name": _RELATIONS, "value": one.relation}]
    return found | ({"hashes": [_hash(one.digest)]} if one.digest else {})


def _references(about: Described) -> list[dict[str, str]]:
    code = about.origin.code
    address = code.repository or "" if code else ""
    return [{"type": "vcs", "url": address}] if _ADDRESS.fullmatch(address) else []


def _properties(about: Described) -> list[dict[str, str]]:
    version, code, run, source = about.version, about.origin.code, about.origin.run, about.origin.source
    count = about.parameter_count
    notes = [
        ("reference", version.reference),
        ("digest", version.digest),
        ("stage", version.stage),
        ("registered-by", version.created_by),
        ("parameter-count", str(count) if count else ""),
        ("formats", ", ".join(about.formats)),
        ("commit", code.commit if code else ""),
        ("run", run.id if run else ""),
        ("source", source.uri if source else ""),
        ("external", "true" if version.external else ""),
    ]
    notes += [(f"evidence:{one.id}", f"{one.type} {one.digest}") for one in about.evidence]
    return [{"name": f"holotype:{name}", "value": value} for name, value in notes if value]


def _parameters(about: Described) -> list[tuple[str, object]]:
    return sorted(about.origin.parameters.items())


def _column(name: str, kind: str) -> str:
    return f"{name}: {kind}"


def _plain(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _hash(digest: str) -> dict[str, str]:
    return {"alg": "SHA-256", "content": digest.removeprefix("sha256:")}
