"""How to cite the course, made from CITATION.cff.

- `{cite-this-course}` shows the citation as plain text, BibTeX and RIS, each with a copy button.
- The same BibTeX and RIS stand in the site as files, for a reference manager to fetch.
- The landing page carries the tags that scholarly search engines and Zotero read.
"""

import datetime
import html
from dataclasses import dataclass
from pathlib import Path

import yaml
from course_sharing import public_address
from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

SOURCE = "CITATION.cff"
KEY = "deep_learning_for_healthcare"


@dataclass(frozen=True)
class Citation:
    """What a citation of the course says. `address` is None where the book has no public one."""

    title: str
    authors: tuple[str, ...]  # "Family, Given" of a person, the bare name of a group
    groups: frozenset[str]  # which of them are groups
    released: datetime.date
    version: str
    abstract: str
    keywords: tuple[str, ...]
    address: str | None

    def bibtex(self) -> str:
        """An entry that plain BibTeX knows too: `misc`, the version in the note."""
        # A second pair of braces keeps a group's name, and the capitals of a title, in one piece.
        names = (f"{{{name}}}" if name in self.groups else name for name in self.authors)
        fields = {
            "author": f"{{{' and '.join(names)}}}",
            "title": f"{{{{{self.title}}}}}",
            "year": f"{{{self.released.year}}}",
            "month": self.released.strftime("%b").lower(),
            "note": f"{{Version {self.version}}}",
        }
        if self.address:
            fields["url"] = f"{{{self.address}}}"
        lines = (f"  {name:<6} = {value}," for name, value in fields.items())
        return "\n".join([f"@misc{{{KEY},", *lines, "}"])

    def ris(self) -> str:
        """A record of the type "computer program", for EndNote, Zotero and Mendeley."""
        fields = [
            ("TY", "COMP"),
            *(("AU", name) for name in self.authors),
            ("TI", self.title),
            ("PY", str(self.released.year)),
            ("DA", f"{self.released:%Y/%m/%d}"),
            ("ET", self.version),
            ("AB", self.abstract),
            *(("KW", word) for word in self.keywords),
            *((("UR", self.address),) if self.address else ()),
            ("ER", ""),
        ]
        return "\n".join(f"{tag}  - {value}" for tag, value in fields)

    def text(self) -> str:
        """One paragraph in the manner of the APA."""
        *others, last = self.authors
        names = ", ".join([*others, f"& {last}"]) if others else last
        said = (
            f"{names.rstrip('.')}. ({self.released.year}). {self.title} (Version {self.version}) "
            "[Computer software]."
        )
        return f"{said} {self.address}" if self.address else said

    def tags(self) -> list[str]:
        """Elements for the head of the landing page."""
        said = [("title", self.title), *(("author", name) for name in self.authors)]
        said += [("publication_date", f"{self.released:%Y/%m/%d}"), ("language", "en")]
        if self.address:
            said.append(("public_url", self.address))
        return [
            f'<meta name="citation_{name}" content="{html.escape(value)}" />'
            for name, value in said
        ]


def read_citation(root: Path) -> Citation:
    """The citation that CITATION.cff in the folder `root` describes."""
    said = yaml.safe_load((root / SOURCE).read_text(encoding="utf-8"))
    authors = said["authors"]
    names = (
        one["name"] if "name" in one else f"{one['family-names']}, {one['given-names']}"
        for one in authors
    )
    return Citation(
        title=said["title"],
        authors=tuple(names),
        groups=frozenset(one["name"] for one in authors if "name" in one),
        # YAML reads a date without quotes as a date, one with quotes as text.
        released=datetime.date.fromisoformat(str(said["date-released"])),
        version=str(said["version"]),
        abstract=" ".join(said["abstract"].split()),
        keywords=tuple(said["keywords"]),
        address=public_address(root),
    )


class CiteThisCourse(SphinxDirective):
    """The citation in three forms, and two of them as files."""

    def run(self) -> list[nodes.Node]:
        root = Path(self.env.srcdir)
        self.env.note_dependency(str(root / SOURCE))
        citation = read_citation(root)
        forms = {"Text": citation.text(), "BibTeX": citation.bibtex(), "RIS": citation.ris()}
        lines = ["::::{tab-set}", ":class: cite-this", ""]
        for name, form in forms.items():
            language = "bibtex" if name == "BibTeX" else "text"
            lines += [f":::{{tab-item}} {name}", f"```{language}", *form.splitlines(), "```", ":::"]
        holder = nodes.Element()
        self.state.nested_parse(StringList([*lines, "::::"]), 0, holder)
        static = "../" * self.env.docname.count("/") + "_static"
        links = (
            f'<a href="{static}/citation.{suffix}" download>{name} file</a>'
            for name, suffix in (("BibTeX", "bib"), ("RIS", "ris"))
        )
        files = f'<p class="cite-files">For a reference manager: {", ".join(links)}.</p>'
        return [*holder.children, nodes.raw("", files, format="html")]


def add_tags(app: Sphinx, pagename, templatename, context, doctree) -> None:
    """Tell the readers of metadata what the landing page is."""
    if pagename == app.config.root_doc:
        context["metatags"] += "\n" + "\n".join(read_citation(Path(app.srcdir)).tags())


def write_files(app: Sphinx, error: Exception | None) -> None:
    """Put the citation beside the pages, as files."""
    if error is not None or app.builder.format != "html":
        return
    citation, folder = read_citation(Path(app.srcdir)), Path(app.outdir) / "_static"
    (folder / "citation.bib").write_text(citation.bibtex() + "\n", encoding="utf-8")
    # The format asks for both characters at the end of a line.
    (folder / "citation.ris").write_text(citation.ris() + "\n", encoding="utf-8", newline="\r\n")


def setup(app: Sphinx) -> dict:
    app.add_directive("cite-this-course", CiteThisCourse)
    app.connect("html-page-context", add_tags)
    app.connect("build-finished", write_files)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
