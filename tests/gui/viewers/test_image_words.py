"""The words over a picture."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from hitl_desktop.gui.decoded import Decoded, Shot, decode
from hitl_desktop.gui.viewers.image_words import depth_words
from hitl_desktop.kinds.reading_process import Readers
from hitl_desktop.kinds.windows import Preset, Window


@pytest.mark.parametrize(
    ("dtype", "words"), [(np.uint8, "8-bit grey"), (np.uint16, "16-bit grey"), (np.float32, "32-bit float")]
)
def test_a_picture_says_how_its_values_are_stored(dtype: type, words: str) -> None:
    shot = Shot((np.zeros((4, 4), dtype),))
    assert depth_words(Decoded(size=(4, 4), presets=(Preset("all", Window(0, 1)),)), shot) == words


def test_a_file_of_sixteen_bits_is_not_said_to_have_eight(tmp_path: Path) -> None:
    Image.fromarray(np.arange(64, dtype=np.uint16).reshape(8, 8) * 900).save(tmp_path / "a.png")
    found = decode((tmp_path / "a.png",), Readers())
    assert found.shots is not None
    assert depth_words(found, found.shots.get(0)) == "16-bit grey"
