"""The MIT-BIH Arrhythmia Database, read with the package wfdb of PhysioNet.

Split: de Chazal et al. 2004, doi 10.1109/TBME.2004.827359. Classes: ANSI/AAMI EC57.
"""

import hashlib
import os
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from helpers.data import fetch as fetching
from helpers.data.fetch import DataError, fetch
from helpers.data.registry import DataSet, get

# wfdb 4.3 calls what pandas 4 will drop: news for its makers, not for the reader.
with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
    import wfdb

HOST = "https://physionet.org/files/mitdb/1.0.0"
MANIFEST = "SHA256SUMS.txt"

# The split between patients of de Chazal et al.; 102, 104, 107 and 217 are paced and left out.
DS1 = (
    "101", "106", "108", "109", "112", "114", "115", "116", "118", "119", "122",
    "124", "201", "203", "205", "207", "208", "209", "215", "220", "223", "230",
)  # fmt: skip
DS2 = (
    "100", "103", "105", "111", "113", "117", "121", "123", "200", "202", "210",
    "212", "213", "214", "219", "221", "222", "228", "231", "232", "233", "234",
)  # fmt: skip
_SAME_PATIENT = {"202": "201"}  # the two records of one man, on both sides of that split

# The annotators' symbols of beats, in classes; the other symbols mark rhythm, noise and remarks.
AAMI = {"N": "NLRej", "S": "AaJS", "V": "VE", "F": "F", "Q": "/fQ"}
_CLASS_OF = {symbol: name for name, symbols in AAMI.items() for symbol in symbols}

WINDOW_HERTZ, WINDOW_SAMPLES, SAMPLES_BEFORE = 200.0, 140, 50


@dataclass(frozen=True)
class Record:
    """One recording. millivolts: float32, (samples, leads), NaN where the file marks a sample as
    missing. hertz: sampling rate. leads: names.

    beats: sample of each annotated beat, (beats,). symbols: its WFDB symbol, (beats,).
    """

    name: str
    millivolts: np.ndarray
    hertz: float
    leads: tuple[str, ...]
    beats: np.ndarray
    symbols: np.ndarray


@dataclass(frozen=True)
class PatientBeats:
    """Annotated beats of several patients, lead MLII.

    millivolts: float32, (beats, 140): 0.25 s before the annotation to 0.45 s after it, 200 Hz.
    classes: AAMI letters N, S, V, F, Q, (beats,). symbols: the annotators' own. patients, records:
    (beats,). seconds_before: since the beat before, (beats,).
    """

    millivolts: np.ndarray
    classes: np.ndarray
    symbols: np.ndarray
    patients: np.ndarray
    records: np.ndarray
    seconds_before: np.ndarray
    provenance: DataSet


def load_mit_bih_pair() -> tuple[Record, Record]:
    """Records 100 and 101, whole: half an hour of two real patients, every beat annotated.

    Raises DataError when they cannot be had.
    """
    folder = fetch("mit-bih")[0].parent
    return read_record(folder / "100"), read_record(folder / "101")


def load_mit_bih(data_folder: str = "", records=DS1 + DS2) -> PatientBeats:
    """The beats of `records`, by default all 44 that are not paced.

    data_folder: where your copy of version 1.0.0 lies; "" asks the cache, then PhysioNet (88 MB).
    Files are checked against the list of checksums that PhysioNet ships with them, where it lies
    in the folder. Records 201 and 202 are of one man and carry one patient id.
    Raises DataError, which says what to do, when a file is missing, damaged or of another kind.
    """
    folder = Path(data_folder).expanduser() if data_folder else _from_host(records)
    _verify(folder, records)
    parts = [beat_windows(read_record(folder / name)) for name in records]
    counts = [len(part[1]) for part in parts]
    windows, symbols, seconds = (np.concatenate(one) for one in zip(*parts, strict=True))
    names = np.repeat(np.array(records), counts)
    return PatientBeats(
        windows,
        np.array([_CLASS_OF[symbol] for symbol in symbols]),
        symbols,
        np.array([_SAME_PATIENT.get(name, name) for name in names]),
        names,
        seconds,
        get("mit-bih"),
    )


