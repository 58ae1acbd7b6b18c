"""Which words of a text add what to its score.

What n-grams add is reckoned exactly. A sentence embedder makes one row of the whole text, which cannot be shared among
its words: here a word has what the score loses when the embedder reads the text without it. (Its row is an average over
tokens, so it could be shared exactly. But every token knows of all others: on the support messages such shares said
little of what happened when the word was left out, and sometimes the contrary.)
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from hitl_desktop.domain.explanations import Part, PartKind
from hitl_desktop.features.text_minilm import TEXT_MINILM
from hitl_desktop.features.text_ngrams import occurrences
from hitl_desktop.learning.bundles import ModelBundle
from hitl_desktop.learning.explanations import (
    Contrast,
    FeatureShares,
    Piece,
    piece_amounts,
    pieces_of,
    score_of,
    shared_among_characters,
)
from hitl_desktop.learning.representations import Matrix
from hitl_desktop.learning.representations.representation import parts

WORDS: Final = 7
"""Words with a part of their own; all others share one."""
MEANING: Final = "minilm"
COUNTS: Final = ("words", "characters")
_LOOKED_AT: Final = 100_000
"""Characters from the beginning among which words are told apart; what stands behind them is in the rest."""
_READ: Final = 3000
"""Words that the embedder reads again, all texts together: about a third of a second on two processors."""
_MOST_WORDS: Final = 180
"""Words that the embedder sees of a text at most, about."""
_FEWEST: Final = 8
VISIBLE: Final = 5e-3

Amounts = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Unit:
    """What has a part of its own: a word wherever it stands, or words in a row. `exact` is what its n-grams add."""

    pieces: tuple[Piece, ...]
    exact: float

    @property
    def spans(self) -> tuple[tuple[int, int], ...]:
        """Its places in the text; words in a row are one."""
        if self.is_phrase:
            return ((self.pieces[0].word, self.pieces[-1].word_end),)
        return tuple((piece.word, piece.word_end) for piece in self.pieces)

    is_phrase: bool = False


def text_parts(
    bundle: ModelBundle,
    shares: FeatureShares | None,
    features: Matrix,
    text: str,
    contrast: Contrast,
) -> list[Part]:
    """The words that add most, those for the answer first; what they leave of the score is the caller's rest.

    `shares` None: the model cannot be taken apart, and only the embedder is asked. Words whose part is not seen in two
    digits are left out.
    """
    head = text[:_LOOKED_AT]
    characters = np.zeros(len(head))
    if shares is not None and COUNTS[0] in shares.amounts:
        characters = of_counts(head, shares, block_of(bundle, features, COUNTS))
    pieces = pieces_of(head)
    amounts = piece_amounts(pieces, characters)
    reads = any(name == MEANING for name, _ in bundle.blocks)
    units = _units(head, pieces, amounts, phrases=reads)
    if not reads:
        units = sorted(units, key=lambda unit: -abs(unit.exact))[:WORDS]
    values = _read_without(bundle, features, text, units, contrast) if reads else [unit.exact for unit in units]
    found = [
        Part(PartKind.WORD, value, text[unit.spans[0][0] : unit.spans[0][1]], unit.spans)
        for unit, value in zip(units, values, strict=True)
        if abs(value) >= VISIBLE
    ]
    strongest = sorted(found, key=lambda part: -abs(part.value))[:WORDS]
    return sorted(strongest, key=lambda part: -part.value)


def of_counts(text: str, shares: FeatureShares, counts: Amounts, names: tuple[str, ...] = COUNTS) -> Amounts:
    """What n-grams add, by character: each n-gram's amount is shared evenly among its places. `names` are the blocks
    of words and of characters, `counts` the features of both.
    """
    where = occurrences(text)
    if not len(where.columns):
        return np.zeros(len(text))
    amounts = np.concatenate([shares.amounts[name] for name in names])
    # A text that is longer than what is looked at has more of the n-gram elsewhere: its share stays in the rest.
    each = np.divide(amounts, counts, out=np.zeros_like(amounts), where=counts > 0)
    return shared_among_characters(len(text), where.starts, where.ends, each[where.columns] * where.shares)


def _units(text: str, pieces: Sequence[Piece], amounts: Amounts, *, phrases: bool) -> list[Unit]:
    """Words, in whatever case and however often they stand there; a text with too many to leave out each: phrases."""
    seen = pieces[:_MOST_WORDS] if phrases else pieces
    places: dict[str, list[int]] = {}
    for place, piece in enumerate(seen):
        places.setdefault(text[piece.word : piece.word_end].casefold(), []).append(place)
    most = max(_FEWEST, _READ // max(1, len(seen)))
    if not phrases or len(places) <= most:
        return [Unit(tuple(seen[i] for i in at), float(amounts[at].sum())) for at in places.values()]
    edges = np.unique(np.linspace(0, len(seen), most + 1).astype(int)).tolist()
    return [
        Unit(tuple(seen[first:last]), float(amounts[first:last].sum()), is_phrase=True)
        for first, last in pairwise(edges)
    ]


def _read_without(
    bundle: ModelBundle, features: Matrix, text: str, units: Sequence[Unit], contrast: Contrast
) -> list[float]:
    """The part of each unit: what its n-grams add, and what the score loses when only the embedder misses it."""
    if not units:
        return []
    losses = lost_by_reading(bundle, features, [_left_out(text, unit) for unit in units], contrast)
    return [unit.exact + loss for unit, loss in zip(units, losses, strict=True)]


def lost_by_reading(bundle: ModelBundle, features: Matrix, texts: Sequence[str], contrast: Contrast) -> list[float]:
    """What the score of an item loses when the embedder, and nothing else, reads each of `texts` in its place."""
    read_again = TEXT_MINILM.extract(texts)
    rows = sp.vstack if sp.issparse(features) else np.concatenate
    both = rows([features, with_block(bundle, features, read_again)])
    scores = score_of(bundle.head, bundle.calibration, bundle.embed(both), contrast)
    return [float(scores[0] - score) for score in scores[1:]]


def with_block(bundle: ModelBundle, features: Matrix, rows: npt.NDArray[np.float32]) -> Matrix:
    """The features of an item once for each of `rows` (n, 384), which stand in the place of the embedding."""
    found = []
    for (name, _), part in zip(bundle.blocks, parts(bundle.blocks), strict=True):
        if name == MEANING:
            found.append(rows)
        else:
            own = features[:, part]
            found.append(sp.vstack([own] * len(rows)) if sp.issparse(own) else np.repeat(own, len(rows), axis=0))
    if any(sp.issparse(block) for block in found):
        return sp.hstack(found, format="csr", dtype=np.float32)
    return np.hstack(found)


def block_of(bundle: ModelBundle, features: Matrix, names: tuple[str, ...]) -> Amounts:
    """The features of some blocks of one item, end to end."""
    row = np.asarray(features.toarray() if sp.issparse(features) else features, np.float64).ravel()
    found = zip(bundle.blocks, parts(bundle.blocks), strict=True)
    return np.concatenate([row[part] for (name, _), part in found if name in names])


def _left_out(text: str, unit: Unit) -> str:
    kept, at = [], 0
    for first, last in unit.spans:
        kept.append(text[at:first])
        at = last
    return "".join([*kept, text[at:]])
