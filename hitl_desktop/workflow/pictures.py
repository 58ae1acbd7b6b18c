"""Reading the image files of a data set: their digests, and small pictures of them."""

import hashlib
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from hitl_desktop.domain.errors import UnreadableItem
from hitl_desktop.domain.items import ItemFile, Unreadable
from hitl_desktop.domain.sentences import Sentence, say
from hitl_desktop.exchange.ordering import shown
from hitl_desktop.kinds import content_digest
from hitl_desktop.kinds.codec_process import CodecPool
from hitl_desktop.kinds.contents import series_digest
from hitl_desktop.kinds.dicom_file import is_dicom
from hitl_desktop.kinds.dicom_frames import FrameDecoder
from hitl_desktop.kinds.image import read_bytes, read_small
from hitl_desktop.kinds.stacks import check_file, read_small_stack

_BATCH: Final = 16
_START: Final = 160


@dataclass(frozen=True, slots=True)
class Looked:
    """One item after reading: its digest and small pixels, or why not.

    `paths` are its files in their order. Of a series, `files` are all of them with their digests, and `broken` those
    that are part of it and cannot be shown.
    """

    paths: tuple[str, ...]
    digest: str = ""
    pixels: Any = None
    why: Sentence | None = None
    files: tuple[ItemFile, ...] = ()
    broken: tuple[Unreadable, ...] = ()

    @property
    def path(self) -> str:
        """Its first file."""
        return self.paths[0]


def read_images(root: Path, items: Sequence[tuple[str, ...]], side: int) -> Iterator[list[Looked]]:
    """Read and decode items in batches, in up to four threads: decoding lets go of the interpreter lock.

    Each item is one file, or the files of a series in their order. The next batch is read while the caller works on
    this one.
    """
    starts = range(0, len(items), _BATCH)
    workers = min(4, os.cpu_count() or 1)
    with closing(CodecPool(workers)) as decoder, ThreadPoolExecutor(workers) as threads:
        batches = ([threads.submit(_look, root, p, side, decoder) for p in items[at : at + _BATCH]] for at in starts)
        ahead = next(batches, None)
        while ahead is not None:
            now, ahead = ahead, next(batches, None)
            yield [look.result() for look in now]


def _look(root: Path, paths: tuple[str, ...], side: int, decoder: FrameDecoder) -> Looked:
    try:
        if len(paths) > 1:
            return _look_at_series(root, paths, side, decoder)
        file = root / paths[0]
        data = read_bytes(file)
        if is_dicom(data[:_START]):
            return Looked(paths, content_digest(data), read_small_stack((file,), side, decoder))
        return Looked(paths, content_digest(data), read_small(data, paths[0], side))
    except UnreadableItem as error:
        return Looked(paths, why=error.sentence)


def _look_at_series(root: Path, paths: tuple[str, ...], side: int, decoder: FrameDecoder) -> Looked:
    files, broken = [], []
    for path in paths:
        try:
            files.append(ItemFile(path, _digest(root / path)))
            check_file(root / path, decoder)
        except UnreadableItem as error:
            broken.append(Unreadable(shown(path), error.sentence))
    if len(files) < len(paths):  # what is not there is in no digest, so the item is not the one it was
        raise UnreadableItem(say("Files of this series are missing."))
    pixels = read_small_stack(tuple(root / path for path in paths), side, decoder)
    digest = series_digest([file.digest for file in files])
    return Looked(paths, digest, pixels, None, tuple(files), tuple(broken))


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise UnreadableItem(say("The file could not be read: {why}.", why=str(error))) from error
