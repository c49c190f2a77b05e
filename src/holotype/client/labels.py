"""Which version is where? Resolve a reference, move versions between stages, point aliases."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from holotype.client.base import ROOT, Base, model_path, moment, version_path
from holotype.client.pages import Pages
from holotype.domain import names, references
from holotype.wire import decoding, shapes


class Labels(Base):
    """The calls about stages and aliases."""

    def resolve(self, reference: str, *, at: datetime | str | None = None) -> shapes.Version:
        """Return the version that a reference names now, or named at a moment (naive times count as UTC)."""
        return self._get(f"{ROOT}/resolve", shapes.Version, reference=str(references.parse(reference)), at=moment(at))

    def promote(self, reference: str, stage: str, *, reason: str = "", dry_run: bool = False) -> shapes.Promotion:
        """Move a version to a stage or a protected alias: see ``status`` and ``verdicts`` for what became of it.

        Where people have to approve it, it is ``pending``. With ``dry_run`` every gate is asked and nothing changes.
        """
        body = shapes.NewPromotion(stage=stage, reason=reason, dry_run=dry_run)
        path = f"{version_path(references.parse_version(reference))}/promotions"
        return self._post(path, shapes.Promotion, body)

    def rollback(self, model: str, stage: str, *, reason: str) -> shapes.Promotion:
        """Give a stage back to the version that held it before and still may."""
        body = shapes.NewRollback(stage=stage, reason=reason)
        return self._post(f"{model_path(references.parse_model(model))}/rollbacks", shapes.Promotion, body)

    def aliases(self, model: str, *, limit: int | None = None, cursor: str | None = None) -> Pages[shapes.Alias]:
        """Iterate over the aliases of a model."""
        return self._pages(
            f"{model_path(references.parse_model(model))}/aliases", shapes.Alias, limit=limit, cursor=cursor
        )

    def set_alias(self, reference: str, alias: str, *, reason: str = "") -> shapes.Version | shapes.Promotion:
        """Make an alias name a version, whatever it named before, and return the version.

        Where people have to approve that, the promotion that waits for them is returned.
        """
        parsed = references.parse_version(reference)
        body = shapes.NewAlias(version=parsed.digest or parsed.label or "", reason=reason)
        path = f"{model_path(parsed)}/aliases/{alias_of(alias)}"
        answer = self._http.call("PUT", path, dict[str, Any], body=body)
        if "status" in answer:
            return decoding.converted(answer, shapes.Promotion)
        return decoding.converted(answer, shapes.Version)

    def remove_alias(self, model: str, alias: str) -> None:
        """Remove an alias; the version that it named stays."""
        parsed = references.parse_model(model)
        self._http.call("DELETE", f"{model_path(parsed)}/aliases/{alias_of(alias)}", type(None))


def alias_of(name: str) -> str:
    """Return an alias that can be part of a route, or raise ``InvalidName``."""
    return names.label(name)
