"""Writing a file whole or not at all."""

import errno
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from hitl_desktop.domain.errors import KnownError


@contextmanager
def replacing(out: Path, encoding: str) -> Iterator[TextIO]:
    """A text file that takes the place of `out` when the block ends well; otherwise `out` stays as it was.

    The text goes to a file in the same folder and to the disk before it is renamed. Line ends are written as given.
    Raises `KnownError` when the file cannot be written.
    """
    target = out.resolve()
    part = target.with_name(f".{uuid.uuid4().hex}.part")
    try:
        try:
            with part.open("x", encoding=encoding, newline="") as stream:
                yield stream
                stream.flush()
                os.fsync(stream.fileno())
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise KnownError(f"“{out.name}” could not be written: {_why(error)}.", _remedy(error)) from error


def _why(error: OSError) -> str:
    if error.errno == errno.ENOSPC:
        return "the disk is full"
    if isinstance(error, PermissionError) or error.errno == errno.EROFS:
        return "no permission to write there"
    if isinstance(error, FileNotFoundError):
        return "the folder is not there"
    return (error.strerror or type(error).__name__).lower()


def _remedy(error: OSError) -> str:
    if error.errno == errno.ENOSPC:
        return "Free some space or choose another place. An older file of this name was not touched."
    return "Choose another place. An older file of this name was not touched."
