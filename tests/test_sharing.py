"""The book from outside: for search engines, link previews, old links, and those who cite it."""

import datetime
import functools
import http.server
import os
import re
import shutil
import subprocess
import sys
import threading
import tomllib
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
import yaml
from axe_playwright_python.sync_playwright import Axe
from browser import PAGES, QuietHandler, visit
from notebooks import ROOT
from PIL import Image
from sphinx.errors import ExtensionError
from sphinxext.rediraffe import create_graph

sys.path.insert(0, str(ROOT / "book" / "extensions"))

from course_cards import SIZE, Card, save_card
from course_citation import read_citation
from course_sharing import REDIRECTS, public_address, summarise

ORIGIN, ADDRESS = "https://github.com/Owner/course.git", "https://owner.github.io/course/"
OURS = ("course_book", "course_math", "course_sharing", "course_citation")
SOURCES = {
    "index.md": "# Deep Learning for Healthcare\n\n"
    "A small book that stands for the large one in a test.\n\n"
    "## Map\n\n[A deep page](chapters/deep/here.md)\n\n"
    "## Cite this course\n\n```{cite-this-course}\n```\n",
    "chapters/deep/here.md": '# A < B & a "quote"\n\nAfter this chapter you can tell A < B from B, '
    'and know what "quoted" means.\n\n## Where it leads\n\nNowhere.\n',
    "_toc.yml": "format: jb-book\nroot: index\nparts:\n- caption: Deep & wide\n  chapters:\n"
    "  - file: chapters/deep/here\n",
}


class Head(HTMLParser):
    """What a reader of metadata finds in a page: `meta` (a list for each name), `link`, `title`."""

    def __init__(self, path: Path):
        super().__init__()
        self.meta, self.link, self.title, self._in_title = {}, {}, [], False
        self.feed(path.read_text(encoding="utf-8").split("<body", 1)[0])

    def handle_starttag(self, tag, attributes):
        said = dict(attributes)
        if tag == "meta" and (name := said.get("name") or said.get("property")):
            self.meta.setdefault(name, []).append(said["content"])
        if tag == "link":
            self.link.setdefault(said["rel"], []).append(said["href"])
        self._in_title = tag == "title"

    def handle_endtag(self, tag):
        self._in_title = False

    def handle_data(self, data):
        if self._in_title:
            self.title.append(data)


# The whole book


def test_every_page_says_once_what_it_is(site):
    heads = [Head(site / name) for name in PAGES]
    titles = ["".join(head.title) for head in heads]
    assert len(set(titles)) == len(PAGES)
    assert titles[0] == "Deep Learning for Healthcare — An executable course"
    assert all(title.endswith(" — Deep Learning for Healthcare") for title in titles[1:])
    descriptions = [head.meta["description"] for head in heads]
    assert all(len(said) == 1 and 50 <= len(said[0]) <= 200 for said in descriptions)
    assert len({said[0] for said in descriptions}) == len(PAGES)
    for name, head in zip(PAGES, heads, strict=True):
        assert len(head.meta["theme-color"]) == 1
        for icon in (*head.link["icon"], *head.link["apple-touch-icon"]):
            assert ((site / name).parent / icon).is_file()


def test_the_landing_page_can_be_cited(page, address, site):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    visit(page, f"{address}/index.html")
    cite = page.locator("#cite-this-course")
    cite.get_by_text("BibTeX", exact=True).click()
    block = cite.locator(".highlight-bibtex")
    assert block.is_visible()
    block.hover()
    block.locator("button.copybtn").click()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.strip() == (site / "_static" / "citation.bib").read_text().strip()
    for link in cite.locator("a[download]").all():
        with page.expect_download() as download:
            link.click()
        assert Path(download.value.path()).stat().st_size > 100
    assert page.faults == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_landing_page_is_accessible(browser, address, scheme):
    context = browser.new_context(color_scheme=scheme)
    page = context.new_page()
    visit(page, f"{address}/index.html")
    parts = [[".front-door"], [".sd-container-fluid"], ["#run-it-yourself"], ["#cite-this-course"]]
    found = Axe().run(page, context={"include": parts}).response["violations"]
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == []
    context.close()


