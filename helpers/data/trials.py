"""Clinical trials and cohorts: one row is one patient, with treatment, follow-up and outcome."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.data.fetch import DataError, fetch
from helpers.data.registry import DataSet, get

ACTG175_ARMS = (
    "zidovudine",
    "zidovudine and didanosine",
    "zidovudine and zalcitabine",
    "didanosine",
)


@dataclass(frozen=True)
class Trial:
    """A randomised trial.

    baseline: one row per patient, index patient id, measured before treatment. arm: (n,), index
    into arm_names, drawn by lot. cd4_week_20: (n,), CD4 cells per cubic millimetre, about 20 weeks
    after the start.
    """

    baseline: pd.DataFrame
    arm: np.ndarray
    arm_names: tuple[str, ...]
    cd4_week_20: np.ndarray
    provenance: DataSet


@dataclass(frozen=True)
class Survival:
    """Time to an event that is not seen in everyone.

    features: one row per patient, numbers only. days: (n,), until the event or the last contact.
    event: bool, (n,); False means censored: nothing had happened up to the last contact.
    """

    features: pd.DataFrame
    days: np.ndarray
    event: np.ndarray
    provenance: DataSet


# age in years, weight in kg, CD4 and CD8 in cells per cubic millimetre, the rest 0 or 1 but for
# the Karnofsky score (0 to 100) and days of earlier treatment.
_ACTG175 = {
    "age": "age", "wtkg": "weight_kg", "hemo": "haemophilia", "homo": "homosexual",
    "drugs": "injected_drugs", "karnof": "karnofsky", "oprior": "other_earlier_drug",
    "z30": "zidovudine_last_30_days", "preanti": "days_treated_earlier", "race": "not_white",
    "gender": "male", "str2": "treated_earlier", "symptom": "symptoms", "cd40": "cd4",
    "cd80": "cd8",
}  # fmt: skip


def load_actg175() -> Trial:
    """2,139 patients with HIV and no AIDS, in four arms. Source: Hammer et al. 1996.

    Raises DataError when the file is not the table of ACTG 175.
    """
    table = _table("actg-175", (*_ACTG175, "pidnum", "arms", "cd420"))
    baseline = table.set_index(table.pidnum.rename("patient"))[list(_ACTG175)].rename(
        columns=_ACTG175
    )
    return Trial(
        baseline, table.arms.to_numpy(), ACTG175_ARMS, table.cd420.to_numpy(), get("actg-175")
    )


def load_gbsg2() -> Survival:
    """686 women, days to recurrence or death. Source: Schumacher et al. 1994.

    Tumour size in mm, receptors in fmol per mg of protein, grade 1 to 3.
    Raises DataError when the file is not the table of GBSG2.
    """
    columns = ("age", "menostat", "tsize", "tgrade", "pnodes", "progrec", "estrec", "horTh",
               "time", "cens")  # fmt: skip
    table = _table("gbsg2", columns)
    features = pd.DataFrame(
        {
            "age": table.age,
            "postmenopausal": (table.menostat == "Post").astype(int),
            "size_mm": table.tsize,
            "grade": table.tgrade.str.len(),  # "I", "II", "III"
            "positive_nodes": table.pnodes,
            "progesterone_receptor": table.progrec,
            "oestrogen_receptor": table.estrec,
            "tamoxifen": (table.horTh == "yes").astype(int),
        }
    )
    return Survival(features, table.time.to_numpy(), table.cens.to_numpy() == 1, get("gbsg2"))


def _table(name: str, columns) -> pd.DataFrame:
    try:
        table = pd.read_csv(fetch(name)[0])
    except ValueError as error:
        raise DataError(f"The file of {name} is damaged; delete it and run again.") from error
    if missing := set(columns) - set(table):
        raise DataError(f"The file of {name} lacks {sorted(missing)}; delete it and run again.")
    return table
