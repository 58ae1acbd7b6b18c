"""A model as one file: the same after the journey, and nothing strange gets in."""

import hashlib
import io
import json
import pickle
import shutil
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.learning.bundle_file import read_model_file, write_model_file
from hitl_desktop.learning.bundles import ModelBundle, load_bundle, save_bundle
from hitl_desktop.learning.heads import fit_kernel_head
from hitl_desktop.learning.representations import REPRESENTATIONS

BLOCKS = (("all", 6),)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(20, 6)).astype(np.float32)
    unit = REPRESENTATIONS["unit"].fit(rows, BLOCKS, rng)
    head = fit_kernel_head(unit.transform(rows), np.arange(20) % 2, gamma=0.5, ridge=0.1, seed=0)
    save_bundle(ModelBundle("image", "any-v1", BLOCKS, "unit", unit, head, ("a", "b"), {"t": "✓"}), tmp_path / "model")
    return tmp_path / "model"


@pytest.fixture
def file(folder: Path, tmp_path: Path) -> Path:
    write_model_file(folder, tmp_path / "m.hitlmodel")
    return tmp_path / "m.hitlmodel"


def test_a_model_survives_the_journey(folder: Path, file: Path, tmp_path: Path) -> None:
    bundle = read_model_file(file, tmp_path / "there")
    rows = np.random.default_rng(1).normal(size=(9, 6)).astype(np.float32)
    assert np.array_equal(bundle.probabilities(rows), load_bundle(folder).probabilities(rows))
    assert bundle.card == {"t": "✓"}
    for name in ("card.json", "arrays.npz"):
        assert (tmp_path / "there" / name).read_bytes() == (folder / name).read_bytes()
    write_model_file(tmp_path / "there", tmp_path / "again.hitlmodel")
    assert (tmp_path / "again.hitlmodel").read_bytes() == file.read_bytes()


def rewritten(file: Path, changes: dict[str, bytes | None], *, signed: bool = True) -> None:
    """Replace, add or (None) leave out members; `signed`: the manifest agrees, as a forger would see to."""
    with zipfile.ZipFile(file) as archive:
        members: dict[str, bytes] = {name: archive.read(name) for name in archive.namelist()}
    for name, data in changes.items():
        if data is None:
            del members[name]
        else:
            members[name] = data
    if signed and "card.json" in members:
        facts = json.loads(members["card.json"])
        facts["arrays_sha256"] = hashlib.sha256(members["arrays.npz"]).hexdigest()
        members["card.json"] = json.dumps(facts).encode()
        said = {n: {"bytes": len(members[n]), "sha256": hashlib.sha256(members[n]).hexdigest()} for n in members}
        members["manifest.json"] = json.dumps({"format": 1, "members": said}).encode()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)


