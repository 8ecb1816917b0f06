"""The glossary, and the links to it.

- `{course-glossary}` makes Sphinx's glossary out of chapters/appendix/glossary.yml.
- A chapter introduces a term together with its Chinese counterpart: *convolution* (卷积). The
  first such place of each term on a page becomes a reference of the role `term` when the book is
  built. The notebook itself stays plain, for Jupyter and Colab know no roles.
"""

import re
from functools import cache
from pathlib import Path

import yaml
from docutils import nodes
from docutils.statemachine import StringList
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

GLOSSARY = "chapters/appendix/glossary.yml"
GLOSSARY_PAGE = "chapters/appendix/glossary"
HAN = re.compile(r"[\u4e00-\u9fff]")
INSIDE = r"([^()（）]*[\u4e00-\u9fff][^()（）]*)[)）]"
# After the term: "(卷积)", or ", 自助法)" where the term itself stands in the parentheses.
FOLLOWS = re.compile(rf"\s*[,(（]\s*{INSIDE}")
# In running text: up to five words, then the parentheses.
INLINE = re.compile(rf"((?:[\w’'–-]+\s+){{0,4}}[\w’'–-]+)\s*[(（]\s*{INSIDE}")


def read_glossary(root: Path) -> list[dict]:
    """The entries: term, chinese, definition; perhaps also, variants, forms, unlinked."""
    return _parse((root / GLOSSARY).read_text(encoding="utf-8"))


@cache
def _parse(text: str) -> list[dict]:
    return yaml.safe_load(text)


def plain(text: str) -> str:
    """A form as it is compared: one space between words, no capitals, straight apostrophes."""
    return " ".join(text.split()).lower().replace("’", "'")


def chinese_names(inside: str) -> list[str]:
    """The Chinese names in a pair of parentheses: "GRU, 门控循环单元" holds one."""
    parts = re.split(r"[,，;/=]", inside)
    return [part.replace(" ", "") for part in parts if HAN.search(part)]


class Terms:
    """Which term is meant by an English form that a Chinese name follows."""

    def __init__(self, entries: list[dict]):
        self.by_form: dict[str, set[str]] = {}
        self.by_chinese: dict[str, str] = {}
        for entry in entries:
            for form in (entry["term"], *entry.get("also", ()), *entry.get("forms", ())):
                for inflected in (plain(form), f"{plain(form)}s"):
                    self.by_form.setdefault(inflected, set()).add(entry["term"])
            for name in (entry["chinese"], *entry.get("variants", ())):
                self.by_chinese[name.replace(" ", "")] = entry["term"]

    def find(self, form: str, inside: str) -> str | None:
        """The term that both names mean, or None. Two things can share an English name."""
        candidates = self.by_form.get(plain(form), set())
        named = (self.by_chinese.get(name) for name in chinese_names(inside))
        return next((term for term in named if term in candidates), None)


class CourseGlossary(SphinxDirective):
    """All entries. The Chinese names stand together in the index, under one heading."""

    def run(self) -> list[nodes.Node]:
        root = Path(self.env.srcdir)
        self.env.note_dependency(str(root / GLOSSARY))
        lines = [":::{glossary}"]
        for entry in read_glossary(root):
            names = [entry["term"], *entry.get("also", ())]
            lines += [*names, f"{entry['chinese']} : 中文", f"  {entry['definition']}", ""]
        holder = nodes.Element()
        self.state.nested_parse(StringList([*lines, ":::"]), 0, holder)
        for term in holder.findall(nodes.term):
            if HAN.search(term.astext()):
                term["classes"].append("chinese")  # the style sheet sets it beside the English
        return holder.children


def reference(term: str, shown: nodes.Node) -> pending_xref:
    """What the role `term` makes."""
    return pending_xref(
        "", shown, refdomain="std", reftype="term", reftarget=term, refexplicit=True, refwarn=True
    )


def link_terms(app: Sphinx, doctree: nodes.document) -> None:
    """Link the first introduction of each term on a page."""
    root = Path(app.srcdir)
    if app.env.docname == GLOSSARY_PAGE or not (root / GLOSSARY).is_file():
        return
    app.env.note_dependency(str(root / GLOSSARY))
    terms, seen = Terms(read_glossary(root)), set()
    for block in list(doctree.findall(nodes.paragraph)):
        _link_italics(block, terms, seen)
        _link_words(block, terms, seen)


def _link_italics(block: nodes.paragraph, terms: Terms, seen: set[str]) -> None:
    """*convolution* (卷积)"""
    for child, after in zip(block.children[:-1], block.children[1:], strict=True):
        found = isinstance(child, nodes.emphasis) and FOLLOWS.match(after.astext())
        term = found and terms.find(child.astext(), found[1])
        if term and term not in seen:
            seen.add(term)
            block.replace(child, reference(term, child.deepcopy()))


def _link_words(block: nodes.paragraph, terms: Terms, seen: set[str]) -> None:
    """Support vector machine (支持向量机), in plain letters: the longest run of last words."""
    for child in [child for child in block.children if isinstance(child, nodes.Text)]:
        text, parts, done = child.astext(), [], 0
        for found in INLINE.finditer(text):
            starts = [word.start() for word in re.finditer(r"\S+", found[1])]
            forms = [found[1][start:] for start in starts]
            known = [(form, terms.find(form, found[2])) for form in forms]
            form, term = next((pair for pair in known if pair[1]), ("", None))
            if term and term not in seen:
                seen.add(term)
                start = found.end(1) - len(form)
                parts += [nodes.Text(text[done:start]), reference(term, nodes.inline("", form))]
                done = found.end(1)
        if parts:
            block.replace(child, [*parts, nodes.Text(text[done:])])


def setup(app: Sphinx) -> dict:
    app.add_directive("course-glossary", CourseGlossary)
    app.connect("doctree-read", link_terms)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
