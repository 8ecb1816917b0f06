"""The pages of the book, and how a test visits one and looks at it."""

import http.server
from pathlib import Path

import yaml
from axe_playwright_python.base import AXE_SCRIPT
from notebooks import ROOT
from screenshots import SIZES


def _pages() -> list[str]:
    """The pages of the table of contents, in its order, and the index."""
    contents = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    files = [contents["root"]]
    for part in contents["parts"]:
        files += [chapter["file"] for chapter in part["chapters"]]
    return [f"{file}.html" for file in files] + ["genindex.html"]


PAGES = _pages()
CHECKS = AXE_SCRIPT + (Path(__file__).parent / "page_checks.js").read_text(encoding="utf-8")


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    """Serves a folder and logs nothing."""

    def log_message(self, *_):
        pass


def note_faults(page, address: str) -> None:
    """Collect in `page.faults` console errors, failed requests and requests to elsewhere."""
    page.faults = []
    page.on(
        "console",
        lambda m: page.faults.append(f"{m.text} {m.location}") if m.type == "error" else None,
    )
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    page.on("requestfailed", lambda r: page.faults.append(f"failed: {r.url}"))
    page.on(
        "request",
        lambda r: (
            None
            if r.url.startswith((address, "data:", "blob:"))
            else page.faults.append(f"leaves the machine: {r.url}")
        ),
    )


def visit(page, url: str) -> None:
    """Open a page and wait until nothing more is loading."""
    page.goto(url, wait_until="load")
    page.wait_for_load_state("networkidle")


def look(page, width: int, scheme: str) -> None:
    """Show the open page on a screen of this width, light or dark, and let it settle."""
    page.set_viewport_size({"width": width, "height": SIZES[width]})
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.wait_for_function(
        "scheme => document.documentElement.dataset.theme === scheme", arg=scheme
    )
    # Two frames: layout, then what the scripts of the page do about it.
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


def problems(page, *checks: str) -> list[str]:
    """What the named checks of page_checks.js find wrong with the page as it stands."""
    if not page.evaluate("'checks' in window"):
        page.evaluate(CHECKS)
    return [found for check in checks for found in page.evaluate(f"checks.{check}()")]


def focused(page, selector: str) -> bool:
    return page.evaluate("selector => document.activeElement.matches(selector)", selector)


def tab_to(page, selector: str, most: int = 60) -> None:
    """Press Tab until the focus is on the selector; fails when it never is."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if focused(page, selector):
            return
    raise AssertionError(f"Tab does not reach {selector}")
