"""Photographs of the retina."""

from dataclasses import dataclass

import numpy as np
from PIL import Image

from helpers.data.fetch import fetch
from helpers.data.registry import DataSet, get


@dataclass(frozen=True)
class Fundus:
    """green: uint8, (rows, columns), the green channel, in which blood is darkest."""

    green: np.ndarray
    provenance: DataSet


def load_microaneurysms() -> Fundus:
    """A detail of an eye with diabetic retinopathy: (102, 102)."""
    with Image.open(fetch("microaneurysms")[0]) as image:
        return Fundus(np.asarray(image.convert("L")), get("microaneurysms"))
