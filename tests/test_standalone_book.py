"""Notebooks that run alone, in a small book: every construct, the buttons, and the branch."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from base64 import b64encode
from functools import cache, partial
from io import BytesIO
from pathlib import Path

import nbformat
import pytest
import yaml
from colab import code_of, commit_all, git, prose_of
from notebooks import ROOT, all_notebooks
from PIL import Image

sys.path.insert(0, str(ROOT / "book" / "extensions"))

from course_standalone import binder_address, colab_address

ORIGIN = "https://github.com/owner/course"
OURS = ("course_book", "course_math", "course_standalone")
TEXT = """\
# Privacy

See {eq}`eq-sum`, {numref}`fig-dot`, {ref}`exercise-one` and [the end](the-end),
{footcite:t}`lecun1998` and others {footcite:p}`vaswani2017,mason`;
[the second](../other/second.ipynb), [a list](../list.md).

:::{admonition} What it says (A1)
:class: erratum
It says $a
b$ and `{eq}`, on two lines:

$$
a
= b
$$ (eq-box)
:::

$$
1 + 1 = 2
$$ (eq-sum)

*Term* (术语)
: What it is.

```python
"{eq}`this stays`"
```

(the-end)=
## Exercises

```{exercise}
:label: exercise-one
Why $x$?
```

```{solution-start} exercise-one
:class: dropdown
```
Because.
```{solution-end}
```

## Quiz

:::{dropdown} a) $10^3$ *or* `so`
Right.
:::

## References

```{footbibliography}
```
"""
PLAIN = """\
# Privacy

