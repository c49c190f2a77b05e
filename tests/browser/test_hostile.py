"""Can somebody who may write run code in the browser of somebody who looks? Every field, through every protocol."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from holotype.domain.provenance import Code, Data, Metric, Parent, Run
from tests.browser.conftest import Person
from tests.browser.site import POLICY, Site

People = Callable[..., Person]
BAD = "\"'><img src=x onerror=window.taken=1><script>window.taken=1</script><svg/onload=window.taken=1>"
WORD = "a'\"><b onmouseover=window.taken=1>{{7*7}}${7*7}"
RUNS = "javascript:window.taken=1"
_LOOK = """() => ({
    taken: window.taken === 1,
    handlers: [...document.querySelectorAll('*')].filter((one) => [...one.attributes].some((each) =>
        /^on/.test(each.name) || /^\\s*(javascript|data|vbscript):/i.test(each.value) && each.name !== 'value'
        && !each.name.startsWith('data-'))).map((one) => one.outerHTML.slice(0, 200)),
    scripts: [...document.scripts].filter((one) => !one.src.startsWith(location.origin + '/static/')).length,
    frames: document.querySelectorAll('iframe, object, embed, base, main style, main link').length,
})"""


@pytest.fixture(scope="module")
def planted(site: Site) -> Iterator[dict[str, Any]]:
    """Whatever somebody can write, written: by the Python client, by MLflow's protocol, by the pages' own forms."""
    place = site.folder / "hostile"
    (place / "x").mkdir(parents=True)
    (place / "weights.bin").write_bytes(b"1")
    (place / "x" / "'onerror=alert(1) b.html").write_text("<script>window.taken=1</script>")
    (place / "evil.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg' onload='window.taken=1'/>")
    with site.client() as owner:
        owner.create_namespace("hostile", description=BAD)
        made = owner.push(
            place,
            "hostile/trap",
            params={WORD: BAD, "depth": 1},
            metrics=[Metric(WORD, 1.0, BAD[:90], WORD, "higher"), Metric("auc", 0.5)],
            data=[Data(RUNS, name=BAD[:90]), Data(f"s3://{WORD}")],
            code=Code("4f2a9c0", dirty=True, repository=RUNS, branch=WORD),
            run=Run(WORD, tracker=RUNS, link=RUNS, name=BAD[:90], experiment=WORD, user=WORD),
            parents=[Parent("elsewhere/other:1", "derived")],
            card=f"# {BAD}\n\n[click]({RUNS}) ![p]({RUNS}) <https://a.example/{WORD}>\n\n{BAD}",
            description=BAD,
            tags={WORD: BAD},
        )
        owner.push(place, "hostile/trap", params={WORD: "other"}, metrics={"auc": 0.6}, parents=["hostile/trap:1"])
        owner.change_model("hostile/trap", description=BAD, card=BAD, tags={WORD: BAD})
        owner.attest(made.reference, "evil.example/x", json.dumps({WORD: BAD, "u": RUNS}))
        owner.attest(made.reference, "card", BAD, media_type="text/markdown")
        owner.apply_policy(f"# {BAD}\n{POLICY}", "hostile", reason=BAD)
        refused = owner.promote("hostile/trap:1", "staging", reason=BAD).id
        owner.quarantine("dataset:s3://nothing/" + WORD, reason=BAD)
    _through_mlflow(site)
    return {"refused": refused}


def _through_mlflow(site: Site) -> None:
    """Names, tags, sources and texts that only MLflow's protocol lets through."""
    root = f"{site.url}/mlflow/hostile/api/2.0/mlflow"
    with httpx2.Client(headers={"Authorization": f"Bearer {site.server.token}"}) as client:
        name = "Trap <img src=x onerror=window.taken=1>"
        tags = [{"key": WORD, "value": BAD}]
        for path, body in (
            ("registered-models/create", {"name": name, "description": BAD, "tags": tags}),
            ("model-versions/create", {"name": name, "source": "s3://a/b", "run_link": RUNS, "tags": tags}),
            ("registered-models/alias", {"name": name, "alias": "trap", "version": "1"}),
        ):
            got = client.post(f"{root}/{path}", json=body)
            assert got.status_code == 200, got.text


