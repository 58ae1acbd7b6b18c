"""Features of the items of a project: from the cache, and computed where the cache lacks them."""

import time
from collections.abc import Callable, Container, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import scipy.sparse as sp

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.protocols import CancelCheck, Progress
from hitl_desktop.domain.sentences import Sentence, say
from hitl_desktop.features import EXTRACTORS, Extractor
from hitl_desktop.features.cache import FeatureCache
from hitl_desktop.kinds import KINDS
from hitl_desktop.kinds.contents import CHANGED
from hitl_desktop.language import tr
from hitl_desktop.store.store import Store
from hitl_desktop.workflow.backbones import own_extractor
from hitl_desktop.workflow.item_files import in_reach
from hitl_desktop.workflow.pace import Pace
from hitl_desktop.workflow.pictures import read_images
from hitl_desktop.workflow.requests import FeatureRequest
from hitl_desktop.workflow.views import parts_of

SOON: Final = 2000
"""So many missing rows of slow features are made on the way; more are left to the background."""
_TEXT_BATCH: Final = 1000
_TEXT_BATCH_CHARACTERS: Final = 250_000
_TEXTS_AT_ONCE: Final = 50
"""Texts may be a megabyte each, so not too many are fetched before one looks how long they are."""
_KEEP_ROWS: Final = 256
_KEEP_SECONDS: Final = 2.0


@dataclass(frozen=True, slots=True)
class Features:
    """The cached feature rows of the readable items of a project.

    `rows` are their indexes and `digests` their contents; `unreadable` says why the others are not there; `items` is
    the size of the pool. Rows are read when they are asked for, as all of them may not fit into memory.
    Representations are fitted on the first `fitted_on` items.
    """

    rows: list[int]
    digests: list[str]
    unreadable: dict[int, Sentence]
    items: int
    caches: tuple[FeatureCache, ...]
    fitted_on: int = 0

    def of(self, items: Container[int]) -> "Features":
        """The features of some of the items (indexes)."""
        kept = [place for place, row in enumerate(self.rows) if row in items]
        return replace(self, rows=[self.rows[place] for place in kept], digests=[self.digests[place] for place in kept])

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
    unreadable: dict[int, Sentence] = {}
    caches = []
    for key in parts_of(request.extractor):
        unreadable |= extract_missing(replace(request, extractor=key), progress, cancelled)
        caches.append(FeatureCache(request.cache, extractor_of(key, request.folder)))
    digests = _digests(request)
    rows = [i for i in range(len(digests)) if i not in unreadable]
    fitted_on = request.fitted_on or len(digests)
    return Features(rows, [digests[i] for i in rows], unreadable, len(digests), tuple(caches), fitted_on)


def count_missing(request: FeatureRequest) -> int:
    """How many items of the request have no row of its one extractor in the cache yet."""
    extractor = extractor_of(request.extractor, request.folder)
    return len(FeatureCache(request.cache, extractor).missing(_digests(request)))


def extract_missing(
    request: FeatureRequest, progress: Progress, cancelled: CancelCheck, first: Sequence[int] = ()
) -> dict[int, Sentence]:
    """Compute what the cache lacks of one extractor, the items `first` before the others.

    Returns why items could not be read. Raises Cancelled, which is asked for several times a second; what is done stays
    in the cache.
    """
    extractor = extractor_of(request.extractor, request.folder)
    cache = FeatureCache(request.cache, extractor)
    store = Store.reader(request.folder)
    try:
        digests = store.items.digests()[: request.items]
        missing = _in_order(cache.missing(digests), first)
        if not missing:
            return {}
        what = tr("Reading texts") if KINDS[request.kind].from_rows else tr("Reading images")
        pace = Pace(what, len(digests) - len(missing), len(digests), progress, cancelled)
        if not KINDS[request.kind].from_rows:
            return _missing_images(request.root, store, cache, digests, missing, pace)
        _missing_texts(store, cache, digests, missing, pace)
        return {}
    finally:
        store.close()
        extractor.close()


def extractor_of(key: str, project: Path | None = None) -> Extractor:
    """The extractor a model was made for: one of this version, or of the user's own models in the folder `project`.

    Raises KnownError when there is none of that name.
    """
    if project is not None and (own := own_extractor(project, key)) is not None:
        return own
    found = next((e for e in EXTRACTORS.values() if e.key == key), None)
    if found is None:
        raise KnownError(
            say("The model reads features named {key}, which this version does not make.", key=key), say("Train again.")
        )
    return found


