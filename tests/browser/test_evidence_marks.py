"""Does the table of a model mark what was learnt of each version, and is a signature judged by the policy's keys?"""

from __future__ import annotations

import json
import time

from cryptography.hazmat.primitives.asymmetric import ec
from playwright.sync_api import Locator, Page, expect

from holotype.domain import built_in
from tests.browser.conftest import Person
from tests.browser.site import _files
from tests.support.signing import public_pem, signed_by

SAID = {"metrics": [{"name": "auc", "value": 0.9}], "evaluator": "bench"}


def marks(page: Page, number: int) -> Locator:
    """Return the marks in the row of a version."""
    return page.locator("main tbody tr", has=page.get_by_role("rowheader", name=str(number), exact=True)).locator(
        ".marks .badge"
    )


def test_evidence_is_marked_and_its_signature_judged(mia: Person) -> None:
    """By a key that the policy trusts, by one that it does not know, and not at all."""
    known, strange = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    keys = f'\n[[keys]]\nname = "release"\npublic = """\n{public_pem(known)}"""\n'
    with mia.site.client() as owner:
        owner.create_namespace("sealed")
        owner.apply_policy(built_in.default().text + keys, "sealed")
        made = [owner.push(_files(mia.site, "sealed", seed), "sealed/seal", code=None) for seed in (1, 2, 3)]
        first, second, _ = [version.digest for version in made]
        said = {1: signed_by(known, first, SAID), 2: signed_by(strange, second, SAID), 3: json.dumps(SAID)}
        for number, payload in said.items():
            owner.attest(f"sealed/seal:{number}", "evaluation", payload)
        owner.attest("sealed/seal:1", "signature", signed_by(known, first, {}))
        owner.attest("sealed/seal:2", "signature", signed_by(strange, second, {}))
        while not all(list(owner.evidence(version.reference, type="scan")) for version in made):
            time.sleep(0.1)  # the server examines what was pushed by itself; a test that hangs is ended by its limit
    page = mia.visit("/models/sealed/seal")
    expect(marks(page, 1)).to_have_text(["scanned", "signed", "evaluated"])
    for number in (2, 3):
        expect(marks(page, number)).to_have_text(["scanned", "evaluated"])
    for number, told in ((1, "verified: release"), (2, "unknown"), (3, "not signed")):
        page = mia.visit(f"/models/sealed/seal/versions/{number}/evidence?type=evaluation")
        expect(page.locator("main tbody td").nth(1)).to_have_text(told)
        page.click("main tbody a >> nth=0")
        assert told in page.locator("aside .card", has_text="Signature").inner_text()
