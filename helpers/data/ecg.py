"""Electrocardiograms."""

from dataclasses import dataclass

import numpy as np
import pydicom

from helpers.data.fetch import DataError, fetch
from helpers.data.registry import DataSet, get


@dataclass(frozen=True)
class ECG:
    """millivolts: (samples, leads). hertz: sampling rate. leads: their names."""

    millivolts: np.ndarray
    hertz: float
    leads: tuple[str, ...]
    provenance: DataSet


def load_ecg_12_lead() -> ECG:
    """Ten seconds of a real 12-lead ECG at 1,000 Hz."""
    dicom = pydicom.dcmread(fetch("ecg-12-lead")[0])
    group = dicom.WaveformSequence[0]
    unit = group.ChannelDefinitionSequence[0].ChannelSensitivityUnitsSequence[0].CodeValue
    if unit != "uV":
        raise ValueError(f"The ECG is in {unit}; microvolts were expected.")
    leads = tuple(
        channel.ChannelSourceSequence[0]
        .CodeMeaning.replace("Lead ", "")
        .replace(" (Einthoven)", "")
        for channel in group.ChannelDefinitionSequence
    )
    # pydicom applies each channel's sensitivity, so the values are in the stated unit.
    return ECG(
        dicom.waveform_array(0) / 1000.0, float(group.SamplingFrequency), leads, get("ecg-12-lead")
    )


@dataclass(frozen=True)
class Heartbeats:
    """standardised: float32, (beats, 140), each beat with mean 0 and standard deviation 1 (divisor
    n - 1), so without millivolts; stretched to one length, so without seconds.
    labels: 1 to 5, (beats,), of an automated detector. in_training_file: bool, (beats,), the
    archive's own split.
    """

    standardised: np.ndarray
    labels: np.ndarray
    in_training_file: np.ndarray
    provenance: DataSet


def load_heartbeats() -> Heartbeats:
    """5,000 real heartbeats of one patient: the 500 of the archive's training file come first.

    Raises DataError when the files cannot be had or are not ECG5000.
    """
    try:
        files = [np.loadtxt(path) for path in fetch("ecg5000")]
    except ValueError as error:
        raise DataError("The file of heartbeats is damaged; delete it and run again.") from error
    table = np.concatenate(files)
    if table.shape != (5000, 141):
        raise DataError("The files do not hold 5,000 heartbeats; delete them and run again.")
    return Heartbeats(
        table[:, 1:].astype(np.float32),
        table[:, 0].astype(int),
        np.arange(5000) < len(files[0]),
        get("ecg5000"),
    )
