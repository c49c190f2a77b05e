"""Is a file of a version already where it belongs, with these very bytes?"""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path

from holotype.client.hashing import feed
from holotype.client.places import folder_of, in_the_way
from holotype.domain.manifest import File


def is_there(root: Path, file: File) -> bool | None:
    """Return True for the same bytes, False for others, None for nothing; raise where no file can ever go."""
    name = file.path.rpartition("/")[2]
    if not root.exists():
        return None
    try:
        with folder_of(root, file.path, create=False) as folder:
            found = folder.status(name) if folder else None
            if folder is None or found is None:
                return None
            if not stat.S_ISREG(found.st_mode):
                raise in_the_way(root / file.path, None)
            if found.st_size != file.size:
                return False
            with os.fdopen(folder.open(name, os.O_RDONLY), "rb", buffering=0) as stream:
                hasher = hashlib.sha256()
                return feed(hasher.update, stream, file.size + 1) == file.size and file.digest.endswith(
                    hasher.hexdigest()
                )
    except OSError as error:
        raise in_the_way(root / file.path, error) from error
