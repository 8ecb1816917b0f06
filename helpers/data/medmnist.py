"""MedMNIST v2, 2-D and 3-D, read with NumPy alone."""

import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from helpers.data.fetch import DataError, fetch
from helpers.data.medmnist_info import MEDMNIST_FILES
from helpers.data.registry import DataSet, get

SPLITS = ("train", "val", "test")


@dataclass(frozen=True)
class MedMNIST:
    """images[split]: uint8, 0 to 255, (n, height, width, channels) or, for volumes,
    (n, depth, height, width, channels); channels is 1 or 3.
    labels[split]: integers, (n,), or (n, 14) of 0 and 1 for the multi-label set.
    class_names: in the order of the labels. provenance: the registry entry.

    MedMNIST publishes no patient ids; its authors say for each set whether they split by patient.
    """

    images: dict[str, np.ndarray]
    labels: dict[str, np.ndarray]
    class_names: tuple[str, ...]
    provenance: DataSet


def load_medmnist(name: str, data_file: str | Path | None = None) -> MedMNIST:
    """Load one MedMNIST data set at 28 pixels, from the public host or from your own file.

    name: for example "breastmnist" or "nodulemnist3d".
    data_file: an npz file in MedMNIST's format, used instead of the download. Its structure is
        checked instead of its checksum, so a re-encoded copy loads.
    Raises KeyError for an unknown name, DataError when the file cannot be had or is not MedMNIST's.
    Source: Yang et al. 2023, doi 10.1038/s41597-022-01721-8.
    """
    if name not in MEDMNIST_FILES:
        raise KeyError(f"No MedMNIST data set {name!r}. There are: {', '.join(MEDMNIST_FILES)}.")
    path = Path(data_file) if data_file is not None else fetch(name)[0]
    arrays = _read(path)
    images = {split: _with_channel(arrays[f"{split}_images"], path, name) for split in SPLITS}
    labels = {split: _flat(arrays[f"{split}_labels"]) for split in SPLITS}
    class_names = MEDMNIST_FILES[name][4]
    for split in SPLITS:
        _verify(images[split], labels[split], len(class_names), split, path)
    return MedMNIST(images, labels, class_names, get(name))


def _read(path: Path) -> dict[str, np.ndarray]:
    wanted = [f"{split}_{what}" for split in SPLITS for what in ("images", "labels")]
    try:
        # The file is opened here: np.load leaves it open when it is no archive.
        with open(path, "rb") as file, np.load(file, allow_pickle=False) as archive:
            missing = [name for name in wanted if name not in archive.files]
            if missing:
                raise DataError(f"{path.name} is no MedMNIST file: it lacks {', '.join(missing)}.")
            return {name: archive[name] for name in wanted}
    except FileNotFoundError:
        raise DataError(f"There is no file {path}. Check the parameter data_file.") from None
    except (zipfile.BadZipFile, ValueError, EOFError, OSError, TypeError, AttributeError) as error:
        raise DataError(
            f"{path.name} cannot be read as a MedMNIST npz file: it is damaged or of another kind."
        ) from error


def _with_channel(images: np.ndarray, path: Path, name: str) -> np.ndarray:
    """Grey images carry no channel axis in the files; add it so that all sets look alike."""
    spatial = 3 if name.endswith("3d") else 2
    if images.ndim == spatial + 1:
        images = images[..., np.newaxis]
    if images.ndim != spatial + 2 or images.shape[-1] not in (1, 3) or images.dtype != np.uint8:
        raise DataError(
            f"{path.name} does not hold {spatial}-D images as {name} does: "
            f"shape {images.shape}, type {images.dtype}."
        )
    return images


def _flat(labels: np.ndarray) -> np.ndarray:
    """(n, 1) as published and (n,) as re-encoded copies have it both become (n,)."""
    return labels[:, 0] if labels.ndim == 2 and labels.shape[1] == 1 else labels


def _verify(images, labels, classes, split, path) -> None:
    multi_label = labels.ndim == 2
    highest = 1 if multi_label else classes - 1
    sound = (
        len(images) == len(labels) > 0
        and labels.dtype.kind in "iu"
        and labels.min() >= 0
        and labels.max() <= highest
        and (not multi_label or labels.shape[1] == classes)
    )
    if not sound:
        raise DataError(
            f"{path.name}, split {split}: the labels do not fit the images or the {classes} "
            f"classes (images {images.shape}, labels {labels.shape} of {labels.dtype})."
        )
