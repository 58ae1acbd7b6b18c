"""Writing a file whole or not at all."""

import errno
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, TextIO, cast

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.sentences import Sentence, say


@contextmanager
def replacing(out: Path, encoding: str) -> Iterator[TextIO]:
    """A text file that takes the place of `out` when the block ends well; otherwise `out` stays as it was.

    The text goes to a file in the same folder and to the disk before it is renamed. Line ends are written as given.
    Raises `KnownError` when the file cannot be written.
    """
    with _replacing(out, encoding) as stream:
        yield cast("TextIO", stream)


def write_whole(out: Path, data: bytes) -> None:
    """The same with all that a file is to hold. Raises `KnownError` when it cannot be written."""
    with _replacing(out, None) as stream:
        stream.write(data)


@contextmanager
def _replacing(out: Path, encoding: str | None) -> Iterator[IO[Any]]:
    target = out.resolve()
    part = target.with_name(f".{uuid.uuid4().hex}.part")
    try:
        try:
            with _made(part, encoding) as stream:
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


def _made(part: Path, encoding: str | None) -> IO[Any]:
    return part.open("xb") if encoding is None else part.open("x", encoding=encoding, newline="")


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
