"""Routes through the book: their order is checked and their hours are added up at build time.

The directive `route` takes YAML:

    hours: 12                     # what the reader has, optional
    assumes: [convolution]        # chapters that the reader need not have read here
    steps:
    - chapter: evaluation
      why: A sentence of Markdown.
      when: Saturday              # opens a group, optional
      skip: [Many looks at one test set]   # sections, optional

A chapter or section that does not exist, or a chapter that comes before one it needs, is a warning,
which stops the build.
"""

import math
from itertools import groupby
from pathlib import PurePath

import yaml
from course_learning import Chapter, chapter_link
from course_tables import TableDirective, joined
from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

LOGGER = logging.getLogger(__name__)


def duration(minutes: int) -> str:
    """45: "45 min"; 135: "2 h 15 min"."""
    hours, rest = divmod(minutes, 60)
    return " ".join([f"{hours} h"] * (hours > 0) + [f"{rest} min"] * (rest > 0 or not hours))


def running(chapters: list[Chapter]) -> int:
    """Whole minutes that the notebooks run, one after another."""
    return math.ceil(sum(chapter.seconds for chapter in chapters) / 60)


def counted(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"


def faults(route: dict, course: dict[str, Chapter]) -> list[str]:
    """What is wrong with a route. course: chapters by the name of their file."""
    known = set(route.get("assumes", []))
    found = [f"no chapter {name}" for name in known - set(course)]
    for step in route["steps"]:
        chapter = course.get(step["chapter"])
        if chapter is None:
            found.append(f"no chapter {step['chapter']}")
            continue
        found += [
            f"{step['chapter']} needs {need}, which comes neither before it nor under 'assumes'"
            for need in map(stem, chapter.needs)
            if need not in known
        ]
        found += [
            f"{step['chapter']} has no section {title!r}"
            for title in step.get("skip", [])
            if title not in chapter.sections
        ]
        known.add(step["chapter"])
    spent = sum(minutes_of(step, course) for step in route["steps"] if step["chapter"] in course)
    if spent > 60 * route.get("hours", math.inf):
        found.append(f"{duration(spent)} do not fit into {route['hours']} hours")
    return found


def stem(page: str) -> str:
    return PurePath(page).name


def minutes_of(step: dict, course: dict[str, Chapter]) -> int:
    return course[step["chapter"]].minutes(skip=tuple(step.get("skip", [])))


class Route(SphinxDirective):
    """A route: its steps, what it assumes, and how long it takes."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        route = yaml.safe_load("\n".join(self.content))
        self.course = {stem(page): chapter for page, chapter in self.env.course.items()}
        wrong = faults(route, self.course)
        for fault in wrong:
            LOGGER.warning("route: %s", fault, location=self.get_location())
        if wrong:
            return []
        self.env.note_dependency(str(PurePath(self.env.srcdir) / "_toc.yml"))
        for step in route["steps"]:
            page = f"{self.course[step['chapter']].page}.ipynb"
            self.env.note_dependency(str(PurePath(self.env.srcdir) / page))
        return [*self.assumed(route), *self.groups(route), self.total(route)]

    def assumed(self, route: dict) -> list[nodes.Node]:
        links = [chapter_link(self.course[name]) for name in route.get("assumes", [])]
        if not links:
            return []
        known = nodes.strong("", "Not on the way")
        rest = nodes.Text(", which these chapters draw on.")
        return [nodes.paragraph("", "", known, nodes.Text(": "), *joined(links), rest)]

    def groups(self, route: dict) -> list[nodes.Node]:
        for before, step in zip([{}, *route["steps"]], route["steps"], strict=False):
            step.setdefault("when", before.get("when", ""))
        made, place = [], 1
        for when, group in groupby(route["steps"], key=lambda step: step["when"]):
            steps = list(group)
            if when:
                spent = duration(sum(minutes_of(step, self.course) for step in steps))
                made.append(nodes.paragraph("", f"{when}, {spent}", classes=["route-when"]))
            items = nodes.enumerated_list(classes=["route"], enumtype="arabic", start=place)
            items += [self.item(step) for step in steps]
            made.append(items)
            place += len(steps)
        return made

    def item(self, step: dict) -> nodes.list_item:
        chapter = self.course[step["chapter"]]
        link = nodes.inline("", "", chapter_link(chapter), classes=["route-chapter"])
        spent = nodes.inline("", duration(minutes_of(step, self.course)), classes=["route-time"])
        item = nodes.list_item("", nodes.paragraph("", "", link, nodes.Text(" "), spent))
        skip = ", ".join(f"*{title}*" for title in step.get("skip", []))
        why = step["why"] + (f" Skip {skip}." if skip else "")
        self.state.nested_parse(StringList([why]), self.content_offset, item)
        return item

    def total(self, route: dict) -> nodes.paragraph:
        chapters = [self.course[step["chapter"]] for step in route["steps"]]
        spent = sum(minutes_of(step, self.course) for step in route["steps"])
        runs = counted(running(chapters), "minute")
        text = (
            f"Together: {counted(len(chapters), 'chapter')}, "
            f"{duration(spent)} to read, {runs} to run."
        )
        if hours := route.get("hours"):
            text += f" Of {hours} hours, {duration(60 * hours - spent)} are left for the exercises."
        return nodes.paragraph("", text, classes=["route-total"])


class CourseTimes(TableDirective):
    """Reading and running time of each part, and of the whole book."""

    kind = "counts"
    columns = (("Part", 30), ("Chapters", 20), ("To read", 25), ("To run", 25))

    def rows(self):
        self.depend_on(self.chapters)
        everything = list(self.env.course.values())
        for part, group in groupby(everything, key=lambda chapter: chapter.part):
            yield self.row(part, list(group))
        yield self.row("The whole book", everything)

    def row(self, name: str, chapters: list[Chapter]):
        spent = duration(sum(chapter.minutes() for chapter in chapters))
        anchor = f"time-{nodes.make_id(name)}"
        return anchor, [name, str(len(chapters)), spent, f"{running(chapters)} min"]


def setup(app: Sphinx) -> dict:
    app.add_directive("route", Route)
    app.add_directive("course-times", CourseTimes)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
