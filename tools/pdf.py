"""Print the built book as one PDF, with Chromium: cover, contents, chapters, solutions, index.

The body is printed first; contents and index are printed once its page numbers are known, and the
three are bound together. Every failure that a reader can mend is told in one sentence.
"""

import argparse
import io
import logging
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import print_parts
from chromium import open_browser
from failure import Failure, report
from pdf_structure import thin_out
from playwright.sync_api import Error as BrowserError
from print_parts import ROOT, citation
from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.generic import ArrayObject, Fit, NameObject, TextStringObject

SITE = ROOT / "_build" / "html"
TARGET = ROOT / "_build" / "deep-learning-for-healthcare.pdf"
PLACEHOLDER = "book:"
# What Chromium's cross-reference table counts too short is read all the same.
logging.getLogger("pypdf").setLevel(logging.ERROR)


def check_chinese_font() -> None:
    """Without a font that has them, Chinese terms would print as empty boxes."""
    if not shutil.which("fc-list"):
        return  # not Linux: such systems have Chinese fonts
    found = subprocess.run(["fc-list", ":lang=zh"], capture_output=True, text=True, check=False)
    if not found.stdout.strip():
        raise Failure(
            "No font with Chinese characters is installed. On Debian: "
            "apt install fonts-wqy-microhei."
        )


def check_site(site: Path) -> None:
    missing = [p.name for p in print_parts.book_pages() if not (site / f"{p.name}.html").is_file()]
    if missing:
        raise Failure(f"The built book has no page {missing[0]}. Run: make book")


# Printing


def open_document(browser, text: str, path: Path):
    """Write a document to `path` and open it as it will be printed."""
    path.write_text(text, encoding="utf-8")
    page = browser.new_page()
    page.emulate_media(media="print")
    page.goto(path.as_uri(), timeout=0)  # 8 MB of HTML and 200 figures take their time
    return page


def print_document(browser, site: Path, folder: Path, content: str) -> PdfReader:
    """Print a small document."""
    text = print_parts.document(site, folder, content)
    return save_pdf(open_document(browser, text, folder / "part.html"))


def save_pdf(page, tagged: bool = False) -> PdfReader:
    content = page.pdf(prefer_css_page_size=True, print_background=True, tagged=tagged)
    page.close()
    return PdfReader(io.BytesIO(content))


def page_numbers(body: PdfReader) -> dict[str, int]:
    """Page of each id of the body that has a named destination, counted from 1."""
    count = {page.indirect_reference.idnum: n for n, page in enumerate(body.pages, 1)}
    return {
        name.lstrip("/"): count[place.page.idnum] for name, place in body.named_destinations.items()
    }


# Binding


def bind(front: PdfReader, body: PdfReader, index: PdfReader, outline: list[dict]) -> PdfWriter:
    """One document of the three, with bookmarks, page labels and links between the parts."""
    before, inside = len(front.pages), len(body.pages)
    writer = PdfWriter(clone_from=body)
    writer.merge(0, front, import_outline=False)
    writer.append(index, pages=(1 - (inside + 1) % 2, len(index.pages)), import_outline=False)
    places = destinations(body, before)
    places["index"] = (before + inside, Fit.fit())
    resolve_links(writer, places, [*range(before), *range(before + inside, len(writer.pages))])
    resolve_links(writer, places, range(before, before + inside))
    writer.set_page_label(0, before - 1, style="/r")
    writer.set_page_label(before, len(writer.pages) - 1, style="/D", start=1)
    add_bookmarks(writer, outline, places)
    describe(writer)
    return writer


def destinations(body: PdfReader, offset: int) -> dict[str, tuple[int, Fit]]:
    """Id -> index of the page in the bound book, and the place on it."""
    numbers = page_numbers(body)
    return {
        name.lstrip("/"): (
            numbers[name.lstrip("/")] - 1 + offset,
            Fit.xyz(left=None, top=float(place.top) + 6),
        )
        for name, place in body.named_destinations.items()
    }


def resolve_links(writer: PdfWriter, places: dict, pages) -> None:
    """Turn links to `book:ID` into links to the page that holds the id."""
    for number in pages:
        for annotation in (a.get_object() for a in writer.pages[number].get("/Annots", [])):
            address = annotation.get("/A", {}).get("/URI", "")
            if address.startswith(PLACEHOLDER):
                page, fit = places[address.removeprefix(PLACEHOLDER)]
                del annotation["/A"]
                annotation[NameObject("/Dest")] = destination(writer.pages[page], fit)


def destination(page: PageObject, fit: Fit) -> ArrayObject:
    return ArrayObject([page.indirect_reference, NameObject(fit.fit_type), *fit.fit_args])


def add_bookmarks(writer: PdfWriter, outline: list[dict], places: dict) -> None:
    """Two levels: chapters, and the sections of each."""

    def add(heading: dict, **options):
        page, fit = places[heading["id"]]
        return writer.add_outline_item(title=heading["title"], page_number=page, fit=fit, **options)

    for chapter in outline:
        parent = add(chapter, is_open=False)
        for section in chapter["sections"]:
            add(section, parent=parent)


def describe(writer: PdfWriter) -> None:
    cff = citation()
    writer.metadata = {
        "/Title": cff["title"],
        "/Author": cff["authors"][0]["name"],
        "/Subject": cff["abstract"].strip(),
        "/Keywords": ", ".join(cff["keywords"]),
    }
    writer.root_object[NameObject("/Lang")] = TextStringObject("en")
    writer.page_mode = "/UseOutlines"


def typeset(browser, site: Path, folder: Path):
    """Open the body as it will be printed; returns the page, the chapters and the index terms."""
    page = open_document(browser, print_parts.body(site, folder), folder / "body.html")
    found = page.evaluate("prepareBook()")
    return page, found["chapters"], found["terms"]


def print_book(browser, site: Path, folder: Path, look=lambda page: None):
    """Print the parts of the book and bind them; returns the book and the list of its chapters.

    folder: for what is needed on the way. look: is shown the body before it is printed.
    """
    page, chapters, terms = typeset(browser, site, folder)
    look(page)
    body = save_pdf(page, tagged=True)
    thin_out(body)
    numbers = page_numbers(body) | {"index": len(body.pages) + 1}
    content = print_parts.index(terms, numbers)
    index = print_document(browser, site, folder, content)
    chapters = [*chapters, {"id": "index", "title": "Index", "sections": []}]
    for half_title in (False, True):
        content = print_parts.front(chapters, numbers, half_title)
        front = print_document(browser, site, folder, content)
        if len(front.pages) % 2 == 0:
            break  # page 1 is a right-hand page
    return bind(front, body, index, chapters), chapters


def make_pdf(site: Path, target: Path) -> None:
    """Print the book that is built in `site` to the file `target`. Raises Failure."""
    check_site(site)
    check_chinese_font()
    with (
        tempfile.TemporaryDirectory(dir=target.parent, prefix="print-") as name,
        open_browser() as browser,
    ):
        part = Path(name) / "book.pdf"
        book, _ = print_book(browser, site, Path(name))
        book.write(part)
        part.replace(target)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--site", type=Path, default=SITE, help="the built book")
    parser.add_argument("--target", type=Path, default=TARGET, help="the file to write")
    options = parser.parse_args(arguments)

    def work() -> str:
        try:
            make_pdf(options.site.resolve(), options.target.resolve())
        except BrowserError as problem:
            reason = problem.message.splitlines()[0]
            raise Failure(f"Chromium could not print the book: {reason}") from problem
        return f"The PDF is ready: {options.target}"

    return report(work, "make pdf")


if __name__ == "__main__":
    sys.exit(main())
