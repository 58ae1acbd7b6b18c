"""Features of the items of a project: from the cache, and computed where the cache lacks them."""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any, Final

import numpy as np
import scipy.sparse as sp

from hitl_desktop.domain.errors import Cancelled, KnownError, UnreadableItem
from hitl_desktop.domain.protocols import CancelCheck, Progress
from hitl_desktop.features import EXTRACTORS, Extractor
from hitl_desktop.features.cache import FeatureCache
from hitl_desktop.kinds import content_digest
from hitl_desktop.kinds.image import read_bytes, read_small
from hitl_desktop.store.store import Store
from hitl_desktop.workflow.requests import FeatureRequest
from hitl_desktop.workflow.views import parts_of

SOON: Final = 2000
"""So many missing rows of slow features are made on the way; more are left to the background."""
_IMAGE_BATCH = 64
_TEXT_BATCH = 2000


@dataclass(frozen=True, slots=True)
class Looked:
    """One image file after reading: its digest and small pixels, or the reason why not."""

    path: str
    digest: str = ""
    pixels: Any = None
    reason: str = ""


def read_images(root: Path, paths: Sequence[str], side: int) -> Iterator[list[Looked]]:
    """Read and decode image files in batches, in up to four threads: decoding lets go of the interpreter lock."""
    with ThreadPoolExecutor(min(4, os.cpu_count() or 1)) as threads:
        for start in range(0, len(paths), _IMAGE_BATCH):
            yield list(threads.map(lambda path: _look(root, path, side), paths[start : start + _IMAGE_BATCH]))


def _look(root: Path, path: str, side: int) -> Looked:
    try:
        data = read_bytes(root / path)
        return Looked(path, content_digest(data), read_small(data, path, side))
    except UnreadableItem as error:
        return Looked(path, reason=error.message)


@dataclass(frozen=True, slots=True)
class Features:
    """The cached feature rows of the readable items of a project.

    `rows` are their indexes and `digests` their contents; `unreadable` says why the others are not there; `items` is
    the size of the pool. Rows are read when they are asked for, as all of them may not fit into memory.
    """

    rows: list[int]
    digests: list[str]
    unreadable: dict[int, str]
    items: int
    caches: tuple[FeatureCache, ...]

    @property
    def blocks(self) -> tuple[tuple[str, int], ...]:
        """Names and widths of the parts of a row."""
        return tuple(block for cache in self.caches for block in cache.extractor.blocks)

    @property
    def is_sparse(self) -> bool:
        """True when rows come as CSR."""
        return any(cache.extractor.sparse for cache in self.caches)

    @property
    def X(self) -> Any:
        """All rows (len(rows), columns)."""
        return self.take(range(len(self.rows)))

    def take(self, places: Sequence[int]) -> Any:
        """The rows at some places of `rows`, in that order: dense float32, or CSR float32."""
        digests = [self.digests[place] for place in places]
        parts = [cache.rows(digests) for cache in self.caches]
        if len(parts) == 1:
            return parts[0]
        return sp.hstack(parts, format="csr", dtype=np.float32) if self.is_sparse else np.hstack(parts)


def features_of(request: FeatureRequest, progress: Progress, cancelled: CancelCheck) -> Features:
    """The features of a project's items: from the cache, and computed where it lacks them.

    The extractor of the request may join several by "+". Raises Cancelled; what was computed until then stays in the
    cache, so the next attempt goes on from there.
    """
    unreadable: dict[int, str] = {}
    caches = []
    for key in parts_of(request.extractor):
        unreadable |= extract_missing(replace(request, extractor=key), progress, cancelled)
        caches.append(FeatureCache(request.cache, extractor_of(key)))
    digests = _digests(request)
    rows = [i for i in range(len(digests)) if i not in unreadable]
    return Features(rows, [digests[i] for i in rows], unreadable, len(digests), tuple(caches))


def count_missing(request: FeatureRequest) -> int:
    """How many items of the request have no row of its one extractor in the cache yet."""
    return len(FeatureCache(request.cache, extractor_of(request.extractor)).missing(_digests(request)))


