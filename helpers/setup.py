"""The one place that changes global state: seeds, determinism, logging, figure style."""

import os
import warnings
from contextlib import contextmanager

from helpers.hints import check_versions, show_hints

# Okabe and Ito's palette: told apart with every common form of colour blindness.
PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")

FIGURE_STYLE = {
    "figure.figsize": (7.2, 3.6),
    "figure.dpi": 130,
    "figure.constrained_layout.use": True,
    "figure.facecolor": "white",
    "font.family": "DejaVu Sans",
    "font.size": 10,
    "axes.titlesize": 11,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.alpha": 0.25,
    "image.cmap": "gray",
    "image.interpolation": "nearest",
    "legend.frameon": False,
    "lines.linewidth": 1.8,
}


def setup(seed: int) -> None:
    """Prepare a notebook: the same seed gives the same numbers.

    Call it before anything imports TensorFlow, whose log level is read at import.
    It seeds Python, NumPy and TensorFlow, asks TensorFlow for deterministic operations, silences
    its log and tqdm's remark on a missing package, sets the style and size of figures, and lets
    the traceback of a failed cell end with what to do (helpers.hints). It prints what it did.

    seed: an integer from 0 to 2**32 - 1.
    Raises TypeError or ValueError when it is not, and VersionError when Python or a package is not
    one that the course runs with.
    """
    check_seed(seed)
    check_versions()
    show_hints()
    # Set before the import; a value that the reader or `make notebooks` chose stays.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    with _quiet_stderr():
        import keras
        import tensorflow as tf

        tf.config.list_physical_devices()
    tf.get_logger().setLevel("ERROR")
    tf.config.experimental.enable_op_determinism()
    keras.utils.set_random_seed(seed)
    # Libraries that import tqdm.auto warn where ipywidgets is missing; nothing is lost by it.
    warnings.filterwarnings("ignore", message="IProgress not found")
    _set_figure_style()
    print(f"Seed {seed}; deterministic operations; the course's figure style.")


@contextmanager
def _quiet_stderr():
    """Discard what native code writes while TensorFlow loads: no log level reaches those lines.

    A Python error still surfaces: it is raised, not printed.
    """
    kept = os.dup(2)
    with open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


def check_seed(seed: int) -> None:
    """Raise a clear error unless `seed` is an integer from 0 to 2**32 - 1."""
    if isinstance(seed, bool) or not isinstance(seed, int):
        raise TypeError(f"seed must be an integer, for example 1; got {seed!r}.")
    if not 0 <= seed < 2**32:
        raise ValueError(f"seed must lie between 0 and 4294967295; got {seed}.")


def _set_figure_style() -> None:
    import matplotlib as mpl
    from cycler import cycler

    mpl.rcParams.update(FIGURE_STYLE)
    mpl.rcParams["axes.prop_cycle"] = cycler(color=PALETTE)
    try:
        from IPython import get_ipython
        from matplotlib_inline.backend_inline import set_matplotlib_formats
    except ModuleNotFoundError:
        return
    if get_ipython() is not None:
        # The whole canvas, not its tight box: a figure's size must not hang on its tick labels.
        set_matplotlib_formats("png", bbox_inches=None)
