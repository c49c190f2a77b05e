"""Does the scan see through every disguise we know of, and let through what libraries write?"""

from __future__ import annotations

import io
import lzma
import pickle
import random
import resource
import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holotype.inspect.scanning import DANGEROUS, NOTE, SUSPICIOUS, Limits, Report, scan
from holotype.inspect.scanning.report import Unreadable
from holotype.inspect.scanning.streams import Inflating
from holotype.inspect.scanning.values import Memo
from holotype.inspect.window import TooMuch, Window
from tests.support import pickled

FORMATS = [pickled.HARMLESS, pickled.HARMFUL, pickled.UNREADABLE]
EVERY = sorted((kind, name) for kind, files in enumerate(FORMATS) for name in files)


def scanned(name: str, content: bytes, **limits: int) -> Report:
    """Scan one file."""
    report = Report()
    scan(name, Window.over(content), report, Limits(**limits))  # type: ignore[arg-type]
    return report


@pytest.mark.parametrize("name", pickled.HARMLESS)
def test_what_libraries_write_is_clean(name: str) -> None:
    """Models of scikit-learn and state dicts of torch pass; a note may say what is worth knowing."""
    report = scanned(name, pickled.HARMLESS[name]())
    assert report.clean, (report.findings, report.errors)


@pytest.mark.parametrize("name", pickled.HARMFUL)
def test_what_runs_code_is_not_clean(name: str) -> None:
    """However it is wrapped, named, cut off or memoised."""
    assert not scanned(name, pickled.HARMFUL[name]()).clean


@pytest.mark.parametrize("name", pickled.UNREADABLE)
def test_what_cannot_be_read_is_said(name: str) -> None:
    """What nobody could look into is an error with a reason, and so not clean."""
    report = scanned(name, pickled.UNREADABLE[name](), opcodes=1_000_000)
    assert report.errors
    assert not report.clean
    assert all(reason for _, reason in report.errors)


@pytest.mark.parametrize(
    ("name", "severity"),
    [
        ("system.pkl", DANGEROUS),
        ("memo.pkl", DANGEROUS),
        ("as-array.joblib", DANGEROUS),
        ("after-array.joblib", DANGEROUS),
        ("computed.pkl", SUSPICIOUS),
        ("unknown-function.pkl", SUSPICIOUS),
        ("saved_model.pb", SUSPICIOUS),
        ("lambda.keras", DANGEROUS),
    ],
)
def test_findings_have_their_severity(name: str, severity: str) -> None:
    """What runs code that no model needs is dangerous; what may is suspicious."""
    assert severity in {found.severity for found in scanned(name, pickled.HARMFUL[name]()).findings.values()}


@pytest.mark.parametrize("name", ["script.pt", "custom.pkl"])
def test_what_is_worth_knowing_is_a_note(name: str) -> None:
    """TorchScript code and classes of one's own leave a version clean."""
    report = scanned(name, pickled.HARMLESS[name]())
    assert {found.severity for found in report.findings.values()} == {NOTE}


def test_a_finding_says_where_it_is() -> None:
    """The path names the member inside the archives."""
    report = scanned("deep.zip", pickled.HARMFUL["deep.zip"]())
    assert [found.path for found in report.findings.values()] == ["deep.zip!a.zip/b.zip/model.pkl"]


def test_memory_does_not_follow_what_a_pickle_says() -> None:
    """A length of exabytes is an error and not an allocation."""
    for opcode in (b"\x8e", b"\x8d", b"\x96"):
        report = scanned("m.pkl", b"\x80\x04" + opcode + struct.pack("<Q", 2**60) + b".")
        assert report.errors == [("m.pkl", "It ends in the middle.")]


@pytest.mark.parametrize(
    "opcodes",
    [
        b"\x8c\x08overflow\x94" * 1_200_000,
        b"N\x94" * 1_200_000,
        b"(" * 1_200_000,
        b"}\x94" * 1_200_000,
        b")" + b"\x85" * 3_000_000,
        b"\x8c\x01a\x94" + b"}h\x00h\x00s" * 900_000,
        b"N" + b"".join(b"r" + (place * 7 + 3).to_bytes(4, "little") for place in range(900_000)),
    ],
    ids=["texts", "memo", "marks", "dicts", "chain", "full-dicts", "scattered-memo"],
)
def test_what_a_pickle_keeps_is_bounded(opcodes: bytes) -> None:
    """Millions of texts, dicts and marks, beside each other or in each other, do not fill the memory."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    report = scanned("m.pkl", b"\x80\x04" + opcodes + b".")
    assert not report.clean
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 130_000


@pytest.mark.parametrize(
    "opcodes",
    [b"S'" + b"a" * 65_000 + b"'\n", b"\x8b\x00\x10\x00\x00" + b"\x7f" * 4_096, b"c" + b"a" * 60_000 + b"\nb\n"],
    ids=["texts", "numbers", "names"],
)
def test_long_values_are_not_kept(opcodes: bytes) -> None:
    """Whatever is written in many kilobytes takes few bytes of memory: a zip would hold a thousand times as much."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    content = b"\x80\x04" + opcodes * (200_000_000 // len(opcodes)) + b"."
    spent = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    scanned("m.pkl", content)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - max(spent, before) < 60_000


