"""Grey TIFFs whose values Pillow has no mode for: 64-bit numbers, as arrays are often saved, and a few rare ones."""

import io
from collections.abc import Sequence
from typing import Any, Final, cast

import numpy as np
import numpy.typing as npt

_WIDTH, _HEIGHT, _BITS, _COMPRESSION, _PHOTOMETRIC = 256, 257, 258, 259, 262
_OFFSETS, _ORIENTATION, _SAMPLES, _COUNTS, _PREDICTOR, _FORMAT = 273, 274, 277, 279, 317, 339
_KINDS: Final = {1: "u", 2: "i", 3: "f"}
_SIZES: Final = (8, 16, 32, 64)
WHITE_IS_ZERO: Final = 0
BLACK_IS_ZERO: Final = 1


def plain_grey(data: bytes, most_pixels: int) -> tuple[npt.NDArray[Any], int, bool, bool] | None:
    """Of an uncompressed grey TIFF in strips: the values (h, w) of its first page, the orientation, whether white is
    zero in it, and whether there are more pages.

    None for any other file, and for one that does not hold what it says: whoever asks has a reason of its own then.
    """
    # The file says all of these numbers itself, and a damaged directory raises whatever its parser stumbles on.
    try:
        return _read(data, most_pixels) if data[:4] in (b"II*\0", b"MM\0*") else None
    except Exception:
        return None


def _read(data: bytes, most_pixels: int) -> tuple[npt.NDArray[Any], int, bool, bool] | None:
    from PIL.TiffImagePlugin import ImageFileDirectory_v2

    directory = ImageFileDirectory_v2(data[:8])
    stream = io.BytesIO(data)
    stream.seek(directory.next)
    directory.load(stream)
    width, height = int(directory[_WIDTH]), int(directory[_HEIGHT])
    bits, kind = _one(directory.get(_BITS, 1)), _KINDS[_one(directory.get(_FORMAT, 1))]
    photometric = int(directory[_PHOTOMETRIC])
    is_plain = (
        int(directory.get(_COMPRESSION, 1)) == 1
        and _one(directory.get(_SAMPLES, 1)) == 1
        and int(directory.get(_PREDICTOR, 1)) == 1
        and photometric in (WHITE_IS_ZERO, BLACK_IS_ZERO)
        and bits in _SIZES
        and not (kind == "f" and bits == _SIZES[0])
    )
    if not is_plain or not 0 < width * height <= most_pixels or min(width, height) < 1:
        return None
    wanted = width * height * bits // 8
    strips = zip(cast(Sequence[int], directory[_OFFSETS]), cast(Sequence[int], directory[_COUNTS]), strict=True)
    content = b"".join(data[start : start + count] for start, count in strips)
    if len(content) != wanted:
        return None
    order = "<" if data[:2] == b"II" else ">"
    values = np.frombuffer(content, np.dtype(f"{order}{kind}{bits // 8}")).reshape(height, width)
    native = values.astype(values.dtype.newbyteorder("="), copy=False)
    return native, int(directory.get(_ORIENTATION, 1)), photometric == WHITE_IS_ZERO, directory.next > 0


def _one(value: Any) -> int:
    """A number that stands alone, or first in a row of its own."""
    return int(value[0]) if isinstance(value, tuple) else int(value)
