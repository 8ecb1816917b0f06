"""Health surveys of a population: one row is one person, interviewed, examined, blood taken."""

from dataclasses import dataclass

import pandas as pd

from helpers.data.fetch import DataError, fetch
from helpers.data.registry import DataSet, get


@dataclass(frozen=True)
class Survey:
    """table: one row per person, index person id; see load_nhanes for the columns."""

    table: pd.DataFrame
    provenance: DataSet


# Years, kg per square metre, cm, beats a minute, per cent, and family income over the poverty line.
_NUMBERS = {
    "AgeInYearsAtScreening": "age",
    "BodyMassIndexKgm2": "bmi",
    "WaistCircumferenceCm": "waist_cm",
    "StandingHeightCm": "height_cm",
    "60SecPulse30SecPulse2": "pulse",
    "Glycohemoglobin": "hba1c",
    "RatioOfFamilyIncomeToPoverty": "income_to_poverty",
    "CoveredByHealthInsurance": "insured",
    "SmokedAtLeast100CigarettesInLife": "smoked",
}
_WORDS = {
    "Gender": "sex",
    "RacehispanicOriginWNhAsian": "ethnicity",
    "DoctorToldYouHaveDiabetes": "told_diabetes",
}
_SYSTOLIC = [f"SystolicBloodPres{n}RdgMmHg" for n in ("1St", "2Nd", "3Rd")]
_SHORT = {
    "Other Race - Including Multi-Racial": "Other or several",
    "Non-Hispanic White": "White",
    "Non-Hispanic Black": "Black",
    "Non-Hispanic Asian": "Asian",
}


def load_nhanes() -> Survey:
    """8,366 people of NHANES 2017 to 2018. Source: National Center for Health Statistics.

    Columns: age (years, 80 stands for 80 and over), sex ("Female", "Male"), ethnicity (as the
    person said, in the survey's six groups), bmi (kg/m²), waist_cm, height_cm, systolic (mmHg,
    mean of up to three readings), pulse (per minute), hba1c (% of haemoglobin), told_diabetes
    ("yes", "no", "borderline": what a doctor ever said), insured, smoked (100 cigarettes in life;
    both 0 or 1) and income_to_poverty (0 to 5). What was not measured is missing (NaN).

    Raises DataError when the file is not the table of NHANES.
    """
    raw = _read("nhanes-2017")
    table = raw[list(_NUMBERS)].rename(columns=_NUMBERS).astype(float)
    table = table.where(table.abs() > 1e-70, 0).where(table.notna())  # how SAS's zero was exported
    table["systolic"] = raw[_SYSTOLIC].mean(axis=1)
    table[list(_WORDS.values())] = raw[list(_WORDS)]
    table["ethnicity"] = table.ethnicity.replace(_SHORT)
    table["told_diabetes"] = table.told_diabetes.replace(
        {"1": "yes", "0": "no", "Borderline": "borderline"}
    )
    table.index = raw.SEQN.astype(int).rename("person")
    return Survey(table, get("nhanes-2017"))


def _read(name: str) -> pd.DataFrame:
    try:
        table = pd.read_csv(fetch(name)[0], sep="\t", low_memory=False)
    except ValueError as error:
        raise DataError(f"The file of {name} is damaged; delete it and run again.") from error
    if missing := {"SEQN", *_NUMBERS, *_WORDS, *_SYSTOLIC} - set(table):
        raise DataError(f"The file of {name} lacks {sorted(missing)}; delete it and run again.")
    return table
