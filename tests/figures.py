"""Comparison of stored and re-executed figures."""

import base64
import io
import re

import numpy as np
from PIL import Image

# Differences are taken between means over BLOCK x BLOCK pixels, on the scale 0 to 255. Rounding on
# another processor moves an anti-aliased edge by a level or two; a curve, a marker or a label that
# is not the same moves a block by far more. test_figures.py shows both.
BLOCK = 4
TOLERANCE = 20.0

_EMBEDDED = re.compile(r"data:image/png;base64,([A-Za-z0-9+/=]+)")


def separate_figures(outputs: list) -> tuple[list, list[bytes]]:
    """Outputs with a placeholder for every image in HTML, and all their PNG images in order."""
    rest, figures = [], []
    for output in outputs:
        data = output.get("data", {})
        if "image/png" in data:
            figures.append(base64.b64decode(data["image/png"]))
        page = data.get("text/html", "")
        page = "".join(page) if isinstance(page, list) else page
        if found := _EMBEDDED.findall(page):
            figures += [base64.b64decode(one) for one in found]
            stripped = _EMBEDDED.sub("[image]", page)
            output = type(output)({**output, "data": type(data)({**data, "text/html": stripped})})
        rest.append(output)
    return rest, figures


def why_different(stored: list[bytes], found: list[bytes]) -> str:
    """Why two lists of PNG images differ, or an empty string."""
    if len(stored) != len(found):
        return f"{len(stored)} stored, {len(found)} drawn"
    for number, pair in enumerate(zip(stored, found, strict=True)):
        before, after = (_pixels(one) for one in pair)
        if before.shape != after.shape:
            return f"image {number}: stored {before.shape}, drawn {after.shape}"
        gap = np.abs(_block_means(before) - _block_means(after)).max()
        if gap > TOLERANCE:
            return f"image {number}: a block differs by {gap:.0f} of 255, {TOLERANCE:g} allowed"
    return ""


def _pixels(png: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(png)) as image:
        return np.asarray(image.convert("RGB"), dtype=np.float32)


def _block_means(pixels: np.ndarray) -> np.ndarray:
    rows, columns = (size - size % BLOCK for size in pixels.shape[:2])
    cut = pixels[:rows, :columns]
    return cut.reshape(rows // BLOCK, BLOCK, columns // BLOCK, BLOCK, 3).mean(axis=(1, 3))
