"""How long a chapter takes: minutes to read, from what it holds; seconds to run, as measured.

Prose goes at the mean rate of adults who read English non-fiction in silence, 238 words a minute
(Brysbaert 2019, doi:10.1016/j.jml.2019.104047). Nobody has measured such a rate for the rest of a
chapter: SECONDS are an assumption. Hidden solutions and the list of references count as unread.
"""

import json
import re
from pathlib import Path

WORDS_PER_MINUTE = 238
SECONDS = {"line of code": 4, "formula in a line": 2, "displayed formula": 15, "figure": 20}

TIME = re.compile(
    r"^\*\*Time\*\*: (?:about )?(\d+) minutes to read, (?:about )?(\d+) seconds to run\.$", re.M
)
TITLE = re.compile(r"^## (.+)$", re.M)
SOLUTION = re.compile(r"^`{3,}\{solution-(start|end)\}", re.M)
# Fences, options of directives, targets, addresses: nothing that the page shows.
MARKUP = re.compile(r"^(?::{3,}|`{3,}).*$|^:[\w-]+:.*$|^\([\w-]+\)=$|\]\([^)]*\)|\{[\w:]+\}", re.M)
DISPLAYED = re.compile(
    r"\$\$.+?\$\$(?: *\([\w-]+\))?|^\\begin\{(\w+\*?)\}.+?^\\end\{\1\}", re.M | re.S
)
INLINE = re.compile(r"(?<![\\$])\$[^$]+\$")
WORD = re.compile(r"\w+(?:[-'’.,]\w+)*")


def reading_seconds(notebook) -> dict[str, float]:
    """Seconds to read each second-level section, by its title ("" before the first).

    notebook: as nbformat or json reads it.
    """
    spent, title, hidden = {"": 0.0}, "", False
    for cell in notebook["cells"]:
        text = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            if mark := SOLUTION.search(text):
                hidden = mark[1] == "start"
            # Every second part is a title.
            for number, part in enumerate(TITLE.split(text)):
                title = part if number % 2 else title
                spent[title] = spent.get(title, 0.0) + (0.0 if hidden else _prose(part))
        elif not hidden:
            spent[title] += _code(cell, text)
    spent.pop("References", None)
    return spent


def _prose(text: str) -> float:
    text, displayed = DISPLAYED.subn(" ", text)
    text, inline = INLINE.subn(" ", text)
    words = len(WORD.findall(MARKUP.sub(" ", text)))
    return (
        60 * words / WORDS_PER_MINUTE
        + SECONDS["displayed formula"] * displayed
        + SECONDS["formula in a line"] * inline
    )


def _code(cell, text: str) -> float:
    shown = "hide-input" not in cell["metadata"].get("tags", [])
    lines = sum(bool(line.strip()) for line in text.splitlines()) if shown else 0
    figures = sum("image/png" in output.get("data", {}) for output in cell["outputs"])
    return SECONDS["line of code"] * lines + SECONDS["figure"] * figures


def minutes(spent: float) -> int:
    """Seconds in minutes, to the nearest 5: more would pretend to know the reader."""
    return max(5, 5 * round(spent / 300))


def seconds(measured: float, stored: int | None = None) -> int:
    """Seconds to run, to the nearest 5. What is stored stays while it is near what was measured,
    so that executing a notebook once more changes nothing.
    """
    if stored and abs(measured - stored) <= max(5, 0.3 * stored):
        return stored
    return max(5, 5 * round(measured / 5))


def time_line(notebook) -> str:
    """The line of the opening box, from what the notebook holds.

    Seconds that were never measured stay as they were written by hand.
    """
    written = TIME.search("".join(notebook["cells"][0]["source"]))
    to_read = minutes(sum(reading_seconds(notebook).values()))
    to_run = notebook["metadata"].get("course", {}).get("seconds") or written[2]
    return f"**Time**: about {to_read} minutes to read, {to_run} seconds to run."


def state_times(path: Path) -> None:
    """Write the line into a notebook; nothing else of the file changes."""
    text = path.read_text(encoding="utf-8")
    notebook = json.loads(text)
    # A notebook of something else has no such line.
    if written := TIME.search("".join(notebook["cells"][0]["source"])):
        stated = text.replace(written[0], time_line(notebook), 1)
        if stated != text:
            part = path.with_suffix(".part")
            part.write_text(stated, encoding="utf-8")
            part.replace(path)
