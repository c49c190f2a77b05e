"""How does a file arrive of which nobody has said what it is? In one stream that is hashed on the way.

1. The caller may upload into this namespace.
2. A row announces that something comes, so that the sweep leaves it alone, however long it takes.
3. The bytes are received under a name of their own, counted and hashed.
4. Now that their digest is known, it is announced; what is being swept just now is waited for.
5. They are published under their digest, durably.
6. Only then is it written down that the namespace holds them, with whatever the caller adds to that transaction.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, Callable
from typing import TypeAlias

from holotype.db import Tx
from holotype.operations.call import Call

Then: TypeAlias = Callable[[Tx, int, str, int], None]
"""What is written in the transaction that says the bytes are held: transaction, namespace's id, digest, size."""


async def put_stream(
    call: Call, namespace: str, chunks: AsyncIterable[bytes], *, limit: int | None = None, then: Then | None = None
) -> tuple[str, int]:
    """Store what comes and return its digest and size; ``TooLarge`` beyond ``limit`` bytes, and then nothing is kept.

    A stream that ends too early has to raise: wrap one whose length is known in ``streams.counted``.
    """
    raise NotImplementedError
