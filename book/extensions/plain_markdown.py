"""MyST Markdown as plain Markdown: what Jupyter and Colab can show without Sphinx.

Blocks are found by MyST's own parser, so that this module and the book agree on what a block is;
inside them, roles and links are rewritten. Whatever is not known here is an error that names it:
no raw MyST can slip through.
"""

import posixpath
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from textwrap import dedent

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from myst_parser.config.main import MdParserConfig
from myst_parser.parsers.mdit import create_md_parser
from plain_references import author_year, full_reference, web_address

CUT = "\0"  # where a cell is cut in two
ADMONITIONS = {"admonition", "note", "tip", "hint", "important", "warning", "seealso"}
# Blocks that are replaced as a whole, or kept as they are.
BLOCKS = {"fence", "colon_fence", "math_block", "math_block_label", "myst_target", "dl_open",
          "code_block", "html_block"}  # fmt: skip
ORDINARY = re.compile(
    r"(paragraph|heading|bullet_list|ordered_list|list_item|blockquote|em|strong|link"
    r"|table|thead|tbody|tr|th|td|dl|dt|dd)_(open|close)"
    r"|inline|text|softbreak|hardbreak|hr|code_inline|math_inline(_double)?|myst_role"
)
INLINE = re.compile(
    r"""
    (?P<escape>\\.)
    | \{(?P<role>[\w:+-]+)\}(?P<ticks>`+)(?P<inside>.+?)(?P=ticks)(?!`)
    | (?P<code>(?P<fence>`+)(?!`).+?(?<!`)(?P=fence)(?!`))
    | (?P<math>(?P<dollars>\$\$?)(?:\\.|[^$\\])+?(?P=dollars))
    | \[(?P<text>(?:[^\[\]]|\[[^\[\]]*\])*)\]\((?P<to>(?:[^\s()]|\([^\s()]*\))*)\)
    """,
    re.X | re.S,
)


class UnknownConstruct(ValueError):
    """Something that no rule here turns into plain Markdown; the message names it."""


@dataclass(frozen=True)
class Target:
    """What a label stands for. number: as the book prints it, "Fig. 45" or "(51)", or empty."""

    page: str
    number: str = ""
    title: str = ""


@dataclass(frozen=True)
class Book:
    """What a chapter can refer to, and how it is parsed."""

    targets: Mapping[str, Target]
    equations: Mapping[str, Target]
    titles: Mapping[str, str]  # page: title
    works: Mapping  # key: pybtex's Entry
    config: MdParserConfig
    # Where a page leads to another one: to its notebook, else to the book; None: nowhere.
    address: Callable[[str, str], str | None]


