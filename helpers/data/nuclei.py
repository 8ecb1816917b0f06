"""Cell nuclei in a stained section of a tumour."""

import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from helpers.data.fetch import DataError, fetch
from helpers.data.registry import DataSet, get

NUCLEUS_TYPES = ("connective", "inflammatory", "neoplastic")


@dataclass(frozen=True)
class Nuclei:
    """pixels: uint8 RGB, (rows, columns, 3).
    instances: (rows, columns), 0 outside every nucleus, else the nucleus' number from 1.
    types: (rows, columns), 0 outside every nucleus, else 1 plus the index into type_names.
    """

    pixels: np.ndarray
    instances: np.ndarray
    types: np.ndarray
    type_names: tuple[str, ...]
    provenance: DataSet


def load_nuclei() -> Nuclei:
    """One field of an ovarian carcinoma, stained with haematoxylin and eosin: (1500, 1500, 3).

    1,294 nuclei with outline and type. Raises DataError when a file is not what it should be.
    """
    image, instances, types = fetch("hgsc-nuclei")
    with Image.open(image) as opened:
        pixels = np.asarray(opened.convert("RGB"))
    masks = [_mask(path, pixels.shape[:2]) for path in (instances, types)]
    return Nuclei(pixels, *masks, NUCLEUS_TYPES, get("hgsc-nuclei"))


def _mask(path: Path, shape) -> np.ndarray:
    try:
        with np.load(path, allow_pickle=False) as archive:
            mask = archive["nuc_raster"]
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise DataError(f"{path.name} is no mask of nuclei; delete it and run again.") from error
    if mask.shape != shape or mask.dtype.kind not in "iu":
        raise DataError(f"{path.name} does not fit the image; delete it and run again.")
    return mask
