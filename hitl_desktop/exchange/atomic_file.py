"""Writing a file whole or not at all."""

import errno
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.sentences import Sentence, say


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
        raise KnownError(
            say("“{name}” could not be written: {why}.", name=out.name, why=_why(error)), _remedy(error)
        ) from error


def _why(error: OSError) -> Sentence:
    if error.errno == errno.ENOSPC:
        return say("the disk is full")
    if isinstance(error, PermissionError) or error.errno == errno.EROFS:
        return say("no permission to write there")
    if isinstance(error, FileNotFoundError):
        return say("the folder is not there")
    return Sentence((error.strerror or type(error).__name__).lower())


def _remedy(error: OSError) -> Sentence:
    if error.errno == errno.ENOSPC:
        return say("Free some space or choose another place. An older file of this name was not touched.")
    return say("Choose another place. An older file of this name was not touched.")
