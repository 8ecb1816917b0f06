"""The built book in a real browser: whole and alone, on a phone, in the dark, by keyboard alone."""

import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import urljoin

import nbformat
import pytest
import screenshots
from browser import PAGES, focused, look, problems, tab_to, visit
from notebooks import ROOT

CHAPTER = "chapters/mathematics/convolution"
# For each chapter the term that a reader would look it up by.
KEY_TERMS = {
    "routes": "route",
    "background/deep_learning_in_healthcare": "healthcare",
    "concepts/neural_networks": "神经网络",
    "concepts/model_families": "families",
    "concepts/tasks_and_applications": "tasks",
    "mathematics/forward_and_backward": "反向传播",
    "mathematics/convolution": "卷积",
    "mathematics/recurrence": "recurrence",
    "mathematics/embeddings_and_attention": "attention",
    "mathematics/generative_adversarial": "adversarial",
    "mathematics/autoencoders": "autoencoder",
    "mathematics/evaluation": "evaluation",
    "code/digit_classifier": "digits",
    "code/lung_nodule_ct": "nodule",
    "code/medical_image_classifier": "medical image",
    "code/image_generation": "image generation",
    "code/ecg_classification": "heartbeat",
    "code/clinical_text": "clinical text",
    "code/text_generation": "text generation",
    "trends/data_quality": "data quality",
    "trends/privacy": "privacy",
    "trends/interpretability": "interpretability",
    "trends/reliability": "reliability",
    "trends/deployment": "deployment",
    "trends/scaling": "scaling",
    "trends/ethics_and_law": "law",
    "trends/new_algorithms": "new algorithms",
    "faq/questions": "questions",
    "appendix/errata": "errata",
    "appendix/datasets": "licence",
    "appendix/glossary": "glossary",
    "appendix/bibliography": "bibliography",
    "appendix/helpers": "helpers",
}
# The pages of the ten best results; the best comes last.
SEARCH = """term =>
  Search._performSearch(...Search._parseQuery(term)).slice(-10).map(([page]) => page)
"""


def test_the_whole_table_of_contents_is_built(site):
    assert len(PAGES) > 30
    assert [page for page in PAGES if not (site / page).is_file()] == []


@pytest.mark.parametrize("name", [*PAGES, "search.html"])
def test_a_page(page, address, name):
    """One visit: whole, alone, fit for every width; WCAG 2.1 AA, wide light and narrow dark."""
    visit(page, f"{address}/{name}")
    look(page, 1440, "light")
    found = problems(page, "images", "mathematics", "smallText", "width", "accessibility")
    look(page, 768, "light")
    found += problems(page, "width")
    screenshots.save(page, name, 768, "light")
    look(page, 360, "dark")
    found += problems(page, "smallText", "width", "accessibility")
    screenshots.save(page, name, 360, "dark")
    assert found + page.faults == []
    assert page.locator("main h1:visible").count() == 1


def test_formulas_are_mathml(page, address):
    """The test of each page sees that every formula is typeset; here, that there are any."""
    visit(page, f"{address}/{CHAPTER}.html")
    assert page.locator("article .math math").count() > 50


# Finding the way


def test_previous_and_next_walk_through_the_book(site):
    contents = PAGES[: PAGES.index("genindex.html")]
    for before, here, after in zip(
        [None, *contents[:-1]], contents, [*contents[1:], None], strict=True
    ):
        html = (site / here).read_text(encoding="utf-8")
        for side, target in (("left-prev", before), ("right-next", after)):
            link = re.search(rf'class="{side}"\s+href="([^"]+)"', html)
            assert (urljoin(here, link[1]) if link else None) == target, f"{side} of {here}"


def test_next_leads_on_and_previous_back(page, address):
    visit(page, f"{address}/{PAGES[1]}")
    page.locator("a.right-next").click()
    page.wait_for_url(f"{address}/{PAGES[2]}")
    page.locator("a.left-prev").click()
    page.wait_for_url(f"{address}/{PAGES[1]}")
    assert page.faults == []


def test_search_finds_every_chapter_by_its_key_term(page, address):
    contents = {page.removeprefix("chapters/").removesuffix(".html") for page in PAGES[1:-1]}
    assert contents == set(KEY_TERMS)
    visit(page, f"{address}/search.html?q=convolution")
    page.wait_for_selector("#search-results li")
    missed = {
        chapter: term
        for chapter, term in KEY_TERMS.items()
        if f"chapters/{chapter}" not in page.evaluate(SEARCH, term)
    }
    assert missed == {}
    assert page.faults == []


def test_search_by_keyboard_in_chinese(page, address):
    """From a key press on a chapter to the list of results; 图像 stands in longer words only."""
    visit(page, f"{address}/{PAGES[1]}")
    page.keyboard.press("Control+k")
    page.wait_for_function("document.activeElement.id === 'search-input'")
    page.keyboard.insert_text("图像")
    page.keyboard.press("Enter")
    page.wait_for_selector("#search-results li")
    assert page.locator("#search-results li a").count() > 1


@pytest.mark.parametrize("width", [360, 1440])
@pytest.mark.parametrize(
    "target",
    ["section section section[id]", "figure[id]", ".math[id]", "[id^=erratum]", ".footnote[id]"],
)
def test_an_anchor_lands_below_the_header(page, address, width, target):
    look_at = f"{address}/{CHAPTER}.html"
    visit(page, look_at)
    look(page, width, "light")
    name = page.locator(f"article {target}").first.get_attribute("id")
    page.evaluate("name => location.hash = name", name)
    page.wait_for_function("scrollY > 0")
    header = page.locator(".bd-header-article").bounding_box()
    top = page.locator(f"[id='{name}']").bounding_box()["y"]
    assert header["y"] + header["height"] <= top + 1 < 300


