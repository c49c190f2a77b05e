"""How does one model come over? See ``importing`` for the steps."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Future
from itertools import takewhile
from typing import TYPE_CHECKING

from holotype.client.mlflow import bringing, comparing, listing
from holotype.client.mlflow.answers import Model, Version, mapping, moment, number
from holotype.client.mlflow.bringing import Brought
from holotype.client.mlflow.foreseeing import Foresight
from holotype.client.mlflow.report import Line, Notes
from holotype.client.threads import workers
from holotype.domain import prompts, titles
from holotype.domain.imports import registration_of
from holotype.domain.references import Reference
from holotype.errors import HolotypeError, NotFound
from holotype.wire import imports as wire
from holotype.wire.imports import Imported, ImportedLabels, LeftOut

if TYPE_CHECKING:
    from holotype.client.mlflow.importing import Importer

WORKERS = 4
_STAGE = "stage "
_PENDING = "its bytes are being copied in from an import source; the next import sets its labels"
_FIELDS = {"tag": "tags", "alias": "aliases"}
Told = dict[int, ImportedLabels]


class OneModel:
    """The import of one model."""

    def __init__(self, importer: Importer, title: str) -> None:
        """Prepare; nothing is asked yet."""
        self._importer = importer
        self._both, self._client, self._dry = importer.both, importer.client, importer.dry_run
        self._title = title
        self._where = Reference(self._both.namespace, titles.name_of(title))
        self._subject = self._where.model_reference
        self._notes = Notes(importer.report, Line(title, self._where.model))
        self._aliases: dict[str, int] = {}
        self._foreign: set[int] = set()
        self._foresight = Foresight(self._subject, importer.policy)
        self._again: list[ImportedLabels] = []
        self._waiting: list[LeftOut] = []
        self._noted: set[tuple[str, str, str]] = set()
        self._explained: dict[str, set[str]] = {}
        self._highest = 0
        self._wrote = False

    def bring(self) -> None:
        """Do steps 1 to 5."""
        try:
            found = listing.model(self._both.server, self._title)
        except NotFound:
            self._notes.failed([LeftOut(self._subject, "model", "it was deleted there while the import went on")])
            return self._importer.ended(self._notes)
        here = self._model(found)  # 1
        if here is not None or self._dry:
            prompt = prompts.is_prompt(mapping(found.tags))
            for page in listing.versions(self._both.server, found, prompt=prompt):
                self._page(page, known=here is not None)  # 2-4
            if here is not None:
                self._finish(found, here)  # 5
            else:
                self._leave_out(self._foresight.aliases(self._aliases_here))
        return self._importer.ended(self._notes)

    def _model(self, found: Model) -> wire.ModelImport | None:
        if self._dry:
            self._leave_out(self._foresight.model(found))
            return None
        try:
            done = self._client.import_model(self._subject, self._model_told(found))
        except HolotypeError as error:
            self._importer.failed(self._notes, self._subject, error)
            return None
        self._leave_out(LeftOut(self._subject, one.what, one.why) for one in done.left_out)
        self._wrote |= done.changed
        self._notes.count(changed=int(done.changed and not done.created))
        return done

    def _model_told(self, found: Model, least: int = 1) -> wire.ImportedModel:
        return wire.ImportedModel(
            origin=self._both.origin,
            title=self._title,
            description=found.description,
            tags=mapping(found.tags),
            created_at=moment(found.creation_timestamp, "the birth of a model"),
            changed_at=moment(found.last_updated_timestamp or found.creation_timestamp, "a model's last change"),
            next_number=least,
        )

    def _page(self, page: list[Version], *, known: bool) -> None:
        first, last = int(page[0].version), int(page[-1].version)
        self._notes.count(there=len(page))
        self._highest = last
        here = self._here(first, last) if known or self._dry else {}
        missing = [one for one in page if int(one.version) not in here and self._is_ready(one)]
        self._noted.clear()
        brought = self._versions(missing)
        told = {int(one.version): comparing.labels_of(one, self._both.origin) for one in page}
        if self._dry:
            self._foresee(page, told, here, brought)
            return
        if brought:
            here = self._here(first, last)
        wanted = [told[n] for n in sorted(told) if self._is_ours(here.get(n), told[n])]
        wanted = [one for one in wanted if comparing.label_differences(one, here[one.number])]
        if self._label(wanted) or brought:
            here = self._here(first, last)
        self._compare(page, told, here, brought)

    def _here(self, first: int, last: int) -> dict[int, Imported]:
        """Return the versions that are here with numbers from the first to the last."""
        try:
            found = self._client.imported(self._subject, cursor=str(first - 1))
            return {one.number: one for one in takewhile(lambda one: one.number <= last, found)}
        except NotFound:
            if self._dry:
                return {}
            raise

    def _foresee(
        self,
        page: list[Version],
        told: dict[int, ImportedLabels],
        here: dict[int, Imported],
        coming: dict[int, Brought],
    ) -> None:
        """Note what of a page would not come, and count what is here."""
        for one in page:
            found = here.get(int(one.version))
            if found is not None and not self._is_ours(found, told[found.number]):
                why = _whose(found, told[found.number])
                self._notes.left_out([LeftOut(f"{self._subject}:{found.number}", "version", why)])
            elif found is not None or int(one.version) in coming:
                self._notes.count(here=int(found is not None))
                self._leave_out(self._foresight.version(one))
        self._notes.count(external=sum(one.external for one in coming.values()))
        self._gone_there(told, here)

    def _aliases_here(self) -> dict[str, int]:
        try:
            return {one.name: one.number for one in self._client.aliases(self._subject)}
        except NotFound:
            return {}

    def _is_ready(self, one: Version) -> bool:
        if one.status == "READY":
            return True
        why = f"it is {one.status[:40]} there{': ' + one.status_message[:200] if one.status_message else ''}"
        note = [LeftOut(f"{self._subject}:{one.version}", "version", why)]
        if one.status == "PENDING_REGISTRATION":
            self._notes.failed(note)
        else:
            self._notes.left_out(note)
        return False

    def _versions(self, missing: list[Version]) -> dict[int, Brought]:
        """Bring versions, or foresee what would become of them, several at once; return those that came or would."""
        done: dict[int, Brought] = {}
        if not missing:
            return done
        become = bringing.foresee if self._dry else bringing.bring
        with workers(WORKERS, "import") as pool:
            jobs: list[tuple[Version, Future[Brought]]] = [
                (one, pool.submit(become, self._both, self._where, one)) for one in missing
            ]
            for one, job in jobs:
                subject = f"{self._subject}:{one.version}"
                try:
                    brought = job.result()
                except (HolotypeError, OSError) as error:
                    self._importer.failed(self._notes, subject, error)
                    continue
                self._importer.succeeded()
                self._leave_out(brought.left_out)
                if brought.pending:
                    self._notes.failed([LeftOut(subject, "version", _PENDING)])
                elif not brought.skipped:
                    done[int(one.version)] = brought
                    size = sum(size for _, _, size in brought.files)
                    self._notes.count(new=1, files=len(brought.files), bytes=size)
        return done

    def _is_ours(self, here: Imported | None, told: ImportedLabels) -> bool:
        return here is not None and here.registration == told.registration and here.deleted_at is None

    def _label(self, wanted: list[ImportedLabels]) -> bool:
        """Set labels that differ; return whether anything was written.

        Whoever holds the stage of a version may leave it with a later page: such versions are tried again at the end,
        and told of then.
        """
        if not wanted:
            return False
        left_out = self._send(wanted)
        staying = {one.subject for one in left_out if one.what.startswith(_STAGE)}
        waiting = {f"{self._subject}:{one.number}": one for one in wanted}
        waiting = {subject: one for subject, one in waiting.items() if subject in staying}
        if len(self._again) + len(waiting) > listing.PAGE:
            waiting = {}
        self._again += waiting.values()
        later = [one for one in left_out if one.subject in waiting and one.what.startswith(_STAGE)]
        self._waiting += later
        self._explain(later)
        self._leave_out(one for one in left_out if one not in later)
        return True

    def _label_again(self) -> None:
        """Try once more where a stage was taken, if anything was written since, and tell what stays as it is."""
        if self._again and self._wrote:
            self._waiting = [one for one in self._send(self._again) if one.what.startswith(_STAGE)]
        self._leave_out(self._waiting)

    def _send(self, wanted: list[ImportedLabels]) -> list[LeftOut]:
        done = self._client.import_labels(self._subject, wire.Labelling(origin=self._both.origin, versions=wanted))
        self._notes.count(changed=done.changed)
        self._wrote |= done.changed > 0
        return done.left_out

    def _compare(
        self,
        page: list[Version],
        told: dict[int, ImportedLabels],
        here: dict[int, Imported],
        brought: dict[int, Brought],
    ) -> None:
        for one in page:
            found = here.get(int(one.version))
            subject = f"{self._subject}:{one.version}"
            if found is None:
                continue
            if not self._is_ours(found, told[found.number]):
                self._foreign.add(found.number)
                self._notes.left_out([LeftOut(subject, "version", _whose(found, told[found.number]))])
                continue
            self._notes.count(here=1, external=int(found.external))
            if found.external and found.number not in brought:
                self._notes.left_out([LeftOut(subject, "bytes", "they were out of reach when it came")])
            self._aliases |= dict.fromkeys(found.aliases, found.number)
            self._differ(subject, comparing.differences(one, told[found.number], found))
            if found.number in brought and brought[found.number].files:
                kept = list(self._client.files(subject))
                if comparing.files_differ(brought[found.number].files, kept):
                    self._notes.different([LeftOut(subject, "files", "they are not those that were fetched")])
            self._explained.pop(subject, None)
        self._gone_there(told, here)

    def _gone_there(self, told: dict[int, ImportedLabels], here: dict[int, Imported]) -> None:
        """Note the versions that came once and are there no more."""
        for at, found in here.items():
            if at not in told and found.deleted_at is None and self._came(found):
                self._aliases |= dict.fromkeys(found.aliases, found.number)
                note = LeftOut(f"{self._subject}:{at}", "deletion", "it was deleted there and stays here")
                self._notes.left_out([note])

    def _came(self, found: Imported) -> bool:
        made = registration_of(self._both.origin, self._title, found.number, found.created_at)
        return made == found.registration

    def _differ(self, subject: str, what: list[str]) -> None:
        """Note differences that nothing explains; of what was left out, the moment of change tells nothing new."""
        explained = self._explained.get(subject, set())
        rest = [one for one in what if one not in explained and not (one == "changed" and explained)]
        self._notes.different(comparing.as_left_out(subject, rest, "it is not the same after the import"))

    def _leave_out(self, found: Iterable[LeftOut]) -> None:
        """Note what was left out, each once, and what that explains."""
        kept = []
        for one in found:
            told = one.subject, one.what, one.why
            if told not in self._noted:
                self._noted.add(told)
                kept.append(one)
        self._explain(kept)
        self._notes.left_out(kept)

    def _explain(self, found: Iterable[LeftOut]) -> None:
        """Remember which differences of a thing something that was left out explains."""
        for one in found:
            word = one.what.partition(" ")[0]
            words = {"description", "tags"} if one.what == "description and tags" else {word, _FIELDS.get(word, word)}
            self._explained.setdefault(one.subject, set()).update(words)

    def _finish(self, found: Model, here: wire.ModelImport) -> None:
        self._label_again()
        wanted = {one.alias: number(one.version, "a version", listing.LARGEST_NUMBER) for one in found.aliases}
        wanted = {alias: at for alias, at in wanted.items() if at not in self._foreign}
        named = {titles.alias_of(alias): at for alias, at in wanted.items()}
        changed = self._model_told(found).changed_at
        if named != self._aliases or self._wrote or self._notes.line.new or here.model.changed_at != changed:
            told = wire.Labelling(origin=self._both.origin, aliases=wanted, changed_at=changed)
            done = self._client.import_labels(self._subject, told)
            self._leave_out(done.left_out)
            self._notes.count(changed=done.changed)
        if self._highest:
            self._client.import_model(self._subject, self._model_told(found, self._highest + 1))
        kept = {one.name: one.number for one in self._client.aliases(self._subject)}
        self._differ(self._subject, comparing.model_differences(found, self._client.model(self._subject), kept))


def _whose(found: Imported, told: ImportedLabels) -> str:
    if found.registration == told.registration:
        return "it came, and was deleted here since"
    return "another version has its number here"
