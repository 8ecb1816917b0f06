"""The three parts of the printed book as HTML: body, front matter, index.

The body holds the pages of the built site, one after another; book/print/print.js turns them into
pages of a book. Front matter and index need its page numbers, so they are made after it. Their
links lead to `book:ID`; tools/pdf.py puts the page in.
"""

import html
import os
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import matplotlib
import yaml

ROOT = Path(__file__).resolve().parent.parent
STYLE = ROOT / "book" / "print" / "print.css"
SCRIPT = ROOT / "book" / "print" / "print.js"
# Text, code: fonts that the course installs anyway, so that the book looks the same everywhere.
FACES = (
    ("Course Serif", "STIXGeneral", 400, "normal"),
    ("Course Serif", "STIXGeneralItalic", 400, "italic"),
    ("Course Serif", "STIXGeneralBol", 700, "normal"),
    ("Course Serif", "STIXGeneralBolIta", 700, "italic"),
    ("Course Mono", "DejaVuSansMono", 400, "normal"),
    ("Course Mono", "DejaVuSansMono-Oblique", 400, "italic"),
    ("Course Mono", "DejaVuSansMono-Bold", 700, "normal"),
)
ARTICLE = re.compile(r'<article class="bd-article".*?>(.*)</article>', re.S)
# Data of an animation stay: its frames are printed.
SCRIPTS = re.compile(r'<script(?! type="application/json")[^>]*>.*?</script>', re.S)
# Parts of code that need no colour of their own: most of the elements of a page.
PLAIN_CODE = re.compile(r'<span class="(?:n|nn|o|p|w)">([^<]*)</span>')
LOCAL_FILE = re.compile(r' src="(?:\.\./)*(_images|_static)/')
# Sections that every chapter has are bookmarks, and no lines of the contents.
EVERYWHERE = {"Summary", "Exercises", "Quiz", "References"}
HELD_BACK = "The imports and the code that draws a figure, folded on the site, are left out here."


@dataclass(frozen=True)
class Page:
    """A page of the site: its part of the book, and the id that the printed chapter gets."""

    name: str
    part: str

    @property
    def key(self) -> str:
        # "index" is the printed index.
        return self.name.rsplit("/", 1)[-1].replace("_", "-") if self.part else "welcome"


def book_pages() -> list[Page]:
    """Every page of the book in its order, the welcome page first."""
    contents = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    chapters = [
        Page(chapter["file"], part["caption"])
        for part in contents["parts"]
        for chapter in part["chapters"]
    ]
    return [Page(contents["root"], ""), *chapters]


@cache
def citation() -> dict:
    return yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))


def body(site: Path, folder: Path) -> str:
    """The chapters as one document. folder: where it will lie, for the paths of its images."""
    there = os.path.relpath(site, folder)
    sections = []
    for page in book_pages():
        text = (site / f"{page.name}.html").read_text(encoding="utf-8")
        article = PLAIN_CODE.sub(r"\1", SCRIPTS.sub("", ARTICLE.search(text)[1]))
        article = LOCAL_FILE.sub(rf' src="{there}/\1/', article)
        sections.append(
            f'<section class="chapter" id="{page.key}" data-page="{page.name}" '
            f'data-part="{html.escape(page.part)}">{article}</section>'
        )
    script = SCRIPT.read_text(encoding="utf-8")
    return document(site, folder, "".join(sections), f"<script>{script}</script>")


def document(site: Path, folder: Path, content: str, head: str = "") -> str:
    """A whole document around `content`, with the fonts and the style of the printed book."""
    fonts = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    static = os.path.relpath(site / "_static", folder)
    faces = [
        f'@font-face {{ font-family: "{family}"; font-weight: {weight}; font-style: {style}; '
        f'src: url("{(fonts / name).as_uri()}.ttf"); }}'
        for family, name, weight, style in FACES
    ]
    faces.append(
        f'@font-face {{ font-family: "STIX Two Math"; src: url("{static}/stix-two-math.woff2"); }}'
    )
    style = STYLE.read_text(encoding="utf-8")
    return (
        '<!doctype html><html lang="en" data-theme="light"><head><meta charset="utf-8">'
        f"<title>{html.escape(citation()['title'])}</title>"
        f'<link rel="stylesheet" href="{static}/pygments.css">'
        f"<style>{''.join(faces)}{style}</style>{head}</head>"
        f"<body><main>{content}</main></body></html>"
    )


