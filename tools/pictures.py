"""Where do the pictures in the README come from? From the pages of a real server; running this takes them anew."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.browser.site import PASSWORD, Site, building  # noqa: E402 - found below the root
from tools.chromium import ensure  # noqa: E402

FOLDER, LARGEST = ROOT / "docs" / "images", 300_000
PICTURES = {
    "model": ("/models/risk/fraud", "light", 900),
    "promotion": ("/promotions/{pending}", "light", 1_000),
    "compare": ("/compare?version=risk%2Ffraud%3A10&version=risk%2Ffraud%3A11&version=risk%2Ffraud%3A12", "dark", 900),
    "lineage": ("/lineage?of=risk%2Ffraud%3A11", "dark", 760),
}
"""Which page each shows, in which theme, and how many pixels of it from the top."""


def main() -> None:
    """Take every picture; one that is too heavy for a README is an error."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, building(Path(folder)) as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=ensure(), args=["--no-sandbox", "--disable-gpu"])
        for name, (place, theme, height) in PICTURES.items():
            _take(browser, site, place.format(pending=site.pending), theme, height, FOLDER / f"{name}.png")
        browser.close()


def _take(browser: Browser, site: Site, place: str, theme: str, height: int, file: Path) -> None:
    size = {"width": 1_280, "height": height}
    context = browser.new_context(viewport=size, color_scheme=theme)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"{site.url}/sign-in")
    page.fill("#f-name", "rita")
    page.fill("#f-password", PASSWORD)
    page.click("main button")
    page.goto(site.url + place, wait_until="load")
    page.wait_for_timeout(1_500)  # what scripts draw
    page.screenshot(path=file)
    context.close()
    if file.stat().st_size > LARGEST:
        raise SystemExit(f"{file.name} has {file.stat().st_size:,} bytes, more than {LARGEST:,}.")


if __name__ == "__main__":
    main()
