"""Notebooks that run alone: prepared well, and run where nothing but Colab's packages is."""

import re
import sys
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from browser import visit
from colab import Colab, code_of, prose_of, replaced, working_tree
from notebooks import ROOT, all_notebooks

sys.path.insert(0, str(ROOT / "book" / "extensions"))

from course_standalone import first_cell
from prepared_notebook import BOOTSTRAP, install_helpers

NOTEBOOKS = all_notebooks()
# The cheapest one, the cheapest one with an extra, and the one that draws on most of the helpers.
RUN_TO_THE_END = {"forward_and_backward", "ethics_and_law", "questions"}
RAW = {
    "a directive": r":::|^[`~]{3,}\{",
    "a role": r"\{[A-Za-z][\w:+-]*\}`",
    "a target": r"^\(.+\)=\s*$",
    "a labelled formula": r"\$\$ *\([\w-]+\)",
    "a definition list": r"^: ",
    "a citation": r"footcite|\{cite",
    "an option": r"^:[\w-]+:",
    "a cut": "\0",
}


def page_of(path: Path) -> str:
    return path.relative_to(ROOT).with_suffix("").as_posix()


def prepared_path(folder: Path, path: Path) -> Path:
    return folder / "notebooks" / path.relative_to(ROOT / "chapters")


each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


# Every chapter, prepared


@each_notebook
def test_a_prepared_notebook_is_whole_and_plain(site, path):
    original = nbformat.read(path, as_version=4)
    prepared = nbformat.read(prepared_path(site, path), as_version=4)
    nbformat.validate(prepared)
    first, *others = code_of(prepared)
    assert BOOTSTRAP in first.metadata.tags
    assert [cell.source for cell in others] == [cell.source for cell in code_of(original)]
    assert [len(cell.outputs) for cell in others] == [len(c.outputs) for c in code_of(original)]
    for text in prose_of(prepared):
        for what, pattern in RAW.items():
            assert not re.search(pattern, text, re.M), f"{what}: {text[:300]}"
    whole = "\n".join(prose_of(prepared))
    assert whole.count("#### Solution of exercise") == sum(
        text.count("{solution-start}") for text in prose_of(original)
    )
    figures = [cell.metadata.get("mystnb", {}).get("figure") for cell in code_of(original)]
    assert len(re.findall(r"^\*\*Fig\. [\d.]+:\*\* ", whole, re.M)) == sum(map(bool, figures))


@each_notebook
def test_the_links_of_a_prepared_notebook_lead_somewhere(site, path):
    place = prepared_path(site, path)
    text = "\n".join(prose_of(nbformat.read(place, as_version=4)))
    links = re.findall(r"\]\(([^()\s]+)\)", text)
    assert links
    for link in links:
        if link.startswith("#"):
            assert f'<a id="{link[1:]}"></a>' in text, link
        elif not re.match(r"https?://[^/]+\.", link):
            assert (place.parent / link).is_file(), link
        elif branch := re.match(r"https://colab\.research\.google\.com/.*/blob/notebooks/", link):
            assert (site / "notebooks" / link[branch.end() :]).is_file(), link


def test_the_site_offers_them_and_no_raw_sources(page, address, site):
    assert not (site / "_sources").exists()
    visit(page, f"{address}/chapters/mathematics/convolution.html")
    page.get_by_role("button", name="Download this page").click()
    with page.expect_download() as download:
        page.locator(".btn-download-notebook-button").click()
    assert BOOTSTRAP in Path(download.value.path()).read_text()
    visit(page, f"{address}/chapters/appendix/glossary.html")
    assert page.locator(".btn-download-notebook-button").count() == 0
    assert page.locator("a[href*='_sources']").count() == 0


def test_search_shows_excerpts_without_the_sources(page, address):
    visit(page, f"{address}/search.html?q=toeplitz")
    excerpt = page.locator("#search-results li p.context").first
    excerpt.wait_for(timeout=10_000)
    assert "toeplitz" in excerpt.inner_text().lower()


# Every chapter, run alone