def front(outline: list[dict], numbers: dict[str, int], half_title: bool = False) -> str:
    """Cover, colophon and contents. numbers: printed page of each id."""
    cff = citation()
    title, _, subtitle = cff["title"].partition(": ")
    icon = (ROOT / "book" / "static" / "favicon.svg").as_uri()
    return f"""
<section class="cover">
  <img src="{icon}" alt="">
  <h1>{title}</h1>
  <p class="subtitle">{subtitle[:1].upper()}{subtitle[1:]}</p>
  <p class="chinese" lang="zh">深度学习与医疗</p>
  <p class="foot">Version {cff["version"]}<br>Code: MIT licence. Text and figures: CC BY 4.0.<br>
  A course, not a medical device: nothing here is for the diagnosis or treatment of patients.</p>
</section>
{f'<section class="half-title"><h1>{title}</h1><p>{subtitle}</p></section>' if half_title else ""}
<section class="colophon">
  <h1>About this edition</h1>
  <p>{html.escape(cff["abstract"])}</p>
  <p>This is the course on paper. The same pages can be read as a site, and each chapter is a
  notebook that runs. {HELD_BACK} Solutions of the exercises and answers to the quizzes stand at
  the end, after the appendix; an arrow beside each question leads there. An animation shows its
  first, middle and last picture.</p>
  <dl><dt>Version</dt><dd>{cff["version"]}, {cff["date-released"]}</dd>
  <dt>Licence</dt><dd>Code: MIT licence. Text and figures: CC BY 4.0. Data sets belong to their
  authors; the appendix names each with its licence.</dd>
  <dt>No medical device</dt><dd>The models of this course are made for learning. None of them may
  be used to diagnose or treat anyone.</dd>
  <dt>To cite</dt>
  <dd>{html.escape(cff["authors"][0]["name"])}. <em>{html.escape(cff["title"])}</em>.
  Version {cff["version"]}, {cff["date-released"].year}.</dd></dl>
</section>
<section class="contents"><h1>Contents</h1>{"".join(_contents(outline, numbers))}</section>
"""


def _contents(outline: list[dict], numbers: dict[str, int]):
    part = None
    for chapter in outline:
        if chapter.get("part") and chapter["part"] != part:
            part = chapter["part"]
            yield f'<p class="part">{html.escape(part)}</p>'
        yield _entry("chapter-entry", chapter, numbers)
        for section in chapter["sections"]:
            if section["title"] not in EVERYWHERE:
                yield _entry("section-entry", section, numbers)


def _entry(kind: str, heading: dict, numbers: dict[str, int]) -> str:
    return (
        f'<a class="entry {kind}" href="book:{heading["id"]}" data-page="{numbers[heading["id"]]}">'
        f"<span>{html.escape(heading['title'])}</span><i></i></a>"
    )


def index(terms: list[dict], numbers: dict[str, int]) -> str:
    """The index: each term and helper with its pages, the page of its definition in bold.

    Chromium takes the first page of a document for a right-hand one: where the index begins on the
    left, a page goes before it, to be thrown away.
    """
    lines, letter = [], ""
    for term in sorted(terms, key=lambda term: (term["name"].lower(), term["main"])):
        first = term["name"][0].upper()
        if first.isalpha() and first != letter:
            letter = first
            lines.append(f"<h2>{letter}</h2>")
        lines.append(_index_line(term, numbers))
    first_page = numbers["index"]
    blank = "" if first_page % 2 else '<section class="blank"></section>'
    return (
        f"<style>html {{ counter-reset: page {first_page - 1 - bool(blank)}; }}</style>"
        f'{blank}<section class="index" id="index"><h1>Index</h1>'
        "<p>In bold: the page that defines a term or describes a function.</p>"
        f'<div class="index-columns">{"".join(lines)}</div></section>'
    )


def _index_line(term: dict, numbers: dict[str, int]) -> str:
    name = html.escape(term["name"])
    name = f"<code>{name}</code>" if term.get("code") else name
    chinese = f' <span lang="zh">{term["chinese"]}</span>' if term["chinese"] else ""
    pages = {}
    for use in term["uses"]:
        pages.setdefault(numbers[use], use)
    links = [f'<a href="book:{use}">{page}</a>' for page, use in sorted(pages.items())]
    links.append(f'<strong><a href="book:{term["main"]}">{numbers[term["main"]]}</a></strong>')
    return f"<p>{name}{chinese} {', '.join(links)}</p>"
