"""What crosses the wire when an unchanged file is pushed again? Counted by a relay between client and server."""

from __future__ import annotations

from bench import budgets, content, timing
from bench.options import Options
from bench.relay import counting
from bench.servers import HOST, place, serving
from bench.table import Row, verdict


def measure(options: Options) -> list[Row]:
    """Push a file, then push it again: to the same model, and as part of another one."""
    size = options.size * content.MIB
    with place() as folder, serving(folder) as server, counting(server.port) as relay:
        source = folder / "model.bin"
        content.write(source, size)
        url = f"http://{HOST}:{relay.port}"
        counts, times = [], []
        for model in ("default/first", "default/first", "default/second"):
            before = relay.sent
            times.append(timing.client("push", url, server.token, str(source), model)[0])
            counts.append(relay.sent - before)
    return [
        Row(
            f"push {options.size / 1024:g} GiB again, {where}",
            f"{sent:,} bytes sent, {seconds:.2f} s",
            f"first push: {counts[0]:,} bytes sent",
            f"{sent / counts[0]:.6%}",
            f"no file bytes (≤ {budgets.AGAIN_BYTES >> 10} KiB of requests)",
            verdict(sent <= budgets.AGAIN_BYTES, counts[0] > size),
            budgets.PEER_AGAIN,
        )
        for where, sent, seconds in (("unchanged", counts[1], times[1]), ("to another model", counts[2], times[2]))
    ]