@pytest.fixture(scope="session")
def shared(tmp_path_factory, worker_id) -> Path:
    """One folder for all workers."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "alone"
    folder.mkdir(exist_ok=True)
    return folder


@each_notebook
def test_a_notebook_runs_alone(site, shared, tmp_path, path):
    """Alone in an empty folder, with what Colab has and what its own first cell installs.

    Notebooks with the same first cell share an environment: the cell has run in it, once, and
    nothing else has installed anything.
    """
    notebook = nbformat.read(prepared_path(site, path), as_version=4)
    first, parameters, setup, imports, *_ = code_of(notebook)
    first.source = first_cell(ROOT, page_of(path), working_tree(shared / "repository"))
    if path.stem not in RUN_TO_THE_END:
        notebook.cells = [first, parameters, setup, imports]
    colab = Colab(shared)
    environment = colab.environment(first.source)
    colab.run(notebook, environment, tmp_path)
    assert "Seed 1; deterministic" in setup.outputs[0].text
    assert replaced(environment) == set(), "Colab's own packages stay as they are"
    assert next(environment.glob("lib/*/site-packages/helpers/setup.py")).is_file()


# The first cell


class Pip:
    """Stands in for pip: answers one call after another, and keeps the versions to be held."""

    def __init__(self, monkeypatch):
        self.answers, self.held = [], []
        monkeypatch.setattr("subprocess.run", self.run)

    def answer(self, returncode=0, stdout="", stderr=""):
        self.answers.append(SimpleNamespace(returncode=returncode, stdout=stdout, stderr=stderr))

    def run(self, command, **_):
        self.held.append(Path(command[command.index("--constraint") + 1]).read_text())
        return self.answers.pop(0)


@pytest.fixture
def pip(monkeypatch):
    return Pip(monkeypatch)


@pytest.fixture
def without_helpers(monkeypatch):
    monkeypatch.setitem(sys.modules, "helpers.setup", None)


@pytest.fixture
def installed(monkeypatch):
    """A function that says which packages are found, one call after another."""

    def say(*states):
        found = iter(states)
        monkeypatch.setattr(
            "importlib.metadata.distributions",
            lambda: [SimpleNamespace(name=n, version=v) for n, v in next(found).items()],
        )
        owners = {"numpy": ["numpy"], "attr": ["attrs"], "no_such_module": ["absent"]}
        monkeypatch.setattr("importlib.metadata.packages_distributions", lambda: owners)

    return say


def test_nothing_is_installed_where_nothing_is_missing(pip):
    install_helpers("course", ["numpy"])
    assert pip.held == []


def test_an_extra_that_is_missing_is_installed(pip, capsys):
    pip.answer()
    install_helpers("course", ["no-such-package"])
    assert capsys.readouterr().out == "Installing the helpers of the course ...\n"
    assert "\nnumpy==" in pip.held[0], "what is here stays as it is"


def test_only_what_stands_in_the_way_is_replaced(without_helpers, pip, installed):
    installed({"numpy": "2.1", "absl_py": "2.5"}, {"numpy": "2.1", "absl_py": "1.4"})
    pip.answer(1, stdout="    The user requested (constraint) absl-py==2.5\n")
    pip.answer()
    install_helpers("course")
    assert pip.held == ["numpy==2.1\nabsl-py==2.5\n", "numpy==2.1\n"]


def test_a_failed_installation_says_one_clear_sentence(without_helpers, pip):
    pip.answer(1, stderr="WARNING: retrying\nERROR: Could not find a version of setuptools")
    expected = (
        "The helpers could not be installed. Connect to a network and run this cell again. "
        "The installer says: ERROR: Could not find a version of setuptools"
    )
    with pytest.raises(RuntimeError, match=f"^{re.escape(expected)}$"):
        install_helpers("course")


def test_an_unsupported_python_is_named(without_helpers, pip, monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 14, 1))
    with pytest.raises(RuntimeError, match=r"needs Python 3\.11, .* this is Python 3\.14\.$"):
        install_helpers("course")


def test_a_restart_is_asked_for_when_something_loaded_was_replaced(without_helpers, pip, installed):
    pip.answer()
    installed({"numpy": "2.1", "absent": "1"}, {"numpy": "2.2", "absent": "1"})
    with pytest.raises(RuntimeError, match=r"^Replaced while loaded: numpy\. Restart the session"):
        install_helpers("course")


def test_no_restart_is_asked_for_what_was_not_loaded(without_helpers, pip, installed):
    pip.answer()
    installed({"numpy": "2.1", "absent": "1"}, {"numpy": "2.1", "absent": "2", "new": "1"})
    install_helpers("course")
