"""The pages of a TIFF as frames, as microscopes and scanners save a stack of pictures or a time series."""

from dataclasses import dataclass
from typing import Final

from PIL import Image

from hitl_desktop.domain.sentences import Sentence, say, say_n

_MOST: Final = 1000
_SUBFILE_TYPE: Final = 254
_REDUCED_OR_MASK: Final = 0b101
"""TIFF 6.0, section 8: a small copy of another page, or its transparency mask."""


@dataclass(frozen=True, slots=True)
class Pages:
    """`shown` are the places in the file of the pages that are frames, the first one in front. `left_out` says what
    cannot be seen; None where everything can.
    """

    shown: tuple[int, ...] = (0,)
    left_out: Sentence | None = None


def pages_of(image: Image.Image) -> Pages:
    """The pages of an open TIFF that have the size and the kind of values of its first one. `image` is left anywhere.

    Small copies and masks of other pages, as pyramids hold them, are no pages of their own. A damaged list of pages
    counts as one page, and a long one is not read to its end.
    """
    first, shown, others = (image.size, image.mode), [0], 0
    try:
        for page in range(1, _MOST):
            image.seek(page)
            if int(getattr(image, "tag_v2", {}).get(_SUBFILE_TYPE, 0)) & _REDUCED_OR_MASK:
                continue
            if (image.size, image.mode) == first:
                shown.append(page)
            else:
                others += 1
    except EOFError:
        told = say_n(
            "{n} page of another size or kind is left out.", "{n} pages of another size or kind are left out.", others
        )
        return Pages(tuple(shown), told if others else None)
    # The list of pages may be damaged, or go in circles, while the first page is fine.
    except Exception:
        return Pages()
    return Pages(tuple(shown), say("Shows the first {n} pages.", n=_MOST))
