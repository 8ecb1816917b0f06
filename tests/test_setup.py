"""helpers.setup: the same seed gives the same numbers, a wrong one a clear error."""

import subprocess
import sys

import pytest

from helpers.setup import PALETTE, check_seed

# What an import could disturb: environment, figure style, random state, loaded frameworks.
SNAPSHOT = """
import os, random, sys
# Libraries that set variables or draw random numbers of their own when they are imported.
import matplotlib.pyplot, numpy, pandas, pydicom, scipy, sklearn.model_selection, skimage
def state():
    return (dict(os.environ), dict(matplotlib.rcParams), random.getstate(),
            numpy.random.get_state()[1].tolist(), "tensorflow" in sys.modules,
            "keras" in sys.modules)
before = state()
import importlib, pkgutil
import helpers
for module in pkgutil.walk_packages(helpers.__path__, "helpers."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
        print(module.name)
assert state() == before
"""

NUMBERS = """
from helpers.setup import setup
setup({seed})
import random
import keras, numpy, tensorflow as tf
layer = keras.layers.Dense(3)
layer.build((None, 4))
print(random.random(), numpy.random.rand(), float(tf.random.normal(())),
      layer.kernel.numpy().ravel()[:3])
"""


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout


def test_importing_any_helper_changes_nothing():
    imported = run(SNAPSHOT).split()
    assert {
        "helpers.setup",
        "helpers.claims",
        "helpers.data.fetch",
        "helpers.evaluate",
        "helpers.plots",
        "helpers.simulate",
    } <= set(imported)


def test_the_seed_fixes_the_numbers():
    first, again, other = (
        run(NUMBERS.format(seed=1)),
        run(NUMBERS.format(seed=1)),
        run(NUMBERS.format(seed=2)),
    )
    assert first == again
    assert first.startswith("Seed 1; deterministic operations; the course's figure style.")
    assert first.splitlines()[1] != other.splitlines()[1]


@pytest.mark.parametrize("seed", [0, 1, 2**32 - 1])
def test_a_sound_seed(seed):
    check_seed(seed)


@pytest.mark.parametrize("seed", ["1", 1.0, None, True])
def test_a_seed_of_the_wrong_type(seed):
    with pytest.raises(TypeError, match="seed must be an integer"):
        check_seed(seed)


@pytest.mark.parametrize("seed", [-1, 2**32])
def test_a_seed_out_of_range(seed):
    with pytest.raises(ValueError, match="seed must lie between 0 and 4294967295"):
        check_seed(seed)


def test_the_palette_has_no_colour_twice():
    assert len(set(PALETTE)) == len(PALETTE) >= 6
