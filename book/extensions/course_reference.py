"""The pages of the appendix that Sphinx's own machinery makes: bibliography and helpers.

- `{helpers-reference}` documents every module of the package `helpers`, a section for each.
- Below each work of the bibliography stand the pages that cite it.
- The docstrings of the helpers are plain text with lines such as "scores: model -> (n,)"; they
  become lists, and what would be markup to Sphinx is escaped.
"""

import re
import sys
from collections import defaultdict
from pathlib import Path

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective

# The types of other packages in the signatures: their documentation is elsewhere, and a book that
# is complete without a network links to no inventory of theirs.
ELSEWHERE = r"(np|numpy|pd|pandas|pathlib|collections|keras|tf|tensorflow|PIL|pydicom)\b.*"
# Names that a signature takes from typing or from a module of its own.
LOCAL = r"(Metric|Path|Callable|Sequence|Iterator|Distribution|Installed|PublicHost|optional)"


FOOTCITE = "footcite-"


class CitedIn(SphinxPostTransform):
    """Append to every work the pages that cite it."""

    # After the bibliography has made its entries (5), before references are resolved (10).
    default_priority = 7

    def run(self, **kwargs) -> None:
        citations = list(self.document.findall(nodes.citation))
        if not citations:
            return
        pages = pages_by_work(self.env)
        for citation in citations:
            key = self.key_of(citation)
            links = [self.link(page) for page in pages.get(key, ())]
            line = nodes.paragraph(classes=["cited-in"])
            for one in links:
                line += [nodes.Text(" Cited in " if len(line) == 0 else "; "), one]
            if links:
                citation += line

    def key_of(self, citation: nodes.citation) -> str | None:
        domain = self.env.get_domain("cite")
        ids = {one.citation_id: one.key for one in domain.citations}
        return next((ids[identity] for identity in citation["ids"] if identity in ids), None)

    def link(self, page: str) -> nodes.reference:
        title = self.env.titles[page].astext()
        uri = self.app.builder.get_relative_uri(self.env.docname, page)
        return nodes.reference("", title, refuri=uri, internal=True)


def pages_by_work(env) -> dict[str, list[str]]:
    """Key of each work: the pages that cite it."""
    pages = defaultdict(set)
    for citation in env.get_domain("cite").citation_refs:
        for target in citation.targets:
            pages[target.key].add(citation.docname)
    keys = {nodes.make_id(key): key for key in env.get_domain("cite").bibdata.data.entries}
    for page, metadata in env.metadata.items():
        for name in metadata.get("footcites", ()):
            pages[keys[name]].add(page)
    return {key: sorted(found) for key, found in pages.items()}


def note_footcites(app: Sphinx, doctree: nodes.document) -> None:
    """Remember which works a page cites in its footnotes."""
    names = [name for note in doctree.findall(nodes.footnote) for name in note["names"]]
    found = [name.removeprefix(FOOTCITE) for name in names if name.startswith(FOOTCITE)]
    app.env.metadata[app.env.docname]["footcites"] = found


def write_again(app: Sphinx, env) -> list[str]:
    """The bibliography changes with every page that cites."""
    return [page for page in env.all_docs if page.endswith("appendix/bibliography")]


# Docstrings


def escape(text: str) -> str:
    """Plain text as reStructuredText: code stays code, nothing else is markup."""
    pieces = re.split(r"(``.+?``|`[^`]+`)", text)
    return "".join(
        f"``{piece.strip('`')}``" if k % 2 else re.sub(r"([\\*|_`])", r"\\\1", piece)
        for k, piece in enumerate(pieces)
    )


ITEM = re.compile(r"(?P<name>[A-Za-z_][\w*, ]{0,40}?)(?:: |  +)(?P<text>\S.*)", re.S)


