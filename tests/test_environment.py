"""The environment: the lock, the set-up script with every failure, Colab."""

import os
import re
import shutil
import stat
import subprocess
import sys
import tomllib
from pathlib import Path

import environment
import pytest
from notebooks import ROOT, all_notebooks
from packaging.requirements import Requirement

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXTRAS = PROJECT["optional-dependencies"]
COLAB = ROOT / "tests" / "colab-versions.txt"


def locked() -> dict[str, set[str]]:
    """Name -> pinned versions; a package may be pinned twice, for different Pythons."""
    pins = {}
    for name, version in re.findall(
        r"^([\w.-]+)==(\S+)", (ROOT / "requirements.txt").read_text(), re.M
    ):
        pins.setdefault(name.lower(), set()).add(version)
    return pins


def test_the_lock_satisfies_every_range():
    pins = locked()
    groups = [PROJECT["dependencies"], *PROJECT["optional-dependencies"].values()]
    requirements = [Requirement(text) for group in groups for text in group]
    assert len(requirements) > 30
    for requirement in requirements:
        versions = pins.get(requirement.name.lower().replace("_", "-"))
        assert versions, f"{requirement.name} is not in the lock: make lock"
        assert all(requirement.specifier.contains(version) for version in versions), requirement


def test_every_pin_has_a_hash_and_no_host_is_named():
    text = (ROOT / "requirements.txt").read_text()
    pins = re.split(r"^(?=[\w.-]+==)", text, flags=re.M)[1:]
    assert len(pins) > 100
    assert all("--hash=sha256:" in pin for pin in pins)
    assert "://" not in text


def resolve(tmp_path, *arguments):
    output = tmp_path / "resolved.txt"
    done = subprocess.run(
        [
            Path(sys.executable).with_name("uv"),
            "pip",
            "compile",
            "--quiet",
            "--no-annotate",
            "--no-header",
            "--no-emit-index-url",
            "--python-platform",
            "linux",
            "--output-file",
            output,
            *arguments,
            ROOT / "pyproject.toml",
        ],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "UV_SYSTEM_CERTS": "true"},
    )
    if done.returncode and re.search("connect|resolve host|dns|timed out", done.stderr, re.I):
        if os.environ.get("CI"):
            pytest.fail(done.stderr)
        pytest.skip("no network to resolve with")
    assert done.returncode == 0, done.stderr
    return dict(re.findall(r"^([\w.-]+)==(\S+)", output.read_text(), re.M))


def test_colab_keeps_its_own_versions(tmp_path):
    """With all that Colab has held fixed, the package resolves, and none of it changes; nor does
    any extra of a chapter.
    """
    text = COLAB.read_text()
    colab = {
        name.lower(): version for name, version in re.findall(r"^([\w.-]+)==(\S+)", text, re.M)
    }
    assert len(colab) > 30
    python = re.search(r"Python (3\.\d+)", text)[1]
    extras = [f"--extra={path.stem}" for path in all_notebooks() if path.stem in EXTRAS]
    assert len(extras) >= 6
    resolved = resolve(tmp_path, "--python-version", python, "--constraints", COLAB, *extras)
    shared = set(resolved) & set(colab)
    assert {"tensorflow", "keras", "numpy"} <= shared
    assert {name: resolved[name] for name in shared} == {name: colab[name] for name in shared}


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13"])
def test_the_lock_resolves_for_every_supported_python(tmp_path, python):
    pinned = tmp_path / "pins.txt"
    pinned.write_text(
        re.sub(r" \\\n(\s+--hash=\S+( \\\n)?)+", "", (ROOT / "requirements.txt").read_text())
    )
    resolved = resolve(
        tmp_path, "--python-version", python, "--constraints", pinned, "--all-extras"
    )
    assert all(version in locked()[name.lower()] for name, version in resolved.items())


# tools/environment.py, which make runs before anything is installed


def test_the_running_python_is_taken_when_it_is_supported():
    assert environment._supported_python() == sys.executable


def test_an_unsupported_python(monkeypatch):
    monkeypatch.setattr(environment.sys, "version_info", (3, 9, 18))
    monkeypatch.setattr(environment.shutil, "which", lambda _: None)
    with pytest.raises(
        environment.SetUpError, match=r"needs Python 3\.11, 3\.12 or 3\.13; this is Python 3\.9"
    ):
        environment._supported_python()


def test_a_supported_python_elsewhere_on_the_path(monkeypatch):
    monkeypatch.setattr(environment.sys, "version_info", (3, 14, 0))
    monkeypatch.setattr(
        environment.shutil, "which", lambda name: sys.executable if name == "python3.12" else None
    )
    assert environment._supported_python() == sys.executable


def script(path: Path, text: str) -> str:
    path.write_text("#!/bin/sh\n" + text)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def test_a_missing_venv_module(monkeypatch, tmp_path):
    monkeypatch.setattr(environment, "VENV", str(tmp_path / "venv"))
    python = script(tmp_path / "python", "echo 'ensurepip is not available'; exit 1\n")
    with pytest.raises(environment.SetUpError, match="apt install python3-venv"):
        environment._create_venv(python)
    assert not (tmp_path / "venv").exists()


@pytest.mark.parametrize(
    ("printed", "message"),
    [
        (
            "Failed to establish a new connection: Name or service not known",
            "could not be reached. Connect",
        ),
        ("error: No space left on device (os error 28)", "The disk is full"),
        ("hash mismatch for numpy", "Installing failed:\nhash mismatch for numpy"),
    ],
)
def test_an_installation_that_fails(tmp_path, printed, message):
    command = script(tmp_path / "pip", f"echo '{printed}' >&2; exit 1\n")
    with pytest.raises(environment.SetUpError, match=re.escape(message)):
        environment._run([command])


def test_the_installer_itself_comes_from_the_lock():
    entry = environment._lock_entry("uv")
    assert entry.startswith("uv==")
    assert not re.search(r"^(?!uv==)\w", entry, re.M), "no other package"
    assert "--hash=sha256:" in entry


def test_a_second_call_does_nothing(monkeypatch, tmp_path):
    stamp = tmp_path / "stamp"
    stamp.write_text(environment._wanted())
    monkeypatch.setattr(environment, "STAMP", str(stamp))
    monkeypatch.setattr(environment, "_supported_python", lambda: pytest.fail("it went on"))
    environment.main()


def test_make_says_that_python_is_missing():
    make = shutil.which("make")
    if make is None:
        pytest.skip("make is not installed")
    done = subprocess.run(
        [make, "-C", ROOT, "environment", "PYTHON=no-such-python"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "Error: there is no no-such-python. Install Python 3.11, 3.12 or 3.13." in done.stdout
