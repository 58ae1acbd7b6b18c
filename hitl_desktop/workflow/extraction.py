"""Features of the items of a project: from the cache, and computed where the cache lacks them."""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hitl_desktop.domain.errors import Cancelled, KnownError, UnreadableItem
from hitl_desktop.domain.protocols import CancelCheck, Progress
from hitl_desktop.features import EXTRACTORS, PICTURE_SIDE
from hitl_desktop.features.cache import FeatureCache
from hitl_desktop.kinds import content_digest
from hitl_desktop.kinds.image import read_bytes, read_small
from hitl_desktop.workflow.requests import FeatureRequest

_IMAGE_BATCH = 64
_TEXT_BATCH = 2000


@dataclass(frozen=True, slots=True)
class Looked:
    """One image file after reading: its digest and small pixels, or the reason why not."""

    path: str
    digest: str = ""
    pixels: Any = None
    reason: str = ""


def read_images(root: Path, paths: Sequence[str]) -> Iterator[list[Looked]]:
    """Read and decode image files in batches, two threads at a time (decoding lets go of the interpreter lock)."""
    with ThreadPoolExecutor(min(4, os.cpu_count() or 1)) as threads:
        for start in range(0, len(paths), _IMAGE_BATCH):
            yield list(threads.map(lambda path: _look(root, path), paths[start : start + _IMAGE_BATCH]))


def _look(root: Path, path: str) -> Looked:
    try:
        data = read_bytes(root / path)
        return Looked(path, content_digest(data), read_small(data, path, PICTURE_SIDE))
    except UnreadableItem as error:
        return Looked(path, reason=error.message)


def complete_cache(request: FeatureRequest, progress: Progress, cancelled: CancelCheck) -> dict[int, str]:
    """Compute what the cache lacks; returns the items that cannot be read any more, with the reason.

    Raises Cancelled; what was computed until then stays in the cache, so the next attempt goes on from there.
    """
    cache = FeatureCache(request.cache, extractor_of(request.extractor))
    missing = cache.missing(request.digests)
    if not missing:
        return {}
    extract = _missing_images if request.kind == "image" else _missing_texts
    return extract(request, cache, missing, progress, cancelled)


def rows_of(request: FeatureRequest, unreadable: dict[int, str]) -> tuple[Any, list[int]]:
    """Feature rows of the readable items, and their indexes."""
    readable = [i for i in range(len(request.digests)) if i not in unreadable]
    cache = FeatureCache(request.cache, extractor_of(request.extractor))
    return cache.rows([request.digests[i] for i in readable]), readable


def extractor_of(key: str) -> Any:
    """The extractor a model was made for. Raises KnownError when this version does not have it."""
    found = next((e for e in EXTRACTORS.values() if e.key == key), None)
    if found is None:
        raise KnownError(f"The model reads features named {key}, which this version does not make.", "Train again.")
    return found


def _missing_images(
    request: FeatureRequest, cache: FeatureCache, missing: list[int], progress: Progress, cancelled: CancelCheck
) -> dict[int, str]:
    if request.root is None:
        raise KnownError("The images of this project are not where they were.", "Find their folder, then try again.")
    extractor = extractor_of(request.extractor)
    unreadable: dict[int, str] = {}
    done = len(request.digests) - len(missing)
    at = 0
    for batch in read_images(request.root, [request.paths[i] for i in missing]):
        if cancelled():
            raise Cancelled
        indexes = missing[at : at + len(batch)]
        at += len(batch)
        good = []
        for index, looked in zip(indexes, batch, strict=True):
            if looked.reason:
                unreadable[index] = looked.reason
            elif looked.digest != request.digests[index]:
                unreadable[index] = "The file has changed since the import. Its decisions belong to the old content."
            else:
                good.append((index, looked))
        if good:
            cache.append([request.digests[i] for i, _ in good], extractor.extract([look.pixels for _, look in good]))
        progress(done + at, len(request.digests), "Reading images")
    return unreadable


def _missing_texts(
    request: FeatureRequest, cache: FeatureCache, missing: list[int], progress: Progress, cancelled: CancelCheck
) -> dict[int, str]:
    extractor = extractor_of(request.extractor)
    done = len(request.digests) - len(missing)
    for start in range(0, len(missing), _TEXT_BATCH):
        if cancelled():
            raise Cancelled
        part = missing[start : start + _TEXT_BATCH]
        cache.append([request.digests[i] for i in part], extractor.extract([request.texts[i] for i in part]))
        progress(done + start + len(part), len(request.digests), "Reading texts")
    return {}
