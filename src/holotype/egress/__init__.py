"""Whom does the server call by itself, and how? Through one client, so that there is one place to look.

    client = egress.Client(settings.egress_allow)
    answer = client.request("GET", "https://issuer.example/.well-known/openid-configuration")
    answer.status, answer.headers, answer.body

``addresses`` says which addresses are called, ``client`` how. Nothing else in the server opens a connection to a URL
that somebody wrote down (the database and the object store are named by whoever starts the server).
"""

from __future__ import annotations

from holotype.egress.client import Answer, Client

__all__ = ["Answer", "Client"]
