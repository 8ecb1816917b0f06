"""What others see of the book from outside: search engines, link previews, old links.

- A page's head says its title, what it is about in a sentence, and the course's colour.
- Where the book has a public address, also: a canonical address, the tags and the picture of a
  link preview, a sitemap and a robots.txt. Without one there are none, for all need the address.
- A page that moved leaves a redirect; book/redirects.txt lists them.
- A page that is not there answers with 404.html, which leads home from any depth.
"""

import html
import os
import re
from pathlib import Path
from urllib.parse import urlsplit

from course_book import repository_url
from course_cards import SIZE, Card, save_card
from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinxext.rediraffe import create_graph

SUBTITLE = "An executable course"
COLOUR = "#0b4f6c"
CARDS = Path("_images", "cards")
REDIRECTS = "book/redirects.txt"
# Pages without a text of their own.
DESCRIPTIONS = {
    "genindex": "Every term of the course in English and Chinese, and every function of its "
    "helpers, in alphabetical order.",
    "py-modindex": "The modules of the package that the notebooks import, each with a link to "
    "its reference.",
    "search": "Search the chapters, the glossary, the errata and the helpers of the course.",
    "404": "There is no page at this address. Search the course, or begin at its home page.",
}
NOT_FOUND = """
<h1>Page not found</h1>
<p>There is no page at this address. It may have been mistyped, or the link to it may be old.</p>
<form class="not-found" action="{root}search.html" role="search">
  <label for="not-found-query">Search the course</label>
  <input id="not-found-query" type="search" name="q" required>
  <button type="submit">Search</button>
</form>
<p>Or go on from one of these:</p>
<ul>
  <li><a href="{root}index.html">Home</a>: what the course is</li>
  <li><a href="{root}index.html#map">Contents</a>: all chapters</li>
  <li><a href="{root}genindex.html">Index</a>: all terms and functions</li>
</ul>
"""


def public_address(folder: Path) -> str | None:
    """The address at which readers find the book, with a slash at its end.

    It is the environment's BOOK_URL, or where GitHub Pages puts the book of the repository
    `origin`; None where neither is known. Raises ExtensionError for a BOOK_URL that is no address.
    """
    if given := os.environ.get("BOOK_URL"):
        if not re.fullmatch(r"https?://[^/\s?#]+(/[^\s?#]*)?", given):
            raise ExtensionError(f"BOOK_URL is no address of a site: {given}")
        return given.rstrip("/") + "/"
    found = re.fullmatch(r"https://github\.com/([^/]+)/([^/]+)", repository_url(folder) or "")
    if not found:
        return None
    owner, name = found.groups()
    host = f"{owner.lower()}.github.io"
    return f"https://{host}/" if name.lower() == host else f"https://{host}/{name}/"


def configure(app: Sphinx, config) -> None:
    """Set the options of the extensions that this one loads."""
    address = public_address(Path(app.srcdir))
    config.html_baseurl = address or ""
    # 404.html answers at any depth, so its links begin at the site's root: without an address, at
    # the server's.
    root = urlsplit(address or "").path or "/"
    config.notfound_urls_prefix = root
    config.notfound_context = {"title": "Page not found", "body": NOT_FOUND.format(root=root)}
    config.rediraffe_redirects = REDIRECTS
    config.rediraffe_template = "book/redirect.html"
    if address:
        config.ogp_site_url = address
        config.ogp_site_name = config.html_title
        config.ogp_social_cards = {"enable": False}
        config.ogp_enable_meta_description = False
        config.ogp_custom_meta_tags = ['<meta name="twitter:card" content="summary_large_image" />']
        config.sitemap_url_scheme = "{link}"


def describe(app: Sphinx, pagename, templatename, context, doctree) -> None:
    """Fill a page's head."""
    title, description = page_title(app, pagename, context), describe_page(pagename, doctree)
    tags = [f'<meta name="theme-color" content="{COLOUR}" />']
    declared = context.get("metatags", "")
    if 'name="description"' not in declared and description:
        tags.append(f'<meta name="description" content="{html.escape(description)}" />')
    icon = context["pathto"]("_static/icon.png", 1)
    tags.append(f'<link rel="apple-touch-icon" href="{icon}" />')
    if pagename == "404":
        context["content_root"] = app.config.notfound_urls_prefix
        context["pageurl"] = None
        context["pagetitle"] = context["title"]
        tags.append('<meta name="robots" content="noindex" />')
    if pagename in ("404", app.config.root_doc):
        app.add_css_file("sharing.css")
    context["metatags"] = "\n".join([declared, *tags, ""])
    if doctree is not None and app.config.html_baseurl:
        # sphinxext-opengraph takes these for its own guesses.
        preview = preview_tags(app, pagename, title, description)
        context["meta"] = {**(context["meta"] or {}), **preview}
    if pagename == app.config.root_doc:
        # The theme joins the titles of page and book, which here are the same. It names the logo
        # after the book's.
        logo = {"alt_text": f"{app.config.html_title} - Home"}
        context["docstitle"] = SUBTITLE
        context["theme_logo"] = {**(context.get("theme_logo") or {}), **logo}


