"""Small DICOM files for tests, written with pydicom."""

from pathlib import Path
from typing import Any

import numpy as np
import pydicom
from pydicom.dataset import FileMetaDataset
from pydicom.uid import (
    CTImageStorage,
    ExplicitVRLittleEndian,
    RLELossless,
    SecondaryCaptureImageStorage,
    generate_uid,
)

PATIENT = "Secret^Person"
PATIENT_ID = "Secret-ID-4711"
"""Long enough that digests and figures never hold it by chance."""


def dataset(values: np.ndarray, **elements: Any) -> pydicom.Dataset:
    """A data set with these pixels: (h, w) or (frames, h, w) grey of 8, 16 or 32 bits, or (h, w, 3) colour.

    `elements` are added or replace what stands there; None leaves one out.
    """
    is_colour = values.ndim == 3 and values.shape[-1] == 3
    found = pydicom.Dataset()
    found.file_meta = FileMetaDataset()
    found.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    found.SOPClassUID = CTImageStorage if not is_colour else SecondaryCaptureImageStorage
    found.SOPInstanceUID = generate_uid()
    found.SeriesInstanceUID = generate_uid()
    found.StudyInstanceUID = generate_uid()
    found.PatientName, found.PatientID = PATIENT, PATIENT_ID
    found.StudyDate = "20240131"
    found.Modality = "OT"
    found.SamplesPerPixel = 3 if is_colour else 1
    found.PhotometricInterpretation = "RGB" if is_colour else "MONOCHROME2"
    if is_colour:
        found.PlanarConfiguration = 0
    elif values.ndim == 3:
        found.NumberOfFrames = len(values)
    found.Rows, found.Columns = values.shape[:2] if is_colour or values.ndim == 2 else values.shape[1:]
    bits = 8 * values.dtype.itemsize
    found.BitsAllocated, found.BitsStored, found.HighBit = bits, bits, bits - 1
    found.PixelRepresentation = int(values.dtype.kind == "i")
    if values.dtype.kind == "f":
        found.FloatPixelData = values.astype("<f4").tobytes()
        del found.BitsStored, found.HighBit, found.PixelRepresentation
    else:
        data = values.astype(values.dtype.newbyteorder("<")).tobytes()
        found.PixelData = data + b"\0" * (len(data) % 2)
        found["PixelData"].VR = "OB" if bits == 8 else "OW"
    for name, value in elements.items():
        if value is None:
            delattr(found, name)
        else:
            setattr(found, name, value)
    return found


def write(path: Path, values: np.ndarray, *, preamble: bool = True, rle: bool = False, **elements: Any) -> Path:
    """Write a file as `dataset`; without a `preamble` it begins with its first element."""
    found = dataset(values, **elements)
    path.parent.mkdir(parents=True, exist_ok=True)
    if rle:
        found.compress(RLELossless)
    if preamble:
        found.save_as(path, enforce_file_format=True)
    else:
        del found.file_meta
        found.save_as(path, implicit_vr=True, little_endian=True)
    return path


def write_series(folder: Path, slices: np.ndarray, *, spacing: float = 2.5, order: Any = None, **elements: Any) -> Path:
    """Write (n, h, w) as n files of one axial series, slice by slice upwards, in files named in another `order`."""
    series = elements.pop("SeriesInstanceUID", generate_uid())
    numbers = list(order if order is not None else range(len(slices)))
    for name, place in enumerate(numbers):
        write(
            folder / f"IM{name:03}",
            slices[place],
            SeriesInstanceUID=series,
            Modality=elements.get("Modality", "CT"),
            InstanceNumber=place + 1,
            ImageOrientationPatient=[1, 0, 0, 0, 1, 0],
            ImagePositionPatient=[0, 0, place * spacing],
            PixelSpacing=[0.8, 0.5],
            **{name: value for name, value in elements.items() if name != "Modality"},
        )
    return folder
