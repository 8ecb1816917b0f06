"""The built book, in a real browser: complete without a network, without an error on any page."""

import re
import subprocess
import sys

import pytest
from browser import PAGES, visit
from notebooks import ROOT


def test_the_chapters_were_built(site):
    assert len(PAGES) >= 4
    assert all((site / page).is_file() for page in PAGES)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_loads_whole_and_alone(page, address, name):
    visit(page, f"{address}/{name}")
    assert page.faults == []
    assert page.locator("article h1").count() == 1


@pytest.mark.parametrize("name", PAGES)
def test_mathematics_is_typeset(page, address, name):
    visit(page, f"{address}/{name}")
    formulas = page.locator("article .math").count()
    if "mathematics" in name:
        assert formulas > 10
    assert page.locator("article .math > math").count() == formulas
    assert page.locator("merror").count() == 0


@pytest.mark.parametrize("name", PAGES)
def test_images_say_what_one_sees(page, address, name):
    visit(page, f"{address}/{name}")
    broken = page.evaluate(
        "[...document.images].filter(i => !i.complete || !i.naturalWidth).length"
    )
    assert broken == 0
    alternatives = page.evaluate("[...document.images].map(i => i.getAttribute('alt'))")
    assert all(text for text in alternatives)


@pytest.mark.parametrize("name", PAGES)
def test_no_sideways_scroll_on_a_phone(page, address, name):
    page.set_viewport_size({"width": 360, "height": 740})
    visit(page, f"{address}/{name}")
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 360


def test_search_finds_a_chapter(page, address):
    visit(page, f"{address}/search.html?q=convolution")
    page.wait_for_selector("#search-results li", timeout=10_000)
    links = page.locator("#search-results li a").evaluate_all("all => all.map(a => a.href)")
    assert any("mathematics/convolution" in link for link in links)
    assert page.faults == []


def test_solutions_are_hidden_and_open(page, address):
    visit(page, f"{address}/chapters/mathematics/convolution.html")
    solution = page.locator(".solution").first
    body = solution.locator(".section, section, .solution-content").first
    assert not body.is_visible()
    solution.locator("button, summary").first.click()
    assert body.is_visible()


def test_an_animation_plays(page, address):
    visit(page, f"{address}/chapters/mathematics/convolution.html")
    figure = page.locator("figure.animation").first
    first = figure.locator("img").get_attribute("src")
    figure.locator("input").fill("3")
    assert figure.locator("img").get_attribute("src") != first
    assert figure.locator("output").inner_text().startswith("4 /")
    figure.locator("button").click()
    page.wait_for_function(
        "document.querySelector('figure.animation output').textContent.startsWith('5 /')"
    )


def test_dark_mode_is_legible(browser, address):
    context = browser.new_context(color_scheme="dark")
    page = context.new_page()
    visit(page, f"{address}/{PAGES[1]}")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    colours = page.evaluate("""() => {
      const style = getComputedStyle(document.querySelector('article p'));
      return [style.color, getComputedStyle(document.body).backgroundColor];
    }""")
    light, dark = (_luminance(colour) for colour in colours)
    assert (light + 0.05) / (dark + 0.05) > 7
    context.close()


def _luminance(colour: str) -> float:
    """Relative luminance of WCAG 2.1, 0 to 1, of "rgb(r, g, b)"."""
    channels = [int(c) / 255 for c in re.findall(r"\d+", colour)[:3]]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


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
