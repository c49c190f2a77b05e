"""What is equal there and here? Every field of a version that another registry can say something about."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from holotype.client.mlflow.answers import Model, Version, mapping, moment
from holotype.domain.imports import registration_of
from holotype.domain.titles import alias_of, title_of
from holotype.wire.imports import Imported, ImportedLabels, LeftOut
from holotype.wire.shapes import File
from holotype.wire.shapes import Model as OurModel

_CREATED, _CHANGED = "the moment of creation", "the moment of the last change"


def labels_of(one: Version, origin: str) -> ImportedLabels:
    """Return what is said of a version there, as it travels."""
    created = moment(one.creation_timestamp, _CREATED)
    return ImportedLabels(
        number=int(one.version),
        registration=registration_of(origin, one.name, int(one.version), created),
        stage=one.current_stage,
        description=one.description,
        tags=mapping(one.tags),
        changed_at=moment(one.last_updated_timestamp or one.creation_timestamp, _CHANGED),
    )


def label_differences(told: ImportedLabels, here: Imported) -> list[str]:
    """Return what of the labels and words of a version is not the same."""
    pairs = {
        "stage": (told.stage.casefold(), here.stage.casefold()),
        "description": (told.description, here.description),
        "tags": (told.tags, here.tags),
        "changed": (told.changed_at, here.changed_at),
    }
    return [what for what, (there, ours) in pairs.items() if there != ours]


def differences(one: Version, told: ImportedLabels, here: Imported) -> list[str]:
    """Return everything of a version that is not the same."""
    found = label_differences(told, here)
    if here.registration != told.registration:
        found.append("registration")
    if here.created_at != moment(one.creation_timestamp, _CREATED):
        found.append("created")
    if one.user_id and here.author != one.user_id:
        found.append("author")
    for what, there, ours in (
        ("source", one.source, here.uri),
        ("run", one.run_id, here.run_id),
        ("run link", one.run_link, here.run_link),
    ):
        if there and there != ours:
            found.append(what)
    return found


def files_differ(fetched: Iterable[tuple[str, str, int]], kept: Collection[File]) -> bool:
    """Say whether the files that are kept are others than those that were fetched: path, digest and size."""
    return sorted(fetched) != sorted((one.path, one.digest, one.size) for one in kept)


def model_differences(found: Model, here: OurModel, aliases: dict[str, int]) -> list[str]:
    """Return what of a model is not the same; ``aliases`` are those that are here."""
    told = {alias_of(one.alias): int(one.version) for one in found.aliases}
    pairs = {
        "description": (found.description, here.description),
        "tags": (mapping(found.tags), here.tags),
        "created": (moment(found.creation_timestamp, _CREATED), here.created_at),
        "changed": (changed(found), here.changed_at),
        "aliases": (told, aliases),
    }
    title = getattr(here, "title", None)
    if title is not None and title_of(found.name) not in (None, title):
        pairs["name"] = (found.name, title)
    return [what for what, (there, ours) in pairs.items() if there != ours]


def changed(found: Model) -> object:
    """Return when a model was changed last."""
    return moment(found.last_updated_timestamp or found.creation_timestamp, _CHANGED)


def as_left_out(subject: str, what: Iterable[str], why: str) -> list[LeftOut]:
    """Return notes about a thing."""
    return [LeftOut(subject, one, why) for one in what]
