"""How large a picture is, by the head of its file alone."""

from pathlib import Path
from typing import Final

from PIL import Image

from hitl_desktop.domain.errors import UnreadableItem
from hitl_desktop.domain.sentences import say
from hitl_desktop.kinds.dicom_file import is_dicom, open_dicom
from hitl_desktop.kinds.image import FORMATS
from hitl_desktop.kinds.libraries import LIBRARIES

_START: Final = 160
_TURNED: Final = frozenset({5, 6, 7, 8})
_ORIENTATION: Final = 0x0112


def size_of(path: Path) -> tuple[int, int]:
    """(width, height) of the upright picture. Raises UnreadableItem."""
    try:
        with path.open("rb") as file:
            start = file.read(_START)
        if is_dicom(start):
            file_head = open_dicom(path)
            if file_head.pixels is None:
                raise UnreadableItem(say("The file holds no picture."))
            return int(file_head.head.Columns), int(file_head.head.Rows)
        with LIBRARIES.quiet(), Image.open(path, formats=FORMATS) as picture:
            width, height = picture.size
            turned = picture.getexif().get(_ORIENTATION) in _TURNED
        return (height, width) if turned else (width, height)
    except (UnreadableItem, MemoryError):
        raise
    # Pillow and pydicom meet damage with errors of many types, some of them their own.
    except Exception as error:
        raise UnreadableItem(say("The file could not be read: {why}.", why=type(error).__name__)) from error
