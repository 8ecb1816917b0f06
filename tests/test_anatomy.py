"""Every chapter has the anatomy that CONTRIBUTING.md describes, and clean stored outputs."""

import ast
import json
import re
import statistics

import nbformat
import pytest
import yaml
from notebooks import ROOT, all_notebooks, is_current

from helpers.claims import check_parameter, records

NOTEBOOKS = all_notebooks()
SETUP_CELL = "from helpers.setup import setup\n\nsetup(seed)"
NOISE = {
    "an absolute path": r"(?<![\w.:/])/(?:root|home|tmp|work|Users|usr|opt|private|var)/",
    "a warning": r"\w*Warning:|\b[WE]0000\b",
    "a time stamp": r"\b20\d\d-\d\d-\d\d[T ]\d\d:\d\d|\b\d\d:\d\d:\d\d\b",
    "progress-bar debris": r"\d+%\||it/s|ms/step|\r|\x08",
    "an object address": r" at 0x[0-9a-f]{6,}",
}


def parametrised(function):
    return pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)(function)


def read(path):
    return nbformat.read(path, as_version=4)


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def prose(notebook):
    return "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


def tags(cell):
    return cell.metadata.get("tags", [])


def section(text, title):
    """The Markdown below one second-level heading."""
    return re.split(r"^## ", text.split(f"\n## {title}\n", 1)[1], maxsplit=1, flags=re.M)[0]


def test_there_are_chapters(notebooks):
    assert notebooks == NOTEBOOKS


def test_the_table_of_contents_names_every_chapter_once():
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text())
    listed = [chapter["file"] for part in toc["parts"] for chapter in part["chapters"]]
    assert len(listed) == len(set(listed))
    pages = {
        p.relative_to(ROOT).with_suffix("").as_posix()
        for p in (ROOT / "chapters").rglob("*.*")
        if p.suffix in {".ipynb", ".md"} and ".ipynb_checkpoints" not in p.parts
    }
    assert set(listed) == pages


@parametrised
def test_outputs_are_up_to_date(path):
    assert is_current(read(path)), "code, helpers, data or pins changed: run make notebooks"


@parametrised
def test_opening(path):
    first = read(path).cells[0]
    assert first.cell_type == "markdown"
    assert re.match(r"# \S", first.source)
    assert re.search(r"^After this chapter you can .+\.$", first.source, re.M)
    box = re.search(
        r":::\{admonition\} About this chapter\n:class: about\n(.*?)\n:::", first.source, re.S
    )
    assert box, "the box with objectives, prerequisites, time and data is missing"
    objectives = re.findall(r"^- ([A-Z]\w+)", box[1], re.M)
    assert 3 <= len(objectives) <= 5, "three to five objectives, each beginning with a verb"
    assert "**Before you start**" in box[1]
    assert re.search(
        r"\*\*Time\*\*: (about )?\d+ minutes to read, (about )?\d+ seconds to run", box[1]
    )
    data = box[1].split("**Data**", 1)[1]
    assert re.search(r"\*\*(real|built on real|simulated)\*\*", data), "say what the data are"


@parametrised
def test_parameters_then_setup(path):
    code = code_cells(read(path))
    assert tags(code[0]) == ["parameters"]
    assert re.search(r"^seed = 1\b", code[0].source, re.M)
    assert tags(code[1]) == ["setup"]
    assert code[1].source == SETUP_CELL
    assert sum("parameters" in tags(cell) for cell in code) == 1


@parametrised
def test_a_wrong_parameter_gets_a_clear_error(path):
    """Each parameter in turn is set to nonsense; one of the notebook's checks must name it."""
    code = code_cells(read(path))
    names = [node.targets[0].id for node in ast.parse(code[0].source).body]
    checks = [
        ast.unparse(node)
        for cell in code[2:5]
        for node in ast.parse(cell.source).body
        if ast.unparse(node).startswith(("check_parameter(", "from helpers."))
    ]
    for name in names:
        if name == "seed":
            continue  # setup(seed) checks it; see test_setup.py
        space = {"check_parameter": check_parameter}
        exec(code[0].source, space)
        exec("\n".join(checks), space)  # the stored values are sound
        space[name] = object()
        with pytest.raises((TypeError, ValueError), match=rf"^{name} must"):
            exec("\n".join(checks), space)


@parametrised
def test_closing(path):
    text = prose(read(path))
    for title in ("Summary", "Exercises", "Quiz", "References"):
        assert text.count(f"\n## {title}\n") == 1, f"one section {title}"
    exercises = set(re.findall(r"\{exercise\}[^\n]*\n:label: (\S+)", text))
    solutions = set(re.findall(r"\{solution-start\} (\S+)\n:class: dropdown", text))
    assert len(exercises) >= 3
    assert exercises == solutions, "every exercise has a hidden solution"
    assert text.count("{solution-end}") == len(solutions)
    quiz = section(text, "Quiz")
    questions = re.findall(r"^\*\*\d+\. .+\*\*$", quiz, re.M)
    assert 3 <= len(questions) <= 5
    assert quiz.count(":::{dropdown}") >= 2 * len(questions), "each answer explains itself"
    assert quiz.count("Right") >= len(questions)
    assert "{footbibliography}" in section(text + "\n", "References")