# A small book, with and without a public address


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """Builds a small book with the course's own extensions. Returns the folder of its source."""
    return functools.cache(functools.partial(_small_book, tmp_path_factory))


def _small_book(tmp_path_factory, origin: str | None) -> Path:
    folder = tmp_path_factory.mktemp("small")
    for name, text in SOURCES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    shutil.copytree(ROOT / "book", folder / "book")
    for name in ("CITATION.cff", "references.bib"):
        shutil.copy(ROOT / name, folder)
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    config["sphinx"]["local_extensions"] = dict.fromkeys(OURS, "book/extensions")
    (folder / "_config.yml").write_text(yaml.safe_dump(config))
    with (folder / REDIRECTS).open("a") as redirects:
        redirects.write("\nchapters/old/there chapters/older/there\n")
        redirects.write("chapters/older/there chapters/deep/here\n")
    _git(folder, "init", "-q")
    if origin:
        _git(folder, "remote", "add", "origin", origin)
    _build(folder)
    return folder


def _git(folder: Path, *words: str) -> str:
    command = ["git", "-C", folder, *words]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def _build(folder: Path) -> None:
    program = Path(sys.executable).with_name("jupyter-book")
    built = subprocess.run(
        [program, "build", folder, "-W", "-n", "--keep-going"],
        env={name: value for name, value in os.environ.items() if name != "BOOK_URL"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stdout[-3000:] + built.stderr[-3000:]


def test_a_link_preview_is_whole(small):
    html = small(ORIGIN) / "_build" / "html"
    head = Head(html / "chapters/deep/here.html")
    page = f"{ADDRESS}chapters/deep/here.html"
    assert head.link["canonical"] == [page]
    assert all(len(said) == 1 for name, said in head.meta.items() if name != "viewport")
    said = {name: values[0] for name, values in head.meta.items()}
    assert said["og:url"] == page
    assert said["og:title"] == "A < B & a “quote”"
    assert said["og:site_name"] == "Deep Learning for Healthcare"
    assert said["og:description"] == said["description"]
    assert said["description"].startswith("After this chapter you can tell A < B from B, and")
    assert said["twitter:card"] == "summary_large_image"
    assert "the part Deep & wide" in said["og:image:alt"]
    assert said["og:image"].startswith(ADDRESS)
    with Image.open(html / said["og:image"].removeprefix(ADDRESS)) as card:
        assert card.size == (int(said["og:image:width"]), int(said["og:image:height"])) == SIZE


def test_the_sitemap_has_each_page_once(small):
    html = small(ORIGIN) / "_build" / "html"
    places = [one.text for one in ElementTree.parse(html / "sitemap.xml").findall(".//{*}loc")]
    assert sorted(places) == [
        ADDRESS + name for name in ("chapters/deep/here.html", "genindex.html", "index.html")
    ]
    assert f"Sitemap: {ADDRESS}sitemap.xml" in (html / "robots.txt").read_text().splitlines()


def test_without_a_public_address_none_is_invented(small):
    html = small(None) / "_build" / "html"
    assert not (html / "sitemap.xml").exists()
    assert not (html / "robots.txt").exists()
    assert not (html / "_images" / "cards").exists()
    for name in ("index.html", "chapters/deep/here.html"):
        head = Head(html / name)
        assert head.meta["description"]
        assert "canonical" not in head.link
        assert not [name for name in head.meta if name.startswith(("og:", "twitter:"))]
    everything = "".join(page.read_text(encoding="utf-8") for page in html.rglob("*.html"))
    assert "github.io" not in everything
    assert "url" not in (html / "_static" / "citation.bib").read_text()


def test_the_public_address(tmp_path, monkeypatch):
    monkeypatch.delenv("BOOK_URL", raising=False)
    _git(tmp_path, "init", "-q")
    assert public_address(tmp_path) is None
    _git(tmp_path, "remote", "add", "origin", ORIGIN)
    assert public_address(tmp_path) == ADDRESS
    for origin, expected in (
        ("git@github.com:Owner/owner.github.io.git", "https://owner.github.io/"),
        ("https://git.example/owner/course.git", None),
    ):
        _git(tmp_path, "remote", "set-url", "origin", origin)
        assert public_address(tmp_path) == expected
    for given in ("https://course.example/book", "https://course.example/book/"):
        monkeypatch.setenv("BOOK_URL", given)
        assert public_address(tmp_path) == "https://course.example/book/"
    monkeypatch.setenv("BOOK_URL", "course.example")
    with pytest.raises(ExtensionError, match="BOOK_URL is no address"):
        public_address(tmp_path)


def test_a_description_is_whole_sentences_where_they_fit():
    assert summarise("Short. " + "Then a second sentence that makes it long enough. Third.") == (
        "Short. Then a second sentence that makes it long enough."
    )
    assert summarise(f"{'Long ' * 30}clause, and {'another ' * 30}") == f"{'Long ' * 30}clause …"
    assert summarise("word " * 60) == f"{'word ' * 39}…"


def test_a_card_is_drawn_once_and_replaced_when_it_changes(tmp_path):
    card = Card("Course", "Part", "A title of many words that fills two lines", "Words. " * 60)
    first = save_card(card, tmp_path, "page")
    drawn = first.stat().st_mtime_ns
    assert save_card(card, tmp_path, "page").stat().st_mtime_ns == drawn
    other = save_card(Card("Course", "Part", "Another", "Words."), tmp_path, "page")
    assert list(tmp_path.iterdir()) == [other]
    with Image.open(other) as image:
        assert len(image.convert("RGB").getcolors(1 << 20)) > 20


# Pages that moved, and pages that are not there


class Host(QuietHandler):
    """Serves a site under a path, as GitHub Pages does: 404.html for what is not there."""

    def __init__(self, *given, root: str, **named):
        self.root = root
        super().__init__(*given, **named)

    def translate_path(self, path):
        inside = path.removeprefix(self.root) if path.startswith(self.root) else "outside"
        return super().translate_path(f"/{inside}")

    def send_error(self, code, *_):
        body = (Path(self.directory) / "404.html").read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture
def host():
    """Starts a server of a site under a path; returns its address."""
    servers = []

    def start(site: Path, root: str) -> str:
        handler = functools.partial(Host, directory=str(site), root=root)
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}{root}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize("book", ["whole", "small"])
def test_a_page_not_found_leads_home(browser, request, host, book):
    if book == "whole":
        folder = request.getfixturevalue("site")
        root = urlsplit(public_address(ROOT) or "").path or "/"
    else:
        folder, root = request.getfixturevalue("small")(ORIGIN) / "_build" / "html", "/course/"
    home = host(folder, root)
    context = browser.new_context(viewport={"width": 390, "height": 800})
    page = context.new_page()
    answers = {}
    page.on("response", lambda response: answers.update({response.url: response.status}))
    missing = f"{home}chapters/deep/er/nowhere.html"
    visit(page, missing)
    assert page.locator("article h1").inner_text() == "Page not found"
    assert {url for url, status in answers.items() if status >= 400} == {missing}
    assert all(url.startswith(home) for url in answers)
    assert any(url.endswith(".css") or ".css?" in url for url in answers)
    links = page.locator("a[href]").evaluate_all("all => all.map(a => a.href)")
    # The skip link, and the button that leads to the repository.
    assert all(url.startswith((home, f"{missing}#", "https://github.com/")) for url in links)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_label("Search the course").fill("nowhere")
    page.get_by_role("button", name="Search", exact=True).last.click()
    page.wait_for_selector("#search-results li", timeout=10_000)
    assert page.url.startswith(f"{home}search.html?q=nowhere")
    visit(page, missing)
    page.get_by_role("link", name="Home", exact=True).click()
    assert page.url == f"{home}index.html"
    assert {url for url, status in answers.items() if status >= 400} == {missing}
    visit(page, missing)
    assert Axe().run(page).response["violations"] == []
    context.close()


def test_an_old_link_arrives(browser, small, host):
    home = host(small(ORIGIN) / "_build" / "html", "/course/")
    for scripts in (True, False):
        context = browser.new_context(java_script_enabled=scripts)
        page = context.new_page()
        page.goto(f"{home}chapters/old/there.html?q=1#where-it-leads")
        page.wait_for_url(re.compile("chapters/deep/here.html"))
        assert page.locator("#where-it-leads").count() == 1
        if scripts:
            assert page.url == f"{home}chapters/deep/here.html?q=1#where-it-leads"
        context.close()


def test_a_page_that_moves_is_replaced_by_its_redirect(small, tmp_path):
    folder = shutil.copytree(small(None), tmp_path / "book")
    shutil.move(folder / "chapters/deep", folder / "chapters/new")
    for name in ("_toc.yml", "index.md"):
        path = folder / name
        path.write_text(path.read_text().replace("chapters/deep", "chapters/new"))
    with (folder / REDIRECTS).open("a") as redirects:
        redirects.write("chapters/deep/here chapters/new/here\n")
    _build(folder)
    for old in ("chapters/deep/here", "chapters/old/there"):
        head = Head(folder / "_build" / "html" / f"{old}.html")
        assert head.link["canonical"] == ["../new/here.html"]


def test_every_page_there_ever_was_is_there_or_redirects():
    if _git(ROOT, "rev-parse", "--is-shallow-repository").strip() == "true":
        pytest.skip("a shallow clone has no history: git fetch --unshallow")
    commits = _git(ROOT, "log", "--format=%H", "--", "_toc.yml").split()
    tables = [yaml.safe_load(_git(ROOT, "show", f"{commit}:_toc.yml")) for commit in commits]
    ever = set().union(*(_pages(table) for table in tables))
    now = _pages(yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8")))
    redirects = create_graph(ROOT / REDIRECTS)
    assert ever - now - set(redirects) == set()
    assert set(redirects) & now == set()


def _pages(table: dict) -> set[str]:
    chapters = (one["file"] for part in table["parts"] for one in part["chapters"])
    return {table["root"], *chapters}


# Citation


def test_the_citation_file_is_valid():
    """After the schema of the Citation File Format 1.2.0, as far as this file uses it."""
    said = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    kinds = {
        "cff-version": str, "message": str, "title": str, "type": str, "authors": list,
        "abstract": str, "keywords": list, "license": str, "version": str,
        "date-released": datetime.date,
    }  # fmt: skip
    assert {name: type(value) for name, value in said.items()} == kinds
    assert said["cff-version"] == "1.2.0"
    assert said["type"] == "software"
    assert said["authors"]
    assert all(isinstance(one["name"], str) and len(one) == 1 for one in said["authors"])
    assert len(set(said["keywords"])) == len(said["keywords"])
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert said["version"] == project["version"]
    assert f"{said['license']} License" in (ROOT / "LICENSE").read_text(encoding="utf-8")


def test_a_citation_in_three_forms(small):
    citation = read_citation(small(ORIGIN))
    group = "Authors of Deep Learning for Healthcare"
    title = "Deep Learning for Healthcare: an executable course"
    assert citation.text() == (
        f"{group}. ({citation.released.year}). {title} (Version {citation.version}) "
        f"[Computer software]. {ADDRESS}"
    )
    assert f"author = {{{{{group}}}}},\n" in citation.bibtex()
    assert f"title  = {{{{{title}}}}},\n" in citation.bibtex()
    assert citation.bibtex().count("{") == citation.bibtex().count("}")
    record = dict(line.split("  - ", 1) for line in citation.ris().splitlines())
    assert next(iter(record)) == "TY"
    assert list(record)[-1] == "ER"
    assert record["AU"] == group
    assert record["UR"] == ADDRESS
    head = Head(small(ORIGIN) / "_build" / "html" / "index.html")
    assert head.meta["citation_title"] == [title]
    assert head.meta["citation_author"] == [group]
    assert head.meta["citation_public_url"] == [ADDRESS]
