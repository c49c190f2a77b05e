"""Where are versions copied in from? From places that an administrator wrote down, and from nowhere else.

reading   the file of import sources: TOML, checked key by key, secrets from files or the environment
places    which import source a version's source lies in, and where in it
walking   what may be listed and copied: how many files, how deep, how large
mlflow    a tracking server, through its artifact proxy and its runs; ``tracked`` reads its answers
bucket    a part of a bucket; ``services`` says where its files are, ``identity`` who we are for it: ``signing`` proves
          that, and ``ambient`` asks the environment where it may
"""

from __future__ import annotations

from holotype.egress.client import Client
from holotype.egress.sources.mlflow import Tracker
from holotype.egress.sources.places import BUCKET, ImportSource, Place, covering, tracker_of
from holotype.egress.sources.walking import Reader
from holotype.errors import HolotypeError

__all__ = ["ImportSource", "Place", "Reader", "covering", "objection", "open_source", "tracker_of"]


def open_source(source: ImportSource, client: Client) -> Reader:
    """Return what reads an import source; every call of it goes through the client's rules."""
    if source.kind == BUCKET:
        from holotype.egress.sources.bucket import Bucket  # noqa: PLC0415 - most servers have no need of it

        return Bucket(source, client)
    return Tracker(source, client)


def objection(source: ImportSource, client: Client) -> str | None:
    """Say why an import source cannot be read now, or nothing where it can."""
    try:
        open_source(source, client).check()
    except HolotypeError as error:
        return str(error)
    return None
