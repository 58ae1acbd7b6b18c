"""Which words of a conversation add what to its score: in the whole, and once more in what the customer said last.

What n-grams add is reckoned exactly, in both. Where a model reads the meaning of the last turns too, a word has what
the score loses when the embedder reads them without it, as for texts.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from hitl_desktop.domain.conversations import LAST, Role, Turns, of_text
from hitl_desktop.domain.explanations import Part, PartKind
from hitl_desktop.kinds.transcripts import turns_in_json, unquoted
from hitl_desktop.learning.bundles import ModelBundle
from hitl_desktop.learning.explanations import Contrast, FeatureShares, Piece, pieces_of
from hitl_desktop.learning.representations import Matrix
from hitl_desktop.workflow.explaining_texts import COUNTS, MEANING, VISIBLE, WORDS, block_of, lost_by_reading, of_counts

_READ: Final = 60
"""Words of the last turns that the embedder reads the turns again without."""
_LAST_COUNTS: Final = tuple(f"last {name}" for name in COUNTS)
_NO_PLACE: Final = -1

Places = npt.NDArray[np.int64]
Amounts = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Read:
    """What a model reads: its `text`, and where in the stored text each character stands, −1 where nowhere."""

    text: str
    places: Places


@dataclass(frozen=True, slots=True)
class _Word:
    """A word in whatever case: its places in the stored text, and what its n-grams add."""

    words: str
    spans: tuple[tuple[int, int], ...]
    exact: float


def talk_parts(
    bundle: ModelBundle, shares: FeatureShares | None, features: Matrix, text: str, contrast: Contrast
) -> list[Part]:
    """The words that add most, those for the answer first; what they leave of the score is the caller's rest.

    `shares` None: the model cannot be taken apart, and only the embedder is asked.
    """
    turns, where = of_text(text), _places(text)
    if len(turns) != len(where):  # too long to be shown turn by turn
        return []
    whole = _joined(turns, where, [n for n, said in enumerate(turns) if said.role in (Role.CUSTOMER, Role.AGENT)])
    own = [n for n, said in enumerate(turns) if said.role is Role.CUSTOMER]
    last = _joined(turns, where, own[-LAST:] if own else list(range(len(turns))))
    amounts = np.zeros(len(text) + 1)
    for read, names in ((whole, COUNTS), (last, _LAST_COUNTS)):
        if shares is not None and names[0] in shares.amounts:
            found = of_counts(read.text, shares, block_of(bundle, features, names), names)
            there = read.places != _NO_PLACE
            np.add.at(amounts, read.places[there], found[there])
    words = _words(turns, where, amounts)
    values = [word.exact for word in words]
    if any(name == MEANING for name, _ in bundle.blocks):
        words = sorted(words, key=lambda word: -abs(word.exact))
        read_again = [word for word in words if _is_in(word, last)][:_READ]
        lost = _lost_without(bundle, features, last, read_again, contrast)
        more = {word.words.casefold(): value for word, value in zip(read_again, lost, strict=True)}
        values = [word.exact + more.get(word.words.casefold(), 0.0) for word in words]
    found_parts = [
        Part(PartKind.WORD, value, word.words, word.spans)
        for word, value in zip(words, values, strict=True)
        if abs(value) >= VISIBLE
    ]
    strongest = sorted(found_parts, key=lambda part: -abs(part.value))[:WORDS]
    return sorted(strongest, key=lambda part: -part.value)


def _places(text: str) -> list[Places]:
    """For each turn, where its characters stand in the stored text."""
    return [np.asarray(unquoted(text[turn.start : turn.end], turn.start)[1], np.int64) for turn in turns_in_json(text)]


def _joined(turns: Turns, where: list[Places], chosen: list[int]) -> _Read:
    """Some turns as a model reads them, one after another."""
    gap = np.array([_NO_PLACE], np.int64)
    places = [part for number in chosen for part in (where[number], gap)][:-1]
    text = "\n".join(turns[number].text for number in chosen)
    return _Read(text, np.concatenate(places) if places else np.empty(0, np.int64))


def _words(turns: Turns, where: list[Places], amounts: Amounts) -> list[_Word]:
    """The words of all turns, each with all its places."""
    found: dict[str, tuple[str, list[tuple[int, int]], float]] = {}
    for said, places in zip(turns, where, strict=True):
        for piece in pieces_of(said.text):
            word = said.text[piece.word : piece.word_end]
            written, spans, exact = found.get(word.casefold(), (word, [], 0.0))
            spans.append(_span(piece, places))
            exact += float(amounts[places[piece.start : piece.end]].sum())
            found[word.casefold()] = written, spans, exact
    return [_Word(written, tuple(spans), exact) for written, spans, exact in found.values()]


def _span(piece: Piece, places: Places) -> tuple[int, int]:
    return int(places[piece.word]), int(places[piece.word_end - 1]) + 1


def _is_in(word: _Word, read: _Read) -> bool:
    return any(bool((read.places == first).any()) for first, _ in word.spans)


def _lost_without(
    bundle: ModelBundle, features: Matrix, last: _Read, words: list[_Word], contrast: Contrast
) -> list[float]:
    """What the score loses when only the embedder misses each word."""
    if not words:
        return []
    return lost_by_reading(bundle, features, [_without(last, word) for word in words], contrast)


def _without(read: _Read, word: _Word) -> str:
    left_out = np.zeros(len(read.text), bool)
    for first, end in word.spans:
        left_out |= (read.places >= first) & (read.places < end)
    return "".join(character for character, out in zip(read.text, left_out.tolist(), strict=True) if not out)
