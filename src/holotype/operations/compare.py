"""How do versions differ?

1. The caller may read each of them.
2. Each is read once: what the reference names, its provenance, its files.
3. They are compared, with the first as the baseline.
"""

from __future__ import annotations

from collections.abc import Sequence

from holotype.access import rules
from holotype.catalogue import contents, versions
from holotype.db import Tx
from holotype.domain import compare as comparing
from holotype.domain.compare import FEWEST, MOST, Compared, Comparison
from holotype.domain.entities import Version
from holotype.domain.permissions import Permission
from holotype.domain.provenance import Provenance
from holotype.domain.references import Reference
from holotype.errors import Invalid
from holotype.operations.call import Call

_FILES = 20_000


def compare(call: Call, references: Sequence[Reference], *, everything: bool = False) -> Comparison:
    """Compare 2 to 10 versions with the first of them; only the differences, unless ``everything`` is asked for."""
    if not FEWEST <= len(references) <= MOST:
        raise Invalid(f"{FEWEST} to {MOST} versions can be compared, not {len(references)}.", hint="Name each version.")
    for reference in references:  # 1
        rules.require(call.actor, Permission.MODEL_READ, namespace=reference.namespace, model=reference.model)
    with call.registry.database.snapshot() as tx:  # 2
        known = [_known(tx, versions.find(tx, reference)) for reference in references]
    return comparing.compare(known, everything=everything)  # 3


def _known(tx: Tx, version: Version) -> Compared:
    origin = contents.origin(tx, version) or Provenance()
    files = contents.page_of_files(tx, version.id, after="", limit=_FILES)
    return Compared(version.reference, version.digest, files, origin)