def addresses(planted: dict[str, Any]) -> list[str]:
    """Return the pages that show what was written."""
    model, version = "/models/hostile/trap", "/models/hostile/trap/versions/1"
    found = ["/", "/models?q=namespace%3Ahostile", "/versions?q=namespace%3Ahostile", "/namespaces", "/policies"]
    found += [model, *(f"{model}/{tab}" for tab in ("history", "metrics", "card", "access"))]
    found += [version, *(f"{version}/{part}" for part in ("files", "provenance", "evidence", "history"))]
    found += ["/compare?version=hostile%2Ftrap%3A1&version=hostile%2Ftrap%3A2&all=1", "/lineage?of=hostile%2Ftrap%3A1"]
    found += [
        "/policies/hostile",
        "/policies/hostile/edit",
        "/policies/hostile/versions/1",
        "/quarantines",
        "/promotions",
    ]
    found += [f"/promotions/{planted['refused']}", "/ledger?namespace=hostile", "/search-help", "/inbox", "/settings"]
    return found


def test_nothing_that_was_written_runs_anywhere(people: People, planted: dict[str, Any]) -> None:
    """On no page does a script run, a handler appear, an address that runs code stand, or a frame open."""
    mia = people("mia")
    for place in addresses(planted):
        page = mia.visit(place)
        page.wait_for_load_state("load")
        found = page.evaluate(_LOOK)
        assert found == {"taken": False, "handlers": [], "scripts": 0, "frames": 0}, place
        assert "49" not in page.inner_text("main h1"), place
        assert not any("Content Security Policy" in said for said in mia.errors), (place, mia.errors)


def test_what_is_asked_for_in_an_address_does_not_run_either(people: People) -> None:
    """Queries, cursors, names, dates: each comes back as text, or as an error."""
    mia = people("mia")
    places = ("/models?q={}", "/models?sort={}", "/versions?q={}&cursor={}", "/lineage?of={}", "/compare?version={}",
              "/models/hostile/trap/versions/{}", "/models/{}/x", "/ledger?actor={}&action={}", "/promotions/{}",
              "/policies/{}", "/models/hostile/trap/history?at={}", "/access?who={}", "/{}")  # fmt: skip
    for pattern in places:
        place = pattern.replace("{}", "%22%3E%3Cimg%20src%3Dx%20onerror%3Dwindow.taken%3D1%3E")
        got = mia.page.goto(mia.site.url + place)
        assert got is not None
        assert got.status < 500, place
        assert mia.page.evaluate(_LOOK)["taken"] is False, place


def test_files_of_people_are_downloaded_never_shown(people: People, planted: dict[str, Any]) -> None:
    """Active content leaves as a download of bytes, whatever it is called."""
    mia = people("mia")
    mia.visit("/models/hostile/trap/versions/1/files")
    links = mia.page.eval_on_selector_all("main a[href*='evil.svg']", "all => all.map((one) => one.href)")
    assert links
    got = mia.context.request.get(next(one for one in links if "tensors" not in one))
    assert got.status == 200
    assert got.headers["content-disposition"].startswith("attachment")
    assert got.headers["content-type"] == "application/octet-stream"
    assert got.headers["x-content-type-options"] == "nosniff"


def test_a_page_of_another_site_does_nothing(people: People, tmp_path: Path) -> None:
    """A form that submits itself elsewhere comes without the cookie or is refused."""
    ada = people("ada")
    evil = tmp_path / "evil.html"
    evil.write_text(
        f"<form action='{ada.site.url}/tokens' method=post><input name=name value=stolen><input name=role value=reader>"
        "</form><script>document.forms[0].submit()</script>"
    )
    ada.page.goto(evil.as_uri())
    ada.page.wait_for_load_state("load")
    with ada.site.client("ada") as client:
        assert [one.name for one in client.tokens() if one.name == "stolen"] == []
