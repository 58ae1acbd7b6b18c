"""What lies over disturbing pictures lets nothing be recognised, however closely one looks."""

import numpy as np
import pytest
from PySide6.QtGui import QImage

from hitl_desktop.gui.cover import CELLS, COVERS, NO_COVER, covered


def stripes(width: int = 256, height: int = 128) -> QImage:
    """Red and blue stripes of four pixels."""
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[:, :, 0] = np.where((np.arange(width) // 4) % 2, 255, 0)
    pixels[:, :, 2] = 255 - pixels[:, :, 0]
    return QImage(pixels.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888).copy()


def pixels_of(image: QImage) -> np.ndarray:
    image = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).astype(int)


@pytest.mark.parametrize("name", ["blurred", "both"])
def test_details_are_gone(name: str) -> None:
    shown = pixels_of(covered(stripes(), COVERS[name]))
    assert shown.shape == (128, 256, 3)
    assert np.ptp(shown[8:-8, 24:-24, 0]) < 40, "no stripe is left"


def test_a_part_that_is_looked_at_closely_is_as_coarse_as_the_whole() -> None:
    part = stripes()
    shown = pixels_of(covered(part, COVERS["blurred"], length=CELLS * 256))
    assert np.ptp(shown[..., 0]) < 40, "one cell of the whole fills the pane"


def test_without_colour_is_grey_and_sharp() -> None:
    shown = pixels_of(covered(stripes(), COVERS["grey"]))
    assert (shown[..., 0] == shown[..., 2]).all()
    assert np.ptp(shown[..., 0]) > 10


def test_no_cover_is_false() -> None:
    assert not NO_COVER
    assert not COVERS["none"]
    assert COVERS["grey"]
