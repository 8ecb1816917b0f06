"""Works of the bibliography as plain Markdown."""

from functools import cache

from pybtex.backends.markdown import Backend
from pybtex.database import Entry
from pybtex.richtext import Text
from pybtex.style.formatting.plain import Style


class _Markdown(Backend):
    """Escapes what means something in the middle of a line, and nothing else."""

    def format_str(self, text: str) -> str:
        return "".join(f"\\{letter}" if letter in r"\`*_[]<>$" else letter for letter in text)

    def format_href(self, url: str, text: str, external: bool = False) -> str:
        return f"[{text}]({_quote(url)})"


def author_year(work: Entry) -> tuple[str, str]:
    """("Vaswani et al.", "2017"); the year is empty where none is known."""
    people = work.persons.get("author") or work.persons["editor"]
    names = [
        str(Text.from_latex(" ".join([*person.prelast_names, *person.last_names])))
        for person in people
    ]
    if len(names) > 2 or names[-1] == "others":
        authors = f"{names[0]} et al."
    else:
        authors = " and ".join(names)
    return authors, work.fields.get("year", "")


def web_address(work: Entry) -> str | None:
    """Where the work is to be found: by DOI, by arXiv's number, or by its own address."""
    fields = work.fields
    for name, prefix in (("doi", "https://doi.org/"), ("eprint", "https://arxiv.org/abs/")):
        if name in fields:
            return prefix + _quote(fields[name])
    return _quote(fields["url"]) if "url" in fields else None


def _quote(address: str) -> str:
    """Parentheses would end a Markdown link; LaTeX escapes its own signs."""
    return address.replace("\\", "").replace("(", "%28").replace(")", "%29")


@cache
def _style() -> Style:
    """Made once: it looks its parts up among all installed packages."""
    return Style()


def full_reference(work: Entry) -> str:
    """Authors, title, place and links, as the book's bibliography has them."""
    (formatted,) = _style().format_entries([work])
    return " ".join(formatted.text.render(_Markdown()).split())
