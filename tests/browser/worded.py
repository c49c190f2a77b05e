"""Which texts does the native protocol take, and into which of them did somebody write something hostile?

taken()      the names of all, such as ``NewVersion.provenance.data[].name``; a key of a map ends with ``{k}``
recording()  collects the names of those that the Python client sends hostile words in
NO_WORDS     those that hold no words of anybody, and why
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any
from unittest import mock

import msgspec
from msgspec import inspect

from holotype.client.transport import Transport
from holotype.gateways.metrics import Metrics
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
_HOSTILE = ("onerror=", "onmouseover=", "javascript:")


def taken() -> set[str]:
    """Return the names of the texts that bodies of the native protocol hold."""
    bodies = {handler.opt["route"].signature.body for handler in routes(Metrics()) if "route" in handler.opt} - {None}
    return {name for body in bodies for name in _texts(inspect.type_info(body), body.__name__)}


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
