"""The built site is light, and what makes it light leaves nothing out that a page uses."""

import sys

import pytest
from browser import PAGES, visit
from notebooks import ROOT
from PIL import Image

sys.path.insert(0, str(ROOT / "book" / "extensions"))

from course_math import MATH_FONT, to_mathml
from course_weight import purge, rewrite_page, shrink_figures
from fonts import cut_font
from fontTools.ttLib import TTFont
from math_core import LatexError

PLAIN, ANIMATED = 1_200_000, 3_000_000


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_light(browser, address, name):
    """All bytes that a first visit asks for, figures below the fold included."""
    context = browser.new_context()
    page = context.new_page()
    answers = []
    page.on("response", lambda answer: answers.append(answer))
    visit(page, f"{address}/{name}")
    weight = sum(len(answer.body()) for answer in answers)
    animated = page.locator("figure.animation").count() > 0
    context.close()
    assert weight <= (ANIMATED if animated else PLAIN), f"{weight:,} bytes"


def test_icons_are_drawn_from_the_font_that_was_cut(page, address):
    visit(page, f"{address}/index.html")
    drawn = page.evaluate("""() => [...document.querySelectorAll("[class*=' fa-']")]
      .filter((icon) => icon.checkVisibility())
      .map((icon) => [icon.className, getComputedStyle(icon, "::before").content])""")
    assert len(drawn) >= 3
    assert [name for name, content in drawn if content in ("none", "normal")] == []
    assert page.evaluate("document.fonts.check('900 16px \"Font Awesome 6 Free\"')")


def test_purge_keeps_what_is_used():
    css = """@import "../basic.css";
      /* .gone {} */ .used, .gone { color: red }  .gone .used { color: blue }
      @media print { .gone { top: 0 } .used:not(.gone) { top: 1px } }
      @media screen { .gone { top: 0 } }
      @keyframes turn { from { top: 0 } to { top: 1px } }
      a[href$=".gone"]:is(.gone, .other) { top: 2px }
      @import "last.css";"""
    kept = purge(css, {"used"})
    assert '@import "../basic.css";' in kept
    assert '@import "last.css";' in kept
    assert ".used{color: red}" in kept
    assert "blue" not in kept
    assert "@media print{.used:not(.gone){top: 1px}}" in kept
    assert "screen" not in kept
    assert "@keyframes turn" in kept
    assert "2px" in kept, "what stands in brackets does not decide"


def test_figures_become_light_and_say_their_size(tmp_path):
    images, cache = tmp_path / "_images", tmp_path / "cache"
    images.mkdir()
    slope = Image.linear_gradient("L").resize((40, 30))
    slope.save(images / "slope.png")
    page = tmp_path / "page.html"
    page.write_text('<img alt="A slope." src="../_images/slope.png" /> <img src="_images/o.png">')
    rewrite_page(page, shrink_figures(images, cache))
    assert page.read_text() == (
        '<img width="40" height="30" alt="A slope." src="../_images/slope.webp" /> '
        '<img src="_images/o.png">'
    )
    with Image.open(images / "slope.webp") as light:
        assert light.convert("L").tobytes() == slope.tobytes(), "without loss"
    before = page.read_text()
    rewrite_page(page, shrink_figures(images, cache))
    assert page.read_text() == before


def test_a_formula_becomes_mathml():
    assert to_mathml(r"\frac{a}{b}", block=False).startswith("<math><mfrac>")
    assert 'display="block"' in to_mathml("a", block=True)
    assert "<msup>" not in to_mathml("f'(x)", block=False), "a prime is not raised twice"
    with pytest.raises(LatexError):
        to_mathml(r"\unknowncommand", block=False)


def test_a_cut_font_keeps_what_was_asked_for(tmp_path):
    cut_font(MATH_FONT, tmp_path / "cut.woff2", map(ord, "a∑"), features=("ssty",))
    font = TTFont(tmp_path / "cut.woff2")
    assert set(font.getBestCmap()) == {ord("a"), ord("∑")}
    assert "MATH" in font, "without this table a sum does not grow"