def extract_missing(
    request: FeatureRequest, progress: Progress, cancelled: CancelCheck, first: Sequence[int] = ()
) -> dict[int, str]:
    """Compute what the cache lacks of one extractor, the items `first` before the others.

    Returns why items could not be read. Raises Cancelled; whole batches stay in the cache.
    """
    extractor = extractor_of(request.extractor)
    cache = FeatureCache(request.cache, extractor)
    store = Store.reader(request.folder)
    try:
        digests = store.items.digests()[: request.items]
        missing = _in_order(cache.missing(digests), first)
        if not missing:
            return {}
        counter = _Counter(len(digests) - len(missing), len(digests), progress, cancelled)
        if request.kind == "image":
            return _missing_images(request.root, store, cache, digests, missing, counter)
        _missing_texts(store, cache, digests, missing, counter)
        return {}
    finally:
        store.close()


def extractor_of(key: str) -> Extractor:
    """The extractor a model was made for. Raises KnownError when this version does not have it."""
    found = next((e for e in EXTRACTORS.values() if e.key == key), None)
    if found is None:
        raise KnownError(f"The model reads features named {key}, which this version does not make.", "Train again.")
    return found


class _Counter:
    """Tells how far a slow extraction is, how fast it goes and how long it will take, and when to stop."""

    def __init__(self, before: int, total: int, progress: Progress, cancelled: CancelCheck) -> None:
        self._before, self._done, self._total = before, before, total
        self._progress, self._cancelled = progress, cancelled
        self._started = time.monotonic()

    def check(self) -> None:
        """Raise Cancelled when somebody asked to stop."""
        if self._cancelled():
            raise Cancelled

    def add(self, count: int, what: str) -> None:
        """`count` more are done."""
        self.check()
        self._done += count
        self._progress(self._done, self._total, f"{what}{self._pace()}")

    def _pace(self) -> str:
        seconds = time.monotonic() - self._started
        if seconds < 2 or self._done >= self._total:
            return ""
        rate = (self._done - self._before) / seconds
        left = (self._total - self._done) / max(rate, 1e-9)
        return f" · {rate:,.0f} a second · {_in_words(left)} left" if rate >= 1 else f" · {_in_words(left)} left"


def _in_words(seconds: float) -> str:
    if seconds < 90:
        return "about a minute" if seconds > 45 else "less than a minute"
    minutes = round(seconds / 60)
    return f"about {minutes} minutes" if minutes < 90 else f"about {round(minutes / 60)} hours"


def _in_order(missing: list[int], first: Sequence[int]) -> list[int]:
    wanted = set(missing)
    ahead = [index for index in dict.fromkeys(first) if index in wanted]
    return [*ahead, *(index for index in missing if index not in set(ahead))] if ahead else missing


def _digests(request: FeatureRequest) -> list[str]:
    store = Store.reader(request.folder)
    try:
        return store.items.digests()[: request.items]
    finally:
        store.close()


def _missing_images(
    root: Path | None, store: Store, cache: FeatureCache, digests: Sequence[str], missing: list[int], counter: _Counter
) -> dict[int, str]:
    if root is None:
        raise KnownError("The images of this project are not where they were.", "Find their folder, then try again.")
    extractor = cache.extractor
    paths = store.items.paths()
    unreadable: dict[int, str] = {}
    at = 0
    for batch in read_images(root, [paths[i] for i in missing], extractor.side):
        counter.check()
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
        _keep(cache, [digests[i] for i, _ in good], [look.pixels for _, look in good], counter.check)
        counter.add(len(batch), "Reading images")
    return unreadable


def _missing_texts(
    store: Store, cache: FeatureCache, digests: Sequence[str], missing: list[int], counter: _Counter
) -> None:
    queue = iter(missing)
    while part := list(islice(queue, _TEXT_BATCH)):
        texts = store.items.texts_of(part)
        _keep(cache, [digests[i] for i in part], texts, counter.check, lambda n: counter.add(n, "Reading texts"))


def _keep(
    cache: FeatureCache,
    digests: Sequence[str],
    items: Sequence[Any],
    check: Callable[[], None],
    told: Callable[[int], None] = lambda _: None,
) -> None:
    """Extract `items` part by part and keep each part for good."""
    if not items:
        return
    for places, rows in cache.extractor.parts(items):
        check()
        cache.append([digests[place] for place in places], rows)
        told(len(places))
