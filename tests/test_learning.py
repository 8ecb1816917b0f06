"""Learning aids: quizzes that score, marks of progress, computed times, routes that fit."""

import json
import re
import sys

import nbformat
import notebooks as tool
import pytest
import reading
import yaml
from browser import visit
from notebooks import ROOT, all_notebooks

sys.path.insert(0, str(ROOT / "book" / "extensions"))

from course_learning import Question, read_course, read_quiz
from course_routes import duration, faults, stem
from course_tables import erratum_targets

COURSE = read_course(ROOT)
BY_NAME = {stem(page): chapter for page, chapter in COURSE.items()}
ROUTES = [
    yaml.safe_load(text)
    for text in re.findall(
        r"^```\{route\}\n(.*?)^```", (ROOT / "chapters/routes.md").read_text(), re.M | re.S
    )
]
CHAPTER = "chapters/concepts/neural_networks"


def chapters(function):
    return pytest.mark.parametrize("chapter", COURSE.values(), ids=lambda c: stem(c.page))(function)


# What the notebooks say


def test_every_chapter_is_known():
    assert {f"{page}.ipynb" for page in COURSE} == {
        path.relative_to(ROOT).as_posix() for path in all_notebooks()
    }


@chapters
def test_each_question_has_one_right_answer_and_each_answer_says_why(chapter):
    assert 3 <= len(chapter.quiz) <= 5
    for question in chapter.quiz:
        assert list(question.answers) == list("abcdef")[: len(question.answers)]
        assert len(question.answers) >= 2, question.text
        assert len(question.right) == 1, question.text
        for says, why in question.answers.values():
            assert says
            assert len(why.split()) >= 2, question.text


def test_all_questions_are_read_and_differ():
    asked = sum(
        len(re.findall(r"^\*\*\d+\. .+\*\*$", cell.source, re.M))
        for path in all_notebooks()
        for cell in nbformat.read(path, as_version=4).cells
        if cell.cell_type == "markdown"
    )
    keys = {question.key for chapter in COURSE.values() for question in chapter.quiz}
    assert len(keys) == asked


def test_a_changed_wording_is_another_question():
    quiz = "## Quiz\n**1. Two?**\n\n:::{dropdown} a) 1\nNo.\n:::\n:::{dropdown} b) 2\nRight.\n:::\n"
    (question,) = read_quiz(f"# T\n\n{quiz}\n## References\n")
    assert question == Question("Two?", {"a": ("1", "No."), "b": ("2", "Right.")})
    assert question.right == "b"
    (changed,) = read_quiz(quiz.replace("Right.", "No.").replace("No.", "Right.", 1))
    assert changed.key != question.key


@chapters
def test_what_a_chapter_needs_comes_before_it(chapter):
    """So the graph has no cycle, and who reads in order lacks nothing."""
    order = list(COURSE)
    for need in chapter.needs:
        assert need in COURSE, f"{need} is no chapter"
        assert order.index(need) < order.index(chapter.page)


# Times


def test_reading_time_is_counted():
    def spent(*cells, **metadata):
        return reading.reading_seconds({"cells": list(cells), "metadata": metadata})

    def code(source, *tags):
        return {"cell_type": "code", "source": source, "outputs": [], "metadata": {"tags": tags}}

    def text(source):
        return {"cell_type": "markdown", "source": source}

    words = text("word " * 238)
    assert spent(words) == {"": 60}
    assert spent(text(["# Title\n", "\n", "## One\n", "[two words](a/b.ipynb)"])) == pytest.approx(
        {"": 60 / 238, "One": 60 * 3 / 238}
    )
    formulas = text("$$\nx + y\n$$ (eq-a)\n\n$x$ $y$\n\n\\begin{align}\nz\n\\end{align}")
    assert spent(formulas)[""] == pytest.approx(2 * 15 + 2 * 2)
    assert spent(code("a\n\nb"))[""] == 8
    assert spent(code("a\n\nb", "hide-input"))[""] == 0
    figure = {**code("a"), "outputs": [{"data": {"image/png": ""}}]}
    assert spent(figure)[""] == 24
    start, end = text("```{solution-start} a\n```"), text("```{solution-end}\n```")
    assert spent(words, start, words, code("a"), end)[""] == 60
    assert "References" not in spent(text("## References\nword"))


def test_the_seconds_do_not_flicker():
    assert reading.seconds(22.4) == 20
    assert reading.seconds(1.0) == 5
    assert reading.seconds(24.0, stored=20) == 20
    assert reading.seconds(51.0, stored=40) == 40
    assert reading.seconds(27.0, stored=20) == 25


