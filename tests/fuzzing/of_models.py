"""Models: our own folders and files, and the ONNX files of users."""

import contextlib
import hashlib
import json
import zipfile
from pathlib import Path
from typing import Any, Final

import numpy as np
from hypothesis import strategies as st

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.sentences import sentence_of
from hitl_desktop.features.backbone_card import CARD as BACKBONE_CARD
from hitl_desktop.features.backbone_card import read_card
from hitl_desktop.features.onnx_file import read_structure, refuse_unsafe
from hitl_desktop.learning.arrays_file import read_arrays, write_arrays
from hitl_desktop.learning.bundle_file import read_model_file, write_model_file
from hitl_desktop.learning.bundles import load_bundle
from tests.fuzzing import mutations as odd
from tests.fuzzing.room import Inputs, Room, Seeds, Target, said


def _model_of(seeds: Seeds) -> Path:
    return next((seeds.project / "models").glob("v*"))


def _model_parts(folder: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    return json.loads((folder / "card.json").read_text("utf-8")), read_arrays((folder / "arrays.npz").read_bytes())


def _models(seeds: Seeds) -> Inputs:
    card, arrays = _model_parts(_model_of(seeds))
    raw_arrays = (_model_of(seeds) / "arrays.npz").read_bytes()
    return st.tuples(
        st.one_of(st.just(card), odd.values_like([card])),
        st.one_of(st.just(raw_arrays), odd.bytes_like([raw_arrays]), odd.arrays_like(arrays)),
        st.booleans(),
    )


def _put_model(folder: Path, given: tuple[Any, Any, bool]) -> None:
    card, arrays, told = given
    folder.mkdir()
    if isinstance(arrays, bytes):
        (folder / "arrays.npz").write_bytes(arrays)
    else:
        write_arrays(folder / "arrays.npz", arrays)
    if told and isinstance(card, dict):
        card = card | {"arrays_sha256": hashlib.sha256((folder / "arrays.npz").read_bytes()).hexdigest()}
    (folder / "card.json").write_bytes(odd.written(card))


def _model(given: tuple[Any, Any, bool], room: Room, _seeds: Seeds) -> None:
    _put_model(room.given / "v1", given)
    bundle = load_bundle(room.given / "v1")
    width = sum(columns for _, columns in bundle.blocks)
    answer = bundle.probabilities(np.ones((3, width), np.float32))
    assert answer.shape == (3, len(bundle.classes))
    assert np.isfinite(answer).all()
    said(*(sentence_of(part) for part in bundle.card.values()))


def _tell_model(members: dict[str, bytes]) -> None:
    with contextlib.suppress(ValueError, TypeError, KeyError, AttributeError):
        card = json.loads(members["card.json"])
        card["arrays_sha256"] = hashlib.sha256(members["arrays.npz"]).hexdigest()
        members["card.json"] = odd.written(card)
    with contextlib.suppress(ValueError, TypeError, KeyError):
        told = json.loads(members["manifest.json"])
        told["members"] = {
            name: {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
            for name, data in members.items()
            if name != "manifest.json"
        }
        members["manifest.json"] = odd.written(told)


def _model_files(seeds: Seeds) -> Inputs:
    path = seeds.folder / "seed.hitlmodel"
    write_model_file(_model_of(seeds), path)
    told = values_in(path)

    def change(name: str, data: bytes) -> Inputs:
        return odd.json_like([told[name]]) if name in told else odd.bytes_like([data or b"x"])

    return odd.archives_like(path.read_bytes(), change, _tell_model)


def values_in(path: Path) -> dict[str, Any]:
    """The JSON of an archive, by the names of its members."""
    with zipfile.ZipFile(path) as archive:
        return {name: json.loads(archive.read(name)) for name in archive.namelist() if name.endswith(".json")}


def _model_file(data: bytes, room: Room, _seeds: Seeds) -> None:
    read_model_file(room.put("m.hitlmodel", data), room.out / "taken")


def _backbones(_seeds: Seeds) -> Inputs:
    from tests.features.small_onnx import image_card, image_model, text_card, text_model

    cards = [image_card(), text_card(), image_card(sha256={"model.onnx": "0" * 64})]
    models = [image_model().SerializeToString(), text_model().SerializeToString()]
    return st.tuples(odd.json_like(cards), st.one_of(st.sampled_from(models), odd.bytes_like(models)))


def _backbone(given: tuple[bytes, bytes], room: Room, _seeds: Seeds) -> None:
    room.put(BACKBONE_CARD, given[0])
    model = room.put("model.onnx", given[1])
    refused: KnownError | None = None
    try:
        card = read_card(room.given)
        card.fingerprint(card.measured_digests())
    except KnownError as error:
        refused = error
    refuse_unsafe(read_structure(model))
    if refused is not None:
        raise refused


ROWS: Final[dict[str, Target]] = {
    "model folder": Target(_models, _model),
    "model file": Target(_model_files, _model_file),
    "own model": Target(_backbones, _backbone),
}
