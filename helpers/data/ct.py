"""Computed tomography: DICOM files, Hounsfield units, slice geometry."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pydicom

from helpers.data.fetch import fetch
from helpers.data.registry import DataSet, get


@dataclass(frozen=True)
class CTVolume:
    """hounsfield: float32, HU, (slices, rows, columns), slices ordered along the patient's axis.
    spacing: millimetres between centres along the same three axes; the first is NaN for one slice.
    provenance: the registry entry.
    """

    hounsfield: np.ndarray
    spacing: tuple[float, float, float]
    provenance: DataSet


def load_ct_slice() -> CTVolume:
    """One real slice through the thoracic spine: (1, 128, 128), 0.66 mm pixels."""
    return _volume("ct-slice")


def load_ct_series() -> CTVolume:
    """16 x 16 pixels of five real neighbouring slices: (5, 16, 16)."""
    return _volume("ct-series")


def dicom_paths(name: str) -> list[Path]:
    """The DICOM files of "ct-slice" or "ct-series", for a chapter that reads them in the open."""
    return fetch(name)


def _volume(name: str) -> CTVolume:
    slices = [pydicom.dcmread(path) for path in fetch(name)]
    # File names follow no order; the position along the patient's axis does.
    slices.sort(key=lambda one: float(one.ImagePositionPatient[2]))
    z = [float(one.ImagePositionPatient[2]) for one in slices]
    step = float(np.diff(z).mean()) if len(z) > 1 else float("nan")
    rows, columns = (float(value) for value in slices[0].PixelSpacing)
    return CTVolume(
        np.stack([to_hounsfield(one) for one in slices]), (step, rows, columns), get(name)
    )


def to_hounsfield(dicom) -> np.ndarray:
    """Stored values to Hounsfield units by the file's own slope and intercept, float32.

    Source: DICOM PS3.3, C.11.1 Modality LUT: output = slope x stored + intercept.
    """
    stored = dicom.pixel_array.astype(np.float32)
    return stored * np.float32(dicom.RescaleSlope) + np.float32(dicom.RescaleIntercept)
