"""The tables of the appendix: errata, references and data sets, each made from its one source.

- `{errata-table}` reads chapters/appendix/errata.yml and looks up, in the chapters, the box that
  treats each erratum and the code cell that shows it.
- `{reference-table}` reads chapters/appendix/references.yml.
- `{data-set-table}` reads the registry of the helpers and finds the chapters that use each entry.

A table is complete as it stands; book/static/filter-table.js adds a search box to it.
"""

import ast
import json
import re
import sys
from collections import Counter
from functools import cache
from pathlib import Path

import yaml
from docutils import nodes
from docutils.parsers.rst import directives
from docutils.statemachine import StringList
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

LOGGER = logging.getLogger(__name__)
KINDS = {"A": "mathematics", "B": "concepts", "T": "terms", "C": "code"}


# What the chapters hold


@cache
def read_cells(path: Path) -> list[dict]:
    """The cells of a notebook: cell_type, source (text), execution_count."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [{**cell, "source": "".join(cell["source"])} for cell in cells]


def chapter_files(root: Path, listed: set[str] | None = None) -> list[Path]:
    """Every notebook of the book, in a stable order. listed: the pages that the book has."""
    found = sorted((root / "chapters").rglob("*.ipynb"))
    return [
        path
        for path in found
        if ".ipynb_checkpoints" not in path.parts
        and (listed is None or path.relative_to(root).with_suffix("").as_posix() in listed)
    ]


def chapter_title(path: Path) -> str:
    return re.search(r"^# (.+)$", read_cells(path)[0]["source"], re.M)[1]


def code_of(path: Path) -> list[dict]:
    return [cell for cell in read_cells(path) if cell["cell_type"] == "code"]


def erratum_targets(chapters: list[Path]) -> dict[str, tuple[Path, str]]:
    """Id of each erratum, "A1": the notebook that treats it, and the heading above the box."""
    found = {}
    for path in chapters:
        heading = ""
        for cell in read_cells(path):
            if cell["cell_type"] != "markdown":
                continue
            for line in cell["source"].splitlines():
                if title := re.match(r"##+ (.+)$", line):
                    heading = title[1]
                elif target := re.match(r"\(erratum-(\w+)\)=$", line):
                    found[target[1].upper()] = path, heading
    return found


def cell_that_shows(path: Path, piece: str) -> int | None:
    """Execution count of the first code cell that holds `piece`, or None."""
    counts = (cell["execution_count"] for cell in code_of(path) if piece in cell["source"])
    return next(counts, None)


def cell_label(docname: str, count: int) -> str:
    return f"{docname}-in-{count}"


def label_cells(app: Sphinx, doctree: nodes.document) -> None:
    """Give every executed code cell an anchor, `in-12`, so that a table can lead to it."""
    domain = app.env.get_domain("std")
    for block in doctree.findall(nodes.container):
        if block.get("nb_element") == "cell_code" and (count := block.get("exec_count")):
            block["ids"].append(f"in-{count}")
            label = cell_label(app.env.docname, count)
            domain.note_hyperlink_target(label, app.env.docname, f"in-{count}")


# Tables


def link(label: str, text: str) -> pending_xref:
    """A link to a label. One that does not exist is a warning, which stops the build."""
    shown = nodes.inline(text, text)
    return pending_xref(
        text, shown, refdomain="std", reftype="ref", reftarget=label, refexplicit=True, refwarn=True
    )


def facet(name: str, text: str) -> nodes.inline:
    """A word that the drop-down `name` of the filter offers as a choice."""
    return nodes.inline(text, text, classes=["facet", f"facet-{name}"])


def joined(parts, separator: str = ", ") -> list[nodes.Node]:
    """The nodes with a separator between each two."""
    line = []
    for part in parts:
        line += [nodes.Text(separator), part] if line else [part]
    return line


class TableDirective(SphinxDirective):
    """A table whose rows come from a source other than the page."""

    option_spec = {"name": directives.unchanged}  # noqa: RUF012 - as docutils has it
    kind = ""
    columns: tuple[tuple[str, int], ...] = ()  # heading, relative width

    def run(self) -> list[nodes.Node]:
        table = nodes.table(classes=["course-table", self.kind, "colwidths-given"])
        group = nodes.tgroup(cols=len(self.columns))
        group += [nodes.colspec(colwidth=width) for _, width in self.columns]
        heading = nodes.row()
        for title, _ in self.columns:
            heading += nodes.entry("", nodes.paragraph(title, title))
        body = nodes.tbody()
        for identity, fields in self.rows():
            row = nodes.row(ids=[identity])
            for content in fields:
                row += nodes.entry("", *self.cell(content))
            body += row
        group += [nodes.thead("", heading), body]
        table += group
        return [table]

    def rows(self):
        """Pairs of an anchor and one field per column.

        A field is Markdown, or a list of paragraphs: each Markdown, or a list of inline nodes.
        """
        raise NotImplementedError

    def cell(self, content) -> list[nodes.Node]:
        if not isinstance(content, str):
            return [block for part in content for block in self.paragraphs(part)]
        return self.paragraphs(content)

    def paragraphs(self, content: str | list[nodes.Node]) -> list[nodes.Node]:
        if not isinstance(content, str):
            return [nodes.paragraph("", "", *content)]
        holder = nodes.Element()
        self.state.nested_parse(StringList(content.splitlines()), 0, holder)
        return holder.children

    @property
    def root(self) -> Path:
        return Path(self.env.srcdir)

    @property
    def chapters(self) -> list[Path]:
        return chapter_files(self.root, self.env.found_docs)

    def depend_on(self, paths) -> None:
        """Make the page again when one of these files changes."""
        for path in paths:
            self.env.note_dependency(str(path))

    def read(self, name: str) -> list[dict]:
        path = self.root / "chapters/appendix" / name
        self.depend_on([path])
        return yaml.safe_load(path.read_text(encoding="utf-8"))


class ErrataTable(TableDirective):
    kind = "errata"
    columns = (("Erratum", 14), ("Where", 13), ("What it says", 23), ("What is right", 30),
               ("Shown in", 20))  # fmt: skip

    def rows(self):
        read_cells.cache_clear()
        self.depend_on(self.chapters)
        targets = erratum_targets(self.chapters)
        for entry in self.read("errata.yml"):
            kind = [facet("kind", KINDS[entry["id"][0]]), facet("weight", entry["weight"])]
            fields = [
                [[nodes.strong("", entry["id"])], joined(kind)],
                [self.where(entry)],
                entry["says"],
                entry["right"],
                [self.places(entry, targets.get(entry["id"]))],
            ]
            yield f"row-{entry['id'].lower()}", fields

    def where(self, entry: dict) -> list[nodes.Node]:
        """Article and section: "000, 3.1.1; 002, 3.1.1", or "000, 001, throughout"."""
        articles = [facet("article", number) for number in entry["articles"]]
        sections = entry["section"].split("; ")
        if len(articles) == 1 or len(sections) == 1:
            return joined([*articles, nodes.Text(entry["section"])])
        pairs = zip(articles, sections, strict=True)
        return joined([nodes.inline("", "", *joined([a, nodes.Text(s)])) for a, s in pairs], "; ")

    def places(self, entry: dict, target) -> list[nodes.Node]:
        """Links to the box and to the cell that shows it."""
        if target is None:
            return [self.fault(f"no chapter treats erratum {entry['id']}")]
        path, heading = target
        title = nodes.emphasis("", chapter_title(path))
        places = [title, link(f"erratum-{entry['id'].lower()}", heading)]
        if "shown" in entry:
            count = cell_that_shows(path, entry["shown"])
            docname = path.relative_to(self.root).with_suffix("").as_posix()
            if count is None:
                places.append(self.fault(f"no cell shows erratum {entry['id']}"))
            else:
                places.append(link(cell_label(docname, count), f"In\u00a0[{count}]"))
        return joined(places)

    def fault(self, message: str) -> nodes.Text:
        """A warning, which stops the build of the book."""
        LOGGER.warning(message, location=self.get_location())
        return nodes.Text("")


class ErrataCounts(TableDirective):
    """How many errata there are, by kind and weight."""

    kind = "counts"
    columns = (("Kind", 30), ("Wrong", 15), ("Misleading", 15), ("Together", 15))

    def rows(self):
        entries = self.read("errata.yml")
        seen = Counter((KINDS[entry["id"][0]], entry["weight"]) for entry in entries)
        for kind in [*KINDS.values(), "all"]:
            counts = [
                sum(n for (k, w), n in seen.items() if kind in (k, "all") and w == weight)
                for weight in ("wrong", "misleading")
            ]
            yield f"count-{kind}", [kind, *map(str, counts), str(sum(counts))]


VERDICTS = ("as cited", "cited wrongly", "not found")


class ReferenceTable(TableDirective):
    kind = "references"
    columns = (("Entry", 13), ("Cited as", 32), ("Verdict", 32), ("The right work", 23))

    def rows(self):
        for entry in self.read("references.yml"):
            numbers = ", ".join(str(number) for number in entry["numbers"])
            works = ", ".join(f"{{cite:t}}`{key}`" for key in entry["right"])
            fields = [
                [[facet("article", entry["article"]), nodes.Text(f": {numbers}")]],
                entry["cited"],
                [[facet("verdict", entry["verdict"])], entry.get("why", "")],
                works or "none",
            ]
            yield f"reference-{entry['article']}-{entry['numbers'][0]}", fields


class ReferenceCounts(TableDirective):
    """How many entries the lists print, how many differ, and what became of them."""

    kind = "counts"
    columns = (("Article", 12), ("Printed", 12), ("Distinct", 12), ("As cited", 12),
               ("Cited wrongly", 14), ("Not found", 12))  # fmt: skip

    def rows(self):
        entries = self.read("references.yml")
        for article in sorted({entry["article"] for entry in entries}):
            own = [entry for entry in entries if entry["article"] == article]
            verdicts = Counter(entry["verdict"] for entry in own)
            printed = sum(len(entry["numbers"]) for entry in own)
            counts = [printed, len(own), *(verdicts[verdict] for verdict in VERDICTS)]
            yield f"count-{article}", [article, *map(str, counts)]


# Data sets


def imported_names(code: str) -> set[str]:
    """Names that `from helpers.data.… import …` brings into a notebook, with their module."""
    names = set()
    plain = "\n".join(line for line in code.splitlines() if line.lstrip()[:1] not in {"%", "!"})
    for node in ast.walk(ast.parse(plain)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("helpers.data."):
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def users(chapters: list[Path], registry: dict) -> dict[str, list[Path]]:
    """Name of each data set: the notebooks that name it in their code or import its loader.

    The loader of several data sets, such as MedMNIST's, says nothing: there the name decides.
    """
    loaders = Counter(entry.loader for entry in registry.values())
    found = {name: [] for name in registry}
    for path in chapters:
        code = "\n".join(cell["source"] for cell in code_of(path))
        imported = imported_names(code)
        for name, entry in registry.items():
            own_loader = loaders[entry.loader] == 1 and entry.loader in imported
            if own_loader or re.search(rf"""["']{re.escape(name)}["']""", code):
                found[name].append(path)
    return found


def origin(files) -> str:
    """Where the files of a data set come from, as Markdown."""
    places = []
    for file in files:
        source = file.source
        if hasattr(source, "requirement"):
            place = f"`{source.requirement}`, package index"
        elif hasattr(source, "package"):
            place = f"installed with `{source.package}`"
        else:
            place = f"[{source.url.split('/')[2]}]({source.url.rsplit('/', 1)[0]})"
        if place not in places:
            places.append(place)
    return "; ".join(places)


def size(files) -> str:
    """What is fetched, all files together."""
    total = sum(file.size for file in files)
    if total:
        return f"{total / 1e6:.1f} MB" if total >= 1e6 else f"{total / 1e3:.0f} kB"
    return "nothing to fetch" if hasattr(files[0].source, "package") else "not stated"


def sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


class DataSetTable(TableDirective):
    kind = "data-sets"
    columns = (("Data set", 40), ("Kind, licence", 18), ("Where from, size", 22), ("Chapters", 20))
    option_spec = {"medmnist": directives.flag}  # noqa: RUF012 - as docutils has it

    def rows(self):
        read_cells.cache_clear()
        registry = self.registry()
        self.depend_on([*self.chapters, *(self.root / "helpers/data").glob("*.py")])
        used = users(self.chapters, registry)
        for name, entry in registry.items():
            if entry.title.startswith("MedMNIST") is not ("medmnist" in self.options):
                continue
            what = f"**{entry.title}** (`{name}`). {sentence(entry.modality)} {entry.note}"
            chapters = "; ".join(self.chapter(path) for path in used[name])
            fields = [
                [what, f"{{cite:t}}`{entry.citation}`"],
                [[facet("kind", entry.kind)], entry.licence],
                [origin(entry.files), size(entry.files)],
                chapters or "none yet",
            ]
            yield f"data-{name}", fields

    def registry(self) -> dict:
        # The book's own helpers, not another copy that happens to be installed.
        if str(self.root) not in sys.path:
            sys.path.insert(0, str(self.root))
        from helpers.data.registry import REGISTRY

        return REGISTRY

    def chapter(self, path: Path) -> str:
        return f"[{chapter_title(path)}](/{path.relative_to(self.root).as_posix()})"


def setup(app: Sphinx) -> dict:
    app.add_directive("errata-table", ErrataTable)
    app.add_directive("errata-counts", ErrataCounts)
    app.add_directive("reference-table", ReferenceTable)
    app.add_directive("reference-counts", ReferenceCounts)
    app.add_directive("data-set-table", DataSetTable)
    app.add_js_file("filter-table.js", loading_method="defer")
    app.connect("doctree-read", label_cells)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
