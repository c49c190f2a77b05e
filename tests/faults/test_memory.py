"""Does the server's memory stay small, whatever the size of a file?

``make test`` sends 1 GiB, four times what the server may have; ``make bench`` sends 10 GiB in the same way, which
takes minutes on a slow disk. ``MEMORY_TEST_GIB=10`` has this test do so too.
"""

from __future__ import annotations

import os
import warnings
from pathlib import Path

import pytest

from bench import content
from bench.servers import start
from bench.through import LIMIT, send_through, size_that_fits

WANTED = int(os.environ.get("MEMORY_TEST_GIB", "1")) * content.GIB


@pytest.mark.timeout(180 + 120 * (WANTED // content.GIB))
def test_a_file_larger_than_the_memory_goes_up_and_down(tmp_path: Path) -> None:
    """A file passes through a server that the kernel refuses more than 256 MiB, and comes back as it was."""
    size, shortage = size_that_fits(WANTED, tmp_path)
    if shortage:
        warnings.warn(shortage, stacklevel=1)  # stands in the summary of the run, whatever runs it
    assert size > 2 * LIMIT, shortage
    passed = send_through(tmp_path, size)
    assert passed.intact
    assert passed.server_peak <= LIMIT
    assert passed.client_peak <= LIMIT


def test_the_kernel_holds_a_server_to_its_limit(tmp_path: Path) -> None:
    """A server that may have next to nothing does not even start: the limit of the test above is real."""
    with pytest.raises(RuntimeError, match="did not start"):
        start(tmp_path, memory=24 * content.MIB)
