"""The printed book: printed once, then read as a reader reads it."""

import errno
import os
import re
import unicodedata
from dataclasses import dataclass
from functools import cache

import pdf
import pytest
from print_parts import book_pages, citation
from pypdf import PdfReader
from pypdf.generic import ArrayObject

# Elements that reach beyond the text block, and blocks with content wider than they are.
TOO_WIDE = """() => {
  const block = document.querySelector("main").getBoundingClientRect();
  const wide = (one) => {
    const { left, right, width } = one.getBoundingClientRect();
    const outside = width > 0 && (left < block.left - 1 || right > block.right + 1);
    const spills = !one.closest("math") && one.clientWidth > 0
      && one.scrollWidth > one.clientWidth + 1;
    return outside || spills;
  };
  return [...document.querySelectorAll("main *")].filter(wide)
    .map((one) => one.outerHTML.slice(0, 200));
}"""
HIDDEN = """() => ({
  controls: document.querySelectorAll(
    "main :is(button, input, select, script, .headerlink, details.hide)").length,
  text: document.querySelector("main").innerText,
  quizAnswers: document.querySelectorAll(".chapter:not(#solutions) details.sd-dropdown").length,
  unfinished: document.querySelectorAll("main merror").length,
})"""


@dataclass(eq=False)
class Printed:
    """The book as its reader opens it, and what was seen of it before it was printed."""

    reader: PdfReader
    chapters: list[dict]
    too_wide: list[str]
    hidden: dict

    @cache  # noqa: B019 - there is one book
    def text(self, number: int) -> str:
        """Text of a page by its place in the file; ligatures and odd blanks undone."""
        text = unicodedata.normalize("NFKC", self.reader.pages[number].extract_text())
        return re.sub(r"\s+", " ", text)

    def place(self, destination) -> int:
        return self.reader.get_destination_page_number(destination)

    def bookmarks(self) -> list[tuple[str, int, list]]:
        """Title, page and sections of each chapter."""
        found = []
        for entry in self.reader.outline:
            if isinstance(entry, list):
                found[-1][2].extend((one.title, self.place(one)) for one in entry)
            else:
                found.append((entry.title, self.place(entry), []))
        return found


@pytest.fixture(scope="module")
def book(site, browser, tmp_path_factory) -> Printed:
    try:
        pdf.check_chinese_font()
    except pdf.Failure as problem:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(str(problem))
    folder = tmp_path_factory.mktemp("print")
    seen = {}

    def look(page):
        seen.update(too_wide=page.evaluate(TOO_WIDE), hidden=page.evaluate(HIDDEN))

    writer, chapters = pdf.print_book(browser, site, folder, look)
    writer.write(folder / "book.pdf")
    assert (folder / "book.pdf").stat().st_size < 40e6
    return Printed(PdfReader(folder / "book.pdf"), chapters, **seen)


