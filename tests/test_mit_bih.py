"""helpers.data.mit_bih: WFDB files that this test writes itself, and two genuine recordings."""

import hashlib
import http.server
import shutil
import threading

import numpy as np
import pytest
import wfdb

from helpers.data import mit_bih
from helpers.data.fetch import DataError
from helpers.data.mit_bih import (
    AAMI,
    DS1,
    DS2,
    beat_windows,
    load_mit_bih,
    load_mit_bih_pair,
    read_record,
)

SYMBOLS = [symbol for members in AAMI.values() for symbol in members]


def write_record(folder, name, digital, annotations, leads=("MLII", "V1")):
    """digital: int, (samples, 2), -2047 to 2047. annotations: (sample, symbol)."""
    wfdb.wrsamp(
        name,
        fs=360,
        units=["mV", "mV"],
        sig_name=list(leads),
        d_signal=digital.astype(np.int64),
        fmt=["212", "212"],
        adc_gain=[200.0, 200.0],
        baseline=[1024, 1024],
        comments=["69 M"],
        write_dir=str(folder),
    )
    samples, symbols = zip(*annotations, strict=True)
    notes = ["(N" if symbol == "+" else "" for symbol in symbols]
    at = np.array(samples)
    wfdb.wrann(name, "atr", at, list(symbols), aux_note=notes, write_dir=str(folder))


@pytest.fixture
def written(tmp_path):
    """A record with every symbol and remarks between them, and what is in it."""
    generator = np.random.default_rng(0)
    digital = generator.integers(-2047, 2048, (40_000, 2))
    symbols = np.array([*SYMBOLS, *SYMBOLS])
    at = np.sort(generator.choice(np.arange(500, 39_500, 2), len(symbols), replace=False))
    beats = list(zip(at.tolist(), symbols.tolist(), strict=True))
    remarks = [(18, "+"), (40, '"'), (int(at[8]) + 1, "+"), (int(at[9]) + 1, "~")]
    write_record(tmp_path, "101", digital, sorted(beats + remarks))
    return tmp_path, digital, at, symbols


def test_round_trip(written):
    folder, digital, at, symbols = written
    record = read_record(folder / "101")
    assert record.leads == ("MLII", "V1")
    assert record.hertz == 360
    assert record.millivolts.dtype == np.float32
    np.testing.assert_allclose(record.millivolts, (digital - 1024) / 200, atol=1e-5)
    np.testing.assert_array_equal(record.beats, at)
    np.testing.assert_array_equal(record.symbols, symbols)


def test_windows_are_cut_at_the_annotation(tmp_path):
    digital = np.stack([np.arange(4000) % 2048, np.zeros(4000, dtype=int)], axis=1)
    beats = [(20, "N"), (400, "N"), (1000, "V"), (3990, "N")]
    write_record(tmp_path, "100", digital, beats)
    windows, symbols, seconds = beat_windows(read_record(tmp_path / "100"))
    assert symbols.tolist() == ["N", "V"]  # the first beat, and one whose window leaves the record
    assert windows.shape == (2, 140)
    np.testing.assert_allclose(windows[:, 50], (np.array([400, 1000]) - 1024) / 200, atol=1e-5)
    np.testing.assert_allclose(seconds, [380 / 360, 600 / 360])
    np.testing.assert_allclose(np.diff(windows[0]), 1.8 / 200, atol=1e-5)


def test_a_missing_sample(tmp_path):
    """-2048 marks one in this format: it is no voltage, and no window holds it."""
    digital = np.zeros((4000, 2), dtype=int)
    digital[950, 0] = -2048
    write_record(tmp_path, "100", digital, [(20, "N"), (400, "N"), (1000, "V"), (2000, "N")])
    record = read_record(tmp_path / "100")
    assert np.flatnonzero(np.isnan(record.millivolts[:, 0])).tolist() == [950]
    windows, symbols, seconds = beat_windows(record)
    assert symbols.tolist() == ["N", "N"]
    assert len(windows) == len(seconds) == 2
    assert np.isfinite(windows).all()


def test_classes_and_patients(written):
    folder, *_, symbols = written
    for name in ("201", "202"):
        for end in ("hea", "dat", "atr"):
            content = (folder / f"101.{end}").read_bytes()
            (folder / f"{name}.{end}").write_bytes(content)
    beats = load_mit_bih(str(folder), ("101", "201", "202"))
    assert set(beats.patients) == {"101", "201"}
    assert set(beats.records) == {"101", "201", "202"}
    folded = {s: k for k, members in AAMI.items() for s in members}
    assert beats.classes.tolist() == [folded[s] for s in beats.symbols]
    assert set(folded) == set(symbols)
    assert beats.millivolts.shape == (len(beats.classes), 140)