@parametrised
def test_every_solution_runs_and_ends_in_a_claim(path):
    inside, claimed = False, False
    for cell in read(path).cells:
        if "{solution-start}" in cell.source:
            inside, claimed = True, False
        if inside and cell.cell_type == "code":
            claimed = bool(claims_of(cell))
        if "{solution-end}" in cell.source:
            assert claimed, "the last code cell of a solution holds a claim"
            inside = False


def claims_of(cell):
    return records(nbformat.from_dict({"cells": [cell]}))


@parametrised
def test_cells_are_short(path):
    lengths = sorted(len(cell.source.splitlines()) for cell in code_cells(read(path)))
    assert statistics.median(lengths) <= 8
    assert lengths[int(0.9 * len(lengths))] <= 20


@parametrised
def test_figures_have_caption_and_alt_text(path):
    for cell in code_cells(read(path)):
        if any("image/png" in output.get("data", {}) for output in cell.outputs):
            rendering = cell.metadata.get("mystnb", {})
            assert len(rendering.get("figure", {}).get("caption", "")) > 20, cell.source
            assert len(rendering.get("image", {}).get("alt", "")) > 20, cell.source


@parametrised
def test_stored_outputs_are_clean(path):
    for cell in code_cells(read(path)):
        if not cell.source.strip():
            continue
        assert cell.execution_count is not None, f"never executed: {cell.source}"
        for output in cell.outputs:
            assert output.output_type != "error"
            assert output.get("name") != "stderr", output.get("text")
            shown = json.dumps(
                {k: v for k, v in output.get("data", {}).items() if "image" not in k}
            )
            shown = re.sub(r"base64,[A-Za-z0-9+/=]+", "", shown) + "".join(output.get("text", ""))
            for noise, pattern in NOISE.items():
                assert not re.search(pattern, shown), f"{noise}: {shown[:300]}"


@parametrised
def test_metadata_are_clean(path):
    notebook = read(path)
    # `course` holds the seconds that an execution took.
    assert set(notebook.metadata) - {"course"} == {
        "execution_key",
        "kernelspec",
        "language_info",
    }
    for number, cell in enumerate(notebook.cells):
        assert set(cell.metadata) <= {"tags", "mystnb", "live"}
        assert cell.id == f"cell-{number:03d}"
        allowed = {"parameters", "setup", "nbval-ignore-output", "hide-input"}
        assert set(tags(cell)) <= allowed, "no cell is skipped, none may raise"


@parametrised
def test_few_outputs_are_ignored_and_a_claim_follows_each(path):
    code = code_cells(read(path))
    ignored = [k for k, cell in enumerate(code) if "nbval-ignore-output" in tags(cell)]
    assert len(ignored) <= len(code) / 5
    for k in ignored:
        following = [cell for cell in code[k + 1 :] if "nbval-ignore-output" not in tags(cell)]
        assert following, "a claim must follow an ignored output"
        assert claims_of(following[0]), code[k].source


@parametrised
def test_errata_have_targets(path):
    text = prose(read(path))
    for box in re.findall(
        r":::\{admonition\} What the articles say \(([^)]+)\)\n:class: erratum", text
    ):
        for erratum in re.split(r",\s*", box):
            assert f"(erratum-{erratum.lower()})=" in text
    assert text.count(":class: erratum") == len(re.findall(r"\} What the articles say \(", text))


def test_no_erratum_is_treated_twice(notebooks):
    targets = [
        t for path in notebooks for t in re.findall(r"^\((erratum-\w+)\)=", prose(read(path)), re.M)
    ]
    assert len(targets) == len(set(targets))


def test_every_reference_is_cited_and_can_be_found():
    entries = re.findall(
        r"^@\w+\{([^,]+),(.*?)^\}", (ROOT / "references.bib").read_text(), re.M | re.S
    )
    text = "".join(prose(read(path)) for path in NOTEBOOKS)
    text += "".join(path.read_text() for path in (ROOT / "chapters/appendix").iterdir())
    text += "".join(path.read_text() for path in (ROOT / "chapters").glob("*.md"))
    registry = (ROOT / "helpers/data/registry.py").read_text()
    for key, body in entries:
        assert re.search(rf"\b{key}\b", text) or f'"{key}"' in registry, f"{key} is not cited"
        assert re.search(r"\b(doi|eprint|isbn|url)\s*=", body), (
            f"{key} has neither doi nor arXiv id"
        )
