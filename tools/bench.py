"""Time, memory and claims of every notebook, and the wall time of the whole suite.

Measuring belongs here: no test has a time limit that a busy machine could break.
"""

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient

sys.path.insert(0, str(Path(__file__).resolve().parent))

from notebooks import FIXED_SETTING, ROOT, all_notebooks

from helpers.claims import records

# ru_maxrss is in kilobytes on Linux and in bytes on macOS.
PEAK = "import resource; print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
PEAK_UNIT = 1 if sys.platform == "darwin" else 1024


def measure(path: Path) -> tuple[float, float, int]:
    """Seconds of the kernel from start to end, peak memory in GB, number of claims."""
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell(PEAK))
    start = time.perf_counter()
    NotebookClient(notebook, timeout=600, kernel_name="python3").execute(cwd=str(ROOT))
    seconds = time.perf_counter() - start
    peak = int(notebook.cells[-1].outputs[0].text) * PEAK_UNIT / 1e9
    return seconds, peak, len(records(notebook))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--no-suite", action="store_true", help="only the notebooks")
    options = parser.parse_args()
    os.environ.update(FIXED_SETTING)
    print(f"{'notebook':<55} {'seconds':>8} {'GB':>6} {'claims':>7}")
    kernel_seconds = 0.0
    for path in all_notebooks():
        seconds, peak, claims = measure(path)
        kernel_seconds += seconds
        print(f"{path.relative_to(ROOT)!s:<55} {seconds:8.1f} {peak:6.2f} {claims:7d}", flush=True)
    if options.no_suite:
        return 0
    return _suite(kernel_seconds)


def _suite(kernel_seconds: float) -> int:
    """nbval and papermill each execute every notebook once for SEEDS=1."""
    start = time.perf_counter()
    done = subprocess.run([sys.executable, "-m", "pytest", "-q"], cwd=ROOT, check=False)
    wall = time.perf_counter() - start
    pure = 2 * kernel_seconds / os.cpu_count()
    print(
        f"\nWhole suite: {wall:.0f} s. Kernel seconds of all re-executions, divided by "
        f"{os.cpu_count()} cores: {pure:.0f} s. Ratio {wall / pure:.2f}."
    )
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
