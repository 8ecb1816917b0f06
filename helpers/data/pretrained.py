"""Weights of networks that others have trained."""

import pickle
from pathlib import Path

import numpy as np

from helpers.data.fetch import DataError, fetch


def load_squeezenet() -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """SqueezeNet 1.1, trained on ImageNet: layer name -> (kernel, bias), float32.

    Kernels are (rows, columns, channels in, channels out). The network expects pixels from 0 to
    255 in the order blue, green, red, less (104.006, 116.669, 122.679).
    Source: Iandola et al. 2016, arXiv:1602.07360. Raises DataError for a damaged file.
    """
    weights = _read_arrays(fetch("squeezenet-imagenet")[0])
    return {name: tuple(arrays) for name, arrays in weights.items()}


class _ArraysOnly(pickle.Unpickler):
    """A pickle can run any code; this reader builds arrays and refuses everything else."""

    def find_class(self, module, name):
        if (module, name) == ("numpy.core.multiarray", "_reconstruct"):
            return np._core.multiarray._reconstruct
        if (module, name) in {("numpy", "ndarray"), ("numpy", "dtype")}:
            return getattr(np, name)
        raise pickle.UnpicklingError(f"{module}.{name} is not an array")


def _read_arrays(path: Path) -> dict:
    try:
        with open(path, "rb") as stream:
            return _ArraysOnly(stream, encoding="latin1").load()
    except (pickle.UnpicklingError, EOFError, ValueError, TypeError, AttributeError) as error:
        raise DataError(f"{path.name} holds no weights; delete it and run again.") from error
