"""Clinical tables."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.data.fetch import fetch
from helpers.data.registry import DataSet, get


@dataclass(frozen=True)
class ClinicalTable:
    """features: one row per patient. outcome: (n,) of 0 and 1, named by `outcome_names`.
    patients: (n,) ids; here one row is one patient.
    """

    features: pd.DataFrame
    outcome: np.ndarray
    outcome_names: tuple[str, str]
    patients: np.ndarray
    provenance: DataSet


def load_breast_cancer() -> ClinicalTable:
    """569 fine-needle aspirates, 30 measurements of the cell nuclei, malignant = 1.

    scikit-learn codes malignant as 0; here the disease is 1, as in medicine.
    """
    from sklearn.datasets import load_breast_cancer as load

    fetch("breast-cancer")  # verifies the installed file
    table = load(as_frame=True)
    malignant = (table.target == 0).to_numpy().astype(int)
    patients = np.arange(len(malignant))
    return ClinicalTable(
        table.data, malignant, ("benign", "malignant"), patients, get("breast-cancer")
    )