def test_a_description_that_nests_is_not_written_out() -> None:
    """Tuples of the same tuple, forty deep, are a hundred bytes, and a text of more characters than there are atoms."""
    nested = b"\x80\x04cos\nsystem\n)" + b"22\x87" * 40 + b"R)R)R)R."
    names = {found.name for found in scanned("m.pkl", nested).findings.values()}
    assert names == {"os.system", "result of os.system", "result of a value"}


def test_a_memo_answers_as_that_of_pickle() -> None:
    """In a row, from 1 on, apart, and over another; the next number is how many there are."""
    memo = Memo()
    for key in (1, 2, 9, 2, 3, 0):
        memo[key] = f"v{key}"
    assert [memo[key] for key in (0, 1, 2, 3, 9)] == ["v0", "v1", "v2", "v3", "v9"]
    assert len(memo) == 5
    over = Memo(memo)
    over[2], over[10] = "new", "v10"
    assert (over[1], over[2], over[10], len(over)) == ("v1", "new", "v10", 6)
    assert (memo[2], len(memo)) == ("v2", 5)
    with pytest.raises(KeyError):
        memo[10]


def test_a_bomb_ends_at_its_ratio() -> None:
    """A stream that unpacks to a thousand times its size is left."""
    content = zlib.compress(bytes(20_000_000), 9)
    stream = Inflating(io.BytesIO(content), zlib.decompressobj, Limits(ratio=100))
    with pytest.raises(Unreadable, match="far more bytes"):
        list(iter(lambda: stream.read(2**16), b""))


def test_lzma_takes_memory_once() -> None:
    """The highest preset is read; inside of something else only what the usual one wants."""
    highest = lzma.compress(pickle.dumps([1]), preset=9)
    assert scanned("m.pkl.xz", highest).clean
    assert scanned("m.pkl.xz", lzma.compress(lzma.compress(pickle.dumps([1])))).clean
    assert scanned("m.pkl.xz", lzma.compress(highest)).errors == [("m.pkl.xz", "It cannot be unpacked.")]


def test_a_scan_gives_way() -> None:
    """The pause is called all along, so that requests are answered meanwhile."""
    pauses: list[int] = []
    report = Report()
    scan("m.pkl", Window.over(pickle.dumps(list(range(300, 30_300)))), report, Limits(pause=lambda: pauses.append(1)))
    assert report.clean
    assert len(pauses) >= 30


def test_the_worst_stays_in_a_full_list() -> None:
    """A thousand notes do not push a danger out of what is told."""
    classes = b"".join(f"cshop\nBasket{number}\n0".encode() for number in range(500))
    report = scanned("m.pkl", b"\x80\x02" + classes + pickled.SYSTEM)
    assert "os.system" in {found.name for found in report.findings.values()}
    assert len(report.findings) <= 100


@pytest.mark.parametrize(("kind", "name"), EVERY)
def test_damaged_files_never_raise(kind: int, name: str) -> None:
    """Bytes are flipped, cut out and put in anywhere: the scan returns, in bounded time."""
    content = FORMATS[kind][name]()[:20_000]
    chance = random.Random(name)
    for _ in range(12):
        damaged = bytearray(content)
        for _ in range(chance.randint(1, 6)):
            place = chance.randrange(len(damaged) + 1)
            damaged[place : place + chance.choice((0, 1, 4))] = chance.randbytes(chance.choice((0, 1, 2, 8)))
        scanned(name, bytes(damaged), opcodes=100_000, unpacked=2**24)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=2_000), st.sampled_from(["m.pkl", "m.pt", "m.joblib", "m.npy", "m.txt", "m.zip", "m.pb"]))
def test_random_bytes_never_raise(content: bytes, name: str) -> None:
    """Whatever the bytes are and however they are called."""
    scanned(name, content, opcodes=100_000, unpacked=2**24)


@settings(max_examples=200, deadline=None)
@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
                    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner, inner)),
       st.integers(0, 5))  # fmt: skip
def test_plain_values_are_clean(value: object, protocol: int) -> None:
    """Numbers, texts, lists and dicts import nothing, in every protocol."""
    report = scanned("m.pkl", pickle.dumps(value, protocol))
    assert report.clean, (report.findings, report.errors)


def test_a_window_spends_its_budget_and_no_more() -> None:
    """Reads beyond it are refused, and what was read is counted in blocks."""
    fetched: list[int] = []

    def fetch(start: int, stop: int) -> bytes:
        fetched.append(stop - start)
        return bytes(stop - start)

    window = Window(fetch, 10**12, budget=2**20)

    def at(place: int) -> bytes:
        window.seek(place)
        return window.read(100)

    with pytest.raises(TooMuch):
        list(map(at, range(0, 2**39, 2**32)))
    assert sum(fetched) <= 2**20
