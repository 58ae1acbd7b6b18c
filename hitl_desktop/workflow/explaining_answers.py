"""Why a reward model likes one answer better than another: what the difference of their scores is made of.

The score of an answer is a sum over what it says (words through topics), how it is written, and what it means, so the
difference of two is exactly the sum of the differences of these parts. Nothing is left out or read again.
"""

import math
from collections import defaultdict
from typing import Final

import numpy as np
import numpy.typing as npt

from hitl_desktop.domain.answers import of_text
from hitl_desktop.domain.explanations import Comparison, Part, PartKind
from hitl_desktop.domain.responses import MOST_ANSWERS
from hitl_desktop.features.answers import STYLE_GROUPS, style
from hitl_desktop.features.text_ngrams import word_columns
from hitl_desktop.learning.bundles import ModelBundle
from hitl_desktop.learning.explanations import Contrast, straight_line
from hitl_desktop.learning.heads import RankingHead
from hitl_desktop.learning.representations import Matrix
from hitl_desktop.learning.representations.answers import (
    STYLE,
    WORDS,
    AnswerPlaces,
    AnswerWords,
    places_of,
    stacked_places,
)
from hitl_desktop.learning.representations.representation import parts

TOLD: Final = 5
"""Words and figures of style with a part of their own; all other words of either answer have one, meaning, the rest."""
_LOOKED_AT: Final = 20_000
"""Characters from the beginning of an answer among which words are named; what stands behind them is in the rest."""
_VISIBLE: Final = 5e-3

Amounts = npt.NDArray[np.float64]


def answer_comparisons(head: RankingHead, row: Matrix, most: int) -> tuple[Comparison, ...]:
    """The answer that is liked best against each other one, the next best first; at most `most`."""
    scores = head.scores(row)[0]
    there = [place for place in np.argsort(-scores, kind="stable").tolist() if np.isfinite(scores[place])]
    ids = head.class_ids
    return tuple(Comparison(ids[there[0]], ids[other]) for other in there[1 : most + 1])


def answer_parts(
    bundle: ModelBundle, places: AnswerPlaces, features: Matrix, row: Matrix, text: str, contrast: Contrast
) -> tuple[float, list[Part]]:
    """The score of one answer against another, and the parts that add up to it, those for the first answer first.

    `features` (1, n) and `row` (1, d) are of the whole comparison, whose stored text is `text`.
    """
    assert isinstance(bundle.head, RankingHead)  # noqa: S101 - the only head of these rows
    slope, shift = straight_line(bundle.calibration, contrast)
    pair = (contrast.this, contrast.other)
    stood = places_of(np.asarray(row, np.float32))[0, list(pair), 1:].astype(np.float64)
    weights = bundle.head.weights.astype(np.float64) * slope
    amounts = (stood[0] - stood[1]) * weights
    score = float(amounts.sum()) + shift
    told: list[Part] = []
    meaning, at = 0.0, 0
    for (name, _), part in zip(places.blocks, parts(places.blocks), strict=True):
        if name != WORDS or places.words is None:
            width = (part.stop - part.start) // MOST_ANSWERS - 1
            meaning += float(amounts[at : at + width].sum())
            at += width
            continue
        topics = places.words.topics.shape[1]
        rows = places.words.weighted(stacked_places(features[:, part], part.stop - part.start)[list(pair)])
        told += _words(places.words, rows, text, pair, weights[at : at + topics])
        told += _style(text, pair, amounts[at + topics : at + topics + STYLE])
        at += topics + STYLE
    told.sort(key=lambda part: -abs(part.value))
    told, others = (
        [part for part in told[:TOLD] if abs(part.value) >= _VISIBLE],
        [part for place, part in enumerate(told) if place >= TOLD or abs(part.value) < _VISIBLE],
    )
    for answer in pair:
        words = math.fsum(p.value for p in others if p.kind is PartKind.ANSWER_WORD and p.answer == answer)
        if abs(words) >= _VISIBLE:
            told.append(Part(PartKind.ANSWER_WORD, words, answer=answer))
    if abs(meaning) >= _VISIBLE:
        told.append(Part(PartKind.MEANING, meaning))
    told.sort(key=lambda part: -part.value)
    rest = score - sum(part.value for part in told)
    return score, [*told, Part(PartKind.REST, rest)] if abs(rest) >= _VISIBLE or not told else told


def _words(words: AnswerWords, rows: Matrix, text: str, pair: tuple[int, int], weights: Amounts) -> list[Part]:
    """The words of two answers, weighted `rows` (2, m), with what each adds to the difference; of both, it is one part.

    `weights` (topics,) are those of the topics.
    """
    liked = words.topics.astype(np.float64) @ weights
    columns = words.columns
    found: defaultdict[int, float] = defaultdict(float)
    amount: defaultdict[int, float] = defaultdict(float)
    for sign, one in ((1.0, rows[0]), (-1.0, rows[1])):
        for column, value in zip(one.indices.tolist(), one.data.tolist(), strict=True):
            found[column] += sign * value * liked[column]
            amount[column] += sign * value
    names: dict[int, str] = {}
    texts = of_text(text).texts
    for answer in pair:
        for word, column in word_columns(texts[answer][:_LOOKED_AT]):
            names.setdefault(column, word)
    told = []
    for column, value in found.items():
        name = names.get(int(columns[column]))
        if name is not None:
            told.append(
                Part(PartKind.ANSWER_WORD, float(value), name, answer=pair[0] if amount[column] > 0 else pair[1])
            )
    return told


def _style(text: str, pair: tuple[int, int], amounts: Amounts) -> list[Part]:
    """How the two are written, by what the figures say together."""
    texts = of_text(text).texts
    first, second = (style(texts[answer]) for answer in pair)
    told = []
    for name, figures in STYLE_GROUPS.items():
        more = next((first[figure] - second[figure] for figure in figures if first[figure] != second[figure]), 0.0)
        value = float(amounts[list(figures)].sum())
        told.append(Part(PartKind.STYLE, value, name, answer=None if not more else pair[0] if more > 0 else pair[1]))
    return told