@chapters
def test_the_time_line_is_computed(chapter):
    notebook = nbformat.read(ROOT / f"{chapter.page}.ipynb", as_version=4)
    assert reading.time_line(notebook) in notebook.cells[0].source, "run make notebooks"


@chapters
def test_the_running_time_was_measured_and_is_short(chapter):
    metadata = json.loads((ROOT / f"{chapter.page}.ipynb").read_text())["metadata"]
    assert metadata.get("course", {}).get("seconds", 0) > 0, "run make notebooks"
    assert metadata["course"]["seconds"] <= 60
    assert chapter.seconds == metadata["course"]["seconds"]


def test_an_execution_states_its_time_and_leaves_the_key_alone(tmp_path, monkeypatch):
    line = "**Time**: 99 minutes to read, 99 seconds to run."
    made = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_markdown_cell(f"# T\n\n{line}"), nbformat.v4.new_code_cell("1 + 1")]
    )
    path = tmp_path / "one.ipynb"
    nbformat.write(made, path)
    assert reading.time_line(made).endswith("99 seconds to run."), "not measured: as written"
    monkeypatch.setattr(sys, "argv", ["notebooks.py", str(path)])
    monkeypatch.setattr(tool, "is_current", lambda notebook: "execution_key" in notebook.metadata)
    assert tool.main() == 0
    stored = nbformat.read(path, as_version=4)
    seconds = stored.metadata["course"]["seconds"]
    assert stored.cells[0].source == (
        f"# T\n\n**Time**: about 5 minutes to read, {seconds} seconds to run."
    )
    assert stored.metadata["execution_key"] == tool.execution_key(made)


# Routes


def test_the_routes_are_sound():
    assert len(ROUTES) == 5
    for route in ROUTES:
        assert faults(route, BY_NAME) == []


def test_the_route_of_the_articles_treats_most_errata():
    found = erratum_targets(all_notebooks())
    chosen = {step["chapter"] for step in ROUTES[-1]["steps"]}
    assert sum(path.stem in chosen for path, _ in found.values()) > len(found) / 2


def test_a_route_that_does_not_fit_is_found():
    def of(*names, **more):
        return faults({"steps": [{"chapter": name, "why": ""} for name in names], **more}, BY_NAME)

    assert of("nothing") == ["no chapter nothing"]
    assert of("evaluation", assumes=["deep_learning_in_healthcare"]) == []
    (fault,) = of("evaluation")
    assert "evaluation needs deep_learning_in_healthcare" in fault
    (fault,) = of("evaluation", "deep_learning_in_healthcare")
    assert "evaluation needs deep_learning_in_healthcare" in fault
    (fault,) = of("deep_learning_in_healthcare", "evaluation", hours=1)
    assert "do not fit into 1 hours" in fault
    skipped = {"chapter": "deep_learning_in_healthcare", "why": "", "skip": ["No such title"]}
    (fault,) = faults({"steps": [skipped]}, BY_NAME)
    assert "no section 'No such title'" in fault


def test_durations_read_well():
    assert [duration(minutes) for minutes in (0, 45, 60, 135)] == [
        "0 min",
        "45 min",
        "1 h",
        "2 h 15 min",
    ]


# In the browser


def minutes_in(text):
    """ "2 h 15 min": 135."""
    hours, rest = re.fullmatch(r"(?:(\d+) h)? ?(?:(\d+) min)?", text).groups()
    return 60 * int(hours or 0) + int(rest or 0)