def squeeze(text: str) -> str:
    """Without blanks: a reader of PDF guesses them from distances."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


def test_nothing_is_wider_than_the_text_block(book):
    assert book.too_wide == []


def test_no_control_of_the_screen_is_printed(book):
    assert book.hidden["controls"] == 0
    assert book.hidden["unfinished"] == 0
    for phrase in ("Click to show", "code cell source", "Link to this", "Play or pause"):
        assert phrase not in book.hidden["text"]


def test_the_cover_says_what_it_is(book):
    cover = book.text(0)
    for words in ("Deep Learning for Healthcare", "深度学习与医疗", citation()["version"],
                  "CC BY 4.0", "not a medical device"):  # fmt: skip
        assert words in cover
    assert book.reader.metadata.title == citation()["title"]
    assert book.reader.metadata.keywords == ", ".join(citation()["keywords"])
    assert book.reader.trailer["/Root"]["/Lang"] == "en"


def test_pages_are_numbered_as_in_a_book(book):
    labels = book.reader.page_labels
    assert labels[0] == "i"
    first = labels.index("1")
    assert first % 2 == 0, "page 1 is a left-hand page"
    assert labels[first:] == [str(n) for n in range(1, len(labels) - first + 1)]


def test_the_contents_lead_to_the_headings(book):
    """The number that is printed, the link, and where the heading really stands agree."""
    labels = book.reader.page_labels
    first = labels.index("1")
    contents = squeeze("".join(book.reader.pages[n].extract_text() for n in range(1, first)))
    places = {page.indirect_reference.idnum: n for n, page in enumerate(book.reader.pages)}
    linked = {
        places[link.get_object()["/Dest"][0].idnum]
        for page in book.reader.pages[1:first]
        for link in page.get("/Annots", [])
    }
    for title, place, _ in book.bookmarks():
        assert squeeze(title) in squeeze(book.text(place))
        assert f"{squeeze(title)}{labels[place]}" in contents
        assert place in linked


def test_bookmarks_name_every_chapter_and_section(book, site):
    bookmarks = book.bookmarks()
    assert len(bookmarks) == len(book_pages()) + 2  # solutions, index
    sections = 0
    for (title, place, inside), chapter in zip(bookmarks, book.chapters, strict=True):
        assert title == chapter["title"]
        assert [name for name, _ in inside] == [one["title"] for one in chapter["sections"]]
        sections += len(inside)
        for name, number in inside[len(inside) // 2 :][:1]:
            assert number >= place
            assert squeeze(name) in squeeze(book.text(number)), f"{title}: {name}"
    assert sections > 200


def test_running_heads_name_part_and_chapter(book):
    labels = book.reader.page_labels
    place = next(place for title, place, _ in book.bookmarks() if title == "Convolution")
    for number in (place + 1, place + 2):
        head = book.text(number)[:40]
        even = int(labels[number]) % 2 == 0
        assert labels[number] in head
        assert ("Mathematics" if even else "Convolution") in head


def test_chinese_can_be_searched(book):
    place = next(place for title, place, _ in book.bookmarks() if title == "Glossary")
    # As it stands, without normalising: 文 must not have become the radical ⽂.
    text = "".join(book.reader.pages[place + n].extract_text() for n in range(2))
    for term in ("准确率", "激活函数", "对抗样本"):
        assert term in text


def test_solutions_and_answers_stand_at_the_end(book):
    assert book.hidden["quizAnswers"] == 0
    titles = [title for title, _, _ in book.bookmarks()]
    assert titles[-2:] == ["Solutions", "Index"]
    before, solutions = book.hidden["text"].split("\nSolutions\n")
    assert "Solution to" not in before
    exercises = re.findall(r"^Exercise (\d+)", before, re.M)
    assert len(exercises) > 80
    assert re.findall(r"^Solution to Exercise (\d+)", solutions, re.M) == exercises


def test_every_link_inside_the_book_leads_somewhere(book):
    pages = {page.indirect_reference.idnum for page in book.reader.pages}
    names = set(book.reader.named_destinations)
    count = 0
    for page in book.reader.pages:
        for annotation in (one.get_object() for one in page.get("/Annots", [])):
            if "/Dest" in annotation:
                target = annotation["/Dest"]
                known = (
                    target[0].idnum in pages if isinstance(target, ArrayObject) else target in names
                )
                assert known, target
                count += 1
            else:
                address = annotation["/A"]["/URI"]
                assert address.startswith(("https://", "http://", "mailto:")), address
    assert count > 3000


def test_no_page_is_empty(book):
    for number, page in enumerate(book.reader.pages):
        # What little a page with nothing but its running head would hold.
        if len(page.get_contents().get_data()) < 3000:
            assert len(book.text(number)) > 40, book.reader.page_labels[number]


def test_every_font_is_in_the_file(book):
    fonts = {}
    for page in book.reader.pages[::7]:
        for font in page["/Resources"].get("/Font", {}).values():
            fonts[font.idnum] = font.get_object()
    assert len(fonts) > 4
    for font in fonts.values():
        if font["/Subtype"] != "/Type3":  # drawn in the file itself
            descriptor = font["/DescendantFonts"][0]["/FontDescriptor"]
            assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(descriptor), font["/BaseFont"]


def test_it_can_be_read_aloud(book):
    """Each piece of a page belongs to an element of the structure, and that to the document."""
    root = book.reader.trailer["/Root"]["/StructTreeRoot"]
    numbers = root["/ParentTree"]["/Nums"]
    owners_of = {numbers[n]: numbers[n + 1].get_object() for n in range(0, len(numbers), 2)}
    place = next(place for title, place, _ in book.bookmarks() if title == "Convolution")
    kinds, alternatives = set(), []
    for page in book.reader.pages[place : place + 3]:
        owners = [owner.get_object() for owner in owners_of[page["/StructParents"]]]
        assert len(owners) > 10
        for element in owners:
            alternatives.append(element.get("/Alt", ""))
            while element["/Type"] != "/StructTreeRoot":
                kinds.add(element["/S"])
                parent = element["/P"]
                kids = parent["/K"] if isinstance(parent["/K"], list) else [parent["/K"]]
                assert any(getattr(kid, "get_object", lambda: 0)() == element for kid in kids)
                element = parent
    assert {"/H1", "/H2", "/P", "/Link", "/Figure", "/Document"} <= kinds
    assert any("CT slice" in text for text in alternatives)


def failure(capsys, *arguments) -> str:
    assert pdf.main([str(one) for one in arguments]) == 1
    message = capsys.readouterr().err
    assert message.startswith("Error: ")
    assert message.count("\n") == 1
    return message


def test_what_is_missing_is_one_sentence(tmp_path, monkeypatch, capsys):
    place = ["--site", tmp_path, "--target", tmp_path / "book.pdf"]
    assert "make book" in failure(capsys, *place)
    monkeypatch.setattr(pdf, "check_site", lambda site: None)
    fonts = tmp_path / "fc-list"
    fonts.write_text("#!/bin/sh\n")
    fonts.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "fonts-wqy-microhei" in failure(capsys, *place)
    fonts.unlink()
    monkeypatch.delenv("BROWSER_PATH", raising=False)
    assert "apt install chromium" in failure(capsys, *place)
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_one_sentence(tmp_path, monkeypatch, capsys):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(pdf, "make_pdf", full)
    assert "disk is full" in failure(capsys)
