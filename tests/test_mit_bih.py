"""helpers.data.mit_bih: WFDB files that this test writes itself, and two genuine recordings."""

import hashlib
import http.server
import shutil
import threading

import numpy as np
import pytest

from helpers.data import mit_bih
from helpers.data.fetch import DataError
from helpers.data.mit_bih import (
    AAMI,
    BEAT_CODES,
    DS1,
    DS2,
    beat_windows,
    load_mit_bih,
    load_mit_bih_pair,
    read_record,
)

CODE_OF = {symbol: code for code, symbol in BEAT_CODES.items()}
RHYTHM, NOTE = 28, 22


def write_record(folder, name, digital, annotations, leads=("MLII", "V1"), gain="200"):
    """digital: int, (samples, 2), -2048 to 2047. annotations: (sample, code, text)."""
    pairs = digital.astype(int) & 0xFFF
    first, second = pairs.T
    raw = np.stack([first & 0xFF, (first >> 8) | (second >> 8 << 4), second & 0xFF], axis=1)
    (folder / f"{name}.dat").write_bytes(raw.astype(np.uint8).tobytes())
    lines = [f"{name} 2 360 {len(digital)}"]
    for column, lead in zip(digital.T, leads, strict=True):
        total = (int(column.sum()) + 32768) % 65536 - 32768
        lines.append(f"{name}.dat 212 {gain} 11 1024 {column[0]} {total} 0 {lead}")
    (folder / f"{name}.hea").write_text("\n".join([*lines, "# 69 M", ""]))
    (folder / f"{name}.atr").write_bytes(encode(annotations))


def encode(annotations):
    words, now = [], 0
    for at, code, text in annotations:
        step, now = at - now, at
        if not 0 <= step < 1024:
            words += [59 << 10, step >> 16 & 0xFFFF, step & 0xFFFF]
            step = 0
        words.append(code << 10 | step)
        if text:
            padded = text.encode() + b"\0" * (len(text) % 2)
            words += [63 << 10 | len(text), *np.frombuffer(padded, "<u2")]
    return np.array([*words, 0], "<u2").tobytes()


@pytest.fixture
def written(tmp_path):
    """A record with every symbol, long pauses and remarks, and what is in it."""
    generator = np.random.default_rng(0)
    digital = generator.integers(-2048, 2048, (40_000, 2))
    symbols = np.array([*CODE_OF, *CODE_OF])
    at = np.sort(generator.choice(np.arange(500, 39_500), len(symbols), replace=False))
    annotations = [(18, RHYTHM, "(N"), (40, NOTE, "")]
    annotations += [(int(t), CODE_OF[s], "") for t, s in zip(at, symbols, strict=True)]
    annotations.insert(9, (annotations[8][0] + 1, RHYTHM, "(AFIB"))
    write_record(tmp_path, "101", digital, annotations)
    return tmp_path, digital, at, symbols


def test_round_trip(written):
    folder, digital, at, symbols = written
    record = read_record(folder / "101")
    assert record.leads == ("MLII", "V1")
    assert record.hertz == 360
    np.testing.assert_allclose(record.millivolts, (digital - 1024) / 200, atol=1e-5)
    np.testing.assert_array_equal(record.beats, at)
    np.testing.assert_array_equal(record.symbols, symbols)


def test_a_pause_of_more_than_two_to_the_sixteenth_samples(tmp_path):
    digital = np.zeros((200_000, 2), dtype=int)
    write_record(tmp_path, "100", digital, [(5, 1, ""), (150_000, 5, ""), (150_900, 8, "")])
    record = read_record(tmp_path / "100")
    assert record.beats.tolist() == [5, 150_000, 150_900]
    assert record.symbols.tolist() == ["N", "V", "A"]


@pytest.mark.parametrize(("gain", "zero"), [("200(1024)/mV", 1024), ("100(0)/mV", 0), ("0", 1024)])
def test_gain_and_baseline(tmp_path, gain, zero):
    digital = np.full((1000, 2), 1100)
    write_record(tmp_path, "100", digital, [(5, 1, "")], gain=gain)
    scale = 100 if gain.startswith("100") else 200
    assert read_record(tmp_path / "100").millivolts[0, 0] == pytest.approx((1100 - zero) / scale)


def test_windows_are_cut_at_the_annotation(tmp_path):
    digital = np.stack([np.arange(4000) % 2048, np.zeros(4000, dtype=int)], axis=1)
    beats = [(20, 1, ""), (400, 1, ""), (1000, 5, ""), (3900, 1, "")]
    write_record(tmp_path, "100", digital, beats)
    windows, symbols, seconds = beat_windows(read_record(tmp_path / "100"))
    assert symbols.tolist() == ["N", "V"]  # the first beat, and one whose window leaves the record
    assert windows.shape == (2, 140)
    np.testing.assert_allclose(windows[:, 50], (np.array([400, 1000]) - 1024) / 200, atol=1e-5)
    np.testing.assert_allclose(seconds, [380 / 360, 600 / 360])
    np.testing.assert_allclose(np.diff(windows[0]), 1.8 / 200, atol=1e-5)


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
        ("dat", lambda raw: raw[:-3], "bytes of signal"),
        ("dat", lambda raw: raw[:30] + bytes([raw[30] ^ 1]) + raw[31:], "checksum of lead"),
        ("atr", lambda raw: raw[:-2], "do not end"),
        ("atr", lambda raw: b"", "do not end"),
        ("hea", lambda raw: raw.replace(b"212", b"16"), "format 16"),
        ("hea", lambda raw: b"", "damaged"),
        ("hea", lambda raw: b"\n".join(raw.splitlines()[:2]), "lacks a signal"),
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
    write_record(tmp_path, "100", np.zeros((2000, 2), dtype=int), [(900, 1, "")], ("V5", "V1"))
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