def test_the_page_of_routes_adds_up(page, address):
    visit(page, f"{address}/chapters/routes.html")
    totals = page.locator(".route-total").all_inner_texts()
    assert len(totals) == len(ROUTES)
    for section, route, total in zip(
        page.locator("section:has(> .route-total)").all(), ROUTES, totals, strict=True
    ):
        steps = section.locator(".route-time").all_inner_texts()
        assert len(steps) == len(route["steps"])
        shown = re.search(r"chapters, (.+) to read", total)[1]
        assert minutes_in(shown) == sum(map(minutes_in, steps))
        seconds = sum(BY_NAME[step["chapter"]].seconds for step in route["steps"])
        assert int(re.search(r"(\d+) minutes? to run", total)[1]) == -(-seconds // 60)
    whole = page.locator("table.counts tbody tr").last.locator("td").all_inner_texts()
    assert whole[:2] == ["The whole book", str(len(COURSE))]
    assert minutes_in(whole[2]) == sum(c.minutes() for c in COURSE.values())
    assert page.faults == []


def test_the_box_says_where_a_chapter_leads(site):
    text = (site / f"{CHAPTER}.html").read_text()
    line = re.search(r"<p><strong>Leads to</strong>: (.+?)</p>", text)[1]
    leads = {name for name, chapter in BY_NAME.items() if CHAPTER in chapter.needs}
    assert set(re.findall(r"(\w+)\.html", line)) == leads


def test_a_quiz_by_keyboard_scores_and_outlives_a_reload(page, address):
    visit(page, f"{address}/{CHAPTER}.html")
    score = page.locator(".quiz-score [role=status]")
    questions = COURSE[CHAPTER].quiz
    total = len(questions)
    group = page.get_by_role("group", name=re.compile("^1\\. ")).first
    wrong = next(letter for letter in questions[0].answers if letter != questions[0].right)
    for letter in (wrong, questions[0].right):
        group.locator("summary").nth("abc".index(letter)).focus()
        page.keyboard.press("Enter")
    assert group.locator(".quiz-mark").count() == 2
    assert group.get_by_text("not this one").is_visible()
    assert score.inner_text() == f"0 of {total} right at the first try; {total - 1} to go."
    for number, question in enumerate(questions[1:], 2):
        group = page.locator(f".quiz-question:has(#quiz-question-{number})")
        group.locator("summary").nth("abc".index(question.right)).focus()
        page.keyboard.press("Space")
    assert score.inner_text() == f"{total - 1} of {total} right at the first try."
    visit(page, page.url)
    assert score.inner_text() == f"{total - 1} of {total} right at the first try."
    assert page.locator(".quiz-mark").count() == total + 1
    _a_changed_question_is_asked_anew(page, score, total)
    page.get_by_role("button", name="Try again").press("Enter")
    assert page.locator(".quiz-mark, .quiz-question details[open]").count() == 0
    assert page.locator(".quiz-question summary").first.evaluate(
        "one => one === document.activeElement"
    )
    assert page.faults == []


def _a_changed_question_is_asked_anew(page, score, total):
    """The kept answers, with the key of another wording in place of the last question's."""
    kept = page.evaluate("JSON.stringify(localStorage)")
    page.evaluate(
        """key => {
      for (const [name, value] of Object.entries(localStorage)) {
        localStorage.setItem(name, value.replace(key, "another!"));
      }
    }""",
        COURSE[CHAPTER].quiz[-1].key,
    )
    visit(page, page.url)
    assert score.inner_text() == f"{total - 2} of {total} right at the first try; 1 to go."
    page.evaluate("kept => Object.assign(localStorage, JSON.parse(kept))", kept)
    visit(page, page.url)


def test_progress_is_marked_and_forgotten(page, address):
    visit(page, f"{address}/{CHAPTER}.html")
    here = page.locator(".bd-links a.current .progress-mark")
    assert here.count() == 0
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight / 2)")
    page.wait_for_selector(".bd-links a.current .progress-mark[title=begun]")
    page.locator("#summary").scroll_into_view_if_needed()
    page.wait_for_selector(".bd-links a.current .progress-mark[title=read]")
    words = here.locator(".visually-hidden").inner_text()
    assert words.strip() == "(read)", "in words, not by shape alone"
    visit(page, f"{address}/index.html")
    line = page.locator(".course-progress [role=status]")
    questions = sum(len(chapter.quiz) for chapter in COURSE.values())
    assert line.inner_text() == (
        f"You have read 1 of {len(COURSE)} chapters; "
        f"quizzes: 0 of {questions} right at the first try."
    )
    assert page.locator(f"td a[href*='{CHAPTER}'] .progress-mark[title=read]").count() == 1
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Forget my progress").press("Enter")
    assert line.inner_text().startswith("You have read 0 of")
    assert not page.get_by_role("button", name="Forget my progress").is_visible()
    assert page.locator(".progress-mark[title=read]").count() == 0
    assert page.evaluate("localStorage.length") == page.evaluate(
        "Object.keys(localStorage).filter(key => !key.startsWith('course ')).length"
    )
    assert page.faults == []


def test_where_the_browser_keeps_nothing_all_the_rest_works(page, address):
    page.add_init_script(
        """Object.defineProperty(window, "localStorage", {
          get() { throw new DOMException("denied", "SecurityError"); } })"""
    )
    stacks = []
    page.on("pageerror", lambda error: stacks.append(error.stack))
    page.goto(f"{address}/{CHAPTER}.html")
    assert page.evaluate("(() => { try { localStorage } catch { return true } })()")
    page.locator(".quiz-question summary").first.click()
    assert page.locator(".quiz-mark").count() == 1
    page.wait_for_selector(".bd-links a.current .progress-mark[title=read]")
    page.get_by_role("button", name="Try again").click()
    assert page.locator(".quiz-mark").count() == 0
    assert not [stack for stack in stacks if "learning" in stack]
