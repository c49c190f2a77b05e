"""Which Python and which packages does a model want? Read from what lies beside MLmodel; nothing is installed.

requirements.txt     scikit-learn==1.9.1         a version, noted as such
                     numpy>=2; python_version…   a wish, noted as it is written
conda.yaml           the same below ``pip``, and the Python; read where there is no requirements.txt
python_env.yaml      the Python
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from holotype.inspect.details import plain_yaml
from holotype.inspect.scanning.report import Unreadable

FILES = ("requirements.txt", "conda.yaml", "python_env.yaml")
MOST = 1_000
_SAYS_NOTHING = frozenset({"", "pip", "-r requirements.txt"})
_PIN = re.compile(
    r"([A-Za-z0-9][A-Za-z0-9._-]{0,100})(?:\[[^\]]{0,200}\])?\s*={2,3}\s*([A-Za-z0-9][A-Za-z0-9.!+_-]{0,100})"
)
_COMMENT = re.compile(r"(?:^|\s)#.*")
_HASH = re.compile(r"\s--hash[= ]\S+")
_CONDA = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]{0,100})==?([A-Za-z0-9][A-Za-z0-9.!+_-]{0,100})(?:=.*)?")


class Wanted:
    """The Python, versions of packages by name, and wishes that name no one version."""

    def __init__(self) -> None:
        """Want nothing."""
        self.python: str | None = None
        self.pinned: dict[str, str] = {}
        self.wishes: list[str] = []
        self.left_out: list[str] = []

    def pip(self, lines: Iterable[str]) -> None:
        """Take requirements as pip reads them."""
        for line in lines:
            self._one(_HASH.sub("", _COMMENT.sub("", line)).strip(), _PIN)

    def conda(self, listed: Iterable[Any]) -> None:
        """Take the dependencies of a conda environment."""
        for one in listed:
            if isinstance(one, dict):
                below = one.get("pip")
                self.pip(line for line in (below if isinstance(below, list) else []) if isinstance(line, str))
            elif isinstance(one, str) and one.startswith("python="):
                self.python = self.python or one.removeprefix("python=").lstrip("=")
            elif isinstance(one, str):
                self._one(one.rpartition("::")[2].strip(), _CONDA)

    def _one(self, wish: str, form: re.Pattern[str]) -> None:
        if wish in _SAYS_NOTHING:
            return
        if len(self.pinned) + len(self.wishes) >= MOST:
            if not self.left_out:
                self.left_out.append(f"The environment has more than {MOST:,} requirements; the first are on record.")
            return
        found = form.fullmatch(wish)
        if found and found[1].lower() not in self.pinned:
            self.pinned[found[1].lower()] = found[2]
        elif wish not in self.wishes:
            self.wishes.append(wish)


def read(beside: Mapping[str, bytes]) -> Wanted:
    """Return what the files want, as far as they can be read."""
    found = Wanted()
    listed = beside.get("requirements.txt")
    if listed is not None and len(listed) > plain_yaml.LARGEST:
        found.left_out.append("requirements.txt is not read: it is too large.")
        listed = b""
    if listed is not None:
        found.pip(listed.decode("utf-8", "replace").replace("\\\n", " ").splitlines())
    python = _yaml(beside, "python_env.yaml", found).get("python")
    found.python = python if isinstance(python, str) else None
    if listed is None or found.python is None:
        depends = _yaml(beside, "conda.yaml", found).get("dependencies")
        if isinstance(depends, list):
            python_alone = [one for one in depends if isinstance(one, str) and one.startswith("python=")]
            found.conda(depends if listed is None else python_alone)
    return found


def _yaml(beside: Mapping[str, bytes], name: str, found: Wanted) -> dict[str, Any]:
    if name not in beside:
        return {}
    try:
        said = plain_yaml.load(beside[name])
    except Unreadable as error:
        found.left_out.append(f"{name} is not read: {error}.")
        return {}
    return said if isinstance(said, dict) else {}
