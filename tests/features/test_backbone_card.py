"""backbone.json: what is wrong with it is said in words."""

import json
from pathlib import Path
from typing import Any

import pytest

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.features.backbone_card import ImageInput, TextInput, read_card
from tests.features import small_onnx as small


def read(folder: Path, card: dict[str, Any] | str) -> Any:
    (folder / "backbone.json").write_text(card if isinstance(card, str) else json.dumps(card), "utf-8")
    return read_card(folder)


def test_a_text_card_is_read(tmp_path: Path) -> None:
    card = read(tmp_path, small.text_card())
    assert card.input == TextInput("tokens", "mask", "", 16, 200, 1024)
    assert (card.kind, card.output.dims, card.output.pooling, card.output.unit_length) == ("text", 6, "mean", True)
    assert card.files == ("model.onnx", "tokenizer.json")


def test_an_image_card_is_read(tmp_path: Path) -> None:
    card = read(tmp_path, small.image_card())
    assert isinstance(card.input, ImageInput)
    assert card.input.shape == (3, 8, 8)
    assert (card.kind, card.input.batch, card.output.pooling, card.files) == ("image", 16, "none", ("model.onnx",))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ("[]", "does not say format 1"),
        ('{"format": 2}', "does not say format 1"),
        (" " * 1_000_001, "is too large"),
    ],
)
def test_what_is_no_card_is_refused(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(KnownError, match=reason):
        read(tmp_path, text)


@pytest.mark.parametrize(
    ("part", "changes", "reason"),
    [
        ("", {"name": ""}, "name is missing"),
        ("", {"kind": "sound"}, "kind is text or image, not 'sound'"),
        ("", {"input": 3}, "input is missing"),
        ("", {"sha256": {"model.onnx": 3}}, "sha256 maps"),
        ("input", {"height": 0}, "height is a whole number from 1 to 1024"),
        ("input", {"width": 9000}, "width is a whole number"),
        ("input", {"width": True}, "width is a whole number"),
        ("input", {"batch": 0}, "batch is a whole number"),
        ("input", {"colour": "CMYK"}, "colour is one of RGB, BGR, grey"),
        ("input", {"colour": ["RGB"]}, "colour is one of"),
        ("input", {"layout": "CHW"}, "layout is one of NCHW, NHWC"),
        ("input", {"mean": [0.5]}, "mean is 3 numbers"),
        ("input", {"std": [1, 1, 0]}, "scale and std are greater than 0"),
        ("input", {"std": [1, 1, float("nan")]}, "std is 3 numbers"),
        ("input", {"scale": "255"}, "scale is a number"),
        ("output", {"dims": 1e9}, "dims is a whole number from 1 to 16384"),
        ("output", {"pooling": "max"}, "pooling is one of none, mean, first"),
        ("output", {"unit_length": 1}, "unit_length is true or false"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, part: str, changes: dict[str, Any], reason: str) -> None:
    card = small.image_card()
    (card[part] if part else card).update(changes)
    with pytest.raises(KnownError, match=reason):
        read(tmp_path, card)


def test_grey_pictures_have_one_mean(tmp_path: Path) -> None:
    card = small.image_card()
    card["input"] |= {"colour": "grey", "mean": [0.5], "std": [0.2], "layout": "NHWC"}
    assert read(tmp_path, card).input.shape == (8, 8, 1)
