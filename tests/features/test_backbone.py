"""A user's own model: used when it does what it says, refused with the reason when not, and stopped when it must be."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx import helper

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.features.backbone import backbone_extractor, check_backbone
from hitl_desktop.features.backbone_process import Limits
from tests import kept_workers
from tests.features import small_onnx as small

PICTURES = [
    np.full((5, 9, 3), (255, 0, 51), np.uint8),
    np.tile(np.arange(20, dtype=np.uint8), (20, 1)),
    np.full((3, 3), 60_000, np.uint16),
]
QUICK = Limits(batch=1.0, opening=60.0)


def expected(pictures: list[Any]) -> np.ndarray:
    """The rows of one-coloured pictures, computed by hand."""
    planes = np.stack([np.broadcast_to(p[0, 0].reshape(-1, 1, 1), (3, 8, 8)) for p in pictures]).astype(np.float32)
    return ((planes / 255 - 0.5) / 0.25).reshape(len(pictures), -1) @ small.MATRIX


def test_a_picture_model_is_checked_and_gives_rows(tmp_path: Path) -> None:
    folder = small.write(tmp_path, small.image_model(), small.image_card())
    fingerprint = check_backbone(folder)
    extractor = backbone_extractor(folder)
    try:
        rows = extractor.extract(PICTURES)
        again = extractor.extract(PICTURES[:1])
    finally:
        extractor.close()
    assert (extractor.kind, extractor.dims, extractor.side) == ("image", small.IMAGE_DIMS, small.SIDE)
    assert extractor.fingerprint == fingerprint
    assert extractor.key == f"own-{fingerprint[:12]}-v1"
    assert rows.dtype == np.float32
    np.testing.assert_allclose(rows[:1], expected(PICTURES[:1]), atol=1e-4)
    np.testing.assert_allclose(again, rows[:1], atol=1e-6)


def test_a_text_model_is_checked_and_gives_rows(tmp_path: Path) -> None:
    folder = small.write(tmp_path, small.text_model(), small.text_card())
    check_backbone(folder)
    extractor = backbone_extractor(folder)
    try:
        rows = extractor.extract(["where is my card", "ok", "card my is where", "card ok " * 400] * 40)
    finally:
        extractor.close()
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(rows[0], rows[2], atol=1e-6)
    np.testing.assert_allclose(rows[:4], rows[-4:], atol=1e-6)
    assert np.abs(rows[0] - rows[1]).max() > 0.1


def test_a_model_that_never_ends_is_stopped(tmp_path: Path) -> None:
    folder = small.write(tmp_path, small.endless_model(), small.image_card())
    with pytest.raises(KnownError, match=r"did not answer within 1 seconds, so it was stopped"):
        check_backbone(folder, Limits(opening=60.0, checking=1.0))
    extractor = backbone_extractor(folder, QUICK)
    with pytest.raises(KnownError, match="was stopped"):
        extractor.extract(PICTURES)
    assert kept_workers.children() == []


def test_while_it_works_a_cancel_is_heard(tmp_path: Path) -> None:
    extractor = backbone_extractor(small.write(tmp_path, small.endless_model(), small.image_card()))
    parts = extractor.parts(PICTURES)
    places, rows = next(parts)
    assert (list(places), rows.shape) == ([], (0, small.IMAGE_DIMS))
    parts.close()
    assert kept_workers.children() == []


def test_a_model_that_asks_for_all_memory_is_refused(tmp_path: Path) -> None:
    folder = small.write(tmp_path, small.greedy_model(), small.image_card())
    with pytest.raises(KnownError, match=r"The model failed|does not take this model|ended its process"):
        check_backbone(folder, Limits(memory=3 * 1024**3))


def test_numbers_that_are_not_finite_stop_the_extraction(tmp_path: Path) -> None:
    root = helper.make_node("Sqrt", ["product"], ["rows"])
    extractor = backbone_extractor(small.write(tmp_path, small.image_model(root), small.image_card()))
    with pytest.raises(KnownError, match="not finite"):
        extractor.extract(PICTURES)
    extractor.close()


def test_a_process_that_dies_is_told_and_replaced(tmp_path: Path) -> None:
    extractor = backbone_extractor(small.write(tmp_path, small.image_model(), small.image_card()))
    try:
        rows = extractor.extract(PICTURES)
        (child,) = kept_workers.children()
        child.kill()
        child.join()
        with pytest.raises(KnownError, match="ended its process"):
            extractor.extract(PICTURES)
        np.testing.assert_array_equal(extractor.extract(PICTURES), rows)
    finally:
        extractor.close()


def test_no_model_is_loaded_before_the_first_item(tmp_path: Path) -> None:
    backbone_extractor(small.write(tmp_path, b"no model at all", small.image_card()))
    assert kept_workers.children() == []


def test_what_the_rows_depend_on_is_in_the_fingerprint(tmp_path: Path) -> None:
    def fingerprint(folder: str, **changes: Any) -> str:
        small.write(tmp_path / folder, small.image_model(), small.image_card(**changes))
        return backbone_extractor(tmp_path / folder).fingerprint

    same = fingerprint("same")
    assert fingerprint("renamed", name="another name") == same
    assert fingerprint("dims", output={"name": "rows", "dims": 5}) != same
    (tmp_path / "same" / "model.onnx").write_bytes(b"other bytes")
    assert backbone_extractor(tmp_path / "same").fingerprint != same


def test_a_changed_file_is_refused(tmp_path: Path) -> None:
    card = small.image_card(sha256={"model.onnx": "00" * 32})
    folder = small.write(tmp_path, small.image_model(), card)
    with pytest.raises(KnownError, match="its hash differs"):
        check_backbone(folder)


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json", "backbone.json"])
def test_a_missing_file_is_named(tmp_path: Path, name: str) -> None:
    folder = small.write(tmp_path, small.text_model(), small.text_card())
    (folder / name).unlink()
    with pytest.raises(KnownError, match=name):
        check_backbone(folder)


def test_what_is_no_onnx_file_is_refused_before_anything_runs(tmp_path: Path) -> None:
    folder = small.write(tmp_path, json.dumps({"a": 1}).encode(), small.image_card())
    with pytest.raises(KnownError, match="not a whole ONNX file"):
        check_backbone(folder)
