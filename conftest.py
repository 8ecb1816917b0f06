"""Shared set-up of the tests: the fixed setting, stored figures, and who runs where."""

import os
import sys
from pathlib import Path

import matplotlib
import pytest
from nbval.plugin import IPyNbCell
from xdist.scheduler import LoadFileScheduling

ROOT = Path(__file__).resolve().parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tools")]

from chromium import find_browser  # noqa: E402
from failure import Failure  # noqa: E402
from figures import separate_figures, why_different  # noqa: E402
from notebooks import FIXED_SETTING, all_notebooks  # noqa: E402

# Kernels inherit it: they run in the setting that the stored outputs were made in.
os.environ.update(FIXED_SETTING)
# Figures of the unit tests open no window. Not by the environment: a kernel would inherit it, and
# draw nothing inline.
matplotlib.use("agg")


def pytest_configure(config):
    _compare_figures_too()


def _compare_figures_too():
    """nbval compares text and ignores images: teach it to compare the images as well."""
    compare_text = IPyNbCell.compare_outputs

    def compare_outputs(self, test, ref, skip_compare=None):
        test, test_figures = separate_figures(test)
        ref, ref_figures = separate_figures(ref)
        if not compare_text(self, test, ref, skip_compare):
            return False
        if reason := why_different(ref_figures, test_figures):
            self.comparison_traceback.append(f" a stored figure differs: {reason}")
            return False
        return True

    IPyNbCell.compare_outputs = compare_outputs


def pytest_collection_modifyitems(items):
    """Long work first, so that no worker is left alone with it at the end."""
    items.sort(key=_rank)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    return _Scheduling(config, log)


class _Scheduling(LoadFileScheduling):
    """A file stays on one worker, since a notebook's cells share one kernel. Papermill's runs and
    those of notebooks alone do not depend on one another: each goes to the worker that is free.
    """

    def _split_scope(self, nodeid: str) -> str:
        if "test_papermill.py::" in nodeid or "::test_a_notebook_runs_alone[" in nodeid:
            return nodeid
        return super()._split_scope(nodeid)


def _rank(item) -> int:
    if isinstance(item, IPyNbCell):
        return 1
    if item.name.startswith("test_a_notebook_runs_alone["):
        return 2
    return {"test_papermill": 0, "test_book": 2, "test_print": 2, "test_appendix": 2}.get(
        item.path.stem, 3
    )


@pytest.fixture(scope="session")
def notebooks() -> list[Path]:
    found = all_notebooks()
    assert len(found) >= 3, "the chapters are missing: these tests would prove nothing"
    return found


@pytest.fixture(scope="session")
def browser_path() -> str:
    """Chromium or Chrome of this machine. Without one: a failure in CI, a skip elsewhere."""
    try:
        return find_browser()
    except Failure as reason:
        if os.environ.get("CI"):
            pytest.fail(str(reason))
        pytest.skip(str(reason))
