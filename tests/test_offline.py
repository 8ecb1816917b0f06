"""The zip of `make dist`, unpacked somewhere else and read without a server and a network."""

import re
import zipfile
from urllib.parse import unquote, urlsplit

import dist
import pdf
import pytest
from browser import note_faults
from print_parts import ROOT, book_pages, citation

NAME = f"deep-learning-for-healthcare-{citation()['version']}"


@pytest.fixture(scope="module")
def packed(site, tmp_path_factory):
    """The zip; a small stand-in for the PDF, which has tests of its own."""
    folder = tmp_path_factory.mktemp("dist")
    book = folder / pdf.TARGET.name
    book.write_bytes(b"%PDF-1.4 a stand-in")
    return dist.make_dist(site, book, folder)


@pytest.fixture(scope="module")
def unpacked(packed, tmp_path_factory):
    # A reader's folder may well have a blank in its name.
    folder = tmp_path_factory.mktemp("a reader's folder")
    with zipfile.ZipFile(packed) as archive:
        archive.extractall(folder)
    return folder / NAME


@pytest.fixture
def reader(browser):
    """A page in a browser without a network, with its faults noted."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_offline(True)
    page = context.new_page()
    note_faults(page, "file:")
    yield page
    context.close()


def test_the_zip_holds_site_pdf_and_notebooks(packed):
    with zipfile.ZipFile(packed) as archive:
        names = [name.removeprefix(f"{NAME}/") for name in archive.namelist()]
        readme = archive.read(f"{NAME}/README.txt").decode()
    assert all(name.startswith(f"{NAME}/") for name in archive.namelist())
    assert {"README.txt", "LICENSE", "CITATION.cff", pdf.TARGET.name} < set(names)
    assert {f"site/{page.name}.html" for page in book_pages()} < set(names)
    notebooks = [name for name in names if re.match(r"(site/)?notebooks/.*\.ipynb$", name)]
    assert len(notebooks) >= 27
    assert not [name for name in names if re.search(r"doctrees|\.buildinfo|checkpoint|cache", name)]
    for mentioned in ("site/index.html", pdf.TARGET.name, notebooks[0].split("notebooks/")[0]):
        assert mentioned in readme


def test_no_file_names_a_place_of_this_machine(unpacked):
    here = str(ROOT).encode()
    # A checkout directly below the root of a disk has a name too short to tell.
    assert len(here) > 3
    for path in unpacked.rglob("*"):
        if path.suffix in {".html", ".js", ".css", ".txt", ".json", ".inv", ".cff"}:
            assert here not in path.read_bytes(), path


def test_the_same_files_give_the_same_zip(site, packed, tmp_path):
    book = packed.with_name(pdf.TARGET.name)
    assert dist.make_dist(site, book, tmp_path).read_bytes() == packed.read_bytes()


def test_a_missing_part_is_one_sentence(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(pdf, "SITE", tmp_path)
    assert dist.main() == 1
    assert capsys.readouterr().err == "Error: index.html is missing. Run: make book\n"
    (tmp_path / "index.html").touch()
    monkeypatch.setattr(pdf, "TARGET", tmp_path / "book.pdf")
    assert dist.main() == 1
    assert capsys.readouterr().err == "Error: book.pdf is missing. Run: make pdf\n"


# A page of each kind: welcome, formulas and animation, table with a filter, index.
@pytest.mark.parametrize(
    "name",
    [
        "index.html",
        "chapters/mathematics/convolution.html",
        "chapters/appendix/errata.html",
        "genindex.html",
    ],
)
def test_a_page_is_whole(reader, unpacked, name):
    reader.goto((unpacked / "site" / name).as_uri(), wait_until="load")
    reader.wait_for_function("document.fonts.status === 'loaded'")
    assert reader.faults == []
    assert reader.evaluate("[...document.images].every((one) => one.naturalWidth > 0)")
    for link in reader.locator("article a[href], nav a[href]").evaluate_all(
        "all => all.map((one) => one.href)"
    ):
        parts = urlsplit(link)
        if parts.scheme == "file":
            assert pdf.Path(unquote(parts.path)).is_file(), link


def test_formulas_have_their_font_and_things_move(reader, unpacked):
    reader.goto((unpacked / "site/chapters/mathematics/convolution.html").as_uri())
    assert reader.evaluate("document.fonts.check('16px \"STIX Two Math\"')")
    figure = reader.locator("figure.animation").first
    before = figure.locator("img").get_attribute("src")
    figure.locator("input").fill("3")
    assert figure.locator("img").get_attribute("src") != before
    answer = reader.locator("details.sd-dropdown").first
    answer.locator("summary").click()
    assert answer.locator(".sd-summary-content").is_visible()
    reader.locator(".bd-links a", has_text="Recurrence").first.click()
    assert reader.locator("article h1").inner_text().startswith("Recurrence")
    assert reader.faults == []


def test_the_theme_switches(reader, unpacked):
    reader.goto((unpacked / "site/index.html").as_uri())
    modes = set()
    for _ in range(3):
        reader.locator(".theme-switch-button:visible").first.click()
        modes.add(reader.evaluate("document.documentElement.dataset.mode"))
    assert modes == {"light", "dark", "auto"}
    assert reader.faults == []


def test_search_finds_a_chapter_and_opens_it(reader, unpacked):
    reader.goto((unpacked / "site/search.html").as_uri() + "?q=convolution")
    reader.get_by_text("Search finished").wait_for()
    found = reader.locator("#search-results li a[href*='mathematics/convolution']").first
    found.click()
    assert reader.locator("article h1").inner_text().startswith("Convolution")
    assert reader.faults == []
