"""Image features without pretrained weights: scattering, texture, colour, and a small picture.

The small picture is the raw input of the patch dictionary that `learning.representations` learns on the user's own
images; everything in this module is fixed.
"""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from PIL import Image

from hitl_desktop.features import image_scattering, image_statistics
from hitl_desktop.features.extractor import Extractor
from hitl_desktop.kinds.image import to_display

Floats = npt.NDArray[np.float32]
Bytes = npt.NDArray[np.uint8]

_PICTURE_SIDE: Final = image_scattering.SIDE
_SIDE: Final = image_statistics.SIDE
_BATCH: Final = 64


def extract(pictures: Sequence[npt.NDArray[Any]]) -> Floats:
    """Features of small pictures: (h, w) uint8 or uint16 grey, or (h, w, 3) uint8 RGB → (n, dims) float32.

    16-bit grey is mapped through its robust window first. Each picture is squeezed to a square, so any size and
    shape will do; 96 pixels on the shorter side are enough, smaller ones are enlarged. Every number fits into half
    precision.
    """
    parts = [_batch(pictures[at : at + _BATCH]) for at in range(0, len(pictures), _BATCH)]
    return np.concatenate(parts) if parts else np.zeros((0, IMAGE_FUSED.dims), np.float32)


def _batch(pictures: Sequence[npt.NDArray[Any]]) -> Floats:
    n = len(pictures)
    grey = np.empty((n, _SIDE, _SIDE), np.uint8)
    small_grey = np.empty((n, _PICTURE_SIDE, _PICTURE_SIDE), np.uint8)
    small = np.empty((n, _PICTURE_SIDE, _PICTURE_SIDE, 3), np.uint8)
    rgb: dict[int, Bytes] = {}
    for row, picture in enumerate(pictures):
        image = Image.fromarray(to_display(picture))
        middle, little = _squeezed(image, _SIDE), _squeezed(image, _PICTURE_SIDE)
        if image.mode == "RGB":
            rgb[row] = np.asarray(middle)
        grey[row] = np.asarray(middle.convert("L"))
        small_grey[row] = np.asarray(little.convert("L"))
        small[row] = np.asarray(little.convert("RGB"))
    blocks = [
        image_scattering.scattering(small_grey),
        image_statistics.texture(grey),
        image_statistics.colour(grey, rgb),
        small.reshape(n, -1).astype(np.float32),
    ]
    return np.concatenate(blocks, axis=1)


def _squeezed(image: Image.Image, side: int) -> Image.Image:
    return image.resize((side, side), Image.Resampling.BILINEAR)


IMAGE_FUSED: Final = Extractor(
    name="image-fused",
    version=1,
    kind="image",
    blocks=(
        ("scattering", image_scattering.DIMS),
        ("texture", image_statistics.TEXTURE_DIMS),
        ("colour", image_statistics.COLOUR_DIMS),
        ("picture", 3 * _PICTURE_SIDE**2),
    ),
    sparse=False,
    extract=extract,
    storage="float16",
    side=_SIDE,
)
