"""Features of the items of a project: from the cache, and computed where the cache lacks them."""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from hitl_desktop.domain.errors import Cancelled, KnownError, UnreadableItem
from hitl_desktop.domain.protocols import CancelCheck, Progress
from hitl_desktop.features import EXTRACTORS, PICTURE_SIDE
from hitl_desktop.features.cache import FeatureCache
from hitl_desktop.kinds import content_digest
from hitl_desktop.kinds.image import read_bytes, read_small
from hitl_desktop.store.store import Store
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
    """Read and decode image files in batches, in up to four threads: decoding lets go of the interpreter lock."""
    with ThreadPoolExecutor(min(4, os.cpu_count() or 1)) as threads:
        for start in range(0, len(paths), _IMAGE_BATCH):
            yield list(threads.map(lambda path: _look(root, path), paths[start : start + _IMAGE_BATCH]))


def _look(root: Path, path: str) -> Looked:
    try:
        data = read_bytes(root / path)
        return Looked(path, content_digest(data), read_small(data, path, PICTURE_SIDE))
    except UnreadableItem as error:
        return Looked(path, reason=error.message)


@dataclass(frozen=True, slots=True)
class Features:
    """Feature rows of the readable items: X (len(rows), columns), their indexes, and why the others are not there."""

    X: Any
    rows: list[int]
    unreadable: dict[int, str]
    items: int


def features_of(request: FeatureRequest, progress: Progress, cancelled: CancelCheck) -> Features:
    """The features of a project's items: from the cache, and computed where it lacks them.

    Raises Cancelled; what was computed until then stays in the cache, so the next attempt goes on from there.
    """
    extractor = extractor_of(request.extractor)
    cache = FeatureCache(request.cache, extractor)
    store = Store.reader(request.folder)
    try:
        digests = store.items.digests()[: request.items]
        missing = cache.missing(digests)
        unreadable: dict[int, str] = {}
        if missing and request.kind == "image":
            unreadable = _missing_images(request, store, cache, digests, missing, progress, cancelled)
        elif missing:
            _missing_texts(store, cache, digests, missing, progress, cancelled)
    finally:
        store.close()
    rows = [i for i in range(len(digests)) if i not in unreadable]
    return Features(cache.rows([digests[i] for i in rows]), rows, unreadable, len(digests))


def extractor_of(key: str) -> Any:
    """The extractor a model was made for. Raises KnownError when this version does not have it."""
    found = next((e for e in EXTRACTORS.values() if e.key == key), None)
    if found is None:
        raise KnownError(f"The model reads features named {key}, which this version does not make.", "Train again.")
    return found


def _missing_images(
    request: FeatureRequest,
    store: Store,
    cache: FeatureCache,
    digests: Sequence[str],
    missing: list[int],
    progress: Progress,
    cancelled: CancelCheck,
) -> dict[int, str]:
    if request.root is None:
        raise KnownError("The images of this project are not where they were.", "Find their folder, then try again.")
    extractor = extractor_of(request.extractor)
    paths = store.items.paths()
    unreadable: dict[int, str] = {}
    at = 0
    for batch in read_images(request.root, [paths[i] for i in missing]):
        if cancelled():
            raise Cancelled
        indexes = missing[at : at + len(batch)]
        at += len(batch)
        good = []
        for index, looked in zip(indexes, batch, strict=True):
            if looked.reason:
                unreadable[index] = looked.reason
            elif looked.digest != digests[index]:
                unreadable[index] = "The file has changed since the import. Its decisions belong to the old content."
            else:
                good.append((index, looked))
        if good:
            cache.append([digests[i] for i, _ in good], extractor.extract([look.pixels for _, look in good]))
        progress(len(digests) - len(missing) + at, len(digests), "Reading images")
    return unreadable


def _missing_texts(
    store: Store,
    cache: FeatureCache,
    digests: Sequence[str],
    missing: list[int],
    progress: Progress,
    cancelled: CancelCheck,
) -> None:
    extract = cache.extractor.extract
    wanted = set(missing)
    texts = ((i, text) for i, text in enumerate(store.items.texts()) if i in wanted)
    done = len(digests) - len(missing)
    while part := list(islice(texts, _TEXT_BATCH)):
        if cancelled():
            raise Cancelled
        cache.append([digests[i] for i, _ in part], extract([text for _, text in part]))
        done += len(part)
        progress(done, len(digests), "Reading texts")
