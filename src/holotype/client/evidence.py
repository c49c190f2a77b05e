"""What was learnt about a version? Attach evidence, list it, read it."""

from __future__ import annotations

from holotype.client.base import Base, version_path
from holotype.client.pages import Pages
from holotype.domain import digest as digests
from holotype.domain import references
from holotype.errors import Corrupt
from holotype.wire import evidence as shapes


class EvidenceCalls(Base):
    """The calls about evidence."""

    def attest(
        self,
        reference: str,
        type: str,  # noqa: A002 - the word that everybody uses for it
        payload: bytes | str,
        *,
        media_type: str | None = None,
    ) -> shapes.Evidence:
        """Attach evidence of a type: the bytes of a document, or its text. See ``signature`` where it is signed."""
        content = payload.encode() if isinstance(payload, str) else payload
        body = shapes.NewEvidence(type=type, media_type=media_type, payload=content)
        return self._post(f"{_path(reference)}/evidence", shapes.Evidence, body)

    def evidence(
        self,
        reference: str,
        *,
        type: str | None = None,  # noqa: A002 - as above
        signatures: bool = False,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Pages[shapes.Evidence]:
        """Iterate over the evidence about a version, the newest first, of one type or of all.

        With ``signatures`` each piece says what the policy makes of its signature now.
        """
        asked = {"type": type, "signatures": signatures or None}
        return self._pages(f"{_path(reference)}/evidence", shapes.Evidence, asked, limit, cursor)

    def one_evidence(self, reference: str, number: int) -> shapes.Evidence:
        """Return one piece of evidence, and what the policy makes of its signature now."""
        return self._get(f"{_path(reference)}/evidence/{int(number)}", shapes.Evidence)

    def evidence_payload(self, reference: str, number: int) -> bytes:
        """Return the payload of a piece of evidence, verified against its digest."""
        found = self.one_evidence(reference, number)
        content = self._bytes(f"{_path(reference)}/evidence/{int(number)}/payload")
        if digests.of(content) != found.digest:
            raise Corrupt(f"The payload of evidence {number} is not {found.digest}.", hint="Ask again.")
        return content

    def bom(self, reference: str) -> bytes:
        """Return the bill of materials of a version: CycloneDX 1.6, JSON."""
        return self._bytes(f"{_path(reference)}/bom")

    def card(self, reference: str) -> str:
        """Return the model card of a version with the facts that the registry knows: Markdown with front matter."""
        return self._bytes(f"{_path(reference)}/card").decode()


def _path(reference: str) -> str:
    return version_path(references.parse_version(reference))
