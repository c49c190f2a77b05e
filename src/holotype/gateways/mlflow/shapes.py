"""In which JSON does an MLflow client see models and versions? Plain dictionaries with MLflow's field names.

Numbers of versions are texts, moments are milliseconds, and what is not known is left out, as the client expects it;
but a version's description, run and link are always there, as texts.
"""

from __future__ import annotations

from typing import Any

from holotype.catalogue.overviews import Overview
from holotype.catalogue.sources import Sourced
from holotype.domain import times, titles
from holotype.domain.entities import Intake

STAGES = {"none": "None", "staging": "Staging", "production": "Production", "archived": "Archived"}
"""MLflow's names of stages; one that only a policy here knows is shown as it is."""
_STATUS = {"pending": "PENDING_REGISTRATION", "failed": "FAILED_REGISTRATION"}


def registered_model(found: Overview) -> dict[str, Any]:
    """Return a model with its aliases and the newest version of each stage."""
    model = found.model
    told = {
        "name": found.title,
        "creation_timestamp": times.to_millis(model.created_at),
        "last_updated_timestamp": times.to_millis(model.changed_at),
        "user_id": model.created_by,
        "latest_versions": [model_version(one) for one in found.newest],
        "tags": _pairs(model.tags),
        "aliases": [
            {"alias": alias, "version": str(number)}
            for alias, number in sorted((titles.alias_shown(name), number) for name, number in found.aliases.items())
        ],
    }
    if model.description:
        told["description"] = model.description
    return told


def model_version(found: Sourced | Intake, title: str | None = None) -> dict[str, Any]:
    """Return a version, or the intake that has its number; an intake does not say what its model is called."""
    if isinstance(found, Intake):
        return _intake(found, title or found.model)
    version = found.version
    told = {
        "name": found.title,
        "version": str(version.number),
        "creation_timestamp": times.to_millis(version.created_at),
        "last_updated_timestamp": times.to_millis(found.changed_at),
        "user_id": version.created_by,
        "current_stage": STAGES.get(version.stage, version.stage),
        "description": version.description,
        "source": source(found),
        "run_id": found.run_id or "",
        "run_link": found.run_link or "",
        "status": "READY",
        "tags": _pairs(version.tags) if version.tags else [],
        "aliases": sorted(map(titles.alias_shown, version.aliases)) if version.aliases else [],
    }
    held = version.quarantined_at
    return told | _known(found, f"In quarantine since {held.isoformat()}: it is not served." if held else None)


def source(found: Sourced) -> str:
    """Return where a client said that a version lies; of one that no such client registered, its own address."""
    return found.uri or f"models:/{found.title}/{found.version.number}"


def _intake(found: Intake, title: str) -> dict[str, Any]:
    told = {
        "name": title,
        "version": str(found.number),
        "creation_timestamp": times.to_millis(found.created_at),
        "last_updated_timestamp": times.to_millis(found.changed_at),
        "user_id": found.created_by,
        "current_stage": STAGES["none"],
        "description": found.description,
        "source": found.uri,
        "run_id": found.run_id or "",
        "run_link": found.run_link or "",
        "status": _STATUS[found.status],
        "tags": _pairs(found.tags),
        "aliases": [],
    }
    return told | _known(found, found.reason)


def _known(found: Sourced | Intake, message: str | None) -> dict[str, str]:
    """Return what is left out where it says nothing: the logged model, and a word about the status."""
    told = {"model_id": found.logged_model} if found.logged_model else {}
    return told | ({"status_message": message} if message else {})


def _pairs(tags: dict[str, str]) -> list[dict[str, str]]:
    return [{"key": key, "value": value} for key, value in tags.items()]
