"""Small molecules."""

from dataclasses import dataclass

import numpy as np

from helpers.data.fetch import fetch
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
