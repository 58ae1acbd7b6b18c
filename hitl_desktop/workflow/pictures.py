"""Reading the image files of a data set: their digests, and small pictures of them."""

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

from hitl_desktop.domain.errors import UnreadableItem
from hitl_desktop.domain.items import ItemFile, Unreadable
from hitl_desktop.domain.protocols import Step, no_step
from hitl_desktop.domain.sentences import Sentence, say
from hitl_desktop.exchange.ordering import shown
from hitl_desktop.kinds import content_digest
from hitl_desktop.kinds.contents import series_digest
from hitl_desktop.kinds.dicom_file import is_dicom
from hitl_desktop.kinds.dicom_series import Slice, look_at_slice
from hitl_desktop.kinds.image import read_bytes, read_small
from hitl_desktop.kinds.picture_size import size_of
from hitl_desktop.kinds.reading_process import Readers, Refusal
from hitl_desktop.kinds.stacks import check_file, read_small_stack
from hitl_desktop.paths import open_plain

_BATCH: Final = 16
_AT_ONCE: Final = 4
"""Of a batch, so many in one call: the way there takes a tenth of what a small picture does."""
_START: Final = 160
_STEP_SECONDS: Final = 0.2

_Job = TypeVar("_Job", bound=tuple[Any, ...])
_Result = TypeVar("_Result")


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


def read_images(
    root: Path, items: Sequence[tuple[str, ...]], side: int, step: Step = no_step
) -> Iterator[list[Looked]]:
    """Have items read and decoded in batches, in up to four reading processes.

    Each item is one file, or the files of a series in their order. The next batch is read while the caller works on
    this one. What harms its process, or takes too long, is unreadable; the others are not concerned. `step` is called
    while a batch is waited for, which has an end: reading has limits of time. It may raise to stop.
    """
    jobs = [(root, paths, side) for paths in items]
    for batch in _in_batches(_look, jobs, lambda job: [job[0] / path for path in job[1]], step):
        yield [Looked(job[1], why=found.sentence) if isinstance(found, Refusal) else found for job, found in batch]


def look_at_slices(root: Path, paths: Sequence[str], step: Step = no_step) -> Iterator[tuple[str, Slice | Refusal]]:
    """What decides where each of some DICOM files belongs, or why it is no picture; see `look_at_slice`."""
    jobs = [(root, path) for path in paths]
    for batch in _in_batches(look_at_slice, jobs, lambda job: [job[0] / job[1]], step):
        yield from ((job[1], found) for job, found in batch)


def sizes_of(root: Path, paths: Sequence[str], step: Step = no_step) -> Iterator[tuple[int, int] | Refusal]:
    """(width, height) of each of some pictures, by the heads of their files, or why it is not known."""
    for batch in _in_batches(size_of, [(root / path,) for path in paths], lambda job: job, step):
        yield from (found for _, found in batch)


def _in_batches(
    function: Callable[..., _Result], jobs: Sequence[_Job], files: Callable[[_Job], Sequence[Path]], step: Step
) -> Iterator[list[tuple[_Job, _Result | Refusal]]]:
    """Each job with what comes of it, in their order; the next batch is worked on while the caller has the last one."""
    workers = min(4, os.cpu_count() or 1)
    with ThreadPoolExecutor(workers) as threads, Readers() as readers:
        batches = ([(part, threads.submit(readers.each, function, part, files)) for part in _parts(jobs, at)]
                   for at in range(0, len(jobs), _BATCH))  # fmt: skip
        ahead = next(batches, None)
        while ahead is not None:
            now, ahead = ahead, next(batches, None)
            pairs: list[tuple[_Job, _Result | Refusal]] = []
            for part, found in now:
                results = waited_for(found, step)
                pairs += zip(part, results, strict=True)
            yield pairs


def waited_for(found: Future[_Result], step: Step) -> _Result:
    """What a reading process gives back; `step` is called several times a second meanwhile, and may raise to stop."""
    while not wait([found], _STEP_SECONDS).done:
        step()
    return found.result()


def _parts(jobs: Sequence[_Job], start: int) -> Iterator[Sequence[_Job]]:
    """A batch in the parts that are asked for at once."""
    for at in range(start, min(start + _BATCH, len(jobs)), _AT_ONCE):
        yield jobs[at : at + _AT_ONCE]


def _look(root: Path, paths: tuple[str, ...], side: int) -> Looked:
    try:
        if len(paths) > 1:
            return _look_at_series(root, paths, side)
        file = root / paths[0]
        data = read_bytes(file)
        if is_dicom(data[:_START]):
            return Looked(paths, content_digest(data), read_small_stack((file,), side))
        return Looked(paths, content_digest(data), read_small(data, paths[0], side))
    except UnreadableItem as error:
        return Looked(paths, why=error.sentence)


def _look_at_series(root: Path, paths: tuple[str, ...], side: int) -> Looked:
    files, broken = [], []
    for path in paths:
        try:
            files.append(ItemFile(path, _digest(root / path)))
            check_file(root / path)
        except UnreadableItem as error:
            broken.append(Unreadable(shown(path), error.sentence))
    if len(files) < len(paths):  # what is not there is in no digest, so the item is not the one it was
        raise UnreadableItem(say("Files of this series are missing."))
    pixels = read_small_stack(tuple(root / path for path in paths), side)
    digest = series_digest([file.digest for file in files])
    return Looked(paths, digest, pixels, None, tuple(files), tuple(broken))


def _digest(path: Path) -> str:
    try:
        with open_plain(path) as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise UnreadableItem(say("The file could not be read: {why}.", why=str(error))) from error
