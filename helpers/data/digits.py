"""Handwritten digits."""

import gzip
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from helpers.data.fetch import DataError, fetch
from helpers.data.registry import DataSet, get


@dataclass(frozen=True)
class Digits:
    """train_images, test_images: uint8, (60000, 28, 28) and (10000, 28, 28), 0 (paper) to 255
    (ink). train_labels, test_labels: integers 0 to 9, (60000,) and (10000,).

    No writer of the training set wrote in the test set; the files do not say who wrote what.
    """

    train_images: np.ndarray
    train_labels: np.ndarray
    test_images: np.ndarray
    test_labels: np.ndarray
    provenance: DataSet


def load_mnist() -> Digits:
    """The full MNIST, 60,000 training and 10,000 test digits, in the order of its authors.

    Raises DataError when the files cannot be had or are not MNIST's.
    """
    parts = [read_idx(path) for path in fetch("mnist")]
    if [part.shape for part in parts] != [(60000, 28, 28), (60000,), (10000, 28, 28), (10000,)]:
        raise DataError("The files do not hold MNIST's 70,000 digits; delete them and run again.")
    train_images, train_labels, test_images, test_labels = parts
    return Digits(
        train_images, train_labels.astype(int), test_images, test_labels.astype(int), get("mnist")
    )


def read_idx(path: Path) -> np.ndarray:
    """The bytes of a file in MNIST's format, as an array of uint8.

    Big-endian: 0, 0, type 8 (bytes), number of dimensions, each dimension in four bytes, the data.
    Raises DataError when the file is shorter or longer than it says, or of another kind.
    """
    content = np.fromfile(path, np.uint8)
    dimensions = int(content[3]) if len(content) > 3 and list(content[:3]) == [0, 0, 8] else 0
    start = 4 + 4 * dimensions
    if dimensions and len(content) >= start:
        shape = content[4:start].view(">u4").astype(int)
        if len(content) == start + shape.prod():
            return content[start:].reshape(shape)
    raise DataError(f"{Path(path).name} is no file of bytes in MNIST's format, or is damaged.")


def openml_copy(folder: str | Path, images: np.ndarray, labels: np.ndarray) -> None:
    """Write digits as OpenML stores mnist_784, where scikit-learn's fetch_openml looks for copies.

    After it, fetch_openml("mnist_784", version=1, data_home=folder) needs no network. The layout
    is that of the original: 784 numeric attributes, and the label as a *nominal* attribute, that
    is, one of ten names. images: uint8, (n, 28, 28). labels: integers 0 to 9, (n,).
    """
    names = [f"pixel{k + 1}" for k in range(images[0].size)]
    classes = [str(k) for k in range(10)]
    header = ["@RELATION mnist_784", *(f"@ATTRIBUTE {name} real" for name in names)]
    header += [f"@ATTRIBUTE class {{{','.join(classes)}}}", "@DATA"]
    rows = np.column_stack([images.reshape(len(images), -1), labels])
    arff = "\n".join(header + [",".join(map(str, row)) for row in rows]) + "\n"
    columns = [
        {
            "index": str(k),
            "name": name,
            "data_type": "nominal" if name == "class" else "numeric",
            "nominal_value": classes if name == "class" else [],
            "number_of_missing_values": "0",
            "is_target": str(name == "class").lower(),
            "is_ignore": "false",
            "is_row_identifier": "false",
        }
        for k, name in enumerate([*names, "class"])
    ]
    where = "data/v1/download/52667/mnist_784.arff"
    described = {
        "id": "554",
        "name": "mnist_784",
        "version": "1",
        "status": "active",
        "format": "ARFF",
        "description": f"{len(labels)} digits in the layout of OpenML's mnist_784",
        "file_id": "52667",
        "url": f"https://www.openml.org/{where}",
        "md5_checksum": hashlib.md5(arff.encode()).hexdigest(),
    }
    api = "api/v1/json/data/"
    found = {"data": {"dataset": [{"did": 554}]}}
    _store(folder, f"{api}list/data_name/mnist_784/limit/2/data_version/1", json.dumps(found))
    _store(folder, f"{api}554", json.dumps({"data_set_description": described}))
    _store(folder, f"{api}features/554", json.dumps({"data_features": {"feature": columns}}))
    count = [{"name": "NumberOfInstances", "value": str(len(labels))}]
    _store(folder, f"{api}qualities/554", json.dumps({"data_qualities": {"quality": count}}))
    # Newer versions of scikit-learn look under the address, older ones (1.6) under the number.
    _store(folder, where, arff)
    _store(folder, str(Path(where).parent), arff)


def _store(folder, where: str, text: str) -> None:
    path = Path(folder) / "openml" / "openml.org" / f"{where}.gz"
    path.parent.mkdir(parents=True, exist_ok=True)
    with gzip.open(path, "wb") as stream:
        stream.write(text.encode())
