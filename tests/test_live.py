"""The live figures: their arithmetic against NumPy and SciPy, and what a reader does with them."""

import itertools
from collections import Counter

import nbformat
import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from browser import visit
from notebooks import ROOT, all_notebooks
from scipy import signal, stats

STATIC = ROOT / "book/static"


def placed() -> dict[str, str]:
    """Name of each live figure -> the page that holds it."""
    found = {}
    for path in all_notebooks():
        for cell in nbformat.read(path, as_version=4).cells:
            if name := cell.metadata.get("live"):
                assert name not in found, f"{name} stands in two chapters"
                found[name] = path.relative_to(ROOT).with_suffix(".html").as_posix()
    return found


PLACES = placed()
# The first control of each, which the keyboard tests move.
FIRST = {
    "bowl": "rate",
    "convolution": "stride",
    "prevalence": "prevalence",
    "sampling": "temperature",
    "threshold": "threshold",
}


@pytest.fixture(scope="module")
def scripts(browser):
    """An empty page with all scripts: the arithmetic needs no book."""
    page = browser.new_page()
    for script in ("live.js", *(f"live/{name}.js" for name in PLACES)):
        page.add_script_tag(path=STATIC / script)
    yield page
    page.close()


@pytest.fixture
def core(scripts):
    """Calls a function of live.core: core("entropy", [0.5, 0.5])."""
    return lambda name, *given: scripts.evaluate(f"all => live.core.{name}(...all)", list(given))


@pytest.fixture
def open_figure(page, address):
    """Opens the page of a live figure; returns the page and the figure."""

    def opened(name):
        visit(page, f"{address}/{PLACES[name]}")
        figure = page.locator(f"#live-{name}")
        figure.scroll_into_view_if_needed()
        return page, figure

    return opened


def test_every_script_has_its_place_and_text():
    assert set(PLACES) == {path.stem for path in (STATIC / "live").glob("*.js")} == set(FIRST)


def test_a_page_loads_only_the_scripts_of_its_own_figures(site):
    for page in (site / "chapters").rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        own = [n for n, place in PLACES.items() if place == page.relative_to(site).as_posix()]
        loaded = [name for name in PLACES if f"live/{name}.js" in text]
        assert loaded == own
        assert ("live.js" in text) == ("live.css" in text) == bool(own)


# What the figures compute


def test_convolution_is_scipys(core):
    generator = np.random.default_rng(1)
    image = generator.integers(-3, 4, (7, 7))
    settings = itertools.product((1, 2, 3), (1, 2, 3), (0, 1, 2), (1, 2, 3))
    for size, stride, padding, dilation in settings:
        kernel = generator.integers(-3, 4, (size, size))
        reach = dilation * (size - 1) + 1
        spread = np.zeros((reach, reach), dtype=int)
        spread[::dilation, ::dilation] = kernel
        expected = signal.correlate2d(np.pad(image, padding), spread, "valid")[::stride, ::stride]
        setting = {"stride": stride, "padding": padding, "dilation": dilation}
        found = core("convolve", image.tolist(), kernel.tolist(), setting)
        np.testing.assert_array_equal(found, expected)
        assert core("outputSize", 7, size, stride, padding, dilation) == len(expected)
    assert core("convolve", image[:2, :2].tolist(), np.ones((3, 3)).tolist(), setting) == []


def test_threshold_follows_the_closed_form(core):
    for x in (-7.5, -3, -0.4, 0, 1e-9, 1.96, 5):
        assert core("normal", x) == pytest.approx(stats.norm.cdf(x), rel=1e-9, abs=1e-15)
    for cut, shift, prevalence in itertools.product((-1, 0.3, 2.5), (0.2, 1.5, 4), (0.01, 0.4)):
        counts = core("counts", cut, shift, prevalence)
        sensitivity, specificity = stats.norm.sf(cut - shift), stats.norm.cdf(cut)
        assert counts["tp"] == pytest.approx(1000 * prevalence * sensitivity)
        assert counts["fp"] == pytest.approx(1000 * (1 - prevalence) * (1 - specificity))
        assert sum(counts.values()) == pytest.approx(1000)
        rates = core("rates", counts)
        assert rates["sensitivity"] == pytest.approx(sensitivity)
        assert rates["specificity"] == pytest.approx(specificity)
        by_bayes = core("predictive", sensitivity, specificity, prevalence)
        assert [rates["ppv"], rates["npv"]] == pytest.approx([by_bayes["ppv"], by_bayes["npv"]])
        assert core("cost", counts, 7) == pytest.approx(counts["fp"] + 7 * counts["fn"])


def test_the_cheapest_threshold_is_the_cheapest(core):
    cuts = np.linspace(-12, 12, 24_001)
    for shift, prevalence, price in itertools.product((0.5, 1.5, 4), (0.01, 0.5), (1, 5, 100)):

        def cost(cut, weights=(prevalence * price, 1 - prevalence), shift=shift):
            return weights[0] * stats.norm.cdf(cut - shift) + weights[1] * stats.norm.sf(cut)

        assert cost(core("cheapest", shift, prevalence, price)) <= cost(cuts).min() + 1e-9


