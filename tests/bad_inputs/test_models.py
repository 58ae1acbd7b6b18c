"""M1-M17 of the catalogue: models cannot run code, whatever they are called and wherever it hides."""

import bz2
import gzip
import io
import json
import lzma
import os
import pickle
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.learning.arrays_file import DAMAGE, read_arrays, write_arrays
from hitl_desktop.learning.bundle_file import read_model_file
from hitl_desktop.learning.bundles import load_bundle
from hitl_desktop.learning.code_in_files import is_pickle, runs_code
from hitl_desktop.workflow.scores import read_ranked, read_scores


class Evil:
    """Unpickling it makes a file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __reduce__(self) -> Any:
        return os.mkdir, (str(self._path),)


def npy(array: Any) -> bytes:
    out = io.BytesIO()
    np.save(out, array, allow_pickle=True)
    return out.getvalue()


def zipped(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in members.items():
            archive.writestr(name.replace("__", "."), data)
    return out.getvalue()


def objects(evil: Evil) -> bytes:
    return npy(np.array([evil, None], dtype=object))


HIDING: dict[str, Callable[[Evil], bytes]] = {
    "M1 pickle": lambda evil: pickle.dumps(evil),
    "M1 pickle of protocol 0": lambda evil: pickle.dumps(evil, 0),
    "M1 joblib, zlib": lambda evil: zlib.compress(pickle.dumps(evil)),
    "M1 joblib, gzip": lambda evil: gzip.compress(pickle.dumps(evil)),
    "M1 joblib, bz2": lambda evil: bz2.compress(pickle.dumps(evil)),
    "M1 joblib, xz": lambda evil: lzma.compress(pickle.dumps(evil)),
    "M1 joblib, lzma": lambda evil: lzma.compress(pickle.dumps(evil), lzma.FORMAT_ALONE),
    "M1 torch": lambda evil: zipped(**{"archive/data__pkl": pickle.dumps(evil), "archive/version": b"3"}),
    "M2 npy of objects": objects,
    "M2 npz of objects": lambda evil: zipped(weights__npy=objects(evil)),
    "M2 npz of records with objects": lambda evil: zipped(
        weights__npy=npy(np.array([(1, evil)], dtype=[("a", "i4"), ("b", "O")]))
    ),
    "M3 skops-like zip": lambda evil: zipped(schema__json=b"{}", model__pkl=pickle.dumps(evil)),
    "M1 zip in zip": lambda evil: zipped(inner__zip=zipped(data__pkl=pickle.dumps(evil))),
}


@pytest.mark.parametrize("name", ["model.hitlmodel", "model.joblib", "model.pkl", "weights.npz", "harmless.txt"])
@pytest.mark.parametrize("case", HIDING)
def test_m1_m2_m3_a_model_with_code_is_refused_by_its_content(
    case: str, name: str, tmp_path: Path, canary: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(HIDING[case](Evil(canary)))
    assert runs_code(path.read_bytes())
    with pytest.raises(KnownError, match="would run when it is loaded"):
        read_model_file(path, tmp_path / "taken")
    assert not (tmp_path / "taken").exists()


@pytest.mark.parametrize("case", [case for case in HIDING if case.startswith("M2")])
def test_m2_arrays_are_numbers_or_nothing(case: str, tmp_path: Path, canary: Path) -> None:
    """Also where no sniffing stands before the reader: bundles, scores, checks."""
    data = HIDING[case](Evil(canary))
    with pytest.raises(DAMAGE):
        read_arrays(data)
    for name in ("scores.npy", "utilities.npz"):
        (tmp_path / name).write_bytes(data)
    assert read_scores(tmp_path / "scores.npy") is None
    assert read_ranked(tmp_path / "utilities.npz") is None


def test_m1_inside_a_bundle_nothing_but_numbers_is_read(tmp_path: Path, canary: Path) -> None:
    folder = tmp_path / "v1"
    folder.mkdir()
    (folder / "card.json").write_text(json.dumps({"format": 2}))
    (folder / "arrays.npz").write_bytes(HIDING["M2 npz of objects"](Evil(canary)))
    with pytest.raises(KnownError):
        load_bundle(folder)


def test_honest_files_are_no_code(tmp_path: Path) -> None:
    write_arrays(tmp_path / "a.npz", {"w": np.arange(12.0).reshape(3, 4), "i": np.arange(3)})
    assert runs_code((tmp_path / "a.npz").read_bytes()) == ""
    for data in (npy(np.arange(5)), b"", b"{}", b"\x89PNG\r\n\x1a\n", b"id,text\n1,a\n", bytes(1000)):
        assert runs_code(data) == ""
        assert not is_pickle(data)


def test_a_bomb_is_unpacked_to_a_limit_only() -> None:
    assert runs_code(zlib.compress(bytes(300 * 2**20))) == ""


@pytest.mark.parametrize("claim", ["x" * 40, "9" * 4000])
def test_m15_a_header_that_claims_a_terabyte(claim: str) -> None:
    header = f"{{'descr': '<f8', 'fortran_order': False, 'shape': ({claim},), }}\n".encode()
    lie = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + bytes(64)
    with pytest.raises(DAMAGE):
        read_arrays(zipped(w__npy=lie))
    terabyte = b"\x93NUMPY\x01\x00" + (76).to_bytes(2, "little")
    terabyte += b"{'descr': '<f8', 'fortran_order': False, 'shape': (137438953472,), }".ljust(75) + b"\n" + bytes(64)
    with pytest.raises(ValueError, match="as large as it says"):
        read_arrays(zipped(w__npy=terabyte))


def test_no_reader_of_the_program_unpickles() -> None:
    """M1, M4, M5: nothing of pickle, joblib or skops is imported anywhere, and numpy is told not to.

    But where our own processes speak with each other.
    """
    package = Path(__file__).resolve().parents[2] / "hitl_desktop"
    between_processes = package / "kinds" / "reading_process.py"
    for file in set(package.rglob("*.py")) - {between_processes}:
        text = file.read_text("utf-8")
        for word in (
            "import pickle\n",
            "import joblib",
            "import skops",
            "import dill",
            "import cloudpickle",
            "import torch",
        ):
            assert word not in text, file.name
        assert text.count("np.load(") == text.count("np.load(") - text.count("allow_pickle=True"), file.name
        for line in text.splitlines():
            if "np.load(" in line:
                assert "allow_pickle=False" in line, file.name
