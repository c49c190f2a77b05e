"""Which texts do the protocols take, and into which of them did somebody write something hostile?

taken()                      the names of all of the native protocol, such as ``NewVersion.provenance.data[].name``; a
                             key of a map ends with ``{k}``
taken_by_mlflow()            the names of those of MLflow's protocol that somebody's words may stand in
recording()                  collects the names of those that the Python client sends hostile words in
planted()                    the names of those in one body
NO_WORDS, NO_MLFLOW_…        those that hold no words of anybody, and why
"""

from __future__ import annotations

import contextlib
import functools
import re
from collections.abc import Iterator
from typing import Any
from unittest import mock

import msgspec
from msgspec import inspect

from holotype.client.transport import Transport
from holotype.gateways.metrics import Metrics
from holotype.gateways.mlflow.serving import Endpoint
from holotype.main.application import routes

NO_WORDS = {
    "a name, a role, a place or a number: any other text is refused": (
        "Labelling.versions[].stage", "NewAlias.version", "NewEvidence.type", "NewGrant.role",
        "NewGrant.scope", "NewGrant.stages[]", "NewGrant.who", "NewModel.name", "NewModel.namespace",
        "NewNamespace.name", "NewOverride.gates[]", "NewOverride.target", "NewPromotion.stage", "NewRelease.quarantine",
        "NewRollback.stage", "NewService.name", "NewService.owner", "NewTeam.members[]", "NewTeam.name",
        "NewToken.principal", "NewToken.role", "NewToken.scope", "NewTrust.claims{k}", "NewTrust.role",
        "NewTrust.scope", "NewTrust.service", "NewUser.name", "NewVersion.aliases[]", "Rename.name",
        "ServiceChange.owner", "TeamChange.add[]", "TeamChange.remove[]",
    ),
    "of a grammar of its own: a digest, a URL, a media type, one word of a few": (
        "ImportedVersion.files[].digest", "ImportedVersion.files[].role", "ImportedVersion.parent",
        "Labelling.versions[].registration", "MissingRequest.digests[]", "NewEvidence.media_type", "NewIdentity.issuer",
        "NewTrust.issuer", "NewUpload.digest", "NewVersion.files[].digest", "NewVersion.files[].role",
        "NewVersion.provenance.data[].digest", "NewVersion.provenance.metrics[].direction",
        "NewVersion.provenance.parents[].digest", "NewVersion.provenance.parents[].relation",
    ),
    "kept by nobody": (
        "CodeExchange.code", "CodeExchange.verifier", "NewPassword.new", "NewPassword.old", "NewPolicyTest.cursor",
        "NewPolicyTest.model", "NewPolicyTest.text", "PasswordSignIn.name", "PasswordSignIn.password", "SignOut.secret",
        "UseSetUp.password", "UseSetUp.secret", "WorkloadSignIn.subject_token",
    ),
    "a file of a version, as one that is pushed": (
        "ImportedVersion.documents{k}", "ImportedVersion.files[].format", "ImportedVersion.files[].path",
    ),
}  # fmt: skip
NO_MLFLOW_WORDS = {
    "it names what is there, and puts nothing there": (
        "DeleteModelVersionTag", "DeleteRegisteredModelTag", "ExperimentKey", "GetLatestVersions", "ModelVersionName",
        "OfExperiment", "OfRun", "Outputs", "RegisteredModelAlias", "RegisteredModelName", "RunKey",
    ),
    "it asks": ("SearchExperiments", "SearchLoggedModels", "SearchRuns"),
    "it takes a few words": ("Finalised", "TransitionModelVersionStage"),
    "it is refused, whatever it says": ("NewWorkspace",),
    "the paths of files, which are planted as addresses": ("Begun", "Ended"),
}  # fmt: skip
"""Messages of MLflow's protocol."""
NO_MLFLOW_TEXTS = {
    "the id or the number of something that is there": (
        "experiment_id", "model_id", "run_id", "run_uuid", "source_run_id", "version",
    ),
    "a key of plain letters, or a word of a few": (
        "Batch.metrics[].key", "Batch.params[].key", "Batch.tags[].key", "ChangedRun.status", "ExperimentTag.key",
        "Inputs.datasets[].tags[].key", "NewExperiment.tags[].key", "NewLoggedModel.params[].key",
        "NewLoggedModel.tags[].key", "NewRun.tags[].key", "Parameters.params[].key", "RunMetric.key", "RunPair.key",
        "SetRegisteredModelAlias.alias", "Tags.tags[].key",
    ),
}  # fmt: skip
"""Texts of the other messages, by their name alone or the whole of it."""
_HOSTILE = ("onerror=", "onmouseover=", "javascript:")


