"""In which JSON does an MLflow client see models and versions? Plain dictionaries with MLflow's field names.

Numbers of versions are texts, moments are milliseconds, and what is not known is left out, as the client expects it;
but a version's description, run and link are always there, as texts.
"""

from __future__ import annotations

from datetime import datetime
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
    return _given(
        name=found.title,
        creation_timestamp=_ms(model.created_at),
        last_updated_timestamp=_ms(model.changed_at),
        user_id=model.created_by,
        description=model.description,
        latest_versions=[model_version(one) for one in found.newest],
        tags=_pairs(model.tags),
        aliases=[
            {"alias": alias, "version": str(number)}
            for alias, number in sorted((titles.alias_shown(name), number) for name, number in found.aliases.items())
        ],
    )


def model_version(found: Sourced | Intake, title: str | None = None) -> dict[str, Any]:
    """Return a version, or the intake that has its number; an intake does not say what its model is called."""
    if isinstance(found, Intake):
        return _intake(found, title or found.model)
    version = found.version
    held = version.quarantined_at
    return _given(
        name=found.title,
        version=str(version.number),
        creation_timestamp=_ms(version.created_at),
        last_updated_timestamp=_ms(found.changed_at),
        user_id=version.created_by,
        current_stage=STAGES.get(version.stage, version.stage),
        source=source(found),
        status="READY",
        status_message=f"In quarantine since {held.isoformat()}: it is not served." if held else None,
        model_id=found.logged_model,
        tags=_pairs(version.tags),
        aliases=sorted(titles.alias_shown(name) for name in version.aliases),
    ) | _words(version.description, found.run_id, found.run_link)


def source(found: Sourced) -> str:
    """Return where a client said that a version lies; of one that no such client registered, its own address."""
    return found.uri or f"models:/{found.title}/{found.version.number}"


def _intake(found: Intake, title: str) -> dict[str, Any]:
    return _given(
        name=title,
        version=str(found.number),
        creation_timestamp=_ms(found.created_at),
        last_updated_timestamp=_ms(found.changed_at),
        user_id=found.created_by,
        current_stage=STAGES["none"],
        source=found.uri,
        status=_STATUS[found.status],
        status_message=found.reason,
        model_id=found.logged_model,
        tags=_pairs(found.tags),
        aliases=[],
    ) | _words(found.description, found.run_id, found.run_link)


def _given(**fields: Any) -> dict[str, Any]:
    """Return the fields without those that say nothing; lists stay, also empty ones."""
    return {name: value for name, value in fields.items() if value not in (None, "")}


def _words(description: str, run_id: str | None, run_link: str | None) -> dict[str, str]:
    """Return what MLflow's server shows of a version also where it is empty."""
    return {"description": description, "run_id": run_id or "", "run_link": run_link or ""}


def _pairs(tags: dict[str, str]) -> list[dict[str, str]]:
    return [{"key": key, "value": value} for key, value in tags.items()]


def _ms(moment: datetime) -> int:
    return times.to_micros(moment) // 1000