def test_predictive_values_are_those_of_whole_people(core):
    found = core("predictive", 0.9, 0.8, 0.25)  # of 1,000: 225 + 25 ill, 150 + 600 well
    assert found == pytest.approx({"ppv": 225 / 375, "npv": 600 / 625})
    assert core("whole", 0.9, 0.8, 0.25) == {"tp": 225, "fn": 25, "fp": 150, "tn": 600}
    for setting in itertools.product((0.5, 0.975, 1), (0.5, 0.934, 1), (0.001, 0.0316, 0.5)):
        assert sum(core("whole", *setting).values()) == 1000


def test_sampling_does_what_the_chapter_does(core):
    chapter = nbformat.read(ROOT / "chapters/code/text_generation.ipynb", as_version=4)
    (source,) = (c.source for c in chapter.cells if c.source.startswith("def restricted("))
    space = {"np": np}
    exec(source, space)
    p = np.sort(np.random.default_rng(1).dirichlet(np.full(30, 0.5)))[::-1]
    for heat, top_k, top_p in itertools.product((0.1, 1, 3), (1, 7, 30), (0.05, 0.6, 1)):
        expected = space["restricted"](p[None], heat, top_k, top_p)[0]
        found = core("restrict", p.tolist(), heat, top_k, top_p)
        np.testing.assert_allclose(found, expected, atol=1e-12)
    assert core("entropy", p.tolist()) == pytest.approx(stats.entropy(p, base=2))
    ends = [core("pick", [0.5, 0, 0.5], chance) for chance in (0, 0.49, 0.5, 0.999, 1)]
    assert ends == [0, 0, 2, 2, 2]


def test_the_model_of_words_counts_what_it_reads(core, scripts):
    text = "The model reads. The model writes: a model's words. . The reader doubts."
    words = core("words", text)
    assert words[:5] == ["the", "model", "reads", ".", "the"]
    assert "model's" in words
    after = Counter(b for a, b in itertools.pairwise(words) if a == "the")
    single = Counter(words)
    single["."] -= 1  # an empty sentence counts for nothing
    total = sum(single.values())
    found = _next_words(scripts, words, "the")
    for word, share in found.items():
        expected = (after[word] + len(after) * single[word] / total) / (
            sum(after.values()) + len(after)
        )
        assert share == pytest.approx(expected), word
    assert sum(found.values()) == pytest.approx(1)
    assert list(found.values()) == sorted(found.values(), reverse=True)
    opening = _next_words(scripts, words, ".")
    assert "." not in opening
    assert sum(opening.values()) == pytest.approx(1)
    assert max(opening, key=opening.get) == "the"


def test_descent_is_numpys(core):
    for rate, beta, curvatures in itertools.product((0.05, 0.19, 0.3), (0, 0.8), ([1, 10], [5, 5])):
        w, v = np.array([-9.0, 2.0]), np.zeros(2)
        path = [w]
        for _ in range(40):
            v = beta * v - rate * np.array(curvatures) * w
            w = w + v
            path.append(w)
        found = core("descend", rate, beta, curvatures, [-9, 2], 40)
        np.testing.assert_allclose(found, path, rtol=1e-9, atol=1e-12)
        loss = 0.5 * np.sum(curvatures * path[3] ** 2)
        assert core("bowlLoss", curvatures, found[3]) == pytest.approx(loss)


def test_theory_of_descent_holds(core):
    for beta, curvature in itertools.product((0, 0.5, 0.9), (0.3, 10)):
        bound = core("stableBelow", beta, curvature)
        for rate in (0.1 * bound, 0.999 * bound, 1.001 * bound):
            roots = np.roots([1, -(1 + beta - rate * curvature), beta])
            found = core("root", rate, beta, curvature)
            assert found["size"] == pytest.approx(np.abs(roots).max())
            steady = np.all(np.isreal(roots) & (np.real(roots) >= 0))
            assert found["swings"] == (not steady)
            assert (found["size"] < 1) == (rate < bound)


# What a reader does


@pytest.mark.parametrize("name", sorted(FIRST))
def test_the_keyboard_moves_number_picture_and_sentence(open_figure, name):
    page, figure = open_figure(name)
    slider = figure.locator(f"#live-{name}-{FIRST[name]}")
    output = slider.locator("xpath=following-sibling::output")
    before = _state(figure, output)
    slider.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    after = _state(figure, output)
    assert all(new != old for new, old in zip(after, before, strict=True))
    assert slider.get_attribute("aria-valuetext") == output.inner_text()
    figure.get_by_role("button", name="Reset").press("Enter")
    page.wait_for_function(
        "([output, text]) => output.textContent === text",
        arg=[output.element_handle(), before[0]],
    )
    assert _state(figure, output) == before
    assert page.faults == []


