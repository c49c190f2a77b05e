"""Is an exported ledger the one that a registry signed? Verified here, without the registry and without a network.

reading    the lines of an export, block by block
trust      which checkpoints bear signatures that lead back to a key which the verifier trusts
finding    which entries were altered, removed, inserted or moved
whole      an export of the whole ledger
part       an export of a namespace or a model
comparing  two exports, or an export and a checkpoint: did they come from one history?
"""

from __future__ import annotations

from holotype.client.auditing.verify import verify_export

__all__ = ["verify_export"]
