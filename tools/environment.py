"""Create .venv and install the exact lock into it; does nothing when it is up to date.

Standard library only, and nothing newer than Python 3.6 in here: it must still be able to say
that the Python it runs on is too old.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
LOCK = os.path.join(ROOT, "requirements.txt")
STAMP = os.path.join(VENV, "installed-lock")
SUPPORTED = ((3, 11), (3, 12), (3, 13))


class SetUpError(Exception):
    """The environment cannot be made; the message says what to do."""


def main():
    if _stamp() == _wanted():
        return
    python = _supported_python()
    try:
        _create_venv(python)
        _install()
        with open(STAMP, "w") as stream:
            stream.write(_wanted())
    except OSError as error:
        raise SetUpError(
            f"{VENV}: {error.strerror}. Free some space or mend the permissions, then run the same "
            "command again."
        ) from error


def _wanted():
    with open(LOCK, "rb") as stream:
        return hashlib.sha256(stream.read()).hexdigest() + " " + ROOT


def _stamp():
    try:
        with open(STAMP) as stream:
            return stream.read()
    except OSError:
        return None


def _supported_python():
    """A supported interpreter: the one that runs this file, or the newest one on the PATH."""
    if sys.version_info[:2] in SUPPORTED:
        return sys.executable
    for version in reversed(SUPPORTED):
        found = shutil.which("python{}.{}".format(*version))
        if found and subprocess.call([found, "-c", ""], stderr=subprocess.DEVNULL) == 0:
            return found
    raise SetUpError(
        "This course needs Python 3.11, 3.12 or 3.13; this is Python {}.{}. Install one of them, "
        "or name it: make PYTHON=/path/to/python3.12 book".format(*sys.version_info[:2])
    )


def _create_venv(python):
    if os.path.exists(VENV):
        shutil.rmtree(VENV)
    print(f"Creating .venv with {python} ...", flush=True)
    made = subprocess.run(
        [python, "-m", "venv", VENV], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    if made.returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        if "ensurepip" in made.stdout or "No module named venv" in made.stdout:
            raise SetUpError(
                "This Python lacks its venv module. On Debian and Ubuntu: "
                "apt install python3-venv; then run the same command again."
            )
        raise SetUpError(f"Could not create .venv: {made.stdout.strip()}")


def _install():
    print("Installing the locked packages (3 to 4 GB on disk) ...", flush=True)
    python = os.path.join(VENV, "bin", "python")
    with tempfile.TemporaryDirectory() as folder:
        only_uv = os.path.join(folder, "uv.txt")
        with open(only_uv, "w") as stream:
            stream.write(_lock_entry("uv"))
        _run(
            [
                python,
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
                "--no-deps",
                "--require-hashes",
                "-r",
                only_uv,
            ]
        )
    _run(
        [
            os.path.join(VENV, "bin", "uv"),
            "pip",
            "sync",
            "--quiet",
            "--python",
            python,
            "--require-hashes",
            # Once and on all cores, instead of at every start of a kernel where Python may not
            # write its caches: TensorFlow's import takes 5 s instead of 15 s.
            "--compile-bytecode",
            LOCK,
        ],
        _uv_settings(python),
    )
    # The helpers are imported from the tree itself: a path file does it, without a build step.
    site = subprocess.check_output(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        universal_newlines=True,
    ).strip()
    with open(os.path.join(site, "course.pth"), "w") as stream:
        stream.write(ROOT + "\n")


def _lock_entry(name):
    """The lines of one package in the lock, with its hashes."""
    with open(LOCK) as stream:
        found = re.search(rf"^{name}==.*?(?=^\S|\Z)", stream.read(), re.M | re.S)
    return found.group(0)


def _uv_settings(python):
    """uv reads no settings of pip: hand on the reader's mirror and certificates."""
    settings = dict(os.environ, UV_SYSTEM_CERTS="true", UV_NATIVE_TLS="true")
    asked = subprocess.run(
        [python, "-m", "pip", "config", "get", "global.index-url"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    mirror = os.environ.get("PIP_INDEX_URL") or asked.stdout.strip()
    if mirror:
        settings.setdefault("UV_DEFAULT_INDEX", mirror)
    return settings


def _run(command, settings=None):
    done = subprocess.run(command, env=settings, stderr=subprocess.PIPE, text=True)
    if done.returncode == 0:
        return
    if re.search(r"No space left|os error 28", done.stderr):
        raise SetUpError(
            "The disk is full: the environment needs about 3 GB. Free some space, "
            "then run the same command again."
        )
    if re.search(
        r"resolve|connect|network|timed out|NewConnectionError|dns|lookup|fetch", done.stderr, re.I
    ):
        raise SetUpError(
            "The package index could not be reached. Connect to a network, then run "
            "the same command again."
        )
    raise SetUpError("Installing failed:\n" + done.stderr.strip()[-2000:])


if __name__ == "__main__":
    try:
        main()
    except SetUpError as problem:
        sys.exit(f"Error: {problem}")
