"""Check the spelling of the prose and the code: codespell, on notebooks only their prose."""

import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat
from notebooks import ROOT, all_notebooks


def main() -> int:
    codespell = Path(sys.executable).with_name("codespell")
    tracked = subprocess.run(
        ["git", "ls-files", "*.py", "*.md", "*.toml", "*.yml", "*.cff", "Makefile"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    with tempfile.TemporaryDirectory() as folder:
        for path in all_notebooks():
            cells = nbformat.read(path, as_version=4).cells
            prose = "\n\n".join(c.source for c in cells if c.cell_type == "markdown")
            (Path(folder) / f"{path.stem}.md").write_text(prose)
        return subprocess.run(
            [codespell, *tracked.stdout.split(), folder], cwd=ROOT, check=False
        ).returncode


if __name__ == "__main__":
    sys.exit(main())
