"""Speech."""

from dataclasses import dataclass

import numpy as np

from helpers.data.fetch import DataError, fetch
from helpers.data.registry import DataSet, get

VOWEL_WORDS = ("heed", "hid", "head", "had", "hud", "hard", "hod", "hoard", "hood", "who'd",
               "heard")  # fmt: skip
"""The words that the speakers said, in the order of the labels."""


@dataclass(frozen=True)
class Vowels:
    """log_area_ratios: (frames, 10), the shape of the vocal tract at one moment of the vowel's
    steady part, without unit. labels: (frames,), index into words. speakers: (frames,), 0 to 14.
    """

    log_area_ratios: np.ndarray
    labels: np.ndarray
    speakers: np.ndarray
    words: tuple[str, ...]
    provenance: DataSet


def load_vowels() -> Vowels:
    """990 frames: 15 speakers of British English say 11 words once; six frames of each word.

    Raises DataError when the file is not the table of vowels.
    """
    lines = fetch("vowels")[0].read_text().splitlines()
    try:
        table = np.array([line.split(",") for line in lines if line and line[0] != "@"], float)
    except ValueError as error:
        raise DataError("The file of vowels is damaged; delete it and run again.") from error
    if table.shape != (990, 14):
        raise DataError("The file does not hold 990 vowels; delete it and run again.")
    return Vowels(
        table[:, 3:13], table[:, 13].astype(int), table[:, 1].astype(int), VOWEL_WORDS,
        get("vowels"),
    )  # fmt: skip
