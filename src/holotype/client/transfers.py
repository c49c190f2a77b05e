"""How do files get there and back? ``push``, ``pull`` and ``verify``."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Literal

from holotype.client import described, receipts
from holotype.client.base import Base
from holotype.client.progress import Callback
from holotype.client.pull import ask_why, chosen, pull, refuse_external, source_of
from holotype.client.push import Draft, push
from holotype.client.verify import verify_local, verify_remote
from holotype.client.walk import walk
from holotype.domain import references
from holotype.domain.provenance import Code, Data, Environment, Metric, Parent, Run, Schema
from holotype.wire import shapes


class Transfers(Base):
    """The calls that move bytes."""

    def push(  # noqa: PLR0913 - one keyword for each thing that a version may bear, as the design gives it
        self,
        path: str | os.PathLike[str],
        model: str,
        *,
        params: Mapping[str, object] | None = None,
        metrics: Mapping[str, object] | Iterable[Metric] | None = None,
        data: Iterable[str | Data] = (),
        run: str | Run | None = None,
        parents: Iterable[str | Parent] = (),
        schema: Schema | None = None,
        card: str = "",
        description: str = "",
        tags: Mapping[str, str] | None = None,
        aliases: Iterable[str] = (),
        code: Code | Literal["auto"] | None = "auto",
        environment: Environment | Literal["auto"] | None = "auto",
        progress: Callback | None = None,
    ) -> shapes.Version:
        """Register the file or the files of a directory as a version of a model, and return it.

        Only bytes that the registry does not hold cross the wire. Content and provenance that are already registered
        give the version that was there.
        """
        parsed = references.parse_model(model)
        told = described.words(card, description, tags, aliases)
        origin = described.provenance(
            params=params,
            metrics=metrics,
            data=data,
            run=run,
            parents=parents,
            schema=schema,
            code=None if code == "auto" else code,
            environment=None if environment == "auto" else environment,
        )
        files = walk(path)
        draft = Draft(Path(path).absolute(), origin, told, code, environment)
        return push(self._http, parsed, files, draft, progress).version

    def pull(
        self,
        reference: str,
        directory: str | os.PathLike[str] | None = None,
        *,
        include: Iterable[str] = (),
        overwrite: bool = False,
        quarantined: bool = False,
        progress: Callback | None = None,
    ) -> Path:
        """Write the files of a version into a directory (else one named like the model) and return its path.

        Every file is verified against the version's digest before it gets its name. ``include`` takes globs over the
        paths. A file that is there with other content is only replaced with ``overwrite``; so is what lies in a
        directory that holds another version, and that version's other files stay. A version in quarantine is only
        written for an administrator who says ``quarantined``.
        """
        parsed = references.parse_version(reference)
        source = replace(source_of(self._http, parsed), quarantined=quarantined)
        refuse_external(self._http, source)
        if source.version.quarantined_at is not None and not quarantined:
            ask_why(self._http, source)
        root = Path(directory if directory is not None else parsed.model)
        globs = [include] if isinstance(include, str) else list(include)
        if not overwrite:
            receipts.refuse_another(root, source.version.digest)
        pull(self._http, source, root, chosen(source, globs), overwrite=overwrite, progress=progress)
        receipts.write(root, receipts.Receipt(self.url, source.version.reference, source.version.digest, globs))
        return root

    def verify(
        self,
        target: str | os.PathLike[str],
        directory: str | os.PathLike[str] | None = None,
        *,
        progress: Callback | None = None,
    ) -> shapes.Version:
        """Check bytes against a version's digest and return the version; raise ``Corrupt`` naming what differs.

        A reference alone: every byte that the registry holds is fetched, hashed and forgotten. A directory: its files
        are compared with the version that was pulled there. A reference and a directory: with that version.
        """
        where, reference = directory, os.fspath(target)
        globs: list[str] = []
        if where is None and (not isinstance(target, str) or Path(target).is_dir()):
            receipt = receipts.read(Path(target))
            where, globs = target, receipt.include
            reference = f"{receipt.reference}@{receipt.digest}"
        source = source_of(self._http, references.parse_version(reference))
        refuse_external(self._http, source)
        if where is None:
            verify_remote(self._http, source, progress)
        else:
            verify_local(source, Path(where), chosen(source, globs), progress)
        return source.version
