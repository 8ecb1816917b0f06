"""What the book needs beyond Jupyter Book: everything local, and the address from git.

- What sphinx-thebe adds is dropped: it loads from outside, names somebody else's repository, and
  runs no cell here.
- The lines of checked claims are marked, so that they can be told from other output.
- The repository button appears when `git remote get-url origin` is a public address.
"""

import re
import subprocess
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx


def drop_thebe(app: Sphinx, pagename, templatename, context, doctree) -> None:
    """Remove thebe's scripts and styles from a page."""
    for kind in ("script_files", "css_files"):
        files = context.get(kind, [])
        context[kind] = [one for one in files if "thebe" not in _name(one)]


def drop_thebe_settings(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Remove the settings that sphinx-thebe writes at the end of a page."""
    for node in list(doctree.findall(nodes.raw)):
        if re.search(r"x-thebe-config|<script>kernelName", node.astext()):
            node.parent.remove(node)


def _name(asset) -> str:
    """File name and inline text of a script or style sheet."""
    inline = getattr(asset, "attributes", {}).get("body", "")
    return f"{getattr(asset, 'filename', None) or ''} {inline}"


def repository_url(folder: Path) -> str | None:
    """The https address of the remote `origin`, or None when it has none that a reader can open."""
    asked = subprocess.run(
        ["git", "-C", str(folder), "remote", "get-url", "origin"],
        capture_output=True,
        text=True,
        check=False,
    )
    address = asked.stdout.strip()
    found = re.fullmatch(r"(?:https://|ssh://git@|git@)([^/:@]+)[/:](.+?)(?:\.git)?/?", address)
    return f"https://{found[1]}/{found[2]}" if found else None


def set_repository(app: Sphinx, config) -> None:
    """Point the repository button at the fork that the book is built from."""
    address = repository_url(Path(app.srcdir))
    options = config.html_theme_options
    options.pop("launch_buttons", None)
    options["use_repository_button"] = address is not None
    options["repository_url"] = address or ""


def mark_claims(app: Sphinx, doctree: nodes.document) -> None:
    """Give the lines that `check` prints a class of their own."""
    for block in doctree.findall(nodes.literal_block):
        if block.astext().startswith("holds: "):
            block["classes"].append("claim")


def setup(app: Sphinx) -> dict:
    app.connect("config-inited", set_repository)
    # After sphinx-thebe has added its files.
    app.connect("html-page-context", drop_thebe, priority=900)
    app.connect("doctree-resolved", drop_thebe_settings, priority=900)
    app.connect("doctree-read", mark_claims)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
