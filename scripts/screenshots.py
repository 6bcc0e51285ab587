"""Pictures of every page of the running demo, in both languages and themes, wide and narrow.

    make screenshots                    everything into out/screenshots, and the README's pictures
    python scripts/screenshots.py --readme    only docs/images

Makes the demo in var/demo first where it is not there yet, serves it on a free port, signs in as each role
and walks its pages. Needs Debian's chromium (or CHROMIUM=/path).
"""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / "var" / "demo"
PASSWORD = "isotope-chain-demo"
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDTHS = {"wide": (1440, 900), "narrow": (390, 844)}
LANGUAGES = {"en": "en", "zh": "zh-hans"}
PAGES = {
    "planner": ["/", "/plan/", "/network/", "/orders/", "/production/", "/ledger/", "/calculators/"],
    "west-china.hospital": [
        "/",
        "/orders/",
        "/orders/new/",
        "/stock/",
        "/consignments/",
        "/clinic/",
        "/waste/",
    ],
    "nrt-leshan.dispatcher": ["/", "/consignments/", "/stock/"],
    "nrt-leshan.rso": ["/", "/ledger/", "/waste/"],
    "regulator": ["/", "/stock/", "/ledger/"],
    "admin": ["/", "/people/"],
}
"""Role's log-in → pages; the first plan, order, lot and consignment found on them are opened too."""
INSIDE = {
    "/plan/": "main a[href^='/plan/P']",
    "/calculators/": "main a[href*='cyclotron/?']",
    "/orders/": "main tbody a[href^='/orders/']",
    "/consignments/": "main tbody a[href^='/consignments/']",
    "/production/": "main tbody a[href^='/production/']",
    "/stock/": "main tbody a[href^='/ledger/lot/']",
}


@contextmanager
def served() -> Iterator[str]:
    """The address of a server on the demo's data."""
    becq = ROOT / ".venv" / "bin" / "becq"
    if not (HOME / "becq.sqlite3").exists():
        subprocess.run([becq, "demo", "--no-serve", "--home", HOME], check=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [becq, "serve", "--port", str(port)], env={**os.environ, "BECQ_HOME": str(HOME)}
    )
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(100):
            try:
                urllib.request.urlopen(f"{address}/login/", timeout=2)
                break
            except (urllib.error.URLError, OSError):
                time.sleep(0.3)
        else:
            sys.exit("the server did not answer within 30 s")
        yield address
    finally:
        server.terminate()
        server.wait(timeout=20)


def sign_in(browser: Browser, address: str, user: str, language: str, theme: str, width: str) -> Page:
    """A page signed in as ``user``."""
    size = WIDTHS[width]
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if theme == "dark" else "light",
        locale="en-GB" if language == "en" else "zh-CN",
        timezone_id="Asia/Shanghai",
    )
    context.add_cookies([{"name": "django_language", "value": LANGUAGES[language], "url": address}])
    page = context.new_page()
    page.goto(f"{address}/login/")
    page.fill("input[name=username]", user)
    page.fill("input[name=password]", PASSWORD)
    page.click("form.form button.primary")
    page.wait_for_load_state("networkidle")
    return page


def shoot(page: Page, target: Path, *, full: bool = True) -> None:
    """Wait until islands have drawn, then save."""
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(700)
    target.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=target, full_page=full)


def walk(browser: Browser, address: str, out: Path) -> None:
    """Every page of every role in the four combinations that matter."""
    for language, theme, width in (
        ("en", "light", "wide"), ("zh", "dark", "wide"), ("zh", "light", "narrow"), ("en", "dark", "narrow"),
    ):  # fmt: skip
        for user, paths in PAGES.items():
            page = sign_in(browser, address, user, language, theme, width)
            for path in paths:
                page.goto(address + path)
                name = f"{user}{path.replace('/', '-')}{language}-{theme}-{width}.png".replace("--", "-")
                shoot(page, out / name)
                link = page.locator(INSIDE[path]).first if path in INSIDE else None
                if link is not None and link.count():
                    page.goto(address + str(link.get_attribute("href")))
                    shoot(page, out / name.replace(".png", "-inside.png"))
            page.context.close()


def readme(browser: Browser, address: str) -> None:
    """The pictures of README: the plan, as a planner sees it."""
    for language in LANGUAGES:
        page = sign_in(browser, address, "planner", language, "light", "wide")
        page.goto(f"{address}/plan/")
        page.goto(address + str(page.locator(INSIDE["/plan/"]).first.get_attribute("href")))
        page.set_viewport_size({"width": 1440, "height": 1080})
        shoot(page, ROOT / "docs" / "images" / f"plan-{language}.png", full=False)
        page.context.close()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--readme", action="store_true", help="only the pictures of README")
    parser.add_argument("--out", type=Path, default=ROOT / "out" / "screenshots")
    options = parser.parse_args()
    with served() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        if not options.readme:
            walk(browser, address, options.out)
        readme(browser, address)
        browser.close()


if __name__ == "__main__":
    main()
