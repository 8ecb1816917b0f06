"""tools/notebooks.py: what counts as changed, and what an execution stores."""

import asyncio
import json

import nbformat
import notebooks as tool
import pytest

SOURCE = 'from helpers.claims import check\n\ncheck("two", 1 + 1, equals=2)'


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """A small tree with one notebook and two helper modules."""
    (tmp_path / "helpers").mkdir()
    (tmp_path / "chapters").mkdir()
    (tmp_path / "requirements.txt").write_text("numpy==1\n")
    (tmp_path / "helpers" / "a.py").write_text("import helpers.b\n")
    (tmp_path / "helpers" / "b.py").write_text("B = 1\n")
    (tmp_path / "helpers" / "c.py").write_text("C = 1\n")
    monkeypatch.setattr(tool, "ROOT", tmp_path)
    monkeypatch.setattr(tool, "CHAPTERS", tmp_path / "chapters")
    tool._pins.cache_clear()
    yield tmp_path
    tool._pins.cache_clear()


def notebook(*sources):
    return nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_markdown_cell("prose"), *map(nbformat.v4.new_code_cell, sources)]
    )


def test_the_key_covers_code_helpers_data_and_pins(tree, monkeypatch):
    base = notebook("from helpers.a import x\n%matplotlib inline")

    def changed():
        tool._pins.cache_clear()
        return tool.execution_key(base) != key

    key = tool.execution_key(base)
    assert not changed()
    base.cells[0].source = "other prose"
    assert not changed(), "prose is not executed"
    (tree / "helpers" / "c.py").write_text("C = 2\n")
    assert not changed(), "a helper that is not imported"
    (tree / "helpers" / "b.py").write_text("B = 2\n")
    assert changed(), "a helper that a helper imports"
    (tree / "helpers" / "b.py").write_text("B = 1\n")
    assert not changed()
    (tree / "requirements.txt").write_text("numpy==2\n")
    assert changed(), "the pins"
    (tree / "requirements.txt").write_text("numpy==1\n")
    monkeypatch.setitem(tool.FIXED_SETTING, "OMP_NUM_THREADS", "2")
    assert changed(), "the setting"
    monkeypatch.setitem(tool.FIXED_SETTING, "OMP_NUM_THREADS", "1")
    base.cells[1].source += "\n1"
    assert changed(), "the code"


def test_the_key_covers_the_data_sets_that_are_named(tree, monkeypatch):
    from dataclasses import replace

    from helpers.data.registry import REGISTRY

    named, other = notebook('fetch("lidc-idri")'), notebook('fetch("ct-slice")')
    keys = tool.execution_key(named), tool.execution_key(other)
    entry = REGISTRY["lidc-idri"]
    file = replace(entry.files[0], checksum="sha256:" + "0" * 64)
    monkeypatch.setitem(REGISTRY, "lidc-idri", replace(entry, files=(file,)))
    assert tool.execution_key(named) != keys[0]
    assert tool.execution_key(other) == keys[1]


def test_every_chapter_depends_on_its_helpers(notebooks):
    for path in notebooks:
        code = "\n".join(
            tool._without_magics(c.source)
            for c in nbformat.read(path, 4).cells
            if c.cell_type == "code"
        )
        names = {module.name for module in tool.imported_helpers(code)}
        assert {"setup.py", "claims.py"} <= names


def test_execution_stores_clean_outputs_and_repeats_them(tree):
    path = tree / "chapters" / "one.ipynb"
    made = notebook(SOURCE, "print('a')")
    made.cells[1].metadata["tags"] = ["parameters"]
    made.cells[1].metadata["collapsed"] = True
    nbformat.write(made, path)
    assert asyncio.run(tool.execute_all([path], jobs=1)) == []
    first = path.read_bytes()
    stored = nbformat.read(path, 4)
    assert tool.is_current(stored)
    assert stored.cells[1].metadata == {"tags": ["parameters"]}
    assert stored.cells[1].outputs[0].metadata["claim"]["holds"]
    assert asyncio.run(tool.execute_all([path], jobs=1)) == []
    assert path.read_bytes() == first
    assert "execution" not in json.dumps([cell.metadata for cell in stored.cells])


def test_a_failure_keeps_the_stored_outputs(tree):
    path = tree / "chapters" / "one.ipynb"
    nbformat.write(notebook("1 / 0"), path)
    before = path.read_bytes()
    (failure,) = asyncio.run(tool.execute_all([path], jobs=1))
    assert "ZeroDivisionError" in failure
    assert path.read_bytes() == before
    assert [one.name for one in (tree / "chapters").iterdir()] == ["one.ipynb"]
