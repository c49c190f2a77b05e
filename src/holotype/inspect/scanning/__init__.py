"""What would loading a file run? A static scan: nothing is unpickled, and what could not be read is said.

file ─ zip, tar, gz, bz2, xz, zlib ─ members, to some depth ─ pickles ─ the names that they use ─ how bad that is
     ─ HDF5, SavedModel, Keras' config.json ─ layers and operations that run code
"""

from __future__ import annotations

from holotype.inspect.scanning.judging import SCANNER, version
from holotype.inspect.scanning.looking import scan
from holotype.inspect.scanning.report import DANGEROUS, NOTE, SUSPICIOUS, Found, Limits, Report

__all__ = ["DANGEROUS", "NOTE", "SCANNER", "SUSPICIOUS", "Found", "Limits", "Report", "scan", "version"]
