"""What can a program ask a registry? One class, whose calls are grouped in the modules beside this one.

Client
├─ Access      users, service accounts, teams, grants, explain
├─ Audit       checkpoints, keys, proofs, export
├─ Catalogue   namespaces, models, versions: list, show, compare, change, delete, restore
├─ Contents    folders of a version, tensors of a file, how a version stands
├─ EvidenceCalls   attest, evidence, bom, card
├─ Imports     models and versions of another registry
├─ Labels      resolve, promote, rollback, aliases
├─ Measures    tables of versions, a metric along a model
├─ Policies    the policy of a namespace: show, apply, test
├─ Promotions  approve, reject, withdraw; overrides
├─ Recalls     quarantine, release, impact
├─ Records     history, ledger, tokens, whoami
├─ SignIn      sign in, passwords, identities, trust rules
└─ Transfers   push, pull, verify
"""

from __future__ import annotations

from holotype.client.access import Access
from holotype.client.audit import Audit
from holotype.client.catalogue import Catalogue
from holotype.client.contents import Contents
from holotype.client.evidence import EvidenceCalls
from holotype.client.imports import Imports
from holotype.client.labels import Labels
from holotype.client.measures import Measures
from holotype.client.policies import Policies
from holotype.client.promotions import Promotions
from holotype.client.recalls import Recalls
from holotype.client.records import Records
from holotype.client.sign_in import SignIn
from holotype.client.transfers import Transfers


class Client(
    Access,
    Audit,
    Catalogue,
    Contents,
    EvidenceCalls,
    Imports,
    Labels,
    Measures,
    Policies,
    Promotions,
    Recalls,
    Records,
    SignIn,
    Transfers,
):
    """A registry, seen from a program: typed results, the errors of ``holotype.errors``, and nothing is printed.

    ``Client(url, token)``: what is not given is taken from ``HOLOTYPE_URL`` and ``HOLOTYPE_TOKEN``, else from the
    credentials that a server left for the same OS user, else ``http://127.0.0.1:7878``. Threads may share a client.
    """
