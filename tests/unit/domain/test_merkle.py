"""Is the tree the one of RFC 6962?"""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holotype.domain import merkle

_LEAVES = st.lists(st.binary(max_size=8), max_size=70)

VECTORS = [
    bytes.fromhex(text)
    for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
"""The inputs of the test vectors that Certificate Transparency implementations share."""

ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
"""Their tree heads after 0 … 8 of those inputs."""


def naive(entries: list[bytes]) -> bytes:
    """Return the tree head by the recursive definition in section 2.1 of the RFC."""
    if not entries:
        return hashlib.sha256(b"").digest()
    if len(entries) == 1:
        return hashlib.sha256(b"\x00" + entries[0]).digest()
    half = 1
    while half * 2 < len(entries):
        half *= 2
    return hashlib.sha256(b"\x01" + naive(entries[:half]) + naive(entries[half:])).digest()


def tree_of(entries: list[bytes]) -> merkle.Tree:
    """Return the tree over entries."""
    return merkle.grow(merkle.Tree(), [merkle.leaf_hash(entry) for entry in entries])


@pytest.mark.parametrize("size", range(9))
def test_known_vectors_give_known_roots(size: int) -> None:
    """The empty tree, and one to eight leaves, as published."""
    assert merkle.root(tree_of(VECTORS[:size])).hex() == ROOTS[size]


@given(_LEAVES)
def test_the_edge_gives_the_root_of_the_recursive_definition(entries: list[bytes]) -> None:
    """Appending one by one and hashing the whole tree at once agree."""
    assert merkle.root(tree_of(entries)) == naive(entries)


@given(_LEAVES)
def test_the_edge_has_one_hash_for_each_set_bit_of_the_size(entries: list[bytes]) -> None:
    """So a head of a million million entries has at most forty hashes."""
    tree = tree_of(entries)
    assert len(tree.edge) == len(entries).bit_count()


@given(_LEAVES)
def test_completed_nodes_are_roots_of_the_subtrees_below_them(entries: list[bytes]) -> None:
    """The k-th node of leaf i covers the last 2**k leaves up to i, which is where a proof looks for it."""
    tree = merkle.Tree()
    for index, entry in enumerate(entries):
        grown = merkle.append(tree, merkle.leaf_hash(entry))
        tree = grown.tree
        for height, node in enumerate(grown.nodes, start=1):
            assert (index + 1) % 2**height == 0
            assert node == naive(entries[index + 1 - 2**height : index + 1])


@given(_LEAVES, st.data())
def test_a_changed_entry_changes_the_root(entries: list[bytes], data: st.DataObject) -> None:
    """No entry can be exchanged for another one unnoticed."""
    if entries:
        index = data.draw(st.integers(0, len(entries) - 1))
        changed = [*entries[:index], entries[index] + b"!", *entries[index + 1 :]]
        assert merkle.root(tree_of(changed)) != merkle.root(tree_of(entries))


@given(st.lists(st.binary(min_size=32, max_size=32), max_size=40))
def test_packed_hashes_come_back_as_they_were(hashes: list[bytes]) -> None:
    """An edge survives the database."""
    assert merkle.unpack(merkle.pack(hashes)) == tuple(hashes)


def test_half_a_hash_is_refused() -> None:
    """A cut edge is noticed before anything is built on it."""
    with pytest.raises(ValueError, match="whole hashes"):
        merkle.unpack(b"\x00" * 33)
