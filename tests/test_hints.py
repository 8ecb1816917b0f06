"""helpers.hints, in a real kernel: what a learner reads when a cell fails."""

import asyncio
import re
import sys
import tomllib
from pathlib import Path

import nbformat
import pytest
from jupyter_core.utils import run_sync
from nbclient import NotebookClient
from notebooks import ROOT

from helpers import hints

UNREACHABLE = "http://127.0.0.1:9"


class Learner:
    """Runs cells in one kernel, whatever comes of them."""

    def __init__(self, client):
        self.client = client

    async def _execute(self, source, meanwhile=None):
        cell = nbformat.v4.new_code_cell(source)
        self.client.nb.cells.append(cell)
        running = asyncio.ensure_future(
            self.client.async_execute_cell(cell, len(self.client.nb.cells) - 1)
        )
        if meanwhile:
            await meanwhile()
        await running
        return cell.outputs

    def run(self, source: str) -> list:
        """The outputs of a cell."""
        return run_sync(self._execute)(source)

    def error(self, source: str) -> list[str]:
        """The lines of the traceback that a cell ends with, without colours."""
        return self._lines(self.run(source))

    def stopped(self, source: str, sign) -> list[str]:
        """The same of a cell that is interrupted once the file `sign` is there."""

        async def stop():
            while not sign.exists():
                await asyncio.sleep(0.02)
            await self.client.km.interrupt_kernel()

        return self._lines(run_sync(self._execute)(source, stop))

    def restart(self):
        async def again():
            await self.client.km.restart_kernel(now=True)
            await self.client.kc.wait_for_ready()

        run_sync(again)()

    @staticmethod
    def _lines(outputs):
        errors = [one for one in outputs if one.output_type == "error"]
        assert outputs[-1:] == errors, "one error, and nothing after it"
        return re.sub(r"\x1b\[[\d;]*m", "", "\n".join(errors[0].traceback)).strip().splitlines()


@pytest.fixture(scope="module")
def learner():
    client = NotebookClient(
        nbformat.v4.new_notebook(),
        kernel_name="python3",
        timeout=120,
        allow_errors=True,
        extra_arguments=["--log-level=ERROR"],
        resources={"metadata": {"path": str(ROOT)}},
    )
    with client.setup_kernel():
        one = Learner(client)
        # As twice in one kernel: it must not be registered twice.
        printed = one.run("from helpers.setup import setup\nsetup(1)\nsetup(1)")
        line = "Seed 1; deterministic operations; the course's figure style.\n"
        assert [one.text for one in printed] == [2 * line]
        yield one


BLOCKED = """
import sys
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name == "shap":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.modules.pop("shap", None)
sys.meta_path.insert(0, Missing())
import shap
"""

FAULTS = {
    "out of order": (
        "images.mean()",
        "NameError: name 'images' is not defined",
        "`images` is not defined yet. After a restart, or when cells are run out of order: run "
        "all cells above this one (menu Run, on Colab Runtime → Run before).",
    ),
    "typing error": (
        "picture = 1\npicturs",
        "NameError: name 'picturs' is not defined",
        "If it is a typing error: `picture` is defined.",
    ),
    "missing package": (
        BLOCKED,
        "ModuleNotFoundError: No module named 'shap'",
        'This cell needs shap>=0.48, which is not installed. Run %pip install "shap>=0.48" in a '
        "cell of its own, restart the kernel, and run all cells again.",
    ),
    "full disk": (
        "with open('/dev/full', 'w') as stream:\n    stream.write('x')",
        "OSError: [Errno 28] No space left on device",
        "The disk is full. The data of the course take 0 MB of it, in ",
    ),
    "memory": ("bytearray(1 << 62)", "MemoryError", hints.OUT_OF_MEMORY),
    "memory of a GPU": (
        "import tensorflow as tf\nraise tf.errors.ResourceExhaustedError(None, None, 'OOM')",
        "ResourceExhaustedError: OOM",
        hints.OUT_OF_MEMORY,
    ),
    "requests without a network": (
        f"import requests\nrequests.get('{UNREACHABLE}')",
        "ConnectionError: ",
        hints.NO_NETWORK,
    ),
    "urllib without a network": (
        f"import urllib.request\nurllib.request.urlopen('{UNREACHABLE}')",
        "URLError: ",
        hints.NO_NETWORK,
    ),
}


@pytest.mark.parametrize(("source", "message", "sentence"), FAULTS.values(), ids=FAULTS)
def test_a_fault_ends_with_what_to_do(learner, tmp_path, source, message, sentence):
    if "/dev/full" in source and not Path("/dev/full").exists():
        pytest.skip("this system has no device that is always full")
    learner.run(f"import os\nos.environ['HELPERS_DATA_DIR'] = {str(tmp_path)!r}")
    *traceback, last = learner.error(source)
    assert sentence in last
    assert "Traceback" in "\n".join(traceback)
    assert any(line.startswith(message) or f".{message}" in line for line in traceback)
    assert sum(sentence in line for line in traceback) == 0