def test_the_split_of_de_chazal():
    assert len(set(DS1)) == len(set(DS2)) == 22
    assert not set(DS1) & set(DS2)
    assert not {"102", "104", "107", "217"} & set(DS1 + DS2)


@pytest.mark.parametrize(
    ("end", "change", "message"),
    [
        ("dat", lambda raw: raw[:-3], "damaged"),
        ("dat", lambda raw: b"", "damaged"),
        ("dat", lambda raw: raw[:30] + bytes([raw[30] ^ 1]) + raw[31:], "checksum of lead MLII"),
        ("atr", lambda raw: raw[:-2], "do not end"),
        ("atr", lambda raw: raw[:41], "do not end"),
        ("atr", lambda raw: b"", "do not end"),
        ("atr", lambda raw: b"\xff\x07" * 99 + raw, "outside the recording"),
        ("hea", lambda raw: raw.replace(b"212", b"16"), "damaged"),
        ("hea", lambda raw: raw.replace(b"212", b"8"), "checksum of lead"),
        ("hea", lambda raw: raw.replace(b" 40000", b" 39000"), "checksum of lead"),
        ("hea", lambda raw: b"", "damaged"),
        ("hea", lambda raw: raw.replace(b"101 2", b"101 0"), "names no signal"),
        ("hea", lambda raw: b"\n".join(raw.splitlines()[:2]), "damaged"),
    ],
)
def test_damaged_files(written, end, change, message):
    path = written[0] / f"101.{end}"
    path.write_bytes(change(path.read_bytes()))
    with pytest.raises(DataError, match=message):
        load_mit_bih(str(written[0]), ("101",))


def test_missing_files(tmp_path):
    with pytest.raises(DataError, match=r"record 100 is missing"):
        load_mit_bih(str(tmp_path), ("100",))


def test_no_lead_mlii(tmp_path):
    write_record(tmp_path, "100", np.zeros((2000, 2), dtype=int), [(900, "N")], ("V5", "V1"))
    with pytest.raises(DataError, match="no lead MLII, only V5, V1"):
        load_mit_bih(str(tmp_path), ("100",))


def manifest(folder):
    lines = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()} {path.name}"
        for path in sorted(folder.glob("101.*"))
    ]
    (folder / mit_bih.MANIFEST).write_text("\n".join(lines) + "\n")


def test_the_list_of_checksums_is_used(written):
    folder = written[0]
    manifest(folder)
    load_mit_bih(str(folder), ("101",))
    header = folder / "101.hea"
    header.write_text(header.read_text().replace("# 69", "# 96"))
    with pytest.raises(DataError, match=r"101\.hea in .* is damaged"):
        load_mit_bih(str(folder), ("101",))


@pytest.fixture
def host(written, tmp_path_factory, monkeypatch):
    """A host that offers the written record, and an empty cache."""
    folder = written[0]
    manifest(folder)

    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *args):
            super().__init__(*args, directory=str(folder))

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setattr(mit_bih, "HOST", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setenv("HELPERS_DATA_DIR", str(tmp_path_factory.mktemp("cache")))
    yield server
    server.shutdown()
    server.server_close()


def test_the_public_host(host, written):
    beats = load_mit_bih("", ("101",))
    assert len(beats.classes) > 20
    shutil.rmtree(written[0])  # the second time, the cache is enough
    assert len(load_mit_bih("", ("101",)).classes) == len(beats.classes)


def test_the_public_host_lacks_a_record(host):
    with pytest.raises(DataError, match=r"could not be downloaded .* give the folder's path"):
        load_mit_bih("", ("999",))


def test_the_two_genuine_recordings():
    """Counts as the database's directory publishes them; the samples sum up to the headers'."""
    first, second = load_mit_bih_pair()
    assert first.leads == ("MLII", "V5")
    assert second.leads == ("MLII", "V1")
    for record, counts in (
        (first, {"N": 2239, "A": 33, "V": 1}),
        (second, {"N": 1860, "A": 3, "Q": 2}),
    ):
        assert record.millivolts.shape == (650_000, 2)
        found = dict(zip(*np.unique(record.symbols, return_counts=True), strict=True))
        assert found == counts
    windows, *_ = beat_windows(first)
    assert abs(int(np.median(windows.argmax(axis=1))) - mit_bih.SAMPLES_BEFORE) <= 1
