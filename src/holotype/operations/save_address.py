"""How does somebody keep an address of our pages, and let it go? For themselves alone; the ledger has nothing of it."""

from __future__ import annotations

from holotype.access import rules, saved
from holotype.domain.permissions import Permission
from holotype.domain.saved import MOST, SavedAddress, checked
from holotype.errors import TooLarge
from holotype.operations.call import Call


def save_address(call: Call, name: str, place: str) -> SavedAddress:
    """Keep an address under a name; one that had the name gives it up."""
    rules.require_somewhere(call.actor, Permission.TOKEN_WRITE)
    wanted = checked(name, place)
    with call.write() as tx:
        known = saved.of(tx, _who(call))
        if len(known) >= MOST and wanted.name not in {one.name for one in known}:
            raise TooLarge(f"{MOST} addresses can be saved.", hint="Forget one of them first.")
        saved.keep(tx, _who(call), wanted, call.now)
    return wanted


def forget_address(call: Call, name: str) -> None:
    """Forget an address; nothing happens where there is none of that name."""
    rules.require_somewhere(call.actor, Permission.TOKEN_WRITE)
    with call.write() as tx:
        saved.forget(tx, _who(call), name)


def list_addresses(call: Call) -> list[SavedAddress]:
    """Return the caller's addresses, by name."""
    rules.require_somewhere(call.actor, Permission.TOKEN_WRITE)
    with call.read() as tx:
        return saved.of(tx, _who(call))


def _who(call: Call) -> int:
    return call.actor.principal_id or 0
