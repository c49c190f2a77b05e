"""Is a comparison shown as it is? Lines, cells, what is hidden and what there was no room for."""

from __future__ import annotations

from holotype.domain.compare import Compared, Comparison, compare
from holotype.domain.manifest import File
from holotype.domain.provenance import Metric, Provenance
from holotype.web import comparisons
from holotype.web.comparisons import MOST_LINES, MOST_PLOTS, Cell, Section


def file(path: str, content: str, size: int = 1024) -> File:
    """Return a file whose digest is told by its content."""
    return File(path, f"sha256:{content:0>64}", size)


def known(number: int, files: list[File] | None = None, **origin: object) -> Compared:
    """Return what is known of a version."""
    return Compared(f"risk/fraud:{number}", "sha256:0", files or [], Provenance(**origin))  # type: ignore[arg-type]


def section(found: Comparison, key: str, find: str = "") -> Section:
    """Return one part of a comparison."""
    sizes = [0] * len(found.versions)
    return next(one for one in comparisons.sections(found, sizes, find=find) if one.key == key)


def test_a_metric_says_how_it_moved_and_whether_that_is_better() -> None:
    """Beside the value, in words; a metric of unknown direction only moved."""
    before = [Metric("auc", 0.9, "ward"), Metric("depth", 3.0), Metric("loss", 0.0)]
    after = [Metric("auc", 0.95, "ward"), Metric("depth", 4.0), Metric("loss", 0.5)]
    found = section(compare([known(1, metrics=before), known(2, metrics=after)]), "metrics")
    assert [(line.name, line.beside) for line in found.lines] == [
        ("auc", "on ward, higher is better"),
        ("depth", ""),
        ("loss", "lower is better"),
    ]
    assert found.lines[0].cells == (Cell("0.9"), Cell("0.95", beside="↑ +0.05 (+5.6 %) better", verdict="better"))
    assert found.lines[1].cells[1] == Cell("4", beside="↑ +1 (+33 %)")
    assert found.lines[2].cells[1] == Cell("0.5", beside="↑ +0.5 worse", verdict="worse")


def test_what_is_the_same_is_counted_and_marked_where_it_is_shown() -> None:
    """1 is not the same as true, to whoever set it; what no version has is no line."""
    first, second = known(1, parameters={"a": 1, "b": 1}), known(2, parameters={"a": True, "b": 1})
    found = section(compare([first, second]), "parameters")
    assert ([line.name for line in found.lines], found.hidden) == (["a"], 1)
    assert not found.lines[0].cells[1].same
    whole = section(compare([first, second], everything=True), "parameters")
    assert [line.cells[1].same for line in whole.lines] == [False, True]


def test_files_are_one_list_over_all_versions() -> None:
    """A version that has a file of the baseline shows it as the same, though its list of differences leaves it out."""
    found = compare(
        [
            known(1, [file("a", "1"), file("b", "2")]),
            known(2, [file("a", "1"), file("b", "3"), file("c", "4")]),
            known(3, [file("b", "2")]),
        ]
    )
    lines = section(found, "files").lines
    assert [line.name for line in lines] == ["all files", "a", "b", "c"]
    assert lines[0].cells[1].beside == "1 added, 1 changed, 1 the same, 1.0 KiB shared"
    assert [(cell.text, cell.verdict, cell.same) for cell in lines[1].cells] == [
        ("1.0 KiB", "", False),
        ("1.0 KiB", "", True),
        (None, "removed", False),
    ]
    assert [cell.verdict for cell in lines[3].cells] == ["", "added", ""]
    assert lines[3].cells[2].text is None


def test_behind_the_end_of_a_list_that_was_cut_off_nothing_is_said() -> None:
    """The list of the second version ends before the path that only the third one has."""
    many = [file(f"f{at:04}", "1") for at in range(300)]
    found = compare([known(1), known(2, many), known(3, [file("z", "1")])])
    shown = section(found, "files")
    assert shown.lines[-1].name == "f0199"
    assert shown.left == 100


def test_lists_are_bounded_and_searched_by_name() -> None:
    """However much was recorded; what was left out is counted, and found by a part of its name."""
    versions = [known(n, parameters={f"p{at}": at + n for at in range(1_000)}) for n in (1, 2)]
    found = section(compare(versions), "parameters")
    assert (len(found.lines), found.left) == (MOST_LINES, 1_000 - MOST_LINES)
    assert [line.name for line in section(compare(versions), "parameters", "P99").lines][:2] == ["p99", "p990"]
    drawn = [known(n, metrics=[Metric(f"m{at}", n) for at in range(50)]) for n in (1, 2)]
    assert len(comparisons.plots(compare(drawn), [":1", ":2"])) == MOST_PLOTS


def test_a_long_value_is_folded() -> None:
    """Its beginning is shown, and as much of the rest as is good for a page."""
    found = compare([known(1, parameters={"text": "x" * 10_000}), known(2, parameters={"text": "y"})])
    cell = section(found, "parameters").lines[0].cells[0]
    assert cell.text is not None
    assert (len(cell.text), len(cell.more)) == (121, 4_000)
