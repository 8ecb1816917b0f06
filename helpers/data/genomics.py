"""DNA sequences."""

from dataclasses import dataclass

import numpy as np

from helpers.data.fetch import fetch
from helpers.data.registry import DataSet, get


@dataclass(frozen=True)
class SpliceJunctions:
    """sequences: strings of 60 letters, 30 on either side of the middle. labels: (n,) of "EI"
    (exon to intron, a donor), "IE" (intron to exon, an acceptor) or "N" (neither).
    """

    sequences: tuple[str, ...]
    labels: np.ndarray
    provenance: DataSet


def load_splice_junctions() -> SpliceJunctions:
    """3,190 primate sequences from GenBank 64.1. D, N, S and R stand for uncertain bases."""
    text = fetch("splice-junctions")[0].read_text()
    rows = [
        [field.strip() for field in line.split(",")]
        for line in text.splitlines()
        if line.strip() and not line.startswith("@")
    ]
    sequences = tuple("".join(row[:-1]) for row in rows)
    return SpliceJunctions(sequences, np.array([row[-1] for row in rows]), get("splice-junctions"))