def _in_order(missing: list[int], first: Sequence[int]) -> list[int]:
    """The missing items, those of `first` in its order before the others in pool order."""
    absent = set(missing)
    ahead = dict.fromkeys(index for index in first if index in absent)
    return [*ahead, *(index for index in missing if index not in ahead)]


def _digests(request: FeatureRequest) -> list[str]:
    store = Store.reader(request.folder)
    try:
        return store.items.digests()[: request.items]
    finally:
        store.close()


def _missing_images(
    root: Path | None, store: Store, cache: FeatureCache, digests: Sequence[str], missing: list[int], pace: Pace
) -> dict[int, Sentence]:
    if root is None:
        raise KnownError(
            say("The images of this project are not where they were."), say("Find their folder, then try again.")
        )
    extractor = cache.extractor
    paths = store.items.paths()
    places = [in_reach(store, i, tuple(f.path for f in store.item_files.of(i)) or (paths[i],)) for i in missing]
    unreadable: dict[int, Sentence] = {}
    at = 0
    for batch in read_images(root, places, extractor.side, pace.check):
        pace.check()
        indexes = missing[at : at + len(batch)]
        at += len(batch)
        good = []
        for index, looked in zip(indexes, batch, strict=True):
            if looked.why:
                unreadable[index] = looked.why
            elif looked.digest != digests[index]:
                unreadable[index] = CHANGED
            else:
                good.append((index, looked))
        _keep(cache, [digests[i] for i, _ in good], [look.pixels for _, look in good], pace.check)
        pace.add(len(batch))
    return unreadable


def _missing_texts(store: Store, cache: FeatureCache, digests: Sequence[str], missing: list[int], pace: Pace) -> None:
    for indexes, texts in _batches_of_texts(store, missing):
        pace.check()
        _keep(cache, [digests[i] for i in indexes], texts, pace.check, pace.add)


def _batches_of_texts(store: Store, indexes: list[int]) -> Iterator[tuple[list[int], list[str]]]:
    """Texts in that order, so many at a time as are soon worked on: few where they are long."""
    taken: list[int] = []
    texts: list[str] = []
    size = 0
    for start in range(0, len(indexes), _TEXTS_AT_ONCE):
        for index, text in zip(
            part := indexes[start : start + _TEXTS_AT_ONCE], store.items.texts_of(part), strict=True
        ):
            taken.append(index)
            texts.append(text)
            size += len(text)
            if len(taken) == _TEXT_BATCH or size > _TEXT_BATCH_CHARACTERS:
                yield taken, texts
                taken, texts, size = [], [], 0
    if taken:
        yield taken, texts


def _keep(
    cache: FeatureCache,
    digests: Sequence[str],
    items: Sequence[Any],
    check: Callable[[], None],
    told: Callable[[int], None] = lambda _: None,
) -> None:
    """Extract `items` part by part and keep what is done for good, also when the rest is cancelled or fails."""
    if not items:
        return
    with closing(_Keeper(cache)) as keeper:
        for places, rows in cache.extractor.parts(items):
            keeper.take([digests[place] for place in places], rows)
            check()
            told(len(places))


class _Keeper:
    """Gathers rows until they are worth a write, because a write waits for the disk."""

    def __init__(self, cache: FeatureCache) -> None:
        self._cache = cache
        self._digests: list[str] = []
        self._rows: list[Any] = []
        self._since = time.monotonic()

    def take(self, digests: Sequence[str], rows: Any) -> None:
        """One more part; written when there is enough, or when the last write is a while ago."""
        self._digests += digests
        self._rows.append(rows)
        if len(self._digests) >= _KEEP_ROWS or time.monotonic() - self._since > _KEEP_SECONDS:
            self.close()

    def close(self) -> None:
        """Write what was gathered."""
        if self._digests:
            sparse = self._cache.extractor.sparse
            rows = sp.vstack(self._rows, format="csr", dtype=np.float32) if sparse else np.concatenate(self._rows)
            self._cache.append(self._digests, rows)
        self._digests, self._rows, self._since = [], [], time.monotonic()
