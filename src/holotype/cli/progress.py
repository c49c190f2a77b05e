"""How far is a transfer? Bars with speed and time left on a terminal; elsewhere one line as it begins and one after."""

from __future__ import annotations

import sys
import threading
import time
from types import TracebackType
from typing import TYPE_CHECKING, Self

from holotype.cli import formats, output

if TYPE_CHECKING:
    from rich.progress import Progress as Bars
    from rich.progress import TaskID

    from holotype.client.progress import Progress

_WORDS = {
    "hash": "reading",
    "upload": "sending",
    "register": "registering",
    "check": "checking",
    "download": "fetching",
}
_MOVED = {"upload": "sent", "download": "fetched"}


class Transfer:
    """Shows the progress of one push, pull or verification; called by the client from any thread."""

    def __init__(self, verb: str, what: str) -> None:
        """Name the transfer for its lines."""
        self._verb, self._what = verb, what
        self._bars: Bars | None = None
        self._tasks: dict[str, TaskID] = {}
        self._last: dict[str, Progress] = {}
        self._lock = threading.Lock()
        self._began = time.monotonic()

    def __enter__(self) -> Self:
        """Begin: draw bars, or say that it begins."""
        if output.terminal(sys.stderr):
            self._bars = _bars()
            self._bars.start()
        else:
            output.note(f"{self._verb} {self._what}")
        return self

    def __call__(self, progress: Progress) -> None:
        """Take note of where a phase stands."""
        with self._lock:
            self._last[progress.phase] = progress
            if self._bars is not None:
                self._draw(self._bars, progress)

    def reached(self, phase: str) -> Progress | None:
        """Return where a phase stands, or None if there was none."""
        return self._last.get(phase)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """End: remove the bars, and say what was moved how fast."""
        if self._bars is not None:
            self._bars.stop()
        if kind is None:
            output.note(self._summary())
        elif kind is KeyboardInterrupt and self._verb != "verify":
            output.hint("the same command goes on where this one stopped")

    def _draw(self, bars: Bars, progress: Progress) -> None:
        task = self._tasks.get(progress.phase)
        if task is None:
            task = self._tasks[progress.phase] = bars.add_task(_WORDS[progress.phase], total=None, files="", speed="")
        files = f"{progress.files_done:,}/{progress.files_total:,} files" if progress.files_total > 1 else ""
        speed = f"{formats.size(int(bars.tasks[task].speed or 0))}/s"
        bars.update(task, completed=progress.bytes_done, total=progress.bytes_total or None, files=files, speed=speed)

    def _summary(self) -> str:
        seconds = max(time.monotonic() - self._began, 1e-3)
        moved = [(word, self._last[phase]) for phase, word in _MOVED.items() if phase in self._last]
        if not moved:
            read = sum(progress.bytes_done for progress in self._last.values())
            return f"{self._verb} done in {seconds:.1f} s, {formats.size(read)} read"
        word, progress = moved[0]
        if not progress.bytes_done:
            return f"{self._verb} done in {seconds:.1f} s, no bytes had to be {word}"
        speed = formats.size(int(progress.bytes_done / seconds))
        return f"{self._verb} done in {seconds:.1f} s, {formats.size(progress.bytes_done)} {word} ({speed}/s)"


def _bars() -> Bars:
    from rich import progress as rich  # noqa: PLC0415 - loaded only when there is a terminal to draw on
    from rich.console import Console  # noqa: PLC0415

    return rich.Progress(
        rich.TextColumn("{task.description:<11}"),
        rich.BarColumn(bar_width=None),
        rich.DownloadColumn(binary_units=True),
        rich.TextColumn("{task.fields[speed]:>11}"),
        rich.TimeRemainingColumn(compact=True),
        rich.TextColumn("{task.fields[files]}"),
        console=Console(stderr=True, color_system="auto" if output.coloured(sys.stderr) else None),
        transient=True,
    )