def page_title(app: Sphinx, pagename: str, context: dict) -> str:
    """The title of a page, as plain text."""
    title = app.env.titles.get(pagename)
    return title.astext() if title else context.get("title", "")


def describe_page(pagename: str, doctree: nodes.document | None) -> str:
    """What a page is about, in 50 to 200 characters.

    It is what the page itself declares, or its first sentences.
    """
    if doctree is None:
        return DESCRIPTIONS.get(pagename, "")
    for node in doctree.findall(nodes.meta):
        if node.get("name") == "description":
            return node["content"]
    first = next((p for p in doctree.findall(nodes.paragraph) if _is_prose(p)), None)
    return summarise(first.astext()) if first else ""


def _is_prose(paragraph: nodes.paragraph) -> bool:
    return isinstance(paragraph.parent, nodes.section)


def summarise(text: str, least: int = 50, most: int = 200) -> str:
    """The first sentences of a text, as few as reach `least` characters.

    What is longer than `most` ends after a clause, or else after a word, and in three dots.
    """
    text, sentences = " ".join(text.split()), ""
    for sentence in re.findall(r".+?(?:[.!?](?=\s|$)|$)", text):
        sentences += sentence
        if len(sentences) >= least:
            break
    if len(sentences) <= most:
        return sentences.strip()
    short = sentences[: most - 1]
    clause = re.match(r"(.+)[,;:] ", short)
    return (clause[1] if clause else short.rsplit(" ", 1)[0]) + " …"


def preview_tags(app: Sphinx, pagename: str, title: str, description: str) -> dict[str, str]:
    """What a preview of a link to the page shows; its picture is drawn."""
    home = pagename == app.config.root_doc
    series = SUBTITLE if home else app.config.html_title
    card = Card(series, part_of(app, pagename), title, description)
    path = save_card(card, Path(app.outdir) / CARDS, pagename.replace("/", "_"))
    tags = {
        "og:title": title,
        "og:type": "website" if home else "article",
        "og:locale": "en_GB",
        "og:description": description,
        "og:image": (CARDS / path.name).as_posix(),
        "og:image:width": str(SIZE[0]),
        "og:image:height": str(SIZE[1]),
        "og:image:alt": card.alternative,
    }
    return {name: html.escape(value) for name, value in tags.items()}


def part_of(app: Sphinx, pagename: str) -> str:
    """The part of the book that a page stands in, or nothing."""
    for branch in app.env.tocs[app.config.root_doc].findall(addnodes.toctree):
        if pagename in branch["includefiles"]:
            return branch.get("caption") or ""
    return ""


def remove_moved(app: Sphinx, error: Exception | None) -> None:
    """Remove pages of an earlier build that have moved since: a redirect takes their place."""
    if error is None and app.builder.format == "html":
        for old in create_graph(Path(app.srcdir) / REDIRECTS):
            if old not in app.env.found_docs:
                (Path(app.outdir) / f"{old}.html").unlink(missing_ok=True)


def list_pages(app: Sphinx, error: Exception | None) -> None:
    """Let the sitemap hold every page, and write robots.txt, which says where the sitemap is."""
    address = app.config.html_baseurl
    if error is not None or app.builder.format != "html" or not address:
        return
    # sphinx-sitemap has noted the pages that this build wrote. Others stand from an earlier one.
    while not app.sitemap_links.empty():
        app.sitemap_links.get()
    for name in (*sorted(app.env.found_docs), "genindex"):
        app.sitemap_links.put((f"{name}.html", None))
    text = f"User-agent: *\nAllow: /\n\nSitemap: {address}sitemap.xml\n"
    (Path(app.outdir) / "robots.txt").write_text(text, encoding="utf-8")


def setup(app: Sphinx) -> dict:
    # Before the extensions below look at their options.
    app.connect("config-inited", configure, priority=400)
    app.setup_extension("notfound.extension")
    app.setup_extension("sphinxext.rediraffe")
    if public_address(Path(app.srcdir)):
        app.setup_extension("sphinxext.opengraph")
        app.setup_extension("sphinx_sitemap")
    # After notfound has made paths absolute, before opengraph writes its tags.
    app.connect("html-page-context", describe, priority=450)
    app.connect("build-finished", remove_moved, priority=400)
    app.connect("build-finished", list_pages, priority=400)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
