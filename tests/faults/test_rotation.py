"""Is there always exactly one key that signs, when the rotation of keys is killed at any moment?"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from holotype import db
from holotype.client.auditing.verify import read_keys, verify_export
from holotype.domain.entities import Actor
from holotype.domain.permissions import Permission
from holotype.ledger import checkpoints
from holotype.ledger.verify import verify_chain
from holotype.operations.bootstrap import bootstrap
from holotype.operations.call import Call
from holotype.operations.export_ledger import begin_export, export_lines
from holotype.operations.rotate_key import rotate_key
from holotype.operations.sign_checkpoint import ensure_key, may_sign
from tests.support.registry import Desk, open_desk

PROGRAM = """
import os, signal, sys
from holotype.operations import rotate_key as rotating, signing_keys
from holotype.ledger import append, checkpoints
from holotype.domain.entities import Actor
from holotype.domain.permissions import Permission
from holotype.operations.call import Call
from holotype import settings
from holotype.main.application import open_registry

def dying(module, name):
    before = getattr(module, name)
    def then(*given, **named):
        result = before(*given, **named)
        os.kill(os.getpid(), signal.SIGKILL)
        return result
    setattr(module, name, then)

module, _, name = sys.argv[1].partition(":")
dying({"signing_keys": signing_keys, "append": append, "checkpoints": checkpoints}[module], name)
registry = open_registry(settings.load())
rotating.rotate_key(Call(registry, Actor("holotype", None, frozenset(Permission))))
"""
MOMENTS = (
    "signing_keys:generate",
    "signing_keys:save",
    "append:append",
    "checkpoints:retire_key",
    "checkpoints:add_key",
    "checkpoints:insert",
)


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_killed_rotation_leaves_one_key_that_signs(database_url: str, tmp_path: Path, moment: str) -> None:
    """Nothing of it is there, the old key signs on, and the next rotation goes through."""
    with open_desk(database_url, tmp_path / "store", data=tmp_path) as desk:
        bootstrap(desk.call())
        ensure_key(desk.call())
        _, before = _keys(desk)
        variables = {
            "HOLOTYPE_DATABASE": database_url,
            "HOLOTYPE_DATA": str(tmp_path),
            "HOLOTYPE_STORE": str(tmp_path / "store"),
        }
        done = subprocess.run([sys.executable, "-c", PROGRAM, moment], env=os.environ | variables, check=False)
        assert done.returncode == -9
        active, after = _keys(desk)
        assert after == before
        assert may_sign(desk.call())
        rotate_key(_admin(desk))
        newer, keys = _keys(desk)
        assert (len(keys), newer != active) == (2, True)
        file = tmp_path / "export"
        file.write_bytes(b"".join(export_lines(desk.call(), begin_export(desk.call()))))
        assert verify_export(file, read_keys([before[0]])).holds


def _admin(desk: Desk) -> Call:
    return Call(desk.registry, Actor("holotype", None, frozenset(Permission)), now=desk.call().now)


def _keys(desk: Desk) -> tuple[str | None, list[str]]:
    database: db.Database = desk.registry.database
    with database.snapshot() as tx:
        assert verify_chain(tx).sound
        active = checkpoints.active(tx)
        return active.id if active else None, [key.verifier for key in checkpoints.keys(tx)]
