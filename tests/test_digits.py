"""helpers.data.digits: MNIST, genuine and damaged, and a copy as OpenML stores it."""

import numpy as np
import pytest
from sklearn.datasets import fetch_openml

from helpers.data import digits
from helpers.data.fetch import DataError


def idx(array) -> bytes:
    """An array of bytes in MNIST's format."""
    array = np.asarray(array, np.uint8)
    sizes = np.array(array.shape, ">u4").tobytes()
    return bytes([0, 0, 8, array.ndim]) + sizes + array.tobytes()


def test_mnist():
    data = digits.load_mnist()
    assert data.train_images.shape == (60000, 28, 28)
    assert data.test_images.shape == (10000, 28, 28)
    assert data.train_images.dtype == np.uint8
    assert (data.train_images.min(), data.train_images.max()) == (0, 255)
    # The counts that are known of old.
    assert np.bincount(data.test_labels).tolist() == [
        980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009,
    ]  # fmt: skip
    assert data.train_labels[:5].tolist() == [5, 0, 4, 1, 9]
    # Digits are centred on their centre of mass, ink is bright: the frame is empty.
    assert data.train_images[:, [0, -1]].mean() < 0.1 < data.train_images[:, 10:18].mean()


def test_the_format(tmp_path):
    (tmp_path / "own").write_bytes(idx([[1, 2, 3], [4, 5, 6]]))
    assert digits.read_idx(tmp_path / "own").tolist() == [[1, 2, 3], [4, 5, 6]]


WHOLE = idx(np.zeros((4, 3, 3)))


@pytest.mark.parametrize(
    "damaged",
    [b"", b"\0\0", WHOLE[:10], WHOLE[:-1], WHOLE + b"\0", b"\x1f\x8b" + WHOLE[2:],
     b"\0\0\x0d" + WHOLE[3:], bytes([0, 0, 8, 200]), b"<html>not found</html>"],
)  # fmt: skip
def test_a_damaged_file(tmp_path, damaged):
    (tmp_path / "own").write_bytes(damaged)
    with pytest.raises(DataError, match=r"own is no file of bytes in MNIST's format, or is dam"):
        digits.read_idx(tmp_path / "own")


def test_files_in_the_wrong_order(tmp_path, monkeypatch):
    (tmp_path / "own").write_bytes(WHOLE)
    monkeypatch.setattr(digits, "fetch", lambda _: [tmp_path / "own"] * 4)
    with pytest.raises(DataError, match=r"do not hold MNIST's 70,000 digits"):
        digits.load_mnist()


def test_a_copy_as_openml_stores_it(tmp_path):
    images = np.random.default_rng(0).integers(0, 256, (5, 28, 28), dtype=np.uint8)
    digits.openml_copy(tmp_path, images, np.array([5, 0, 4, 1, 9]))
    read = fetch_openml(
        "mnist_784", version=1, as_frame=False, parser="liac-arff", data_home=tmp_path
    )
    assert np.array_equal(read.data, images.reshape(5, 784))
    assert read.target.tolist() == ["5", "0", "4", "1", "9"]