class Canary:
    """Leaves a file behind when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return (Path.touch, (self._path,))


def with_array(file: Path, name: str, array: np.ndarray) -> bytes:
    """The arrays of the model with one of them replaced."""
    with zipfile.ZipFile(file) as outer, zipfile.ZipFile(io.BytesIO(outer.read("arrays.npz"))) as archive:
        entries = {entry: archive.read(entry) for entry in archive.namelist()}
    assert f"{name}.npy" in entries
    out = io.BytesIO()
    np.save(out, array, allow_pickle=True)
    entries[f"{name}.npy"] = out.getvalue()
    return zipped(entries)


def zipped(entries: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry, data in entries.items():
            archive.writestr(entry, data)
    return out.getvalue()


def claims(shape: str, descr: str = "<f4") -> bytes:
    """An array whose header claims a shape that its data does not have."""
    header = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}".ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode() + b"\0" * 8


def refused(file: Path, tmp_path: Path, words: str) -> None:
    with pytest.raises(KnownError, match=words) as refusal:
        read_model_file(file, tmp_path / "there")
    assert refusal.value.remedy
    assert not (tmp_path / "there").exists()
    assert not list(tmp_path.glob(".*part")), "nothing is left behind"


@pytest.mark.parametrize("extra", ["more.txt", "../evil.py", "/etc/evil", "sub/card.json", "..\\evil", "card.json/x"])
def test_members_that_do_not_belong_are_refused(file: Path, tmp_path: Path, extra: str) -> None:
    rewritten(file, {extra: b"x"})
    refused(file, tmp_path, "exactly a card and its arrays")
    assert not (tmp_path / "evil.py").exists()


@pytest.mark.parametrize("missing", ["card.json", "arrays.npz", "manifest.json"])
def test_a_missing_member_is_refused(file: Path, tmp_path: Path, missing: str) -> None:
    rewritten(file, {missing: None}, signed=False)
    refused(file, tmp_path, "exactly a card and its arrays")


@pytest.mark.filterwarnings("ignore:Duplicate name:UserWarning")
def test_a_member_twice_is_refused(file: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("card.json", b"{}")
    refused(file, tmp_path, "exactly a card and its arrays")


@pytest.mark.parametrize("name", ["card.json", "arrays.npz"])
def test_what_was_changed_on_the_way_is_refused(file: Path, tmp_path: Path, name: str) -> None:
    with zipfile.ZipFile(file) as archive:
        data = archive.read(name)
    rewritten(file, {name: data[:-1] + b" "}, signed=False)
    refused(file, tmp_path, "changed or cut off")


@pytest.mark.parametrize("manifest", [b"", b"[]", b"7", b"{}", b'{"format": 1, "members": {"card.json": 3}}', b"\xff"])
def test_a_manifest_that_is_none_is_refused(file: Path, tmp_path: Path, manifest: bytes) -> None:
    rewritten(file, {"manifest.json": manifest}, signed=False)
    refused(file, tmp_path, "no model file")


def test_another_format_is_refused(file: Path, tmp_path: Path) -> None:
    rewritten(file, {"manifest.json": b'{"format": 2}'}, signed=False)
    refused(file, tmp_path, "another version")


@pytest.mark.parametrize("content", [b"", b"PK\x05\x06", b"not a zip"])
def test_a_file_of_something_else_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "m.hitlmodel").write_bytes(content)
    refused(tmp_path / "m.hitlmodel", tmp_path, "no model file")


def test_a_file_cut_in_half_is_refused(file: Path, tmp_path: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    refused(file, tmp_path, "no model file")


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    refused(tmp_path / "absent.hitlmodel", tmp_path, "cannot be read")


def test_a_card_that_would_unpack_to_gigabytes_is_refused_unread(file: Path, tmp_path: Path) -> None:
    rewritten(file, {"manifest.json": b" " * 20_000_000}, signed=False)
    assert file.stat().st_size < 100_000
    refused(file, tmp_path, "more than a model may be")


def test_pickles_are_never_opened(file: Path, tmp_path: Path) -> None:
    objects = np.array([Canary(tmp_path / "sang")], dtype=object)
    for data in (with_array(file, "head.bias", objects), pickle.dumps(Canary(tmp_path / "sang"))):
        rewritten(file, {"arrays.npz": data})
        refused(file, tmp_path, "would run when it is loaded")
    assert not (tmp_path / "sang").exists()


def bad_arrays(file: Path) -> dict[str, bytes]:
    bias = {"head.bias.npy": b""}
    return {
        "not finite": with_array(file, "head.bias", np.array([np.nan, 0], np.float32)),
        "too short": with_array(file, "head.bias", np.zeros(1, np.float32)),
        "of words": with_array(file, "head.bias", np.array(["a", "b"])),
        "one class twice": with_array(file, "head.class_ids", np.array([1, 1])),
        "no gamma": with_array(file, "head.gamma", np.zeros(0)),
        "gamma below nothing": with_array(file, "head.gamma", np.array([-1.0])),
        "claims a terabyte": zipped(bias | {"head.bias.npy": claims("(274877906944,)")}),
        "claims less than it has": zipped(bias | {"head.bias.npy": claims("(1,)")}),
        "claims a negative size": zipped(bias | {"head.bias.npy": claims("(-2,)")}),
        "claims overflow": zipped(bias | {"head.bias.npy": claims("(4294967296, 4294967296, 2)")}),
        "claims objects": zipped(bias | {"head.bias.npy": claims("(1,)", "|O")}),
        "an array that is none": zipped({"head.bias.npy": b""}),
    }


def test_arrays_that_are_not_what_they_say_are_refused(file: Path, tmp_path: Path) -> None:
    whole = file.read_bytes()
    for what, data in bad_arrays(file).items():
        file.write_bytes(whole)
        rewritten(file, {"arrays.npz": data})
        why = "would run" if "objects" in what else "cannot be used"
        with pytest.raises(KnownError, match=why):
            read_model_file(file, tmp_path / "there")
        assert not (tmp_path / "there").exists(), what


def test_arrays_that_would_unpack_to_gigabytes_are_refused_unread(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hitl_desktop.learning.arrays_file.MOST_BYTES", 1_000_000)
    rewritten(file, {"arrays.npz": with_array(file, "head.bias", np.zeros(1_000_000, np.float32))})
    assert file.stat().st_size < 100_000
    refused(file, tmp_path, "cannot be used")


def test_a_place_that_is_taken_is_left_alone(file: Path, tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "mine").write_text("mine")
    with pytest.raises(KnownError, match="already exists"):
        read_model_file(file, tmp_path / "there")
    assert (tmp_path / "there" / "mine").read_text() == "mine"


def test_a_damaged_model_is_not_written_and_the_old_file_stays(folder: Path, file: Path) -> None:
    before = file.read_bytes()
    (folder / "arrays.npz").write_bytes(b"")
    with pytest.raises(KnownError, match="damaged"):
        write_model_file(folder, file)
    assert file.read_bytes() == before


def test_a_place_that_cannot_be_written_to_is_told(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(KnownError, match="cannot be written"):
        write_model_file(folder, tmp_path / "absent" / "m.hitlmodel")
    shutil.rmtree(folder)
    with pytest.raises(KnownError, match="cannot be read"):
        write_model_file(folder, tmp_path / "m.hitlmodel")
