"""Scenarios that one test sets a scene for: other credentials, other addresses, another tracking server."""
