"""An ordinary picture as a copy to give away: its pixels alone, with boxes painted black, as a PNG.

Nothing else of the file comes along: no EXIF, no comment, no thumbnail, no colour profile, no further page.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from hitl_desktop.domain.errors import UnreadableItem
from hitl_desktop.domain.sentences import say
from hitl_desktop.kinds.image import read_picture

Box = tuple[int, int, int, int]
"""Left, top, width, height, in pixels of the upright picture."""


def copy_picture(source: Path, target: Path, boxes: Sequence[Box]) -> None:
    """Write the upright first frame to the new file `target`. Raises UnreadableItem for what cannot be written so."""
    pixels = np.array(read_picture(source).pixels)
    if pixels.dtype not in (np.uint8, np.uint16):
        raise UnreadableItem(say("Its values do not fit into a PNG."))
    for left, top, width, height in boxes:
        pixels[top : top + height, left : left + width] = 0
    with target.open("xb") as stream:
        Image.fromarray(pixels).save(stream, "PNG")