TRAINING = """
import keras, numpy as np
from pathlib import Path
model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
model.compile("sgd", "mse")
sign = keras.callbacks.LambdaCallback(on_epoch_end=lambda *_: Path({sign!r}).touch())
model.fit(np.ones((8, 2)), np.ones(8), epochs=1_000_000, verbose=0, callbacks=[sign])
"""


def test_a_stopped_training(learner, tmp_path):
    sign = tmp_path / "one epoch is done"
    *traceback, last = learner.stopped(TRAINING.format(sign=str(sign)), sign)
    assert last == hints.STOPPED
    assert "KeyboardInterrupt" in "\n".join(traceback)
    # What the sentence says: variables are kept, and the model has learned a part.
    (kept,) = learner.run("print(model.predict(np.ones((1, 2)), verbose=0).shape)")
    assert kept.text == "(1, 1)\n"


def test_data_without_a_network_say_it_themselves(learner, tmp_path):
    settings = {"HELPERS_DATA_DIR": str(tmp_path), "UV_DEFAULT_INDEX": f"{UNREACHABLE}/simple/"}
    learner.run(f"import os\nos.environ.update({settings})")
    lines = learner.error("from helpers.data.ecg import load_heartbeats\nload_heartbeats()")
    assert lines[-1].startswith("DataError: ")
    assert "Check the network connection" in lines[-1]


def test_an_old_package_stops_the_set_up(learner):
    lines = learner.error(
        "from importlib import metadata\n"
        "version = metadata.version\n"
        "metadata.version = lambda name: '2.15' if name == 'keras' else version(name)\n"
        "try:\n    setup(1)\nfinally:\n    metadata.version = version"
    )
    assert lines[-1] == (
        "VersionError: The course does not run with keras 2.15 (needed: >=3.12). Run %pip install "
        '"keras>=3.12" in a cell of its own, restart the kernel, and run all cells again.'
    )


@pytest.mark.parametrize(
    ("source", "last"),
    [
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("import nothing_of_ours", "ModuleNotFoundError: No module named 'nothing_of_ours'"),
        ("def f():\n    print(x)\n    x = 1\nf()", "UnboundLocalError: "),
        ("open('/none')", "FileNotFoundError: "),
        ("import asyncio\nraise asyncio.TimeoutError", "TimeoutError:"),
    ],
)
def test_other_errors_stay_as_they_are(learner, source, last):
    assert learner.error(source)[-1].startswith(last)


def test_an_error_that_the_cell_handles_shows_no_hint(learner):
    (printed,) = learner.run("try:\n    images_\nexcept NameError as error:\n    print(error)")
    assert printed.text == "name 'images_' is not defined\n"


def test_a_fault_of_a_hint_hides_nothing(learner):
    learner.run("from helpers import hints\nsound, hints.hint = hints.hint, lambda *_: 1 / 0")
    lines = learner.error("images")
    learner.run("hints.hint = sound")
    assert lines[-1] == "NameError: name 'images' is not defined"


def test_a_restart_loses_the_variables_and_says_so(learner):
    learner.run("digits = 1")
    learner.restart()
    learner.run("from helpers.hints import show_hints\nshow_hints()\nshow_hints()")
    lines = learner.error("digits + 1")
    assert lines[-2:-1] == [""]
    assert lines[-1].startswith("`digits` is not defined yet. After a restart")


# Versions, without a kernel


def test_all_is_well_here(capsys):
    hints.check_versions()
    assert capsys.readouterr() == ("", "")


def test_an_old_python(monkeypatch):
    monkeypatch.setattr(hints, "OLDEST_PYTHON", (3, 99))
    found = f"{sys.version_info[0]}.{sys.version_info[1]}"
    with pytest.raises(hints.VersionError, match=rf"needs Python 3.99 or newer.* Python {found}:"):
        hints.check_versions()


def test_the_oldest_python_is_that_of_the_package():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    oldest = ".".join(map(str, hints.OLDEST_PYTHON))
    assert project["requires-python"].startswith(f">={oldest},")


def test_the_ranges_of_an_installed_package(monkeypatch, tmp_path):
    """Where no pyproject.toml lies beside the helpers, the package's own metadata speak."""
    monkeypatch.setattr(hints, "__file__", str(tmp_path / "helpers" / "hints.py"))
    stated = ["numpy>=99", 'shap>=0.48; extra == "interpretability"']
    monkeypatch.setattr(hints.metadata, "requires", lambda _: stated)
    with pytest.raises(hints.VersionError, match=r"numpy \S+ \(needed: >=99\)\. Run %pip install"):
        hints.check_versions()
    missing = ModuleNotFoundError("No module named 'shap'", name="shap")
    assert hints.hint(missing, {}).startswith("This cell needs shap>=0.48, which is not installed")


def test_a_package_that_is_too_old_for_an_import(monkeypatch):
    monkeypatch.setattr(hints.metadata, "version", lambda _: "0.9")
    error = ImportError("cannot import name 'root_mean_squared_error'", name="sklearn.metrics")
    assert hints.hint(error, {}).startswith("This cell needs scikit-learn>=1.6, and 0.9 is")


def test_an_installed_package_without_the_name_is_another_fault():
    assert hints.hint(ImportError("cannot import name 'x'", name="sklearn.metrics"), {}) == ""
