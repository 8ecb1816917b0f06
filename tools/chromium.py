"""Chromium for printing, pictures and tests: where it is, and how it starts without a network."""

import os
import shutil
from contextlib import contextmanager

from failure import Failure
from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
# It must not look anything up by itself.
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
]


def find_browser() -> str:
    """The program: BROWSER_PATH, or Chromium or Chrome on the PATH. Raises Failure without one."""
    for name in (os.environ.get("BROWSER_PATH"), *NAMES):
        if name and (found := shutil.which(name)):
            return found
    raise Failure(
        "There is no Chromium on the PATH. On Debian: apt install chromium; or set BROWSER_PATH "
        "to a Chromium or Chrome."
    )


@contextmanager
def open_browser():
    """A browser of Playwright, closed at the end. Raises Failure when there is no Chromium."""
    program = find_browser()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=QUIET)
        try:
            yield browser
        finally:
            browser.close()
