# Copyright (c) 2026 the Kingsnake authors
# SPDX-License-Identifier: BSD-3-Clause
"""check_pages.py URL CHROMIUM FOLDER PATHS: opens a server's pages in Chromium, and says what is wrong with them.

PATHS is a JSON file: {"paths": [...], "login": PATH}, of which `login` is one that only whoever is logged in may see.
The key comes from the variable KEY. Each page is opened at 360 and 1280 pixels, in light and dark; axe-core looks at
it, and a picture of it goes to FOLDER. Prints {"pages": N, "requests": N, "problems": [...], "axe": VERSION}.

A problem is: a violation that axe finds (WCAG 2.2 A and AA, and good practice), a request to another host, an answer
that is an error, a message on the browser's console, a page wider than the window, a skip link that the first press of
Tab does not show, and a login that does not last.
"""

import json
import os
import pathlib
import sys
import urllib.parse

import axe_playwright_python
from playwright.sync_api import Browser, Page, sync_playwright

from report import answer

AXE = pathlib.Path(axe_playwright_python.__file__).with_name("axe.min.js")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDTHS = (360, 1280)
SCHEMES = ("light", "dark")


def violations(page: Page, axe: str) -> list[str]:
    page.evaluate(axe)
    result = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
    return [
        f"axe {one['id']}: {one['help']}: " + "; ".join(str(node["target"]) for node in one["nodes"][:3])
        for one in result["violations"]
    ]


def shape(page: Page) -> list[str]:
    found = []
    wide, window = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    if wide > window:
        found.append(f"the page is {wide} pixels wide in a window of {window}")
    page.keyboard.press("Tab")
    skip = page.evaluate(
        "(() => { const one = document.activeElement, box = one.getBoundingClientRect();"
        " return [one.getAttribute('href'), box.top >= 0 && box.height > 0]; })()")
    if skip != ["#content", True]:
        found.append(f"the first press of Tab shows {skip} and no skip link")
    return found


def look(browser: Browser, url: str, folder: pathlib.Path, paths: list[str], key: str) -> tuple[list[str], int]:
    host, axe, problems, requests = urllib.parse.urlsplit(url).netloc, AXE.read_text(encoding="utf-8"), [], 0
    for width in WIDTHS:
        for scheme in SCHEMES:
            context = browser.new_context(
                viewport={"width": width, "height": 900}, color_scheme=scheme,
                extra_http_headers={"Authorization": f"Bearer {key}"})
            page = context.new_page()
            where = ""

            def asked(request) -> None:
                nonlocal requests
                requests += 1
                if urllib.parse.urlsplit(request.url).netloc != host:
                    problems.append(f"{where}: a request to {request.url}")

            def answered(response) -> None:
                if response.status >= 400:
                    problems.append(f"{where}: {response.status} for {response.url}")

            page.on("request", asked)
            page.on("response", answered)
            page.on("console", lambda message: problems.append(f"{where}: the console says {message.text}"))
            for number, path in enumerate(paths):
                where = f"{path} at {width}, {scheme}"
                page.goto(url + path)
                page.screenshot(path=folder / f"{number:02}-{width}-{scheme}.png", full_page=True)
                problems += [f"{where}: {one}" for one in violations(page, axe) + shape(page)]
            context.close()
    return problems, requests


def login(browser: Browser, url: str, path: str, key: str) -> list[str]:
    """Whoever logs in at `/login` sees what is theirs elsewhere, too."""
    context = browser.new_context(http_credentials={"username": "whoever", "password": key})
    page, found = context.new_page(), []
    for address, expected in ((path, 404), ("/login", 200), (path, 200)):
        status = page.goto(url + address).status
        if status != expected:
            found.append(f"login: {address} is answered with {status} where {expected} was expected")
    context.close()
    return found


def main(url: str, chromium: str, folder: str, file: str) -> dict:
    given, key, out = json.loads(pathlib.Path(file).read_bytes()), os.environ["KEY"], pathlib.Path(folder)
    out.mkdir(parents=True, exist_ok=True)
    # Chromium has no sandbox of its own for root, as in containers.
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
        problems, requests = look(browser, url, out, given["paths"], key)
        problems += login(browser, url, given["login"], key)
        browser.close()
    version = AXE.read_text(encoding="utf-8")[:40].split("v", 1)[-1].split()[0]
    count = len(given["paths"]) * len(WIDTHS) * len(SCHEMES)
    return {"pages": count, "requests": requests, "problems": problems, "axe": version}


if __name__ == "__main__":
    answer(lambda: main(*sys.argv[1:]))
