"""How do the parts become a server? Settings → database and store → gateways → one process or several.

serve          what `holotype serve` runs: checks the settings, prepares the registry, starts the processes
process        one server process: the application, its background work, and a stop that loses nothing
application    the gateways as one ASGI application
credentials    the token that is left for the OS user who started a server on loopback
"""

from __future__ import annotations

from holotype.main.application import application, open_registry
from holotype.main.serve import serve

__all__ = ["application", "open_registry", "serve"]
