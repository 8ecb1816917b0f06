"""A chapter's notebook as it runs alone: plain Markdown, and a first cell to install the helpers.

Everything that `prepare` needs is handed in; course_standalone.py collects it from the book.
"""

import inspect
import re
from copy import deepcopy
from textwrap import dedent

import nbformat
from nbformat import NotebookNode
from plain_markdown import CUT, Book, PlainMarkdown, UnknownConstruct, anchor

BOOTSTRAP = "bootstrap"  # the tag of the first code cell
FOLDED = {"jupyter": {"source_hidden": True}, "cellView": "form"}  # in Jupyter, on Colab


def install_helpers(requirement, packages=()):
    """Install the helpers of the course, and what this chapter adds, where they are missing."""
    import re
    import subprocess
    import sys
    from importlib import import_module, invalidate_caches, metadata
    from pathlib import Path
    from tempfile import TemporaryDirectory

    def versions():
        found = {one.name: one.version for one in metadata.distributions() if one.name}
        return {re.sub(r"[-_.]+", "-", name).lower(): found[name] for name in found}

    try:
        import_module("helpers.setup")
        for package in packages:
            metadata.version(package)
        return
    except ModuleNotFoundError:
        before = versions()
    if not (3, 11) <= sys.version_info[:2] <= (3, 13):
        python = ".".join(map(str, sys.version_info[:2]))
        raise RuntimeError(f"The course needs Python 3.11, 3.12 or 3.13; this is Python {python}.")

    print("Installing the helpers of the course ...", flush=True)
    kept, in_the_way = dict(before), True
    while in_the_way:  # what is installed stays as it is, but for what makes it impossible
        with TemporaryDirectory() as folder:
            pins = Path(folder, "kept.txt")
            pins.write_text("".join(f"{name}=={version}\n" for name, version in kept.items()))
            pip = [sys.executable, "-m", "pip", "install", requirement, "--constraint", str(pins)]
            done = subprocess.run(pip, capture_output=True, text=True)
        named = re.findall(r"\(constraint\) ([\w.-]+)==", done.stdout if done.returncode else "")
        in_the_way = bool(named) and kept.pop(named[0], None)
    if done.returncode:
        raise RuntimeError(
            "The helpers could not be installed. Connect to a network and run this cell again. "
            "The installer says: " + "".join(done.stderr.strip().splitlines()[-1:])
        )

    invalidate_caches()
    after = versions()
    changed = {name for name, version in before.items() if after.get(name) != version}
    owners = metadata.packages_distributions() if changed else {}
    loaded = {name.lower() for one in owners if one in sys.modules for name in owners[one]}
    if changed & loaded:
        raise RuntimeError(
            f"Replaced while loaded: {', '.join(sorted(changed & loaded))}. Restart the session "
            "(on Colab: Runtime, Restart session), then run the notebook again from its top."
        )


def bootstrap_source(requirement: str | None, packages: list[str], extra: str | None) -> str:
    """The first code cell. requirement: what pip installs, or None when nobody knows an address.

    packages: the distributions that the chapter's extra adds. extra: its name.
    """
    if requirement:
        code = inspect.getsource(install_helpers)
        call = f"install_helpers(\n    {requirement!r},\n    {packages!r},\n)"
        return f"# Run this cell first: it installs what the notebook needs.\n{code}\n\n{call}"
    place = f"'.[{extra}]'" if extra else "."
    return dedent(f"""\
        # Run this cell first: it says what is missing.
        try:
            import helpers.setup
        except ModuleNotFoundError:
            raise ModuleNotFoundError(
                "The helpers of the course are missing: in its folder, run  pip install {place}  "
                "and restart the kernel."
            ) from None""")


def prepare(notebook: NotebookNode, page: str, book: Book, bootstrap: str) -> NotebookNode:
    """The notebook of a page, to be run alone. The one that was handed in stays as it was.

    Code and outputs are kept; captions, which stand in the metadata, become cells of their own.
    The solutions of exercises stand below a heading that is folded.
    Raises UnknownConstruct for Markdown that no rule knows.
    """
    plain, cells, solved = PlainMarkdown(book, page), [], False
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            found = markdown_cells(plain.convert(cell.source))
            # A folded heading hides all cells up to the next heading.
            if solved and found and not found[0].source.startswith("#"):
                raise UnknownConstruct("text after a solution, without a heading")
            solved = cell.source.rstrip().endswith("{solution-end}\n```")
            cells += found
        else:
            cells += code_cells(cell, plain)
    first = next(k for k, cell in enumerate(cells) if cell.cell_type == "code")
    cells.insert(first, _code(bootstrap, {"tags": [BOOTSTRAP], **FOLDED}))
    _drop_unused_anchors(cells)
    return _notebook(cells)


def markdown_cells(text: str) -> list[NotebookNode]:
    """The cells of a converted text; the heading of a solution is a cell that is folded."""
    cells = []
    for part in filter(None, (part.strip() for part in text.split(CUT))):
        folded = part.startswith("#### Solution of")
        metadata = {"jp-MarkdownHeadingCollapsed": True} if folded else {}
        cells.append(nbformat.v4.new_markdown_cell(part, metadata=metadata))
    return cells


def code_cells(cell: NotebookNode, plain: PlainMarkdown) -> list[NotebookNode]:
    """The cell as it is, and below it the caption of its figure."""
    copy, rendering = deepcopy(cell), cell.metadata.get("mystnb", {})
    tags = cell.metadata.get("tags", [])
    copy.metadata = nbformat.from_dict({"tags": tags} if tags else {})
    if "hide-input" in tags:
        copy.metadata.update(FOLDED)
    if alt := rendering.get("image", {}).get("alt"):
        for output in copy.outputs:
            output.get("metadata", {})["image/png"] = {"alt": alt}
    figure = rendering.get("figure")
    if not figure:
        return [copy]
    number = plain.find(plain.book.targets, figure["name"]).number
    caption = f"{anchor(figure['name'])}\n\n**{number}:** {plain.convert(figure['caption'])}"
    return [copy, nbformat.v4.new_markdown_cell(caption)]


def _code(source: str, metadata: dict) -> NotebookNode:
    return nbformat.v4.new_code_cell(source, metadata=metadata)


def _drop_unused_anchors(cells: list[NotebookNode]) -> None:
    """Keep the anchors that a link of this notebook leads to."""
    texts = [cell for cell in cells if cell.cell_type == "markdown"]
    used = {label for cell in texts for label in re.findall(r"\]\(#([^)]+)\)", cell.source)}
    for cell in texts:
        for label in re.findall(r'<a id="([^"]+)"></a>', cell.source):
            if label not in used:
                cell.source = cell.source.replace(anchor(label), "")
        cell.source = re.sub(r"\n{3,}", "\n\n", cell.source).strip("\n")


def _notebook(cells: list[NotebookNode]) -> NotebookNode:
    for number, cell in enumerate(cells):
        cell.id = cell.metadata["id"] = f"cell-{number:03d}"  # Colab reads the second
    folded = [cell.id for cell in cells if cell.metadata.get("jp-MarkdownHeadingCollapsed")]
    metadata = {
        "colab": {"provenance": [], "toc_visible": True, "collapsed_sections": folded},
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    return nbformat.v4.new_notebook(cells=cells, metadata=metadata)
