"""Learning aids: what each chapter needs, takes and asks, read from the notebooks themselves.

- The opening box says which chapters build on this one ("Leads to").
- A question of a quiz and its answers become one group, which book/static/learning.js scores.
- The same script marks in the contents how far the reader got; `learning-chapters.js`, written
  here, tells it which chapters and questions there are.

Without the script the answers still open, and nothing is missing.
"""

import hashlib
import json
import posixpath
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml
from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))

from reading import TIME, minutes, reading_seconds

LOGGER = logging.getLogger(__name__)

NEEDS = re.compile(r"^\*\*Before you start\*\*: (.+)$", re.M)
LINK = re.compile(r"\]\(([^)#]+)\.ipynb\)")
QUIZ = re.compile(r"^## Quiz\n(.*?)(?=^## |\Z)", re.M | re.S)
QUESTION = re.compile(r"^\*\*(\d+)\. (.+)\*\*$", re.M)
ANSWER = re.compile(r"^(:{3,})\{dropdown\} ([a-z])\) ([^\n]+)\n(.*?)\n\1$", re.M | re.S)


@dataclass(frozen=True)
class Question:
    """A question of a quiz."""

    text: str
    answers: dict[str, tuple[str, str]]  # letter: what it says, and why it is right or wrong

    @property
    def right(self) -> str:
        """The letters of the answers that are right: exactly one, as a test demands."""
        return "".join(
            letter for letter, (_, why) in self.answers.items() if why.startswith("Right")
        )

    @property
    def key(self) -> str:
        """A short hash: a score belongs to this wording and to no later one."""
        whole = json.dumps([self.text, self.answers])
        return hashlib.sha256(whole.encode()).hexdigest()[:8]


@dataclass(frozen=True)
class Chapter:
    """What the learning aids have to know of a chapter."""

    page: str  # "chapters/concepts/neural_networks"
    title: str
    part: str  # as the table of contents calls it
    needs: tuple[str, ...]  # pages
    sections: dict[str, float]  # title of each section: seconds to read
    seconds: int  # to run
    quiz: tuple[Question, ...]

    def minutes(self, skip: tuple[str, ...] = ()) -> int:
        """Minutes to read, without the sections named in `skip`."""
        return minutes(sum(spent for title, spent in self.sections.items() if title not in skip))


def read_quiz(markdown: str) -> tuple[Question, ...]:
    """The questions of a chapter, from all its Markdown."""
    found = QUIZ.search(markdown)
    _, *parts = QUESTION.split(found[1]) if found else ("",)
    return tuple(
        Question(text, {letter: (says, why) for _, letter, says, why in ANSWER.findall(body)})
        for text, body in zip(parts[1::3], parts[2::3], strict=True)
    )


def read_chapter(root: Path, page: str, part: str) -> Chapter:
    notebook = json.loads((root / f"{page}.ipynb").read_text(encoding="utf-8"))
    prose = ["".join(c["source"]) for c in notebook["cells"] if c["cell_type"] == "markdown"]
    needs, times = NEEDS.search(prose[0]), TIME.search(prose[0])
    if not (needs and times):
        raise ExtensionError(f"{page}: the opening box lacks 'Before you start' or 'Time'")
    links = LINK.findall(needs[1])
    return Chapter(
        page=page,
        title=re.match(r"# (.+)", prose[0])[1],
        part=part,
        needs=tuple(posixpath.normpath(f"{posixpath.dirname(page)}/{link}") for link in links),
        sections=reading_seconds(notebook),
        seconds=int(times[2]),
        quiz=read_quiz("\n\n".join(prose)),
    )


def read_course(root: Path) -> dict[str, Chapter]:
    """Every notebook of the table of contents, by page, in its order."""
    toc = yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8"))
    pages = [
        (one["file"], part.get("caption", "")) for part in toc["parts"] for one in part["chapters"]
    ]
    return {
        page: read_chapter(root, page, part)
        for page, part in pages
        if (root / f"{page}.ipynb").is_file()
    }


