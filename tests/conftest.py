"""The built book and a browser, for the tests that look at pages."""

import functools
import http.server
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from browser import QuietHandler, note_faults
from chromium import QUIET
from filelock import FileLock
from notebooks import ROOT
from playwright.sync_api import sync_playwright


@pytest.fixture(scope="session")
def site(tmp_path_factory, worker_id) -> Path:
    """The book, built from scratch with warnings as errors, once for all workers."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "book"
    with FileLock(f"{folder}.lock"):
        if not (folder / "built").exists():
            _build(folder)
            (folder / "built").touch()
    return folder / "_build" / "html"


def _build(folder: Path) -> None:
    program = Path(sys.executable).with_name("jupyter-book")
    built = subprocess.run(
        [program, "build", ROOT, "-W", "-n", "--keep-going", "--path-output", folder],
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stdout[-3000:] + built.stderr[-3000:]


@pytest.fixture(scope="session")
def address(site):
    """The site, served on loopback."""
    handler = functools.partial(QuietHandler, directory=str(site))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="module")
def browser(browser_path):
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser_path, args=QUIET)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser, address):
    """A page of a wide window, with its faults noted."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    note_faults(page, address)
    yield page
    context.close()
