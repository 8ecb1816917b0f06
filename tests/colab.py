"""A stand-in for Colab: an environment with its packages, and notebooks run in copies of it.

The packages lie in one folder that every copy sees through a path file, so that what a notebook
installs lands in its own environment and can be told from what was there.
"""

import hashlib
import json
import os
import re
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
from filelock import FileLock
from jupyter_client import AsyncKernelManager
from jupyter_client.kernelspec import KernelSpecManager
from nbclient import NotebookClient
from notebooks import ROOT, all_notebooks

PINS = re.findall(r"^([\w.-]+)==(\S+)", (ROOT / "tests/colab-versions.txt").read_text(), re.M)
# Large, and imported by no chapter.
LEFT_OUT = {"dask", "opencv-python-headless", "pyarrow", "tensorflow-datasets", "tensorflow-hub",
            "xgboost"}  # fmt: skip
# Colab's Python is 3.13. Of these its version needs 3.12, so 3.11 gets the newest one below.
NEWER_PYTHON = {"shap", "tifffile"} if sys.version_info < (3, 12) else set()


def pins() -> list[str]:
    """What the stand-in is made of, as requirements."""
    return [
        f"{name}{'<=' if normal(name) in NEWER_PYTHON else '=='}{version}"
        for name, version in PINS
        if normal(name) not in LEFT_OUT
    ]


def chapter_extras() -> list[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    chapters = {path.stem for path in all_notebooks()}
    return sorted(chapters & set(project["optional-dependencies"]))


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@dataclass(frozen=True)
class Colab:
    """folder: where the environments are made, one for all workers."""

    folder: Path

    @property
    def base(self) -> Path:
        """The site-packages with what Colab has."""
        with FileLock(self.folder / "base.lock"):
            if not (self.folder / "base" / "ready").exists():
                python = make_environment(self.folder / "base")
                wanted, suits = self.folder / "wanted.txt", self.folder / "suits.txt"
                wanted.write_text("\n".join(pins()))
                # The list is not all that Colab has. What it leaves open is taken in a version
                # that suits the extras; test_environment.py shows that there is one.
                extras = [f"--extra={name}" for name in chapter_extras()]
                uv("pip", "compile", "--python", python, *extras, ROOT / "pyproject.toml", wanted,
                   "--output-file", suits)  # fmt: skip
                uv("pip", "install", "--python", python, "-r", wanted, "--constraints", suits)
                (self.folder / "base" / "ready").touch()
        return site_packages(self.folder / "base")

    def environment(self, bootstrap: str) -> Path:
        """An environment in which the cell `bootstrap` was run, once, in an empty folder."""
        place = self.folder / hashlib.sha256(bootstrap.encode()).hexdigest()[:12]
        base = self.base
        with FileLock(f"{place}.lock"):
            if not (place / "ready").exists():
                make_environment(place)
                (site_packages(place) / "base.pth").write_text(str(base))
                cell = nbformat.v4.new_code_cell(bootstrap)
                self.run(nbformat.v4.new_notebook(cells=[cell]), place)
                (place / "ready").touch()
        return place

    def run(self, notebook, environment: Path, folder: Path | None = None) -> None:
        """Run a notebook with the environment's own kernel. A cell's error is raised."""
        empty = folder or environment / "empty"
        empty.mkdir(exist_ok=True)
        specification = environment / "kernels" / "alone"
        specification.mkdir(parents=True, exist_ok=True)
        command = [str(environment / "bin" / "python"), "-m", "ipykernel_launcher"]
        (specification / "kernel.json").write_text(
            json.dumps({"argv": [*command, "-f", "{connection_file}"], "display_name": "alone"})
        )
        known = KernelSpecManager(kernel_dirs=[str(specification.parent)])
        manager = AsyncKernelManager(kernel_name="alone", kernel_spec_manager=known)
        resources = {"metadata": {"path": str(empty)}}
        client = NotebookClient(notebook, km=manager, timeout=600, resources=resources)
        client.execute(env=self.settings(environment), cleanup_kc=True)

    def settings(self, environment: Path) -> dict[str, str]:
        """As a reader's machine has it: nothing from the tests, and compiled modules are kept."""
        dropped = {"PYTHONPATH", "PYTHONHOME", "PYTHONDONTWRITEBYTECODE", "PYTHONWARNINGS"}
        kept = {name: value for name, value in os.environ.items() if name not in dropped}
        return {
            **kept,
            "IPYTHONDIR": str(environment / "ipython"),
            # pip keeps the package it built from a commit: the next environment needs no clone.
            "PIP_CACHE_DIR": str(self.folder / "pip"),
        }


def replaced(environment: Path) -> set[str]:
    """Packages that Colab has and that were installed a second time."""
    found = {normal(path.name.split("-")[0]) for path in site_packages(environment).glob("*-info")}
    return found & {normal(name) for name, _ in PINS}


def make_environment(folder: Path) -> Path:
    uv("venv", "--python", sys.executable, "--clear", folder)
    return folder / "bin" / "python"


def site_packages(environment: Path) -> Path:
    return next(environment.glob("lib/python3.*/site-packages"))


def uv(*words) -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("uv"), *words, "--quiet"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "UV_SYSTEM_CERTS": "true", "UV_PYTHON_DOWNLOADS": "never"},
    )
    if done.returncode and re.search("connect|resolve host|dns|timed out", done.stderr, re.I):
        if os.environ.get("CI"):
            pytest.fail(done.stderr)
        pytest.skip("no network to install with")
    assert done.returncode == 0, done.stderr


def working_tree(folder: Path) -> str:
    """Commit the working tree, with what is not committed yet, into a repository of its own.

    Returns what pip installs it from.
    """
    with FileLock(f"{folder}.lock"):
        if not (folder / ".git" / "ready").exists():
            listed = git(ROOT, "ls-files", "-coz", "--exclude-standard").split("\0")
            for name in filter(None, listed):
                if (ROOT / name).is_file():  # not one that was deleted
                    (folder / name).parent.mkdir(parents=True, exist_ok=True)
                    (folder / name).write_bytes((ROOT / name).read_bytes())
            commit_all(folder)
            (folder / ".git" / "ready").touch()
    return f"git+{folder.as_uri()}@{git(folder, 'rev-parse', 'HEAD').strip()}"


def commit_all(folder: Path) -> None:
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    author = ("-c", "user.name=test", "-c", "user.email=test@test.example")
    git(folder, *author, "commit", "-q", "-m", "all")


def git(folder: Path, *words: str) -> str:
    command = ["git", "-C", folder, *words]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def code_of(notebook) -> list:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def prose_of(notebook) -> list[str]:
    return [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
