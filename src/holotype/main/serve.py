"""What does `holotype serve` do?

1. Refuse an address that must not be served in this way, and a port that is taken.
2. Bring the database to the newest schema; make the registry and its owner where there are none.
3. On loopback, leave the owner's token for the OS user who started the server.
4. Make the key that signs checkpoints, where the registry has none.
5. Run the processes until somebody stops them, and return 0 when they stopped as they should.
"""

from __future__ import annotations

import os
import socket
import sys
from contextlib import closing

from holotype.domain.entities import Actor
from holotype.gateways.browsers import is_loopback
from holotype.gateways.exchange import ANONYMOUS
from holotype.main import credentials, listening, process, processes
from holotype.main.application import open_registry
from holotype.operations.bootstrap import SYSTEM, bootstrap, signed_in
from holotype.operations.call import Call, Registry
from holotype.operations.migrate import migrate
from holotype.operations.sign_checkpoint import ensure_key
from holotype.settings import Settings

_FOR_US_ALONE = 0o077
"""Catalogue and blobs are for the server's OS user: whoever else has an account there asks the server, as all do."""


def serve(settings: Settings) -> int:
    """Serve until SIGTERM or SIGINT; return the exit code."""
    listening.check(settings)  # 1
    os.umask(_FOR_US_ALONE)
    with closing(listening.bind(settings)) as bound:
        url = listening.url_of(settings, bound.getsockname()[1])
        prepare(settings, url)  # 2, 3, 4
        return _run(settings, bound, url)  # 5


def prepare(settings: Settings, url: str) -> None:
    """Make everything that a server needs before it can answer; doing so again changes nothing."""
    if settings.database is None or settings.store is None:
        settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    registry = open_registry(settings, serving=True)
    try:
        migrate(registry.database)
        _let_in(registry, url)
        ensure_key(Call(registry, Actor(SYSTEM)))  # 4
    finally:
        registry.database.close()


def _let_in(registry: Registry, url: str) -> None:
    settings = registry.settings
    leave = is_loopback(settings.host) and not settings.open
    kept = credentials.kept(url) if leave else None
    secret = bootstrap(Call(registry, ANONYMOUS), kept=kept, leave_token=leave)
    if secret is None:
        if kept is not None:
            credentials.leave(url, kept)  # so that commands ask the server that was started last
        if not settings.open and not leave and not signed_in(registry):
            say("Nobody has a token yet. Print one for the owner with `holotype admin token`, with the same settings.")
        return
    place = credentials.leave(url, secret)
    what = "The owner's token" if kept is None else "The token there no longer worked; a new one"
    say(f"{what} is in {place}, for you alone.")


def _run(settings: Settings, bound: socket.socket, url: str) -> int:
    if settings.workers == 1:
        return process.run(settings, bound, on_ready=lambda: say(f"Holotype is ready at {url}"))
    return processes.run(settings, bound, on_ready=lambda: say(f"Holotype is ready at {url}"))


def say(sentence: str) -> None:
    """Tell the person who started the server."""
    print(sentence, file=sys.stdout, flush=True)  # noqa: T201 - this line is what `serve` prints
