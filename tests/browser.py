"""The pages of the book, and how a test visits one."""

import http.server

from notebooks import ROOT, all_notebooks

PAGES = [
    "index.html",
    *(p.relative_to(ROOT).with_suffix(".html").as_posix() for p in all_notebooks()),
    *(
        p.relative_to(ROOT).with_suffix(".html").as_posix()
        for p in sorted((ROOT / "chapters").rglob("*.md"))
    ),
    "genindex.html",
]

# Chromium must not look anything up by itself.
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
]


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    """Serves a folder and logs nothing."""

    def log_message(self, *_):
        pass


def note_faults(page, address: str) -> None:
    """Collect in `page.faults` console errors, failed requests and requests to elsewhere."""
    page.faults = []
    page.on("console", lambda m: page.faults.append(m.text) if m.type == "error" else None)
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
