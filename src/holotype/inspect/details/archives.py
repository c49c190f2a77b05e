"""How are single members of a zip read? From an archive whose list is small, and not more than is asked for."""

from __future__ import annotations

import zipfile

from holotype.inspect.head import Head
from holotype.inspect.scanning.archives import listed
from holotype.inspect.scanning.report import Unreadable
from holotype.inspect.window import Window


def opened(head: Head) -> zipfile.ZipFile:
    """Open the archive that is being looked at."""
    if not isinstance(head.stream, Window):
        raise TypeError("a window was expected")
    return listed(head.stream)


def member(archive: zipfile.ZipFile, name: str, most: int) -> bytes:
    """Return the content of a member, or raise ``Unreadable`` if it is larger than ``most``."""
    with archive.open(name) as stream:
        found = stream.read(most + 1)
    if len(found) > most:
        raise Unreadable("a part of it is too large")
    return found
