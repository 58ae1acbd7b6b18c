"""The task behind "Why does the model think so?": one item taken apart, and the decided items nearest to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np
import scipy.sparse as sp

from hitl_desktop.domain.errors import Cancelled
from hitl_desktop.domain.explanations import Basis, Comparison, Explanation, Grid, Part, PartKind, Refusal
from hitl_desktop.domain.findings import PRESENT
from hitl_desktop.domain.protocols import CancelCheck, Progress
from hitl_desktop.domain.records import record_of
from hitl_desktop.features.cache import FeatureCache
from hitl_desktop.features.extractor import Extractor
from hitl_desktop.learning.bundles import ARRAYS, ModelBundle, damaged, load_bundle
from hitl_desktop.learning.calibration import Isotonic
from hitl_desktop.learning.explanations import (
    Contrast,
    Decomposition,
    FeatureShares,
    column_amounts,
    decompose,
    feature_shares,
    nearest,
    score_of,
)
from hitl_desktop.learning.heads import RankingHead
from hitl_desktop.learning.representations import Matrix
from hitl_desktop.learning.representations.answers import AnswerPlaces
from hitl_desktop.learning.representations.record_columns import RecordColumnsMap
from hitl_desktop.store.store import Store
from hitl_desktop.workflow.embedding import row_cache
from hitl_desktop.workflow.explain_request import ExplainRequest
from hitl_desktop.workflow.explaining_answers import answer_comparisons, answer_parts
from hitl_desktop.workflow.explaining_pictures import picture_parts
from hitl_desktop.workflow.explaining_records import record_parts
from hitl_desktop.workflow.explaining_talks import talk_parts
from hitl_desktop.workflow.explaining_texts import MEANING, text_parts
from hitl_desktop.workflow.extraction import extractor_of
from hitl_desktop.workflow.views import parts_of

NEAREST: Final = 3
_KEPT: Final = 64
COMPARISONS: Final = 5
"""So many other answers may be compared with the first."""


@dataclass(frozen=True, slots=True)
class TakenApart:
    """The part of an explanation that stays while decisions come in."""

    score: float
    basis: Basis
    parts: tuple[Part, ...]
    grid: Grid
    refusal: Refusal


class OpenedModel:
    """A model with the features of its project at hand, kept between items: opening it takes longer than explaining."""

    def __init__(self, bundle: ModelBundle, folder: Path) -> None:
        self.bundle = bundle
        self.extractors: tuple[Extractor, ...] = tuple(extractor_of(key, folder) for key in parts_of(bundle.extractor))
        self._folder = folder / "features"
        self._caches: list[FeatureCache] = []
        self._embedded: FeatureCache | None = None
        self._rows: dict[str, int] = {}
        self._stack: Matrix = None
        self._digests: dict[int, str] = {}
        self.kept: dict[tuple[str, Comparison], TakenApart] = {}

    def keep(self, key: tuple[str, Comparison], taken: TakenApart) -> None:
        """Keep what was found of an item (its digest) for the next time it is asked for, which may be now."""
        self.kept.pop(key, None)
        self.kept[key] = taken
        if len(self.kept) > _KEPT:
            del self.kept[next(iter(self.kept))]

    def digests_of(self, store: Store, indexes: Sequence[int]) -> list[str]:
        """The contents of items by their index, which never change; only those not seen before are read."""
        new = [int(index) for index in indexes if int(index) not in self._digests]
        self._digests |= {item.index: item.digest for item in store.items.many(new)}
        return [self._digests[int(index)] for index in indexes]

    def features(self, digests: Sequence[str]) -> Matrix | None:
        """The cached features (n, columns); None when some are missing."""
        for attempt in range(2):
            if not self._caches or attempt:  # what was read before may have grown meanwhile
                self._caches = [FeatureCache(self._folder, extractor) for extractor in self.extractors]
                self._embedded = None
            if not any(cache.missing(digests) for cache in self._caches):
                parts = [cache.rows(digests) for cache in self._caches]
                return parts[0] if len(parts) == 1 else _joined(parts)
        return None

    def decided_rows(self, digests: Sequence[str]) -> tuple[list[int], Matrix]:
        """What the model sees of items: which of `digests` have rows, and these rows in that order."""
        new = [d for d in dict.fromkeys(digests) if d not in self._rows]
        there = [d for d in new if self.features([d]) is not None] if self.features(new) is None else new
        if there:
            rows = self._embed(there)
            self._rows |= {digest: len(self._rows) + place for place, digest in enumerate(there)}
            stacked = [rows] if self._stack is None else [self._stack, rows]
            self._stack = sp.vstack(stacked, format="csr") if sp.issparse(rows) else np.concatenate(stacked)
        known = [place for place, digest in enumerate(digests) if digest in self._rows]
        if not known:
            return [], np.zeros((0, 1), np.float32)
        return known, self._stack[[self._rows[digests[place]] for place in known]]

    def row(self, digest: str) -> Matrix:
        """What the model sees of one item (1, d)."""
        return self._embed([digest])

    def _embed(self, digests: Sequence[str]) -> Matrix:
        features = self.features(digests)
        if features is None or sp.issparse(features):
            return self.bundle.embed(features)
        if self._embedded is None:
            dims = int(self.bundle.embed(features[:1]).shape[1])
            self._embedded = row_cache(self._folder, self._caches, self.bundle.representation, dims)
        if not self._embedded.missing(digests):
            return self._embedded.rows(digests)
        return self.bundle.embed(features)


def explain(request: ExplainRequest, _progress: Progress, cancelled: CancelCheck) -> Explanation:
    """Explain one item. Raises Cancelled, and KnownError for a damaged model."""
    opened = opened_model(request.bundle, request.features.folder)
    store = Store.reader(request.features.folder)
    try:
        digest = store.items.get(request.index).digest
        text = store.items.text(request.index) if request.features.kind != "image" else ""
        decided = opened.digests_of(store, request.decided)
    finally:
        store.close()
    features = opened.features([digest])
    if features is None:
        return _nothing(request, (), Refusal.NOT_READ)
    row = opened.row(digest)
    if cancelled():
        raise Cancelled
    known, rows = opened.decided_rows(decided)
    near = tuple(int(request.decided[known[place]]) for place in nearest(row, rows, NEAREST))
    comparisons = _comparisons(opened.bundle, row, request.counts_as, several=request.several)
    if not comparisons:  # of the classes it knows, one is left
        return _nothing(request, near, Refusal.ONE_CLASS)
    comparison = request.comparison if request.comparison in comparisons else comparisons[0]
    taken = opened.kept.get((digest, comparison)) or _taken_apart(opened, features, row, text, comparison)
    opened.keep((digest, comparison), taken)
    is_merged = any(successor != own for own, successor in request.counts_as.items())
    return Explanation(
        request.index,
        request.version,
        comparison,
        comparisons,
        taken.score,
        is_merged or isinstance(opened.bundle.calibration, Isotonic),
        taken.basis,
        taken.parts,
        taken.grid,
        near,
        taken.refusal,
    )


def opened_model(bundle: Path, folder: Path) -> OpenedModel:
    """The model in the folder `bundle` of the project `folder`, kept until another takes its place. Raises KnownError
    for a damaged one.
    """
    try:
        stamp = (bundle / ARRAYS).stat()
    except OSError as error:
        raise damaged(bundle) from error
    return _opened(bundle, folder, stamp.st_mtime_ns, stamp.st_size)


def _taken_apart(opened: OpenedModel, features: Matrix, row: Matrix, text: str, comparison: Comparison) -> TakenApart:
    """One score as its parts."""
    bundle = opened.bundle
    contrast = _contrast(bundle, comparison)
    if isinstance(bundle.representation, AnswerPlaces):
        score, told = answer_parts(bundle, bundle.representation, features, row, text, contrast)
        return TakenApart(score, Basis.EXACT, tuple(told), (), Refusal.NONE)
    if isinstance(bundle.representation, RecordColumnsMap):
        return _record_apart(bundle, bundle.representation, row, text, contrast)
    whole = decompose(bundle.head, bundle.calibration, row, contrast)
    score, start = (whole.score, whole.start) if whole else _scores(bundle, row, contrast)
    shares = feature_shares(bundle.representation, features, row, whole.gradient) if whole else None
    looked_into = {name for name, _ in bundle.blocks} & _KNOWN
    basis = _basis(whole, looked_into)
    if not looked_into:
        return TakenApart(score, basis, (), (), Refusal.OWN_FEATURES)
    if shares is None and MEANING not in looked_into:
        return TakenApart(score, basis, (), (), Refusal.JUMPS)
    found, grid = _parts(opened, shares, features, text, contrast)
    rest = score - start - sum(part.value for part in found)
    if bundle.kind in _OF_WORDS or abs(rest) >= _NOTHING:
        found = [*found, Part(PartKind.REST, rest)]
    return TakenApart(score, basis, (*found, Part(PartKind.START, start)), grid, Refusal.NONE)


def _record_apart(
    bundle: ModelBundle, representation: RecordColumnsMap, row: Matrix, text: str, contrast: Contrast
) -> TakenApart:
    """The score of a record by the columns of its table."""
    whole = column_amounts(bundle.head, bundle.calibration, row, contrast)
    parts = record_parts(representation, record_of(text), whole.amounts)
    rest = whole.score - whole.start - sum(part.value for part in parts)
    if abs(rest) >= _NOTHING:
        parts.append(Part(PartKind.REST, rest))
    basis = Basis.EXACT if whole.is_exact else Basis.ON_THE_WAY
    return TakenApart(whole.score, basis, (*parts, Part(PartKind.START, whole.start)), (), Refusal.NONE)


def _nothing(request: ExplainRequest, near: tuple[int, ...], refusal: Refusal) -> Explanation:
    nobody = Comparison(-1)
    return Explanation(request.index, request.version, nobody, (), 0.0, False, Basis.EXACT, (), (), near, refusal)


def _parts(
    opened: OpenedModel, shares: FeatureShares | None, features: Matrix, text: str, contrast: Contrast
) -> tuple[list[Part], Grid]:
    """The parts of a score as far as they can be told, and where in the picture they come from."""
    grid: Grid = ()
    if opened.bundle.kind == "text":
        found = text_parts(opened.bundle, shares, features, text, contrast)
    elif opened.bundle.kind == "conversation":
        found = talk_parts(opened.bundle, shares, features, text, contrast)
    else:
        assert shares is not None  # noqa: S101 - refused before
        found, grid = picture_parts(opened.bundle, shares, features)
    amounts = {} if shares is None else shares.amounts
    own = sum(float(values.sum()) for name, values in amounts.items() if name not in _KNOWN)
    return [*found, Part(PartKind.OWN, own)] if own else found, grid


def _scores(bundle: ModelBundle, row: Matrix, contrast: Contrast) -> tuple[float, float]:
    """The score of a row, and that of the row of zeros."""
    nothing = score_of(bundle.head, bundle.calibration, row * 0, contrast)[0]
    return float(score_of(bundle.head, bundle.calibration, row, contrast)[0]), float(nothing)


def _basis(whole: Decomposition | None, looked_into: set[str]) -> Basis:
    if MEANING in looked_into:
        return Basis.LEFT_OUT
    return Basis.EXACT if whole is not None and whole.is_exact else Basis.ON_THE_WAY


_OF_WORDS: Final = ("text", "conversation")
_KNOWN: Final = frozenset(
    (
        *("words", "characters", "last words", "last characters", "minilm"),
        *("scattering", "texture", "colour", "picture"),
    )
)
"""The blocks of features that can be looked into."""
_NOTHING: Final = 5e-3
"""Less than this is not seen in two digits."""


def _comparisons(
    bundle: ModelBundle, row: Matrix, counts_as: Mapping[int, int | None], *, several: bool
) -> tuple[Comparison, ...]:
    """What may be explained, the usual one first; of classes that count as one now, the likeliest stands for them."""
    if isinstance(bundle.head, RankingHead):
        return answer_comparisons(bundle.head, row, COMPARISONS)
    chances = bundle.probabilities_of(row)[0].astype(np.float64)
    now: dict[int, float] = {}
    stands_for: dict[int, int] = {}
    for place in np.argsort(-chances, kind="stable"):
        own = bundle.head.class_ids[place]
        successor = counts_as.get(own, own)
        if successor is not None:
            stands_for.setdefault(successor, own)
            now[successor] = (
                max(now.get(successor, 0.0), chances[place]) if several else (now.get(successor, 0.0) + chances[place])
            )
    if several:
        doubtful = sorted(now, key=lambda finding: abs(now[finding] - PRESENT))
        return tuple(Comparison(stands_for[finding]) for finding in doubtful)
    ranked = [stands_for[one] for one in sorted(now, key=lambda one: -now[one])]
    return tuple(Comparison(ranked[0], other) for other in ranked[1 : COMPARISONS + 1])


def _contrast(bundle: ModelBundle, comparison: Comparison) -> Contrast:
    ids = bundle.head.class_ids
    return Contrast(ids.index(comparison.this), -1 if comparison.other is None else ids.index(comparison.other))


@lru_cache(maxsize=2)
def _opened(bundle: Path, folder: Path, changed: int, size: int) -> OpenedModel:  # noqa: ARG001 - part of the key
    """A model of a project. The process that explains keeps the last two: one may be a version just replaced."""
    return OpenedModel(load_bundle(bundle), folder)


def _joined(parts: Sequence[Matrix]) -> Matrix:
    if any(sp.issparse(part) for part in parts):
        return sp.hstack(parts, format="csr", dtype=np.float32)
    return np.hstack(parts)
