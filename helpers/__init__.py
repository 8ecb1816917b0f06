"""Shared code of the course Deep Learning for Healthcare.

setup     seeds, determinism, figure style: the only module that changes global state
data      the registry of data sets and one loader module per modality
simulate  physical and statistical simulators
evaluate  metrics with intervals, patient-level splits, calibration, decision curves
plots     figures that more than one chapter draws
claims    the checks behind the claims

Importing any of them changes nothing outside it.
"""