def beat_windows(record: Record):
    """Windows (beats, 140) in mV, symbols and seconds since the beat before, of lead MLII.

    Without the first beat, and without beats whose window leaves the recording or holds a missing
    sample.
    Raises DataError when there is no lead MLII.
    """
    if "MLII" not in record.leads:
        raise DataError(f"Record {record.name} has no lead MLII, only {', '.join(record.leads)}.")
    lead = record.millivolts[:, record.leads.index("MLII")]
    offsets = (np.arange(WINDOW_SAMPLES) - SAMPLES_BEFORE) / WINDOW_HERTZ * record.hertz
    seconds = np.diff(record.beats, prepend=record.beats[:1]) / record.hertz
    whole = (record.beats + offsets[0] >= 0) & (record.beats + offsets[-1] <= len(lead) - 1)
    whole[:1] = False
    at = record.beats[whole, None] + offsets
    windows = np.interp(at, np.arange(len(lead)), lead).astype(np.float32)
    known = np.isfinite(windows).all(axis=1)
    return windows[known], record.symbols[whole][known], seconds[whole][known]


def read_record(path: Path) -> Record:
    """Read the signals `path`.dat and the beats `path`.atr, as the header `path`.hea tells.

    Raises DataError for a missing file, another format, samples whose number or checksum is not
    what the header says, and annotations that do not end or lie outside the recording.
    """
    try:
        # wfdb would not miss the end of a file that was cut short.
        if path.with_suffix(".atr").read_bytes()[-2:] != bytes(2):
            raise ValueError("the annotations do not end")
        with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
            signal = wfdb.rdrecord(str(path), physical=False, m2s=False)
            marks = wfdb.rdann(str(path), "atr")
        _check(signal, marks)
        millivolts = signal.dac(return_res=32)
    except OSError as error:
        raise DataError(
            f"A file of record {path.name} is missing in {path.parent}: a record is a .hea, a "
            ".dat and an .atr file of version 1.0.0 of the MIT-BIH Arrhythmia Database."
        ) from error
    except Exception as error:
        # Whatever it is: on a damaged file wfdb stumbles in many ways.
        raise DataError(
            f"Record {path.name} in {path.parent} is damaged or not in the form of the MIT-BIH "
            f"Arrhythmia Database ({error}). Delete its files and fetch them again."
        ) from error
    symbols = np.array(marks.symbol)
    is_beat = np.isin(symbols, list(_CLASS_OF))
    return Record(
        path.name,
        millivolts,
        float(signal.fs),
        tuple(signal.sig_name),
        marks.sample[is_beat],
        symbols[is_beat],
    )


def _check(signal: wfdb.Record, marks: wfdb.Annotation) -> None:
    """What wfdb leaves to its callers. Raises ValueError."""
    if signal.d_signal is None or not signal.n_sig:
        raise ValueError("the header names no signal")
    sums = [int(one) % 65536 for one in signal.checksum]
    for lead, found, stated in zip(signal.sig_name, signal.calc_checksum(), sums, strict=True):
        if found != stated:
            raise ValueError(f"the checksum of lead {lead} is wrong")
    if len(marks.sample) and not 0 <= marks.sample.min() <= marks.sample.max() < signal.sig_len:
        raise ValueError("an annotation lies outside the recording")


def _from_host(records) -> Path:
    """The folder in the cache, after fetching from PhysioNet what it lacks."""
    import pooch

    folder = fetching.cache_dir() / "mit-bih"
    wanted = [MANIFEST, *(f"{name}.{end}" for name in records for end in ("hea", "dat", "atr"))]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in wanted:
            if (folder / name).exists():
                continue
            part = folder / f".part-{os.getpid()}-{name}"
            try:
                pooch.HTTPDownloader(timeout=30)(
                    f"{HOST}/{name}", str(part), None, check_only=False
                )
                os.replace(part, folder / name)
            finally:
                part.unlink(missing_ok=True)
    except OSError as error:
        raise DataError(
            f"The MIT-BIH Arrhythmia Database could not be downloaded ({type(error).__name__}). "
            "Check the network connection, or get version 1.0.0 of it from PhysioNet yourself and "
            "give the folder's path as data_folder."
        ) from error
    return folder


def _verify(folder: Path, records) -> None:
    """Compare with PhysioNet's own list of checksums, where it lies in the folder."""
    if not (folder / MANIFEST).is_file():
        return
    lines = (folder / MANIFEST).read_text().splitlines()
    expected = {name: digest for digest, name in (line.split() for line in lines if line.strip())}
    for name in (f"{record}.{end}" for record in records for end in ("hea", "dat", "atr")):
        path = folder / name
        if not path.is_file() or name not in expected:
            continue
        if hashlib.sha256(path.read_bytes()).hexdigest() != expected[name]:
            raise DataError(f"{name} in {folder} is damaged. Delete it and fetch it again.")
