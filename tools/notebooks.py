"""Re-execute, in place, the notebooks whose code, helpers, data or pins have changed.

The stored outputs are the book, so they are made in one fixed setting: one thread for each
notebook, no oneDNN, deterministic operations, and as many notebooks at once as there are cores.
A notebook carries in its metadata the key of what its outputs were made from; when the key of
today is the same, there is nothing to do. It also carries the seconds that the run took: the box
at its top states them, beside the minutes to read (reading.py).
"""

import argparse
import ast
import asyncio
import hashlib
import json
import os
import sys
import time
from functools import cache
from pathlib import Path

import nbformat
import reading
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from tqdm import tqdm

ROOT = Path(__file__).resolve().parent.parent
CHAPTERS = ROOT / "chapters"

# What a kernel's environment must hold for the stored numbers to come out again.
FIXED_SETTING = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
    "TF_ENABLE_ONEDNN_OPTS": "0",
    "TENSORFLOW_USE_CUSTOM_CONTRACTION_KERNEL": "0",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "CUDA_VISIBLE_DEVICES": "-1",
    "PYTHONHASHSEED": "0",
    "PYTHONWARNINGS": "default",
    # A kernel that cannot reach the frozen standard library's source says so in the output.
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}


def all_notebooks() -> list[Path]:
    """Every chapter, in a stable order."""
    return sorted(p for p in CHAPTERS.rglob("*.ipynb") if ".ipynb_checkpoints" not in p.parts)


def execution_key(notebook) -> str:
    """A hash of all that the outputs depend on: code, helpers, data sets, pins, fixed setting."""
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    modules = imported_helpers("\n".join(_without_magics(source) for source in code))
    # A data set's name stands in the module that loads it, so an entry of the registry changes the
    # key of the notebooks that load it and of no other.
    sources = {path.relative_to(ROOT).as_posix(): path.read_text() for path in modules}
    entries = [repr(entry) for entry in used_data_sets([*code, *sources.values()])]
    parts = [code, sorted(sources.items()), entries, _pins(), sorted(FIXED_SETTING.items())]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


def _without_magics(source: str) -> str:
    return "\n".join(
        "pass" if line.lstrip()[:1] in "%!" and line.strip() else line
        for line in source.splitlines()
    )


def imported_helpers(source: str) -> set[Path]:
    """The helper modules that `source` imports, and those that they import."""
    found, waiting = set(), _imported(source)
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            waiting |= _imported(path.read_text())
    return found - {ROOT / "helpers/data/registry.py", ROOT / "helpers/data/medmnist_info.py"}


def _imported(source: str) -> set[Path]:
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    paths = [
        ROOT / (name.replace(".", "/") + ".py") for name in names if name.startswith("helpers.")
    ]
    return {path for path in paths if path.is_file()}


def used_data_sets(sources: list[str]):
    from helpers.data.registry import REGISTRY

    text = "\n".join(sources)
    return [entry for name, entry in sorted(REGISTRY.items()) if f'"{name}"' in text]


@cache
def _pins() -> str:
    return (ROOT / "requirements.txt").read_text()


def is_current(notebook) -> bool:
    """Whether the stored outputs were made from what the tree holds now."""
    return notebook.metadata.get("execution_key") == execution_key(notebook)


def is_done(notebook) -> bool:
    """Whether there is nothing to execute: the outputs are current, their time was measured."""
    return is_current(notebook) and "seconds" in notebook.metadata.get("course", {})


def clean(notebook) -> None:
    """Drop from the metadata what differs between machines, editors and runs."""
    course = notebook.metadata.get("course")
    notebook.metadata = nbformat.from_dict(
        {
            **({"course": course} if course else {}),
            "execution_key": execution_key(notebook),
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        }
    )
    for number, cell in enumerate(notebook.cells):
        # Cells are numbered: a random id would change at every conversion.
        cell.id = f"cell-{number:03d}"
        keep = ("live", "mystnb", "tags")
        kept = {key: cell.metadata[key] for key in keep if cell.metadata.get(key)}
        cell.metadata = nbformat.from_dict(kept)


def note_seconds(notebook, measured: float) -> None:
    """Keep the wall time of the run in the metadata; the opening box states it."""
    stored = notebook.metadata.get("course", {}).get("seconds")
    notebook.metadata["course"] = {"seconds": reading.seconds(measured, stored)}


async def execute(path: Path, bar: tqdm, slots: asyncio.Semaphore) -> str | None:
    """Run one notebook and store its outputs; returns what went wrong, or None.

    A notebook that fails keeps the outputs it had.
    """
    async with slots:
        notebook, ends = nbformat.read(path, as_version=4), []
        client = NotebookClient(
            notebook,
            timeout=600,
            kernel_name="python3",
            record_timing=False,
            # Under load one print can arrive in two pieces: store them as one.
            coalesce_streams=True,
            # The kernel's remarks on its own connection are no news to the reader.
            extra_arguments=["--log-level=ERROR"],
            resources={"metadata": {"path": str(ROOT)}},
            on_cell_executed=lambda **_: (bar.update(), ends.append(time.perf_counter())),
        )
        start = time.perf_counter()
        try:
            await client.async_execute()
        except CellExecutionError as error:
            return f"{path.relative_to(ROOT)}: {error}"
        # Until the last cell is done: nobody waits for the kernel to stop.
        note_seconds(notebook, ends[-1] - start)
        clean(notebook)
        part = path.with_suffix(".part")
        nbformat.write(notebook, part)
        part.replace(path)
        return None


async def execute_all(paths: list[Path], jobs: int) -> list[str]:
    cells = sum(len(nbformat.read(path, as_version=4).cells) for path in paths)
    slots = asyncio.Semaphore(jobs)
    with tqdm(total=cells, unit="cell", disable=not sys.stderr.isatty()) as bar:
        results = await asyncio.gather(*(execute(path, bar, slots) for path in paths))
    return [result for result in results if result]


def state_times(paths: list[Path]) -> None:
    """Bring the times in the opening boxes up to date: prose changes without an execution."""
    for path in paths:
        reading.state_times(path)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("notebooks", nargs="*", type=Path, help="default: every chapter")
    parser.add_argument("--all", action="store_true", help="execute also what is up to date")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="notebooks at once")
    options = parser.parse_args()
    chosen = [path.resolve() for path in options.notebooks] or all_notebooks()
    stale = [p for p in chosen if options.all or not is_done(nbformat.read(p, as_version=4))]
    if not stale:
        state_times(chosen)
        print(f"All {len(chosen)} notebooks are up to date.")
        return 0
    os.environ.update(FIXED_SETTING)
    failures = asyncio.run(execute_all(stale, options.jobs))
    state_times(chosen)
    print(
        f"{len(stale) - len(failures)} of {len(stale)} notebooks executed, "
        f"{len(chosen) - len(stale)} were up to date."
    )
    for failure in failures:
        print(f"\n{failure}", file=sys.stderr)
    return bool(failures)


if __name__ == "__main__":
    sys.exit(main())