def test_a_grid_is_drawn_on_by_keyboard_and_mouse(open_figure):
    page, figure = open_figure("convolution")
    image, result = figure.get_by_role("grid").all()
    figure.locator("#live-convolution-image").select_option("nothing")
    assert set(result.get_by_role("gridcell").all_inner_texts()) == {"0"}
    image.locator("[tabindex='0']").focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press(" ")
    assert page.locator(":focus").inner_text() == "1"
    answers = [text for text in result.get_by_role("gridcell").all_inner_texts() if text != "0"]
    assert answers == ["1", "−1", "2", "−2", "1", "−1"]  # Sobel's kernel, turned by half a turn
    image.get_by_role("gridcell").first.click()
    assert result.get_by_role("gridcell").first.inner_text() == "−1"
    # Drawn over twice, a pixel keeps the value of the stroke.
    pixels = image.get_by_role("gridcell")
    pixels.nth(2).hover()
    page.mouse.down()
    for k in (3, 4, 3):
        pixels.nth(k).hover()
    page.mouse.up()
    assert pixels.all_inner_texts()[:6] == ["1", "0", "1", "1", "1", "0"]
    result.locator("[tabindex='0']").focus()
    where = figure.locator(".live-formula").last.inner_text()
    page.keyboard.press("ArrowRight")
    assert figure.locator(".live-formula").last.inner_text() != where


def test_the_largest_grid_fits_a_phone(open_figure, page):
    page.set_viewport_size({"width": 360, "height": 740})
    page, figure = open_figure("convolution")
    padding = figure.locator("#live-convolution-padding")
    padding.focus()
    page.keyboard.press("End")
    cells = figure.get_by_role("grid").first.get_by_role("gridcell")
    assert cells.count() == 12 * 12
    boxes = [cells.nth(k).bounding_box() for k in (0, 11, 143)]
    assert all(box["width"] >= 24 and box["height"] >= 24 for box in boxes)
    assert max(box["x"] + box["width"] for box in boxes) <= 360
    figure.locator("#live-convolution-kernel").select_option("mean, 5 × 5")
    fields = figure.get_by_role("spinbutton")
    assert fields.count() == 25
    assert fields.first.bounding_box()["height"] >= 24


def test_cold_sampling_repeats_itself_and_hot_sampling_does_not(open_figure):
    page, figure = open_figure("sampling")
    heat = figure.locator("#live-sampling-temperature")

    def sentences(key, number=4):
        heat.focus()
        page.keyboard.press(key)
        texts = set()
        for _ in range(number):
            figure.get_by_role("button", name="Write a sentence").click()
            texts.add(figure.locator(".live-text").inner_text())
        return texts

    cold, hot = sentences("Home"), sentences("End")
    assert len(hot) == 4
    assert len(cold) < 4
    words = {word for text in hot for word in text.removesuffix(".").split()}
    prose = page.locator("article").text_content().lower()
    assert all(word in prose for word in words), "the model knows only words of the page"


def test_print_and_a_page_without_scripts_show_the_cell_alone(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/{PLACES['threshold']}")
    assert not page.locator("#live-threshold").is_visible()
    assert page.locator("figure#fig-prevalence img").is_visible()
    context.close()
    page = browser.new_page()
    visit(page, f"{address}/{PLACES['threshold']}")
    assert page.locator("#live-threshold").is_visible()
    page.emulate_media(media="print")
    assert not page.locator("#live-threshold").is_visible()
    assert page.locator("figure#fig-prevalence img").is_visible()
    page.close()


@pytest.mark.parametrize("name", sorted(FIRST))
def test_axe_finds_nothing(browser, address, name):
    page = browser.new_page(color_scheme="light")
    visit(page, f"{address}/{PLACES[name]}")
    # Alone on its page: axe walks over all of it, and the chapters are long.
    page.evaluate(
        "id => document.querySelector('article').replaceChildren(window[id])", f"live-{name}"
    )
    for scheme in ("light", "dark"):
        page.evaluate("scheme => document.documentElement.dataset.theme = scheme", scheme)
        found = Axe().run(page, f"#live-{name}", {"preload": False, "resultTypes": ["violations"]})
        assert found.violations_count == 0, found.generate_report()
    page.close()


def _state(figure, output) -> tuple[str, str, str]:
    """The number beside the slider, the picture and the sentence."""
    return (
        output.inner_text(),
        figure.locator(".live-stage").inner_html(),
        figure.locator(".live-says").inner_text(),
    )


def _next_words(scripts, words, before) -> dict[str, float]:
    """Probabilities of the next word. The model holds maps, which stay in the browser."""
    call = "([words, before]) => live.core.nextWords(live.core.countPairs(words), before)"
    return {one["word"]: one["p"] for one in scripts.evaluate(call, [words, before])}
