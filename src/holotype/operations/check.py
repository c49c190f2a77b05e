"""Can this server do its work now?"""

from __future__ import annotations

import sqlalchemy as sa

from holotype.db.tables import registry
from holotype.operations.call import Call

_ANY = sa.select(registry.c.id).limit(1)


def check(call: Call) -> None:
    """Raise ``Unavailable`` unless the database and the object store answer."""
    with call.read() as tx:
        tx.execute(_ANY).all()
    call.registry.store.check()
