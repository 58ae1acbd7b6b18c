"""The words over a picture."""

import numpy as np
import pytest

from hitl_desktop.gui.decoded import Decoded, Shot
from hitl_desktop.gui.viewers.image_words import depth_words
from hitl_desktop.kinds.windows import Preset, Window


@pytest.mark.parametrize(
    ("dtype", "words"), [(np.uint8, "8-bit grey"), (np.uint16, "16-bit grey"), (np.float32, "32-bit float")]
)
def test_a_picture_says_how_its_values_are_stored(dtype: type, words: str) -> None:
    shot = Shot((np.zeros((4, 4), dtype),))
    assert depth_words(Decoded(size=(4, 4), presets=(Preset("all", Window(0, 1)),)), shot) == words