class PlainMarkdown:
    """Converts the Markdown of one page, in its order, and keeps the list of the works cited."""

    def __init__(self, book: Book, page: str) -> None:
        self.book, self.page = book, page
        self.cited: set[str] = set()

    @cached_property
    def parser(self) -> MarkdownIt:
        return create_md_parser(self.book.config, RendererHTML)

    # Blocks

    def convert(self, text: str, nested: bool = False) -> str:
        """Plain Markdown. nested: inside a box, where a formula has to stand on one line.

        A CUT stands where a new cell begins. Raises UnknownConstruct.
        """
        lines, made, done = text.split("\n"), [], 0
        for token in self.parser.parse(text):
            self.check(token)
            if token.map is None or token.map[0] < done:
                continue
            if token.type in BLOCKS:
                start, end = token.map
                if done < start:
                    made += self.inline("\n".join(lines[done:start])).split("\n")
                indent = re.match(r"[ >]*", lines[start])[0]
                source = "\n".join(line.removeprefix(indent) for line in lines[start:end])
                block = self.block(token, source, nested)
                made += [f"{indent}{line}".rstrip() for line in block.split("\n")]
                done = end
        rest = self.inline("\n".join(lines[done:])) if done < len(lines) else ""
        return re.sub(r"\n{3,}", "\n\n", "\n".join([*made, rest])).strip("\n")

    def check(self, token: Token) -> None:
        for one in (token, *(token.children or ())):
            if one.type not in BLOCKS and not ORDINARY.fullmatch(one.type):
                raise UnknownConstruct(f"the construct {one.type!r}: {one.content or one.info}")

    def block(self, token: Token, source: str, nested: bool) -> str:
        match token.type:
            case "math_block" | "math_block_label":
                return self.formula(token, nested)
            case "myst_target":
                return f"\n{anchor(token.content.strip())}\n"
            case "dl_open":
                return self.definitions(source)
            case "fence" | "colon_fence" if token.info.startswith("{"):
                name, argument = re.match(r"\{(.+?)\}\s*(.*)", token.info).groups()
                return f"\n{self.directive(name, argument.strip(), token.content)}\n"
            case _:
                return source

    def formula(self, token: Token, nested: bool) -> str:
        tag = ""
        if token.type == "math_block_label":
            number = self.find(self.book.equations, token.info).number
            tag = rf"\tag{{{number.strip('()')}}}"
        if nested:
            return f"$$ {' '.join(token.content.split())} {tag} $$"
        return "\n".join(["$$", dedent(token.content).strip() + tag, "$$"])

    def definitions(self, source: str) -> str:
        """A definition list becomes a list: "- term: what it is"."""
        made = re.sub(r"^(\S.*)\n+: +", r"- \1: ", source, flags=re.M)
        if re.search(r"^: ", made, re.M):
            raise UnknownConstruct("a term with two definitions")
        return self.inline(made)

    def directive(self, name: str, argument: str, content: str) -> str:
        options, body = split_options(content)
        match name:
            case "exercise":
                title = self.find(self.book.targets, options["label"]).number
                return f"### {title}\n\n{anchor(options['label'])}\n\n{self.convert(body)}"
            case "solution-start":
                title = self.find(self.book.targets, argument).number
                return f"{CUT}#### Solution of {title[:1].lower()}{title[1:]}{CUT}"
            case "solution-end":
                return CUT
            case "dropdown":
                return (
                    f"<details>\n<summary>{self.summary(argument)}</summary>\n\n"
                    f"{self.convert(body, nested=True)}\n\n</details>"
                )
            case "footbibliography":
                return self.references()
            case _ if name in ADMONITIONS:
                title = self.inline(argument) or name.capitalize()
                box = f"**{title}**\n\n{self.convert(body, nested=True)}"
                return "\n".join(f"> {line}".rstrip() for line in box.split("\n"))
        raise UnknownConstruct(f"the directive {{{name}}}")

    def summary(self, text: str) -> str:
        """A line of Markdown as HTML: in a summary Jupyter reads formulas, but no Markdown."""
        parts = re.split(r"(\$[^$]+\$)", self.inline(text))
        parts[::2] = [MarkdownIt("commonmark").renderInline(part) for part in parts[::2]]
        return "".join(parts)

    def references(self) -> str:
        works = (self.book.works[key] for key in self.cited)
        works = sorted(works, key=lambda work: [part.casefold() for part in author_year(work)])
        return "\n".join(f"- {full_reference(work)}" for work in works)

    # Inside a block

    def inline(self, text: str) -> str:
        return INLINE.sub(self.rewrite, text)

    def rewrite(self, found: re.Match) -> str:
        if found["role"]:
            return self.role(found["role"], " ".join(found["inside"].split()))
        if found["math"]:
            # A formula that runs over a line's end would take in the quotation mark of a box.
            return found["math"].replace("\n", " ")
        if found["to"] is not None:
            return self.link(self.inline(found["text"]), found["to"])
        return found[0]

    def role(self, name: str, inside: str) -> str:
        explicit = re.fullmatch(r"(.+?)\s*<(.+)>", inside)
        shown, target = explicit.groups() if explicit else ("", inside)
        match name:
            case "footcite:t" | "cite:t":
                return "; ".join(self.citation(key, "{} ({})") for key in inside.split(","))
            case "footcite:p" | "cite:p":
                return f"({'; '.join(self.citation(key, '{}, {}') for key in inside.split(','))})"
            case "eq":
                equation = self.find(self.book.equations, target)
                return self.to_page(equation.page, shown or equation.number)
            case "ref" | "numref":
                return self.to_label(shown, target)
            case "doc":
                page = posixpath.normpath(posixpath.join(posixpath.dirname(self.page), target))
                return self.to_page(page, shown or self.find(self.book.titles, page))
            case "term":
                return shown or target
        raise UnknownConstruct(f"the role {{{name}}}")

    def citation(self, key: str, form: str) -> str:
        work = self.find(self.book.works, key.strip())
        self.cited.add(key.strip())
        authors, year = author_year(work)
        shown = form.format(authors, year) if year else authors
        return f"[{shown}]({web_address(work)})" if web_address(work) else shown

    def link(self, shown: str, to: str) -> str:
        if re.match(r"https?://|mailto:", to):
            return f"[{shown}]({to})"
        path, _, label = to.partition("#")
        if not re.search(r"\.(ipynb|md)$", path):
            return self.to_label(shown, path or label)
        page = posixpath.join("/", posixpath.dirname(self.page), posixpath.splitext(path)[0])
        page = posixpath.normpath(page).lstrip("/")
        return self.to_page(page, shown or self.find(self.book.titles, page))

    def to_label(self, shown: str, label: str) -> str:
        target = self.find(self.book.targets, label)
        shown = shown or target.number or target.title
        if target.page == self.page:
            return f"[{shown}](#{label})"
        return self.to_page(target.page, shown)

    def to_page(self, page: str, shown: str) -> str:
        """A link to another page. One that has no address is named and not linked."""
        self.find(self.book.titles, page)
        address = None if page == self.page else self.book.address(self.page, page)
        return f"[{shown}]({address})" if address else shown

    @staticmethod
    def find(where: Mapping, key: str):
        if key not in where:
            raise UnknownConstruct(f"a reference to {key!r}, which is nowhere")
        return where[key]


def anchor(label: str) -> str:
    return f'<a id="{label}"></a>'


def split_options(content: str) -> tuple[dict[str, str], str]:
    """The lines ":name: value" at the head of a directive, and what follows them."""
    head = re.match(r"(?::[\w-]+:.*(?:\n|$))*", content)[0]
    return dict(re.findall(r"^:([\w-]+):[ \t]*(.*)$", head, re.M)), content[len(head) :].strip("\n")
