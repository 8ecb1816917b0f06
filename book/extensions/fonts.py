"""Cut a font down to the characters that the book uses."""

import logging
from collections.abc import Iterable
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

# At its own level it tells of every table.
logging.getLogger("fontTools").setLevel(logging.WARNING)


def cut_font(source: Path, target: Path, characters: Iterable[int], features=()) -> None:
    """Write, as WOFF2, the glyphs of `characters` (code points) and those they lead to.

    features: OpenType layout features to keep, for example "ssty".
    """
    options = subset.Options(flavor="woff2", layout_features=list(features))
    font = TTFont(source)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=set(characters))
    cutter.subset(font)
    subset.save_font(font, target, options)
