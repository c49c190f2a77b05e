"""Is a line of the access log what a JSON library would write?"""

from __future__ import annotations

import json

import pytest

from holotype.domain.entities import Actor
from holotype.gateways.exchange import Exchange
from holotype.gateways.logs import AccessLog
from holotype.settings import Settings


@pytest.mark.parametrize("path", ["/plain", '/"quoted"\\', "/größe/文/\u202e\x9b31m", "/a\nb\x00\x7f"])
def test_a_line_of_json_holds_any_path(path: str, capsys: pytest.CaptureFixture[str]) -> None:
    """In ASCII, on one line, and word for word the same as the library's."""
    known = Exchange(None, "id-1", Actor('o"hara'))  # type: ignore[arg-type] - no registry is asked
    AccessLog(Settings(log_format="json")).write(known, "GET", path, 404, 0.001234)
    line = capsys.readouterr().err
    said = json.loads(line)
    assert line == json.dumps(said) + "\n"
    del said["time"]
    assert said == {
        "level": "info",
        "event": "request",
        "request_id": "id-1",
        "method": "GET",
        "path": path,
        "status": 404,
        "ms": 1.23,
        "actor": 'o"hara',
    }
