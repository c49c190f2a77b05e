"""Which bytes does the ledger bind? The canonical JSON (RFC 8785) of an entry.

    {"action":"version.moved","actor":"ada","data":{…},"salt":"91c0…","sequence":12,"subject":"risk/fraud:7",
     "time":"2026-01-02T…Z","token":"k3Jd…"}

``token`` is the public id of the token that the actor used, and left out where there was none. Whoever has these
values can write the same bytes with any RFC 8785 library and hash them.

``salt`` makes an entry impossible to guess from its hash, which proofs show to people who may not read the entry. It
is itself a hash, of a random nonce and the surrogate ids of the row: those are this database's business and tell
nothing to anybody else, yet not one of them can be changed without changing the entry.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from json.encoder import encode_basestring
from typing import Any

import rfc8785

from holotype.domain import canonical as canonical_json
from holotype.domain import times
from holotype.errors import Invalid

NONCE_SIZE, SALT_DIGITS = 16, 32


def canonical_data(data: Mapping[str, object]) -> str:
    """Return the canonical JSON of an entry's data, or raise ``Invalid`` where JSON cannot carry it exactly."""
    try:
        plain: Any = dict(data)  # what JSON does not know is refused by the library
        return (canonical_json.quick(plain) or rfc8785.dumps(plain)).decode()
    except rfc8785.CanonicalizationError as error:
        raise Invalid(f"The ledger cannot keep this exactly: {error}.") from error


def salt_of(nonce: bytes, *ids: int | None) -> str:
    """Return the salt of an entry: what its nonce and the surrogate ids of its row hash to, 128 bits of it."""
    named = ",".join("" if one is None else str(one) for one in ids)
    return hashlib.sha256(nonce + named.encode()).hexdigest()[:SALT_DIGITS]


def canonical(
    *, sequence: int, micros: int, actor: str, action: str, subject: str, data: str, salt: str, token: str | None = None
) -> bytes:
    """Return the bytes of an entry, given its data as canonical JSON and its time in microseconds since 1970.

    Written out by hand, in the order that RFC 8785 gives the keys, because ``data`` is canonical already.
    """
    used = f',"token":{encode_basestring(token)}' if token is not None else ""
    return (
        f'{{"action":{encode_basestring(action)},"actor":{encode_basestring(actor)},"data":{data},"salt":"{salt}",'
        f'"sequence":{sequence},"subject":{encode_basestring(subject)},"time":"{times.text_of(micros)}"{used}}}'
    ).encode()


def bytes_of(row: Any) -> bytes:
    """Return the bytes of an entry, given its row."""
    return canonical(
        sequence=row.sequence,
        micros=row.time,
        actor=row.actor,
        action=row.action,
        subject=row.subject,
        data=row.data,
        salt=salt_of(row.nonce, row.namespace_id, row.model_id, row.version_id),
        token=row.token,
    )
