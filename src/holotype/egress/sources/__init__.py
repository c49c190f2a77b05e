"""Where are versions copied in from? From places that an administrator wrote down, and from nowhere else.

reading   the file of import sources: TOML, checked key by key, secrets from files or the environment
places    which import source a version's source lies in, and where in it
walking   what may be listed and copied: how many files, how deep, how large
mlflow    a tracking server, through its artifact proxy and its runs
bucket    a part of a bucket
"""

from __future__ import annotations

from holotype.egress.sources.places import ImportSource, Place, covering

__all__ = ["ImportSource", "Place", "covering"]
