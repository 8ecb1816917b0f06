"""Notebooks that run alone: on Colab, on Binder, or downloaded.

For every chapter, `notebooks/<part>/<name>.ipynb` is written beside the pages, and the page's
download button leads there instead of to the raw source. When the repository is at GitHub, there
are two launch buttons as well: they open the same notebook from the branch `notebooks`, which
.github/workflows/pages.yml publishes. The helpers come from the commit that the book was built
from, not from a branch: the text, the code and the helpers then always fit together.
"""

import posixpath
import subprocess
import tomllib
from pathlib import Path
from urllib.parse import quote

import nbformat
from course_book import repository_url
from packaging.requirements import Requirement
from plain_markdown import Book, Target, UnknownConstruct
from prepared_notebook import bootstrap_source, prepare
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

BRANCH = "notebooks"
GITHUB = "https://github.com/"


def notebook_place(page: str) -> str:
    """Where the prepared notebook of a page is, in the folder and in the branch `notebooks`."""
    return f"{page.removeprefix('chapters/')}.ipynb"


def is_chapter(app: Sphinx, page: str) -> bool:
    return page in app.env.all_docs and app.env.doc2path(page).endswith(".ipynb")


# Addresses


def colab_address(repository: str | None, place: str) -> str | None:
    """The page of Colab that opens a prepared notebook: of repositories at GitHub only."""
    if not (repository or "").startswith(GITHUB):
        return None
    name = repository.removeprefix(GITHUB)
    return f"https://colab.research.google.com/github/{name}/blob/{BRANCH}/{place}"


def binder_address(repository: str | None, place: str) -> str | None:
    """The page of Binder that opens a prepared notebook.

    Binder reads other hosts too, but only GitHub runs the workflow that publishes the branch.
    """
    if not (repository or "").startswith(GITHUB):
        return None
    name = repository.removeprefix(GITHUB)
    return f"https://mybinder.org/v2/gh/{name}/{BRANCH}?labpath={quote(place, safe='')}"


def helpers_source(root: Path) -> str | None:
    """Where pip finds the helpers, "git+https://…@commit"; None without a public `origin`."""
    repository = repository_url(root)
    if repository is None:
        return None
    asked = ["git", "-C", str(root), "rev-parse", "HEAD"]
    commit = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()
    return f"git+{repository}@{commit}"


def first_cell(root: Path, page: str, source: str | None) -> str:
    """The code that makes a page's notebook run alone. source: as helpers_source gives it."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extra = posixpath.basename(page)
    packages = project["optional-dependencies"].get(extra, [])
    name = f"{project['name']}[{extra}]" if packages else project["name"]
    return bootstrap_source(
        f"{name} @ {source}" if source else None,
        [Requirement(text).name for text in packages],
        extra if packages else None,
    )


# What the book knows


def read_book(app: Sphinx) -> Book:
    """Labels with their numbers, titles and works, from what Sphinx has collected."""
    chapters = {page for page in app.env.all_docs if is_chapter(app, page)}
    repository, public = repository_url(Path(app.srcdir)), app.config.html_baseurl

    def address(page: str, other: str) -> str | None:
        if other not in chapters:
            return f"{public}{app.builder.get_target_uri(other)}" if public else None
        here, there = notebook_place(page), notebook_place(other)
        relative = posixpath.relpath(there, posixpath.dirname(here))
        return colab_address(repository, there) or relative

    standard = app.env.get_domain("std")
    return Book(
        targets={
            label: Target(page, number_of(app, page, name), standard.labels.get(label, [""] * 3)[2])
            for label, (page, name, *_) in {**standard.labels, **standard.anonlabels}.items()
        },
        equations={
            label: Target(page, f"({number_of(app, page, f'equation-{label}')})")
            for label, (page, _) in app.env.get_domain("math").equations.items()
        },
        titles={page: title.astext() for page, title in app.env.titles.items()},
        works=app.env.get_domain("cite").bibdata.data.entries,
        config=app.env.myst_config,
        address=address,
    )


def number_of(app: Sphinx, page: str, name: str) -> str:
    """The number that the book prints: "Fig. 45", "Exercise 20", "51"; empty without one."""
    for kind, numbers in app.env.toc_fignumbers.get(page, {}).items():
        if name in numbers:
            number = ".".join(map(str, numbers[name]))
            form = app.config.numfig_format.get(kind, "%s")
            return form % number
    return ""


# Building


def write_notebooks(app: Sphinx, error: Exception | None) -> None:
    """Write every prepared notebook. What cannot be converted stops the build, by name."""
    if error is not None or app.builder.format != "html":
        return
    book, root = read_book(app), Path(app.srcdir)
    source = helpers_source(root)
    for page in sorted(page for page in app.env.all_docs if is_chapter(app, page)):
        notebook = nbformat.read(app.env.doc2path(page), as_version=4)
        try:
            prepared = prepare(notebook, page, book, first_cell(root, page, source))
        except UnknownConstruct as unknown:
            raise ExtensionError(
                f"{page} cannot run alone, for it holds {unknown}. Add a rule to "
                "book/extensions/plain_markdown.py, or write it otherwise."
            ) from unknown
        nbformat.validate(prepared)
        target = Path(app.outdir, BRANCH, notebook_place(page))
        target.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(prepared, target)


def set_buttons(app: Sphinx, pagename: str, templatename, context: dict, doctree) -> None:
    """Launch buttons on the chapters, and a download of what runs alone instead of raw sources."""
    buttons = context.get("header_buttons", [])
    chapter = is_chapter(app, pagename)
    for group in buttons:
        if group.get("label") == "download-buttons":
            group["buttons"] = [
                one for one in group["buttons"] if one.get("label") != "download-source-button"
            ]
            if chapter:
                group["buttons"].insert(0, download_button(context, pagename))
    if chapter and (group := launch_buttons(repository_url(Path(app.srcdir)), pagename)):
        buttons.insert(0, group)


def download_button(context: dict, page: str) -> dict:
    return {
        "type": "link",
        "url": context["pathto"](f"{BRANCH}/{notebook_place(page)}", resource=True),
        "text": ".ipynb",
        "tooltip": "Download the notebook, to run it alone",
        "icon": "fas fa-file",
        "label": "download-notebook-button",
    }


def launch_buttons(repository: str | None, page: str) -> dict | None:
    """The group of launch buttons, as the theme draws it, or None when there is nothing to open."""
    places = {
        "Colab": (colab_address(repository, notebook_place(page)), "logo_colab.png"),
        "Binder": (binder_address(repository, notebook_place(page)), "logo_binder.svg"),
    }
    links = [
        {
            "type": "link",
            "url": url,
            "text": name,
            "tooltip": f"Run this chapter on {name}",
            "icon": f"_static/images/{logo}",
            "label": f"launch-{name.lower()}",
        }
        for name, (url, logo) in places.items()
        if url
    ]
    about = {"tooltip": "Run this chapter", "icon": "fas fa-rocket", "label": "launch-buttons"}
    return {"type": "group", "buttons": links, **about} if links else None


def ship_no_sources(app: Sphinx, config) -> None:
    """The raw notebooks would weigh as much as the prepared ones, and nothing links to them."""
    config.html_copy_source = False


def setup(app: Sphinx) -> dict:
    app.connect("config-inited", ship_no_sources)
    # After the theme has made its own buttons (501).
    app.connect("html-page-context", set_buttons, priority=600)
    app.connect("build-finished", write_notebooks)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