# By keyboard alone


def test_the_skip_link_skips(page, address):
    visit(page, f"{address}/{CHAPTER}.html")
    page.keyboard.press("Tab")
    assert focused(page, "#pst-skip-link a")
    page.wait_for_function("document.activeElement.getBoundingClientRect().top >= 0")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert focused(page, "#main-content *")


def test_the_theme_is_switched_by_keyboard(page, address):
    visit(page, f"{address}/{CHAPTER}.html")
    page.locator(".primary-toggle").focus()
    tab_to(page, ".theme-switch-button")
    assert _outline(page) >= 2
    shown = set()
    for _ in range(3):
        page.keyboard.press("Enter")
        shown.add(page.evaluate("document.documentElement.dataset.mode"))
    assert shown == {"light", "dark", "auto"}


def _outline(page) -> float:
    """Width in px of the ring around what has the focus."""
    return page.evaluate("parseFloat(getComputedStyle(document.activeElement).outlineWidth)")


@pytest.mark.parametrize("side", ["primary", "secondary"])
def test_a_menu_opens_and_closes_on_a_phone(page, address, side):
    visit(page, f"{address}/{CHAPTER}.html")
    look(page, 360, "light")
    sidebar, button = f".bd-sidebar-{side}", f".{side}-toggle"
    assert not page.locator(sidebar).is_visible()
    tab_to(page, button)
    assert _outline(page) >= 2
    for state in ("false", "true"):
        page.wait_for_selector(f"{button}[aria-expanded={state}]")
        if state == "false":
            page.keyboard.press("Enter")
    page.wait_for_function("s => document.activeElement.closest(s)", arg=sidebar)
    page.keyboard.press("Escape")
    page.wait_for_selector(f"{button}[aria-expanded=false]")
    page.wait_for_selector(sidebar, state="hidden")
    assert focused(page, button)


def test_code_is_copied_as_it_stands_in_the_notebook(page, address):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    visit(page, f"{address}/{CHAPTER}.html")
    cells = nbformat.read(ROOT / f"{CHAPTER}.ipynb", as_version=4).cells
    source = max((cell.source for cell in cells if cell.cell_type == "code"), key=len)
    line = next(text for text in source.splitlines() if len(text) > 40)
    block = page.locator(".cell_input .highlight", has_text=line.strip()).first
    block.scroll_into_view_if_needed()
    block.locator("button.copybtn").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("button.copybtn.success")
    assert page.evaluate("navigator.clipboard.readText()").strip() == source.strip()
    assert page.locator(".cell_output button.copybtn").count() == 0


def test_a_solution_is_hidden_and_opens(page, address):
    visit(page, f"{address}/{CHAPTER}.html")
    solution = page.locator(".solution").first
    body = solution.locator("section, .solution-content").first
    assert not body.is_visible()
    page.locator("#exercises > h2").click()  # where Tab starts from
    tab_to(page, ".solution :is(button, summary)")
    page.keyboard.press("Enter")
    assert body.is_visible()
    page.keyboard.press("Space")
    assert not body.is_visible()


def test_an_answer_of_the_quiz_opens(page, address):
    visit(page, f"{address}/{CHAPTER}.html")
    page.locator("#quiz > h2").click()
    tab_to(page, "#quiz summary")
    answer = page.locator("#quiz details").first
    for key in ("Enter", "Space"):
        before = answer.get_attribute("open")
        page.keyboard.press(key)
        assert answer.get_attribute("open") != before


def test_what_is_too_wide_for_a_phone_scrolls_by_keyboard(page, address):
    visit(page, f"{address}/{CHAPTER}.html")
    look(page, 360, "light")
    for kind in ("pre", "figure", ".formula"):
        wide = page.locator(f"article {kind}[tabindex='0']").first
        wide.focus()
        assert _outline(page) >= 2
        page.keyboard.press("End")
        page.keyboard.press("ArrowRight")
        page.wait_for_function("document.activeElement.scrollLeft > 0")


def test_an_animation_plays(page, address):
    visit(page, f"{address}/{CHAPTER}.html")
    figure = page.locator("figure.animation").first
    first = figure.locator("img").get_attribute("src")
    figure.locator("input").fill("3")
    assert figure.locator("img").get_attribute("src") != first
    assert figure.locator("output").inner_text().startswith("4 /")
    figure.locator("button").click()
    page.wait_for_function(
        "document.querySelector('figure.animation output').textContent.startsWith('5 /')"
    )


# The rest


def test_the_pictures_for_a_person_to_look_at(page, address, tmp_path, monkeypatch):
    monkeypatch.setattr(screenshots, "FOLDER", tmp_path)
    visit(page, f"{address}/{PAGES[1]}")
    look(page, 360, "light")
    picture = screenshots.save(page, PAGES[1], 360, "light")
    assert picture == tmp_path / "360-light" / Path(PAGES[1]).with_suffix(".jpg")
    assert picture.read_bytes().startswith(b"\xff\xd8")


def test_the_repository_address_comes_from_git(tmp_path):
    sys.path.insert(0, str(ROOT / "book" / "extensions"))
    from course_book import repository_url

    def origin(address=None):
        subprocess.run(["git", "init", "-q", tmp_path], check=True)
        subprocess.run(
            ["git", "-C", tmp_path, "remote", "remove", "origin"], capture_output=True, check=False
        )
        if address:
            subprocess.run(["git", "-C", tmp_path, "remote", "add", "origin", address], check=True)
        return repository_url(tmp_path)

    assert origin() is None
    assert origin("/srv/course.git") is None
    for address in (
        "https://git.example/a/b.git",
        "git@git.example:a/b.git",
        "ssh://git@git.example/a/b",
    ):
        assert origin(address) == "https://git.example/a/b"
