"""Small molecules."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.data.fetch import DataError, fetch
from helpers.data.registry import DataSet, get


@dataclass(frozen=True)
class Molecule:
    """name; atoms: element symbols, hydrogens left out; positions: (atoms, 2), drawing units;
    bonds: (bonds, 3) of first atom, second atom, order, atoms counted from 0;
    smiles: the same graph as text; solubility: log10 of mol per litre.
    """

    name: str
    atoms: tuple[str, ...]
    positions: np.ndarray
    bonds: np.ndarray
    smiles: str
    solubility: float


@dataclass(frozen=True)
class Molecules:
    """The molecules by name, and the registry entry."""

    by_name: dict[str, Molecule]
    provenance: DataSet


def load_molecules() -> Molecules:
    """Small molecules with measured solubility in water. Source: Huuskonen 2000."""
    text = fetch("molecules-solubility")[0].read_text(encoding="latin-1")
    found = [_parse(block) for block in text.split("$$$$\n") if block.strip()]
    return Molecules({one.name: one for one in found}, get("molecules-solubility"))


def _parse(block: str) -> Molecule:
    """One record of an SDF file, format V2000: counts in line 4, then atoms, then bonds."""
    lines = block.splitlines()
    atoms, bonds = int(lines[3][:3]), int(lines[3][3:6])
    atom_lines = [line.split() for line in lines[4 : 4 + atoms]]
    bond_lines = lines[4 + atoms : 4 + atoms + bonds]
    values = {lines[i][3:-1]: lines[i + 1] for i in range(len(lines) - 1) if lines[i][:3] == "> <"}
    return Molecule(
        name=values["NAME"].replace("_", " "),
        atoms=tuple(fields[3] for fields in atom_lines),
        positions=np.array([fields[:2] for fields in atom_lines], dtype=float),
        bonds=np.array([[int(b[:3]) - 1, int(b[3:6]) - 1, int(b[6:9])] for b in bond_lines]),
        smiles=values["SMILES"],
        solubility=float(values["SOL"]),
    )


@dataclass(frozen=True)
class Inhibitors:
    """smiles: the molecules as text. active: bool, (n,), whether the archive calls the molecule an
    inhibitor. pic50: (n,), minus log10 of the concentration in mol per litre that halves the
    enzyme's activity; higher is stronger.
    """

    smiles: tuple[str, ...]
    active: np.ndarray
    pic50: np.ndarray
    provenance: DataSet


def load_bace() -> Inhibitors:
    """1,513 molecules tested against beta-secretase 1, an enzyme of Alzheimer's disease.

    Raises DataError when the file is not the table of BACE.
    """
    try:
        table = pd.read_csv(fetch("bace")[0])
        columns = table["mol"], table["Class"], table["pIC50"]
    except (ValueError, KeyError) as error:
        raise DataError("The file of inhibitors is damaged; delete it and run again.") from error
    smiles, active, pic50 = columns
    return Inhibitors(tuple(smiles), active.to_numpy() == 1, pic50.to_numpy(), get("bace"))
