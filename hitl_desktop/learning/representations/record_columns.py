"""Hashed features of records as columns that a head can learn from: numbers, missing flags, values, words. Dense.

What scikit-learn's ColumnTransformer does with a StandardScaler, a SimpleImputer with indicator, a OneHotEncoder with
`min_frequency` and a TfidfVectorizer, as arrays: nothing in it is code. Numbers that are skewed are taken on a
logarithmic scale; what is missing is the mean, and flagged where it is sometimes missing; values that are rare in their
column count as one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from hitl_desktop.domain.predictions import FloatArray
from hitl_desktop.learning.representations.representation import Arrays, Blocks, Matrix, digest_of, parts

RECORD_BLOCKS: Final = ("record-numbers", "record-present", "record-categories", "record-words")
GROUP: Final = 2**12
"""Columns of one group of categories (`features/record_fields.py`)."""
_MOST_NUMBERS: Final = 200
_MOST_VALUES: Final = 64
"""Values of one column of the table that have a column of their own."""
_MOST_CATEGORIES: Final = 400
_MOST_WORDS: Final = 200
_RARE: Final = 0.002
"""A value is rare, and so is a word, that fewer than this share of the rows has, or fewer than five rows."""
_FEWEST: Final = 5
_COMMON: Final = 0.5
"""A word that more rows have tells nothing."""
_FLAGGED: Final = 0.005
"""A missing value is flagged where this share of the rows lacks it, and this share has it."""
_CLIP: Final = 5.0
_SKEWED: Final = 1.5
"""From this skewness on a number that is never negative is taken on a logarithmic scale."""

Places = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class RecordRows:
    """The columns of a transformed row, in order: numbers, flags, values, one rare value per group, words.

    Each is a place in the features: `numbers` (a,) in the block of numbers, `flags` (b,) likewise, `values` (c,) in the
    block of categories, `groups` (g,) numbers of groups with a rare value, `words` (w,) in the block of words.
    """

    numbers: Places
    flags: Places
    values: Places
    groups: Places
    words: Places

    @property
    def width(self) -> int:
        """The number of columns."""
        return sum(len(a) for a in (self.numbers, self.flags, self.values, self.groups, self.words))


@dataclass(frozen=True, slots=True)
class RecordColumnsMap:
    """`mean`, `spread` (a,) of the numbers, on a logarithmic scale where `logged` (a,) is 1; `idf` (w,) of the words;
    `scale` makes rows about 1 long on average.
    """

    blocks: tuple[tuple[str, int], ...]
    rows: RecordRows
    logged: npt.NDArray[np.uint8]
    mean: FloatArray
    spread: FloatArray
    idf: FloatArray
    scale: float

    @classmethod
    def fit(cls, X: Matrix, blocks: Blocks, rng: np.random.Generator) -> "RecordColumnsMap":  # noqa: ARG003 - the seam
        """Fit on unlabelled rows (n, features), CSR."""
        rows = sp.csr_matrix(X, dtype=np.float32)
        found = _split(rows, blocks)
        n = max(1, rows.shape[0])
        least = max(_FEWEST, int(np.ceil(_RARE * n)))
        numbers, flags, logged, mean, spread = _fit_numbers(found["record-numbers"], found["record-present"])
        values, groups = _fit_values(found["record-categories"], least)
        words, idf = _fit_words(found["record-words"], least)
        made = cls(tuple(blocks), RecordRows(numbers, flags, values, groups, words), logged, mean, spread, idf, 1.0)
        mapped = made.transform(rows[: min(n, 20_000)])
        length = float(np.sqrt(np.mean(np.sum(mapped.astype(np.float64) ** 2, axis=1)))) if len(mapped) else 1.0
        return cls(tuple(blocks), made.rows, logged, mean, spread, idf, 1.0 / max(length, 1e-6))

    def transform(self, X: Matrix) -> FloatArray:
        """Rows (n, features), CSR → rows (n, `rows.width`), float32."""
        found = _split(sp.csr_matrix(X, dtype=np.float32), self.blocks)
        own = self.rows
        present = found["record-present"]
        numbers = _dense(found["record-numbers"], own.numbers)
        there = _dense(present, own.numbers) > 0
        numbers = np.where(self.logged > 0, _logged(numbers), numbers)
        numbers = np.where(there, np.clip((numbers - self.mean) / self.spread, -_CLIP, _CLIP), 0.0)
        flags = 1.0 - _dense(present, own.flags)
        categories = found["record-categories"]
        values = _dense(categories, own.values)
        rare = _in_groups(categories, own.groups) - _in_groups(_only(categories, own.values), own.groups)
        words = _dense(found["record-words"], own.words)
        words = np.where(words > 0, 1 + np.log(np.maximum(words, 1)), 0.0) * self.idf
        lengths = np.sqrt(np.maximum((words**2).sum(axis=1, keepdims=True), 1e-12))
        mapped = np.hstack([numbers, flags, values, np.minimum(rare, 1.0), words / lengths])
        return np.asarray(mapped * self.scale, np.float32)

    def arrays(self) -> Arrays:
        """The columns and how they are scaled."""
        own = self.rows
        return {
            "numbers": own.numbers,
            "flags": own.flags,
            "values": own.values,
            "groups": own.groups,
            "words": own.words,
            "logged": self.logged,
            "mean": self.mean,
            "spread": self.spread,
            "idf": self.idf,
            "scale": np.array([self.scale]),
        }

    def digest(self) -> str:
        """SHA-256 in hex of what is saved."""
        return digest_of("record-columns", self.blocks, self.arrays())

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.NDArray[np.generic]], blocks: Blocks) -> "RecordColumnsMap":
        """The inverse of `arrays`. Raises ValueError for columns that are not there, or arrays that do not belong
        together.
        """
        widths = dict(zip(RECORD_BLOCKS, (int(width) for _, width in blocks), strict=True))
        rows = RecordRows(*(arrays[n].astype(np.int64) for n in ("numbers", "flags", "values", "groups", "words")))
        logged = arrays["logged"].astype(np.uint8)
        mean, spread, idf = (arrays[name].astype(np.float32) for name in ("mean", "spread", "idf"))
        limits = (
            (rows.numbers, widths["record-numbers"]),
            (rows.flags, widths["record-present"]),
            (rows.values, widths["record-categories"]),
            (rows.groups, widths["record-categories"] // GROUP),
            (rows.words, widths["record-words"]),
        )
        if any(a.ndim != 1 or (len(a) and (a.min() < 0 or a.max() >= most)) for a, most in limits):
            raise ValueError("a column is not there")
        if not len(logged) == len(mean) == len(spread) == len(rows.numbers) or len(idf) != len(rows.words):
            raise ValueError("the columns do not belong together")
        scale = float(arrays["scale"].astype(np.float64)[0])
        if not np.isfinite(mean).all() or not (spread > 0).all() or not np.isfinite(idf).all() or not scale > 0:
            raise ValueError("a scale is no number")
        return cls(tuple((str(n), int(w)) for n, w in blocks), rows, logged, mean, spread, idf, scale)


def _split(rows: Matrix, blocks: Blocks) -> dict[str, Matrix]:
    """The blocks of features, which are in the order of `RECORD_BLOCKS`."""
    return {name: rows[:, part] for name, part in zip(RECORD_BLOCKS, parts(blocks), strict=True)}


def _dense(block: Matrix, columns: Places) -> FloatArray:
    """Some columns of a sparse block (n, m) as a dense array."""
    if not len(columns):
        return np.zeros((block.shape[0], 0), np.float32)
    return np.asarray(block[:, columns].toarray(), np.float32)


def _only(block: Matrix, columns: Places) -> Matrix:
    """The block with zeros everywhere but in some columns."""
    kept = np.zeros(block.shape[1], np.float32)
    kept[columns] = 1.0
    return sp.csr_matrix((block.data * kept[block.indices], block.indices, block.indptr), shape=block.shape)


def _in_groups(block: Matrix, groups: Places) -> FloatArray:
    """How many values each row has in some groups (n, g)."""
    if not len(groups):
        return np.zeros((block.shape[0], 0), np.float32)
    place = np.full(block.shape[1] // GROUP, -1)
    place[groups] = np.arange(len(groups))
    column = place[block.indices // GROUP]
    row = np.repeat(np.arange(block.shape[0]), np.diff(block.indptr))
    inside = column >= 0
    counted = np.bincount(
        row[inside] * len(groups) + column[inside], block.data[inside], minlength=block.shape[0] * len(groups)
    )
    return counted.reshape(block.shape[0], len(groups)).astype(np.float32)


def _logged(values: FloatArray) -> FloatArray:
    return np.asarray(np.log1p(np.maximum(values, 0)), np.float32)


def _fit_numbers(
    numbers: Matrix, present: Matrix
) -> tuple[Places, Places, npt.NDArray[np.uint8], FloatArray, FloatArray]:
    """Which numbers there are, which are sometimes missing, and their scales."""
    n = max(1, numbers.shape[0])
    counts = np.bincount(present.indices, minlength=present.shape[1])
    used = np.flatnonzero(counts >= min(_FEWEST, n))
    if len(used) > _MOST_NUMBERS:
        used = np.sort(used[np.argsort(-counts[used], kind="stable")[:_MOST_NUMBERS]])
    values, there = _dense(numbers, used).astype(np.float64), _dense(present, used) > 0
    kept, logged, mean, spread = [], [], [], []
    for place in range(len(used)):
        own = values[there[:, place], place]
        is_logged = own.min() >= 0 and _skewness(own) > _SKEWED
        scaled = np.log1p(own) if is_logged else own
        deviation = float(scaled.std())
        if deviation > 1e-9 * max(1.0, float(np.abs(scaled).max())):
            kept.append(place)
            logged.append(is_logged)
            mean.append(float(scaled.mean()))
            spread.append(deviation)
    share = counts / n
    flags = used[(share[used] >= _FLAGGED) & (share[used] <= 1 - _FLAGGED)]
    return (
        used[kept].astype(np.int64),
        flags.astype(np.int64),
        np.array(logged, np.uint8),
        np.array(mean, np.float32),
        np.array(spread, np.float32),
    )


def _skewness(values: npt.NDArray[np.float64]) -> float:
    away = values - values.mean()
    deviation = away.std()
    return float((away**3).mean() / deviation**3) if deviation > 0 else 0.0


def _fit_values(categories: Matrix, least: int) -> tuple[Places, Places]:
    """The values that are frequent, and the groups that have others beside them."""
    counts = np.bincount(categories.indices, minlength=categories.shape[1])
    used = np.flatnonzero(counts)
    kept: list[int] = []
    for group in np.unique(used // GROUP):
        own = used[used // GROUP == group]
        best = own[np.argsort(-counts[own], kind="stable")][:_MOST_VALUES]
        kept += best[counts[best] >= least].tolist()
    chosen = np.array(kept, np.int64)
    if len(chosen) > _MOST_CATEGORIES:
        chosen = chosen[np.argsort(-counts[chosen], kind="stable")[:_MOST_CATEGORIES]]
    chosen = np.sort(chosen)
    rest = np.setdiff1d(used, chosen)
    by_group = np.bincount(rest // GROUP, counts[rest], minlength=categories.shape[1] // GROUP)
    return chosen, np.flatnonzero(by_group >= least).astype(np.int64)


def _fit_words(words: Matrix, least: int) -> tuple[Places, FloatArray]:
    """The words that some rows have and others have not, and their inverse document frequencies."""
    n = words.shape[0]
    counts = np.bincount(words.indices, minlength=words.shape[1])
    used = np.flatnonzero((counts >= least) & (counts <= _COMMON * n))
    if len(used) > _MOST_WORDS:
        used = np.sort(used[np.argsort(-counts[used], kind="stable")[:_MOST_WORDS]])
    idf = np.log((1 + n) / (1 + counts[used])) + 1
    return used.astype(np.int64), idf.astype(np.float32)