def load_course(app: Sphinx) -> None:
    """Read the chapters, and tell the script about them."""
    app.env.course = read_course(Path(app.srcdir))
    if app.builder.format != "html":
        return
    known = {
        page: {question.key: question.right for question in chapter.quiz}
        for page, chapter in app.env.course.items()
    }
    place = Path(app.outdir) / "_static" / "learning-chapters.js"
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(f"window.courseChapters = {json.dumps(known)};\n", encoding="utf-8")


def chapter_link(chapter: Chapter) -> pending_xref:
    text = nodes.inline("", chapter.title)
    return pending_xref(
        "", text, refdomain="std", reftype="doc", reftarget=f"/{chapter.page}",
        refexplicit=True, refwarn=True,
    )  # fmt: skip


def say_where_it_leads(app: Sphinx, doctree: nodes.document) -> None:
    """Name in the opening box the chapters that need this one, below those that it needs."""
    page = app.env.docname
    later = [chapter for chapter in app.env.course.values() if page in chapter.needs]
    for box in doctree.findall(nodes.admonition) if later else ():
        if "about" not in box["classes"]:
            continue
        needs = next(p for p in box.findall(nodes.paragraph) if p.astext().startswith("Before you"))
        line = nodes.paragraph("", "", nodes.strong("", "Leads to"), nodes.Text(": "))
        for chapter in later:
            app.env.note_dependency(f"{app.srcdir}/{chapter.page}.ipynb")
            line += [chapter_link(chapter), nodes.Text(", ")]
        line[-1] = nodes.Text(".")
        needs.parent.insert(needs.parent.index(needs) + 1, line)
        return


class quiz_question(nodes.General, nodes.Element):
    """A question and its answers."""


def visit_question(self, node: quiz_question) -> None:
    attributes = {"data-key": node["key"], "data-right": node["right"]}
    label = {"role": "group", "aria-labelledby": node["label"]}
    self.body.append(self.starttag(node, "div", CLASS="quiz-question", **label, **attributes))


def depart_question(self, node: quiz_question) -> None:
    self.body.append("</div>\n")


def group_questions(app: Sphinx, doctree: nodes.document) -> None:
    """Wrap each question of the quiz and what follows it, up to the next one."""
    chapter = app.env.course.get(app.env.docname)
    for section in doctree.findall(nodes.section) if chapter else ():
        if "quiz" in section["ids"]:
            groups = list(_groups(section))
            if len(groups) != len(chapter.quiz):
                LOGGER.warning("not every question of the quiz was found", location=section)
                return
            for number, (question, group) in enumerate(zip(chapter.quiz, groups, strict=True), 1):
                label = f"quiz-question-{number}"
                group[0]["ids"].append(label)
                place = section.index(group[0])
                section[place : place + len(group)] = [
                    quiz_question("", *group, key=question.key, right=question.right, label=label)
                ]
            return


def _groups(section: nodes.section) -> Iterator[list[nodes.Node]]:
    group = []
    for child in section.children:
        starts = isinstance(child, nodes.paragraph) and re.match(r"\d+\. ", child.astext())
        if starts and group:
            yield group
            group = []
        if starts or group:
            group.append(child)
    if group:
        yield group


class CourseProgress(SphinxDirective):
    """The place where the script says how far the reader got."""

    def run(self) -> list[nodes.Node]:
        return [nodes.raw("", '<div class="course-progress" hidden></div>', format="html")]


def setup(app: Sphinx) -> dict:
    nothing = (lambda self, node: None, lambda self, node: None)
    app.add_node(quiz_question, html=(visit_question, depart_question), latex=nothing, text=nothing)
    app.add_directive("course-progress", CourseProgress)
    app.add_css_file("learning.css")
    app.add_js_file("learning-chapters.js", loading_method="defer")
    app.add_js_file("learning.js", loading_method="defer")
    app.connect("builder-inited", load_course)
    app.connect("doctree-read", say_where_it_leads)
    app.connect("doctree-read", group_questions)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
