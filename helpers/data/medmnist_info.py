"""Facts about the MedMNIST v2 files at 28 pixels, as their authors publish them.

Source: Yang et al. 2023, doi 10.1038/s41597-022-01721-8, and the archive of the data,
doi 10.5281/zenodo.10519652. The md5 sums are the archive's; it publishes no sha256.
"""

_ORGANS = (
    "bladder", "femur-left", "femur-right", "heart", "kidney-left", "kidney-right", "liver",
    "lung-left", "lung-right", "pancreas", "spleen",
)  # fmt: skip
_ORGANS_3D = (
    "liver", "kidney-right", "kidney-left", "femur-right", "femur-left", "bladder", "heart",
    "lung-right", "lung-left", "spleen", "pancreas",
)  # fmt: skip

# name: (md5, modality, task, licence, class names in the order of the labels)
MEDMNIST_FILES = {
    "pathmnist": (
        "a8b06965200029087d5bd730944a56c1", "colon histology", "multi-class", "CC BY 4.0",
        ("adipose", "background", "debris", "lymphocytes", "mucus", "smooth muscle",
         "normal colon mucosa", "cancer-associated stroma", "colorectal adenocarcinoma epithelium"),
    ),
    "chestmnist": (
        "02c8a6516a18b556561a56cbdd36c4a8", "chest X-ray", "multi-label", "CC BY 4.0",
        ("atelectasis", "cardiomegaly", "effusion", "infiltration", "mass", "nodule", "pneumonia",
         "pneumothorax", "consolidation", "edema", "emphysema", "fibrosis", "pleural", "hernia"),
    ),
    "dermamnist": (
        "0744692d530f8e62ec473284d019b0c7", "dermatoscopy", "multi-class", "CC BY-NC 4.0",
        ("actinic keratoses and intraepithelial carcinoma", "basal cell carcinoma",
         "benign keratosis-like lesions", "dermatofibroma", "melanoma", "melanocytic nevi",
         "vascular lesions"),
    ),
    "octmnist": (
        "c68d92d5b585d8d81f7112f81e2d0842", "retinal OCT", "multi-class", "CC BY 4.0",
        ("choroidal neovascularization", "diabetic macular edema", "drusen", "normal"),
    ),
    "pneumoniamnist": (
        "28209eda62fecd6e6a2d98b1501bb15f", "chest X-ray", "binary", "CC BY 4.0",
        ("normal", "pneumonia"),
    ),
    "retinamnist": (
        "bd4c0672f1bba3e3a89f0e4e876791e4", "fundus photograph", "ordinal", "CC BY 4.0",
        ("grade 0", "grade 1", "grade 2", "grade 3", "grade 4"),
    ),
    "breastmnist": (
        "750601b1f35ba3300ea97c75c52ff8f6", "breast ultrasound", "binary", "CC BY 4.0",
        ("malignant", "normal or benign"),
    ),
    "bloodmnist": (
        "7053d0359d879ad8a5505303e11de1dc", "blood-cell microscopy", "multi-class", "CC BY 4.0",
        ("basophil", "eosinophil", "erythroblast", "immature granulocyte", "lymphocyte",
         "monocyte", "neutrophil", "platelet"),
    ),
    "tissuemnist": (
        "ebe78ee8b05294063de985d821c1c34b", "kidney-cell microscopy", "multi-class", "CC BY 4.0",
        ("collecting duct, connecting tubule", "distal convoluted tubule",
         "glomerular endothelial cells", "interstitial endothelial cells", "leukocytes",
         "podocytes", "proximal tubule segments", "thick ascending limb"),
    ),
    "organamnist": (
        "68e3f8846a6bd62f0c9bf841c0d9eacc", "abdominal CT, axial", "multi-class", "CC BY 4.0",
        _ORGANS,
    ),
    "organcmnist": (
        "b9ceb9546e10131b32923c5bbeaea2b1", "abdominal CT, coronal", "multi-class", "CC BY 4.0",
        _ORGANS,
    ),
    "organsmnist": (
        "9ab87b696fb54e2a387ebe992d6ed5f1", "abdominal CT, sagittal", "multi-class", "CC BY 4.0",
        _ORGANS,
    ),
    "organmnist3d": (
        "a0c5a1ff56af4f155c46d46fbb45a2fe", "abdominal CT volume", "multi-class", "CC BY 4.0",
        _ORGANS_3D,
    ),
    "nodulemnist3d": (
        "8755a7e9e05a4d9ce80a24c3e7a256f3", "chest CT volume", "binary", "CC BY 4.0",
        ("benign", "malignant"),
    ),
    "adrenalmnist3d": (
        "bbd3c5a5576322bc4cdfea780653b1ce", "adrenal-gland shape from CT", "binary", "CC BY 4.0",
        ("normal", "hyperplasia"),
    ),
    "fracturemnist3d": (
        "6aa7b0143a6b42da40027a9dda61302f", "rib CT volume", "multi-class", "CC BY 4.0",
        ("buckle", "nondisplaced", "displaced"),
    ),
    "vesselmnist3d": (
        "b41fd4f7e7e2feedddb201585ecafa1b", "brain-vessel shape from MRA", "binary", "CC BY 4.0",
        ("vessel", "aneurysm"),
    ),
    "synapsemnist3d": (
        "1235b78a3cd6280881dd7850a78eadb6", "electron-microscopy volume", "binary", "CC BY 4.0",
        ("inhibitory synapse", "excitatory synapse"),
    ),
}  # fmt: skip
