"""The site works from a folder as well as from a server: a browser treats `file:` more strictly.

- It may not load a font before the style sheet that asks for it, so pages do not try to.
- It may not read one page from another. So the search, which reads the pages it found to quote
  them, then lists them without a quotation.
"""

import re
from pathlib import Path

from sphinx.application import Sphinx

FONT_PRELOAD = re.compile(r'<link rel="preload" as="font"[^>]*>\s*')
NO_QUOTATION = (
    'if (location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;'
)


def quote_nothing(app: Sphinx, pagename, templatename, context, doctree) -> None:
    """Let the search page know that it stands in a folder."""
    if pagename == "search":
        app.add_js_file(None, body=NO_QUOTATION)


def drop_preloads(app: Sphinx, error: Exception | None) -> None:
    """Take from every page of the built site what only a server allows."""
    if error is not None or app.builder.format != "html":
        return
    for page in Path(app.outdir).rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        if (lighter := FONT_PRELOAD.sub("", text)) != text:
            page.write_text(lighter, encoding="utf-8")


def setup(app: Sphinx) -> dict:
    app.connect("html-page-context", quote_nothing)
    app.connect("build-finished", drop_preloads)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
