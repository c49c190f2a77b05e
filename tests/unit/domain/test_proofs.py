"""Do proofs agree with the text of RFC 6962, and does nothing else pass for one?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holotype.client.auditing.growing import Growing
from holotype.domain import merkle, proofs
from tests.support import rfc6962

LOGS = st.lists(st.binary(max_size=6), min_size=1, max_size=90)


@given(LOGS, st.data())
def test_inclusion_is_that_of_the_rfc(log: list[bytes], data: st.DataObject) -> None:
    """The hashes are PATH(m, D[n]), each put together from complete subtrees, and lead to MTH(D[n])."""
    m = data.draw(st.integers(0, len(log) - 1))
    ranges = proofs.inclusion(m, len(log))
    theirs = rfc6962.path(m, log)
    assert [rfc6962.mth(log[start:stop]) for start, stop in ranges] == theirs
    ours = [proofs.joined([rfc6962.mth(log[a:b]) for a, b in proofs.complete(wanted)]) for wanted in ranges]
    assert ours == theirs
    assert proofs.root_of_inclusion(m, len(log), merkle.leaf_hash(log[m]), theirs) == rfc6962.mth(log)


@given(LOGS, st.data())
def test_consistency_is_that_of_the_rfc(log: list[bytes], data: st.DataObject) -> None:
    """The hashes are PROOF(m, D[n]), and show that one tree is the beginning of the other."""
    m = data.draw(st.integers(1, len(log)))
    theirs = rfc6962.proof(m, log)
    assert [rfc6962.mth(log[start:stop]) for start, stop in proofs.consistency(m, len(log))] == theirs
    assert proofs.is_consistent(m, len(log), rfc6962.mth(log[:m]), rfc6962.mth(log), theirs)


@given(LOGS, st.data())
def test_no_other_proof_of_inclusion_passes(log: list[bytes], data: st.DataObject) -> None:
    """Another leaf, another place, another size, one hash changed or more or fewer of them lead elsewhere."""
    m = data.draw(st.integers(0, len(log) - 1))
    leaf, path, root = merkle.leaf_hash(log[m]), rfc6962.path(m, log), rfc6962.mth(log)
    assert proofs.root_of_inclusion(m, len(log), merkle.leaf_hash(log[m] + b"!"), path) != root
    for place in range(len(path)):
        bent = [one if at != place else bytes([one[0] ^ 1]) + one[1:] for at, one in enumerate(path)]
        assert proofs.root_of_inclusion(m, len(log), leaf, bent) != root
    for wrong in (path[:-1] if path else [root], [*path, root]):
        with pytest.raises(ValueError, match="hashes"):
            proofs.root_of_inclusion(m, len(log), leaf, wrong)


@given(LOGS, st.data())
def test_no_other_proof_of_consistency_passes(log: list[bytes], data: st.DataObject) -> None:
    """A history that was rewritten before the first size has no proof, nor has a bent one."""
    m = data.draw(st.integers(1, len(log)))
    path, old, new = rfc6962.proof(m, log), rfc6962.mth(log[:m]), rfc6962.mth(log)
    other = rfc6962.mth([*log[: m - 1], log[m - 1] + b"!"])
    assert not proofs.is_consistent(m, len(log), other, new, path)
    assert not proofs.is_consistent(m, len(log), old, new, [*path, new])
    for place in range(len(path)):
        bent = [one if at != place else bytes([one[0] ^ 1]) + one[1:] for at, one in enumerate(path)]
        assert not proofs.is_consistent(m, len(log), old, new, bent)


@pytest.mark.parametrize(("index", "size"), [(-1, 1), (1, 1), (0, 0)])
def test_what_is_not_in_the_tree_has_no_proof(index: int, size: int) -> None:
    """Neither has a tree of no leaf, nor one that is greater than the other."""
    with pytest.raises(ValueError, match="leaf"):
        proofs.inclusion(index, size)
    with pytest.raises(ValueError, match="beginning"):
        proofs.consistency(size + 1, size)


@given(st.lists(LOGS, max_size=4), st.integers(0, 90))
def test_a_tree_that_grows_by_blocks_is_the_same_tree(blocks: list[list[bytes]], more: int) -> None:
    """Whatever the sizes of the blocks, and with leaves that are only looked at."""
    tree, log = Growing(), list[bytes]()
    for block in blocks:
        ahead = block[:more]
        assert tree.root([merkle.leaf_hash(one) for one in ahead]) == rfc6962.mth(log + ahead)
        tree.add([merkle.leaf_hash(one) for one in block])
        log += block
        assert (tree.size, tree.root()) == (len(log), rfc6962.mth(log))
