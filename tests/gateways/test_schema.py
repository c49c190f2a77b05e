"""Does the server do what its schema says, whatever is sent? Requests are made up from the schema itself."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.support.server import serving

CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
NOT_TRIED = ("/api/v1/tokens/{token_id}", "/api/v1/namespaces/{space}/blobs")
"""The first may end the token that is used; the body of the second is no format that can be made up."""


def test_made_up_requests_find_nothing_that_the_schema_does_not_say(tmp_path: Path) -> None:
    """No status above 499, no undocumented status, type or shape, for hundreds of requests to all routes."""
    with serving(tmp_path) as server:
        command = [str(Path(sys.executable).with_name("st")), "run", f"{server.url}/schema", "--checks", CHECKS]
        command += ["-H", f"Authorization: Bearer {server.token}", "--phases", "fuzzing", "--max-examples", "8"]
        command += ["--request-timeout", "20", "--no-color"]
        for path in NOT_TRIED:
            command += ["--exclude-path", path]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout[-8_000:] + done.stderr
        assert "traceback" not in server.log.lower()