def as_list(paragraph: list[str]) -> list[str]:
    """A paragraph of a docstring; its lines "name: what it is" become a list."""
    blocks: list[list[str]] = []
    for line in paragraph:
        if not blocks or _begins(line, blocks[-1]):
            blocks.append([])
        blocks[-1].append(line.strip())
    lines = []
    for block in blocks:
        text = " ".join(block)
        item = ITEM.fullmatch(text)
        if item and NAME.match(text):
            lines.append(f"* **{escape(item['name'])}**: {escape(item['text'])}")
        elif text.startswith("- "):
            lines.append(f"* {escape(text.removeprefix('- '))}")
        else:
            lines += ["", escape(text), ""]
    return [*lines, ""]


NAME = re.compile(r"[a-z_][a-z_0-9]*(, [a-z_][a-z_0-9]*)*(: |  +)|[A-Z_]{2,}: ")


def _begins(line: str, before: list[str]) -> bool:
    """Whether a line begins an item, or a sentence after an item."""
    if line.startswith("- ") or NAME.match(line):
        return True
    after_item = bool(NAME.match(before[0])) and before[-1].endswith(".")
    return after_item and line[:1].isupper()


def tidy_docstring(app: Sphinx, what, name, obj, options, lines: list[str]) -> None:
    """Turn a plain docstring into reStructuredText, in place."""
    paragraphs = re.split(r"\n\s*\n", "\n".join(lines).strip())
    made = []
    for paragraph in paragraphs:
        if paragraph.lstrip().startswith(">>> "):
            made += [*paragraph.splitlines(), ""]
        elif paragraph:
            made += as_list(paragraph.splitlines())
    lines[:] = made


FIRST = ("setup", "claims", "evaluate", "plots", "simulate", "data.registry", "data.fetch")
WITHOUT_PAGE = {"data.__main__", "data.medmnist_info"}


def helper_modules(root: Path) -> list[str]:
    """Names of all documented modules, "helpers.setup" first, the loaders last."""
    package = root / "helpers"
    paths = [path.relative_to(package).with_suffix("") for path in package.rglob("*.py")]
    names = {".".join(path.parts) for path in paths if path.name != "__init__"} - WITHOUT_PAGE
    others = sorted(names - set(FIRST), key=lambda name: (name.startswith("data."), name))
    at = next((k for k, name in enumerate(others) if name.startswith("data.")), len(others))
    general, loaders = others[:at], others[at:]
    return [f"helpers.{name}" for name in (*FIRST[:5], *general, *FIRST[5:], *loaders)]


class HelpersReference(SphinxDirective):
    """One section per module, made from its docstrings."""

    def run(self) -> list[nodes.Node]:
        root = Path(self.env.srcdir)
        return [self.section(module) for module in helper_modules(root)]

    def section(self, module: str) -> nodes.section:
        title = nodes.title("", "", nodes.literal(module, module))
        section = nodes.section("", title, ids=[nodes.make_id(module)], names=[module])
        lines = ["```{eval-rst}", f".. automodule:: {module}", "   :members:", "```"]
        self.state.nested_parse(StringList(lines), 0, section)
        return section


def configure(app: Sphinx, config) -> None:
    """The helpers of this tree, in the order of their source, with quiet signatures."""
    sys.path.insert(0, str(app.srcdir))
    config.autodoc_member_order = "bysource"
    config.autodoc_typehints = "signature"
    config.add_module_names = False
    config.nitpick_ignore_regex = [
        *config.nitpick_ignore_regex, ("py:.*", ELSEWHERE), ("py:.*", LOCAL),
    ]  # fmt: skip


def setup(app: Sphinx) -> dict:
    app.setup_extension("sphinx.ext.autodoc")
    app.add_directive("helpers-reference", HelpersReference)
    app.connect("config-inited", configure)
    app.connect("autodoc-process-docstring", tidy_docstring)
    app.connect("doctree-read", note_footcites)
    app.connect("env-updated", write_again)
    app.add_post_transform(CitedIn)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
