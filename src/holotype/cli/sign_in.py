"""How does a person sign in and out at a terminal? Passwords are asked for, and are never words of a command."""

from __future__ import annotations

import sys
from getpass import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from holotype.cli import formats, output
from holotype.cli.options import COMMON, OUTPUT, Common, Output
from holotype.cli.usage import UsageError

if TYPE_CHECKING:
    from holotype.client.api import Client
    from holotype.wire.sign_in import SignedIn


def login(
    url: str | None = None,
    *,
    name: str | None = None,
    password: bool = False,
    setup: bool = False,
    workload: Annotated[Path | None, Parameter(metavar="FILE", allow_leading_hyphen=True)] = None,
    trust: int | None = None,
    to: Output = OUTPUT,
) -> None:
    """Sign in, and keep the token for this OS user until it ends.

    Through the registry's OpenID provider in a browser where it has one, else with a password, which is asked for.

    Args:
        url: The registry; else the one that commands ask anyway.
        name: Who you are, for a sign-in with a password.
        password: Sign in with a password also where there is an OpenID provider.
        setup: Choose a password with the set-up secret that an administrator gave you.
        workload: Sign in as a machine: a file with the token that a CI or a cluster made for this job, or -.
        trust: The number of the trust rule to use for it, where several match.
    """
    from holotype.client import keeping  # noqa: PLC0415 - `--help` needs no client
    from holotype.client.api import Client  # noqa: PLC0415

    with Client(url) as client:
        found = _sign_in(client, name, password, setup, workload, trust)
        place = keeping.sign_in(client.url, found.secret)
        where = client.url
    if to.json:
        output.document({"principal": found.principal, "token": found.token_id, "expires_at": found.expires_at})
        return
    output.say(f"signed in as {found.principal} at {where} until {formats.when(found.expires_at)}")
    output.hint(f"the token is in {place}; `holotype logout` ends it")


def logout(url: str | None = None, *, to: Output = OUTPUT) -> None:
    """End the token that a login left, at the registry and here.

    Args:
        url: The registry; else the one that commands ask anyway.
    """
    from holotype.client import credentials, keeping  # noqa: PLC0415 - `--help` needs no client
    from holotype.client.api import Client  # noqa: PLC0415
    from holotype.errors import HolotypeError  # noqa: PLC0415

    with Client(credentials.find(url)[0], "none") as asked:
        place = asked.url
    token = keeping.sign_out(place)
    if token is not None:
        try:
            with Client(place, token) as client:
                client.sign_out(token)
        except HolotypeError as error:
            output.note(f"The token is forgotten here, but the registry was not told: {error.detail}")
    if to.json:
        output.document({"signed_out": token is not None})
    else:
        output.say(f"signed out at {place}" if token is not None else f"nobody was signed in at {place}")


def open_(
    *,
    show: Annotated[bool, Parameter(name="--print")] = False,
    common: Common = COMMON,
) -> None:
    """Open the pages in a browser, signed in by a link that works once.

    Args:
        show: Only print the link, for a browser elsewhere; it works for five minutes.
    """
    import webbrowser  # noqa: PLC0415 - for this one use

    with common.connect() as client:
        made = client.sign_in_link()
    if common.json:
        output.document(made)
        return
    output.say(made.place)
    if not show and output.terminal():
        webbrowser.open(made.place)
    output.note(f"It signs one browser in, once, until {formats.when(made.expires_at)}.")


def change_password(*, common: Common = COMMON) -> None:
    """Choose your own password; who else is signed in as you is signed out."""
    old = getpass("Old password (empty if you have none): ") or None
    new = _new_password()
    with common.connect() as client:
        client.set_password(new, old=old)
    output.document({"changed": True}) if common.json else output.say("the password is changed")


def setup(user: str, /, *, common: Common = COMMON) -> None:
    """Make a secret with which a user sets a password, once and within two days.

    Args:
        user: Who gets it.
    """
    with common.connect() as client:
        made, place = client.create_set_up(user), client.url
    if common.json:
        output.document(made)
        return
    output.say(made.secret)
    output.note(f"It works once, until {formats.when(made.expires_at)}. Hand it over on a way that you trust.")
    output.hint(f"{user} runs `holotype login {place} --setup`")


def _sign_in(
    client: Client, name: str | None, password: bool, setup: bool, workload: Path | None, trust: int | None
) -> SignedIn:
    if workload is not None:
        return client.sign_in_workload(_text(workload), trust=trust)
    if setup:
        secret = getpass("Set-up secret: ")
        return client.use_set_up(secret, _new_password())
    if password or name is not None or client.ways_to_sign_in().oidc is None:
        given = name or _asked("Name: ")
        return client.sign_in(given, getpass("Password: "))
    return client.sign_in_with_browser(_show)


def _new_password() -> str:
    new = getpass("New password: ")
    if getpass("Again: ") != new:
        raise UsageError("The two are not the same.", "Try again.")
    return new


def _asked(question: str) -> str:
    print(question, end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip()


def _show(address: str) -> None:
    import webbrowser  # noqa: PLC0415 - for this one use

    output.note(f"Sign in with a browser on this machine: {address}")
    if output.terminal(sys.stderr):
        webbrowser.open(address)


def _text(file: Path) -> str:
    text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
    return text.strip()
