"""Live figures: sliders in the page, without a server and without a network.

A code cell with the metadata {"live": "bowl"} gets the live figure of that name below it. The
notebook stays plain, and so do print and a browser without scripts: what the cell shows is the
fallback. The texts stand in book/live.yml; the scripts, in book/static, are loaded only by the
pages that need them.
"""

import html
from functools import cache
from pathlib import Path

import yaml
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging

TEXTS = "book/live.yml"
SCRIPTS = "book/static/live"
FIGURE = """<figure class="live" id="live-{name}" data-live="{name}"
aria-labelledby="live-{name}-title" hidden>
<figcaption><p class="live-title" id="live-{name}-title">Live: {title}</p>
<p>{about}</p>
<ol>{steps}</ol></figcaption></figure>"""

log = logging.getLogger(__name__)


@cache
def read_texts(path: Path) -> dict[str, dict]:
    """name -> title, about, and the list try."""
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def figure_html(name: str, text: dict) -> str:
    """The figure before its script furnishes it: title, description and what to try."""
    steps = "".join(f"<li>{html.escape(step)}</li>" for step in text["try"])
    title, about = html.escape(text["title"]), html.escape(text["about"])
    return FIGURE.format(name=name, title=title, about=about, steps=steps)


def place_figures(app: Sphinx, doctree: nodes.document) -> None:
    """Put the live figures below the cells that ask for them. An unknown name is a warning."""
    root = Path(app.srcdir)
    for cell in list(doctree.findall(nodes.container)):
        name = cell.get("cell_metadata", {}).get("live")
        if name is None:
            continue
        app.env.note_dependency(str(root / TEXTS))
        text = read_texts(root / TEXTS).get(name)
        if text is None or not (root / SCRIPTS / f"{name}.js").is_file():
            log.warning("there is no live figure %r", name, location=cell)
            continue
        raw = nodes.raw("", figure_html(name, text), format="html", live=name)
        cell.parent.insert(cell.parent.index(cell) + 1, raw)


def add_files(app: Sphinx, pagename, templatename, context, doctree) -> None:
    """Give a page the style, the shared script and the scripts of its own live figures."""
    raw = doctree.findall(nodes.raw) if doctree else ()
    names = sorted({node["live"] for node in raw if "live" in node})
    if names:
        app.add_css_file("live.css")
    for script in ("live.js", *(f"live/{name}.js" for name in names)) if names else ():
        app.add_js_file(script, loading_method="defer")


def setup(app: Sphinx) -> dict:
    app.connect("doctree-read", place_figures)
    app.connect("html-page-context", add_files)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