def taken() -> set[str]:
    """Return the names of the texts that bodies of the native protocol hold."""
    bodies = {handler.opt["route"].signature.body for handler in routes(Metrics()) if "route" in handler.opt} - {None}
    return {name for body in bodies for name in _texts(inspect.type_info(body), body.__name__)}


def taken_by_mlflow() -> set[str]:
    """Return the names of the texts that messages of MLflow's protocol hold, but for those that are spared."""
    spared, named = (set().union(*each.values()) for each in (NO_MLFLOW_WORDS, NO_MLFLOW_TEXTS))
    messages = {known.message for known in _endpoints() if known.method != "GET"}
    texts = {
        name for one in messages if one.__name__ not in spared for name in _texts(inspect.type_info(one), one.__name__)
    }
    return {name for name in texts if not named & {name, name.rpartition(".")[2]}}


def message_of(method: str, path: str) -> str:
    """Return the name of the message that an endpoint of MLflow's takes."""
    (found,) = {
        known.message.__name__
        for known in _endpoints()
        if known.method == method
        and re.fullmatch(re.sub(r"\{\w+:str\}", "[^/]+", known.path), f"/api/2.0/mlflow/{path}")
    }
    return found


def planted(body: Any, name: str) -> set[str]:
    """Return the names of the texts of a body that are hostile."""
    return set(_planted(body, name))


@functools.cache
def _endpoints() -> list[Endpoint]:
    return [handler.opt["endpoint"] for handler in routes(Metrics()) if "endpoint" in handler.opt]


@contextlib.contextmanager
def recording() -> Iterator[set[str]]:
    """Give a set that fills with the names of the texts that hostile words are sent in."""
    sent, call = set[str](), Transport.call

    def recorded(self: Transport, method: str, path: str, shape: type[Any], **more: Any) -> Any:
        if (body := more.get("body")) is not None:
            sent.update(_planted(msgspec.to_builtins(body), type(body).__name__))
        return call(self, method, path, shape, **more)

    with mock.patch.object(Transport, "call", recorded):
        yield sent


def _texts(known: inspect.Type, name: str) -> Iterator[str]:
    if isinstance(known, inspect.StrType):
        yield name
    elif isinstance(known, inspect.StructType | inspect.DataclassType):
        for one in known.fields:
            yield from _texts(one.type, f"{name}.{one.encode_name}")
    elif isinstance(known, inspect.DictType):
        yield from _texts(known.key_type, f"{name}{{k}}")
        yield from _texts(known.value_type, f"{name}{{v}}")
    elif isinstance(known, inspect.CollectionType):
        yield from _texts(known.item_type, f"{name}[]")
    elif isinstance(known, inspect.UnionType):
        for each in known.types:
            yield from _texts(each, name)


def _planted(value: Any, name: str) -> Iterator[str]:
    if isinstance(value, str) and any(sign in value for sign in _HOSTILE):
        yield name
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from _planted(key, f"{name}{{k}}")
            yield from _planted(each, f"{name}.{key}")
            yield from _planted(each, f"{name}{{v}}")
    elif isinstance(value, list):
        for each in value:
            yield from _planted(each, f"{name}[]")