See (2), [Fig. 1](#fig-dot), [Exercise 1](#exercise-one) and [the end](#the-end),
[LeCun et al. (1998)](https://doi.org/10.1109/5.726791) and others \
([Vaswani et al., 2017](https://arxiv.org/abs/1706.03762); \
[Mason, 2011](https://doi.org/10.1118/1.3611983%282%29));
[the second]({second}), {list}.

> **What it says (A1)**
>
> It says $a b$ and `{{eq}}`, on two lines:
>
> $$ a = b \\tag{{1}} $$

$$
1 + 1 = 2\\tag{{2}}
$$

- *Term* (术语): What it is.

```python
"{{eq}}`this stays`"
```

<a id="the-end"></a>

## Exercises

### Exercise 1

<a id="exercise-one"></a>

Why $x$?
---
#### Solution of exercise 1
---
Because.
---
## Quiz

<details>
<summary>a) $10^3$ <em>or</em> <code>so</code></summary>

Right.

</details>

## References

- Yann LeCun, Léon Bottou, Yoshua Bengio, and Patrick Haffner. Gradient-based learning applied to \
document recognition. *Proceedings of the IEEE*, 86(11):2278–2324, 1998. \
[doi:10.1109/5.726791](https://doi.org/10.1109/5.726791).
- D. Mason. T. 2011. [doi:10.1118/1.3611983(2)](https://doi.org/10.1118/1.3611983%282%29).
- Ashish Vaswani, Noam Shazeer, Niki Parmar, Jakob Uszkoreit, Llion Jones, Aidan N. Gomez, \
Łukasz Kaiser, and Illia Polosukhin. Attention is all you need. In *Advances in Neural Information \
Processing Systems 30*. 2017. [arXiv:1706.03762](https://arxiv.org/abs/1706.03762)."""


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """Builds a small book with the course's own extensions. Returns the folder of its source."""
    return cache(partial(_small_book, tmp_path_factory))


def _small_book(tmp_path_factory, origin: str | None) -> Path:
    folder = tmp_path_factory.mktemp("small")
    for name in ("book", "helpers", ".binder"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE", ".gitignore"):
        shutil.copy(ROOT / name, folder)
    works = (ROOT / "references.bib").read_text(encoding="utf-8")
    mason = "\n@misc{mason, author={Mason, D.}, title={T}, year=2011, doi={10.1118/1.3611983(2)}}"
    (folder / "references.bib").write_text(works + mason, encoding="utf-8")
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    config["sphinx"]["local_extensions"] = dict.fromkeys(OURS, "book/extensions")
    (folder / "_config.yml").write_text(yaml.safe_dump(config))
    pages = ["chapters/trends/privacy", "chapters/other/second", "chapters/list"]
    (folder / "_toc.yml").write_text(
        yaml.safe_dump({"format": "jb-book", "root": "index",
                        "chapters": [{"file": page} for page in pages]})
    )  # fmt: skip
    (folder / "index.md").write_text("# A book\n")
    _write_chapters(folder)
    commit_all(folder)
    if origin:
        git(folder, "remote", "add", "origin", f"{origin}.git")
    built = _build(folder)
    assert built.returncode == 0, built.stdout[-3000:] + built.stderr[-3000:]
    return folder


def _write_chapters(folder: Path) -> None:
    (folder / "chapters/trends").mkdir(parents=True)
    (folder / "chapters/other").mkdir()
    (folder / "chapters/list.md").write_text("# A list\n")
    figure = {"figure": {"name": "fig-dot", "caption": "A *dot*."}, "image": {"alt": "A dot."}}
    stream = BytesIO()
    Image.new("L", (1, 1)).save(stream, "PNG")
    dot = b64encode(stream.getvalue()).decode()
    shown = nbformat.v4.new_output("display_data", {"image/png": dot, "text/plain": "dot"})
    plot = nbformat.v4.new_code_cell("plot()", outputs=[shown], metadata={"mystnb": figure})
    chapters = {
        "trends/privacy": [nbformat.v4.new_markdown_cell(TEXT), plot],
        "other/second": [nbformat.v4.new_markdown_cell("# Second"), nbformat.v4.new_code_cell("1")],
    }
    for name, cells in chapters.items():
        notebook = nbformat.v4.new_notebook(cells=cells)
        notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
        notebook.metadata["language_info"] = {"name": "python"}
        nbformat.write(notebook, folder / "chapters" / f"{name}.ipynb")


def _build(folder: Path):
    program = Path(sys.executable).with_name("jupyter-book")
    return subprocess.run(
        [program, "build", folder, "-W", "-n", "--keep-going"],
        env={name: value for name, value in os.environ.items() if name != "BOOK_URL"},
        capture_output=True,
        text=True,
        check=False,
    )


def _prepared(folder: Path):
    return nbformat.read(folder / "_build/html/notebooks/trends/privacy.ipynb", as_version=4)


@pytest.mark.parametrize(
    ("origin", "links"),
    [
        (None, {"second": "../other/second.ipynb", "list": "a list"}),
        (ORIGIN, {"second": colab_address(ORIGIN, "other/second.ipynb"), "list": "a list"}),
    ],
    ids=["without-origin", "with-origin"],
)
def test_every_construct_becomes_plain(small, origin, links):
    notebook = _prepared(small(origin))
    *text, caption = prose_of(notebook)
    assert "\n---\n".join(text) == PLAIN.format(**links)
    assert caption == '<a id="fig-dot"></a>\n\n**Fig. 1:** A *dot*.'
    (heading,) = [cell for cell in notebook.cells if cell.source.startswith("#### Solution")]
    assert notebook.metadata.colab.collapsed_sections == [heading.metadata.id]
    assert heading.metadata["jp-MarkdownHeadingCollapsed"] is True
    image = code_of(notebook)[1].outputs[0]
    assert image.metadata["image/png"].alt == "A dot."


def test_an_origin_gives_both_buttons_and_an_installation(small):
    folder = small(ORIGIN)
    html = (folder / "_build/html/chapters/trends/privacy.html").read_text()
    for link in (
        "https://colab.research.google.com/github/owner/course/blob/notebooks/trends/privacy.ipynb",
        "https://mybinder.org/v2/gh/owner/course/notebooks?labpath=trends%2Fprivacy.ipynb",
        "../../notebooks/trends/privacy.ipynb",
    ):
        assert html.count(f'<a href="{link}"') == 1
    assert 'aria-label="Run this chapter"' in html
    logos = re.findall(r'<img alt="(\w+) logo" src="\.\./\.\./(_static/images/logo_\w+\.\w+)', html)
    assert [name for name, _ in logos] == ["Colab", "Binder"]
    assert all((folder / "_build/html" / file).is_file() for _, file in logos)
    for page in ("index", "genindex", "chapters/list"):
        assert "Run this chapter" not in (folder / f"_build/html/{page}.html").read_text()
    commit = git(folder, "rev-parse", "HEAD").strip()
    assert (
        f"'deep-learning-for-healthcare[privacy] @ git+{ORIGIN}@{commit}',\n"
        "    ['dp-accounting', 'flwr'],\n"
    ) in code_of(_prepared(folder))[0].source


def test_without_an_origin_there_is_a_download_and_no_address(small):
    folder = small(None)
    html = (folder / "_build/html/chapters/trends/privacy.html").read_text()
    assert "Run this chapter" not in html
    assert html.count('<a href="../../notebooks/trends/privacy.ipynb"') == 1
    cell = code_of(_prepared(folder))[0].source
    assert "://" not in cell
    failed = subprocess.run(
        [sys.executable, "-I", "-S", "-c", cell], capture_output=True, text=True, check=False
    )
    assert failed.stderr.splitlines()[-1] == (
        "ModuleNotFoundError: The helpers of the course are missing: in its folder, run  "
        "pip install '.[privacy]'  and restart the kernel."
    )


def test_what_no_rule_knows_stops_the_build(small, tmp_path):
    folder = shutil.copytree(small(None), tmp_path / "book")
    chapter = folder / "chapters/other/second.ipynb"
    notebook = nbformat.read(chapter, as_version=4)
    notebook.cells[0].source += "\n\n:::{math}\na\n:::"
    nbformat.write(notebook, chapter)
    built = _build(folder)
    assert built.returncode != 0
    assert (
        "chapters/other/second cannot run alone, for it holds the directive {math}"
        in built.stdout + built.stderr
    )


def test_other_hosts_have_no_launch_buttons():
    for repository in (None, "https://git.example/a/b", "https://github.com.example/a/b"):
        assert colab_address(repository, "a/b.ipynb") is None
        assert binder_address(repository, "a/b.ipynb") is None


# Binder


def test_binder_installs_every_extra_of_a_chapter():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    chapters = {path.stem for path in all_notebooks()} & set(project["optional-dependencies"])
    lines = (ROOT / ".binder/requirements.txt").read_text().splitlines()
    (wanted,) = [line for line in lines if not line.startswith("#")]
    assert set(re.fullmatch(r"\.\[(.+)\]", wanted)[1].split(",")) == chapters
    assert re.fullmatch(r"python-3\.1[123]\n", (ROOT / ".binder/runtime.txt").read_text())


def test_the_published_branch_holds_what_binder_needs(small, tmp_path):
    """The step of the workflow itself, pushing to a folder."""
    workflow = yaml.safe_load((ROOT / ".github/workflows/pages.yml").read_text())
    steps = workflow["jobs"]["publish"]["steps"]
    (step,) = [step for step in steps if "branch" in step.get("name", "")]
    assert workflow["permissions"]["contents"] == "write"
    git(tmp_path, "init", "-q", "--bare", "remote")
    environment = {**os.environ, "REMOTE": str(tmp_path / "remote")}
    subprocess.run(
        ["bash", "-e", "-c", step["run"]], cwd=small(ORIGIN), env=environment, check=True
    )
    listed = git(tmp_path / "remote", "ls-tree", "-r", "--name-only", "notebooks").splitlines()
    assert {
        "trends/privacy.ipynb", "other/second.ipynb", ".binder/requirements.txt",
        ".binder/runtime.txt", "pyproject.toml", "README.md", "LICENSE", "helpers/setup.py",
    } <= set(listed)  # fmt: skip
    notebook = json.loads(git(tmp_path / "remote", "show", "notebooks:trends/privacy.ipynb"))
    assert notebook["metadata"]["kernelspec"]["name"] == "python3"
