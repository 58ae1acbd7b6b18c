"""What Pillow and pydicom say and refuse of their own accord, held aside while they work for us."""

import logging
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from PIL import Image


class Libraries:
    """Holds warnings, and Pillow's own limit of pixels, aside while at least one of our threads reads a file.

    Both are settings of the whole process, and `warnings.catch_warnings` is not made for threads, so all readers
    share one: the first in sets it, the last out restores it. The pixel limit is ours instead. What pydicom warns of
    quotes the file, which may be a patient's name: neither that nor its log goes anywhere.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside = 0
        self._caught = warnings.catch_warnings()
        self._limit: int | None = None

    @contextmanager
    def quiet(self) -> Iterator[None]:
        """While this is open, nothing is warned of. May be opened inside itself."""
        with self._lock:
            self._inside += 1
            if self._inside == 1:
                logging.getLogger("pydicom").disabled = True
                self._limit, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, None
                self._caught = warnings.catch_warnings()
                self._caught.__enter__()
                warnings.simplefilter("ignore")
        try:
            yield
        finally:
            with self._lock:
                self._inside -= 1
                if self._inside == 0:
                    self._caught.__exit__(None, None, None)
                    Image.MAX_IMAGE_PIXELS = self._limit


LIBRARIES: Final = Libraries()
