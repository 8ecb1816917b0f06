"""The data sets of the course.

registry   what each data set is, where it comes from, its licence and checksum
fetch      from the registry to a verified file on disk
one loader module per modality: lidc, ct, ecg, mit_bih, histology, fundus, digits, text, speech,
molecules, genomics, tabular, trials, medmnist

`python -m helpers.data list` prints the registry, `python -m helpers.data fetch NAME` fetches.
"""
