"""Histology images."""

from dataclasses import dataclass

import numpy as np
from PIL import Image

from helpers.data.fetch import fetch
from helpers.data.registry import DataSet, get


@dataclass(frozen=True)
class Histology:
    """pixels: uint8 RGB, (rows, columns, 3)."""

    pixels: np.ndarray
    provenance: DataSet


def load_histology() -> Histology:
    """Colonic glands, FHL2 in brown, nuclei in blue: (512, 512, 3)."""
    with Image.open(fetch("histology-ihc")[0]) as image:
        return Histology(np.asarray(image.convert("RGB")), get("histology-ihc"))
