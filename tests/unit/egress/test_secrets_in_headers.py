"""Does a secret that cannot be sent stay unsaid?"""

from __future__ import annotations

import socket

import pytest

from holotype.egress.client import Client
from holotype.egress.sources.ambient import clean
from holotype.errors import HolotypeError


@pytest.mark.parametrize("secret", ["hush\n", "hush\r\nX-Other: 1", "hu\x00sh", "hüsh"])
def test_a_header_that_cannot_be_sent_is_named_without_its_value(secret: str) -> None:
    """The error says which header, never what was in it; nothing is sent."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        place = f"http://127.0.0.1:{listening.getsockname()[1]}"
        with pytest.raises(HolotypeError, match="the header Authorization") as caught:
            Client(place).request("GET", f"{place}/", headers={"Authorization": f"Bearer {secret}"})
    assert "sh" not in str(caught.value).replace("this", "")


def test_variables_are_read_without_outer_blanks() -> None:
    """As they are meant by whoever wrote `echo secret | base64`."""
    assert clean({"AWS_SESSION_TOKEN": " a b\n"}) == {"AWS_SESSION_TOKEN": "a b"}
