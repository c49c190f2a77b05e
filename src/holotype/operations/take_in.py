"""How does a version come from what a client of another registry's protocol calls its source?

1. The caller may register here, and the model is there.
2. The source is read, once; whatever could be a place on a computer is refused.
3. A prompt is kept as the file that it is.
4. Files of ours that it means (of a version, a run, a logged model) belong to the new version at once.
5. What lies in an import source gets its number now and its bytes later: see ``holotype.operations.copy_in``.
6. Anything else is registered without bytes: external. The server never asks for it; where a tracking server may know
   its run, that is asked for what it knows, later like bytes.
7. The run, the MLmodel file and what the source was become the version's provenance.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from holotype.access import rules
from holotype.catalogue import intakes, labels, models, namespaces, sources
from holotype.catalogue.sources import Sourced
from holotype.db import Tx
from holotype.domain import digest as digests
from holotype.domain import names, origins, prompts
from holotype.domain.entities import Intake, Namespace
from holotype.domain.events import Action
from holotype.domain.manifest import File, role_of
from holotype.domain.origins import Origin
from holotype.domain.permissions import Permission
from holotype.domain.provenance import Provenance, Run, Source
from holotype.domain.references import Reference
from holotype.egress.sources import covering, tracker_of
from holotype.errors import Invalid, NotFound
from holotype.ledger import append
from holotype.ledger.append import Entry
from holotype.operations import context, following, registering
from holotype.operations.call import Call
from holotype.operations.following import Found
from holotype.operations.put_blob import put_blob
from holotype.operations.registering import Content, Stamp
from holotype.operations.threads import aside
from holotype.operations.titled import missing
from holotype.operations.words import check_words

TRACKER = "holotype"
PLACEHOLDERS = ("prompt-template", "dummy-source")
"""What clients write for the source of a prompt, which has none."""
_SINGULAR = 16
"""So many random bytes tell a registration from every other one."""
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,255}")
_LONGEST_LINK = 2_000
_MLMODEL, _MLMODEL_LIMIT = "MLmodel", 2**20


@dataclass(frozen=True, slots=True)
class Wanted:
    """What such a client registers: where it says that the bytes lie, which run made them, and words about them.

    ``here`` tells the address of this server as the client sees it, with what stands before the protocol's own paths;
    ``title`` is what the client calls the model, where that is not its name.
    """

    uri: str
    run_id: str | None = None
    run_link: str | None = None
    model_id: str | None = None
    description: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    prompt: bool = False
    here: Callable[[], str] | None = None
    title: str | None = None


async def take_in(call: Call, model: Reference, wanted: Wanted) -> Sourced | Intake:
    """Register a new version of a model that is there, and return it; an intake where its bytes have yet to come."""
    rules.require(call.actor, Permission.VERSION_REGISTER, namespace=model.namespace, model=model.model)  # 1
    origin = _check(wanted)
    if wanted.prompt or origin is None:
        return await _prompt(call, model, wanted)  # 3
    return await aside(_followed, call, model, wanted, origin)


def _followed(call: Call, model: Reference, wanted: Wanted, origin: Origin) -> Sourced | Intake:
    with call.read() as tx:
        namespace = namespaces.get(tx, model.namespace)
        found = following.follow(call, tx, namespace, origin, wanted.here)  # 4
        _check_same(wanted, found)
        coming = found is None and covering(call.registry.sources, model.namespace, origin) is not None
        if not coming:  # 6
            found = _of_run(call, tx, namespace, wanted, found)
            coming = found is None and _is_tracked(call, model.namespace, wanted)
    if not coming:
        return _register(call, namespace, model, wanted, found)
    promised = _promise(call, namespace, model, wanted, origin)  # 5
    call.registry.expected.set()
    return promised


def _origin_of(call: Call, wanted: Wanted, found: Found | None) -> Provenance:
    """Return the provenance of a version without files, or of one whose files are ours."""
    held = found is not None and bool(found.files)
    model_id = (found.model_id if found else None) or wanted.model_id
    link = wanted.run_link or None
    linked = Source(wanted.uri, secrets.token_hex(_SINGULAR), external=not held, model_id=model_id, run_link=link)
    if found is None:
        return Provenance(source=linked, run=Run(wanted.run_id) if wanted.run_id else None)
    parents = [found.parent] if found.parent else []
    if found.inherited is not None:
        before = found.inherited.source or linked
        kept = replace(linked, left_out=before.left_out, run_link=linked.run_link or before.run_link)
        inherited = replace(found.inherited, source=kept, parents=parents)
        return _with_run(inherited, wanted)
    mlmodel, beside = read_beside(call, found.files)
    known = context.provenance_of(
        found.run,
        mlmodel,
        tracker=TRACKER,
        link=link,
        source=replace(linked, run_link=None),
        parents=parents,
        beside=beside,
        logged=found.logged,
    )
    return _with_run(known, wanted)


def read_beside(call: Call, files: Sequence[File]) -> tuple[bytes | None, dict[str, bytes]]:
    """Return MLmodel at the root of some files, and what its environment is said to be beside it."""
    wanted = {file.path: file for file in files if file.path in (_MLMODEL, *context.BESIDE)}
    store = call.registry.store
    small = {path: file for path, file in wanted.items() if 0 < file.size <= _MLMODEL_LIMIT}
    held = {path: store.read(file.digest, 0, file.size) for path, file in small.items()}
    return held.pop(_MLMODEL, None), held


def _check(wanted: Wanted) -> Origin | None:
    """Return what the source of what is wanted means; a prompt has none."""
    check_words(wanted.description, None, wanted.tags)
    link = wanted.run_link or ""
    if len(link) > _LONGEST_LINK or not names.printable(link):
        raise Invalid(f"run_link has at most {_LONGEST_LINK:,} characters, all printable.", hint="Give an address.")
    for what, value in (("run", wanted.run_id), ("logged model", wanted.model_id)):
        if value and not _ID.fullmatch(value):
            raise Invalid(f"{value[:80]!r} is not the id of a {what}.", hint="Give it as the tracker shows it.")
    if wanted.prompt and wanted.uri in PLACEHOLDERS:
        return None
    origin = origins.read(wanted.uri)  # 2
    if isinstance(origin, origins.RunOrigin) and wanted.run_id and wanted.run_id != origin.run_id:
        raise Invalid(f"The source names the run {origin.run_id}, the request another.", hint="Give one run.")
    if isinstance(origin, origins.LoggedOrigin) and wanted.model_id and wanted.model_id != origin.model_id:
        raise Invalid(f"The source names {origin.model_id}, the request {wanted.model_id}.", hint="Give one of them.")
    return origin


def _of_run(call: Call, tx: Tx, namespace: Namespace, wanted: Wanted, found: Found | None) -> Found | None:
    """Return what was found, with the run that the client names where that is known and nothing else tells of one."""
    if found is not None and (found.run is not None or found.inherited is not None):
        return found
    run = following.run_of(call, tx, namespace, wanted.run_id)
    if found is not None:
        return replace(found, run=run)
    return None if run is None else Found(run=run)


def _is_tracked(call: Call, namespace: str, wanted: Wanted) -> bool:
    return tracker_of(call.registry.sources, namespace, wanted.run_id, wanted.model_id) is not None


def _check_same(wanted: Wanted, found: Found | None) -> None:
    """Raise where a copy shall have another run or logged model than the one that its original has."""
    if found is None or found.parent is None:
        return
    for what, asked, there in (("run", wanted.run_id, found.run_id), ("logged model", wanted.model_id, found.model_id)):
        if asked and there and asked != there:
            raise Invalid(f"{found.parent.reference} is of the {what} {there}, not of {asked}.", hint="Leave it out.")


def _promise(call: Call, namespace: Namespace, model: Reference, wanted: Wanted, origin: Origin) -> Intake:
    run_id = wanted.run_id or (origin.run_id if isinstance(origin, origins.RunOrigin) else None)
    model_id = wanted.model_id or (origin.model_id if isinstance(origin, origins.LoggedOrigin) else None)
    with call.write() as tx:
        locked, number = _numbered(tx, call, namespace, model, wanted.title)
        row = {
            "namespace_id": namespace.id,
            "model_id": locked,
            "number": number,
            "created_by": call.actor.name,
            "uri": wanted.uri,
            "run_id": run_id or None,
            "run_link": wanted.run_link or None,
            "logged_model": model_id or None,
            "registration": secrets.token_hex(_SINGULAR),
            "description": wanted.description,
        }
        intakes.create(tx, row, tags=wanted.tags, now=call.now)
        told = {"number": number, "source": wanted.uri}
        where = {"namespace_id": namespace.id, "model_id": locked}
        entry = Entry(Action.INTAKE_BEGUN, f"{model.model_reference}:{number}", told, **where)
        append.append(tx, actor=call.actor, now=call.now, entries=[entry])
        made = intakes.get(tx, locked, number)
    if made is None:
        raise NotFound(f"There is no {model}:{number}.")
    return made


def _register(call: Call, namespace: Namespace, model: Reference, wanted: Wanted, found: Found | None) -> Sourced:
    files = found.files if found else ()
    origin = _origin_of(call, wanted, found)  # 7
    content = Content(files, origin, description=wanted.description, tags=wanted.tags)
    draft = registering.drafted(call, content)
    with call.write() as tx:
        locked, number = _numbered(tx, call, namespace, model, wanted.title)
        registering.check_held(tx, namespace, draft.manifest.files)
        version = registering.write(tx, call, namespace, (locked, model.model), draft, stamp=Stamp(number))
    call.registry.arrived.set()
    return sources.of_new(version, wanted.title or version.model, draft.origin, call.now)


def _numbered(tx: Tx, call: Call, namespace: Namespace, model: Reference, title: str | None) -> tuple[int, int]:
    """Lock a model that is there and, where a client names it by a title, bears that; return its id and next number."""
    found = labels.next_number_of(tx, namespace.id, model.model, call.now)
    if title is not None and (found is None or found.title != title):
        raise missing(title)
    if found is None:
        models.get(tx, model.namespace, model.model)  # raises, and says why
        raise NotFound(f"There is no model {model.model_reference}.")
    return found.id, found.number


def _with_run(origin: Provenance, wanted: Wanted) -> Provenance:
    """Keep the run that the client names also where nobody here knows it."""
    if origin.run is not None or not wanted.run_id:
        return origin
    return replace(origin, run=Run(wanted.run_id))


async def _prompt(call: Call, model: Reference, wanted: Wanted) -> Sourced:
    made = prompts.content_of(wanted.tags)
    files = [File(path, digests.of(content), len(content), role_of(path)) for path, content in made]
    for file, (_, content) in zip(files, made, strict=True):
        await put_blob(call, model.namespace, file.digest, file.size, _chunks(content))
    return await aside(_registered, call, model, wanted, Found(tuple(files)))


def _registered(call: Call, model: Reference, wanted: Wanted, found: Found) -> Sourced:
    with call.read() as tx:
        namespace = namespaces.get(tx, model.namespace)
    return _register(call, namespace, model, wanted, found)


async def _chunks(content: bytes) -> AsyncIterator[bytes]:
    yield content
