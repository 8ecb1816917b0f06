"""Electrocardiograms."""

from dataclasses import dataclass

import numpy as np
import pydicom

from helpers.data.fetch import fetch
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
