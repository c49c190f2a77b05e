"""Which moves wait for people, and who decides about them?"""

from __future__ import annotations

from collections.abc import Sequence

from holotype.client.base import ROOT, Base, version_path
from holotype.client.pages import Pages
from holotype.domain import references
from holotype.wire import shapes
from holotype.wire.promotions import Comment, NewComment, NewDecision, NewOverride, Override
from holotype.wire.reviews import Review


class Promotions(Base):
    """The calls about promotions that wait, comments and overrides. ``promote`` itself is among the labels."""

    def promotion(self, promotion: int) -> shapes.Promotion:
        """Return a promotion by its number: verdicts, decisions, and what it still needs."""
        return self._get(f"{ROOT}/promotions/{int(promotion)}", shapes.Promotion)

    def review(self, promotion: int) -> Review:
        """Return what somebody needs who decides about a promotion, and what the caller may do about it."""
        return self._get(f"{ROOT}/promotions/{int(promotion)}/review", Review)

    def promotions(
        self,
        *,
        status: str | None = None,
        namespace: str | None = None,
        model: str | None = None,
        waiting: bool = False,
        mine: bool = False,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Pages[shapes.Promotion]:
        """Iterate over promotions, the newest first.

        ``waiting``: those that wait for an approval by the caller; ``mine``: those that the caller asked for.
        """
        asked: dict[str, str | bool | None] = {"status": status, "namespace": namespace, "model": model}
        asked |= {"waiting": waiting or None, "mine": mine or None}
        return self._pages(f"{ROOT}/promotions", shapes.Promotion, asked, limit, cursor)

    def approve(self, promotion: int, *, comment: str = "") -> shapes.Promotion:
        """Approve a promotion and return it: applied, if nobody else is needed and every gate passes."""
        return self._decide(promotion, "approve", comment)

    def reject(self, promotion: int, *, comment: str) -> shapes.Promotion:
        """Reject a promotion; that ends it."""
        return self._decide(promotion, "reject", comment)

    def withdraw(self, promotion: int, *, comment: str = "") -> shapes.Promotion:
        """Take a promotion back that one asked for."""
        return self._decide(promotion, "withdraw", comment)

    def comment(self, promotion: int, text: str) -> Comment:
        """Write a comment to a promotion, as Markdown, and return it; it is never changed."""
        return self._post(f"{ROOT}/promotions/{int(promotion)}/comments", Comment, NewComment(text=text))

    def comments(self, promotion: int, *, limit: int | None = None, cursor: str | None = None) -> Pages[Comment]:
        """Iterate over what people wrote to a promotion, the newest first."""
        return self._pages(f"{ROOT}/promotions/{int(promotion)}/comments", Comment, {}, limit, cursor)

    def open_override(
        self, reference: str, target: str, gates: Sequence[str], *, reason: str, hours: float = 1.0
    ) -> Override:
        """Take gates out of the way of a version's move to a stage or a protected alias, for some hours."""
        body = NewOverride(target=target, gates=list(gates), reason=reason, hours=hours)
        path = f"{version_path(references.parse_version(reference))}/overrides"
        return self._post(path, Override, body)

    def close_override(self, override: int) -> Override:
        """Close an override; its gates stand in the way again."""
        return self._post(f"{ROOT}/overrides/{int(override)}/close", Override)

    def overrides(
        self, *, everything: bool = False, limit: int | None = None, cursor: str | None = None
    ) -> Pages[Override]:
        """Iterate over overrides that nobody closed, or over all that ever were, the newest first."""
        asked = {"everything": everything or None}
        return self._pages(f"{ROOT}/overrides", Override, asked, limit, cursor)

    def _decide(self, promotion: int, verb: str, comment: str) -> shapes.Promotion:
        body = NewDecision(comment=comment)
        return self._post(f"{ROOT}/promotions/{int(promotion)}/{verb}", shapes.Promotion, body)
