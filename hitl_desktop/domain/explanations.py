"""Why a model scores an item as it does: parts that add up to the score, and the nearest decided items."""

from dataclasses import dataclass
from enum import StrEnum

Span = tuple[int, int]
Grid = tuple[tuple[float, ...], ...]


class PartKind(StrEnum):
    """What a part of a score comes from."""

    WORD = "word"
    PLACES = "places"
    """Everything that the grid shows, in one number."""
    TEXTURE = "texture"
    COLOUR = "colour"
    FIELD = "field"
    """A column of a record, named by `words`, with everything that was made of it."""
    EARLIER = "earlier"
    """What was known of the same key before, named by `words` (`domain/records.py`)."""
    ANSWER_WORD = "answer word"
    """A word, or two in a row, that one of two answers has more of; without `words` all others of that answer."""
    STYLE = "style"
    """How two answers are written, named by `words` (`features/answers.py`)."""
    MEANING = "meaning"
    """What two answers mean as a whole, which no word has a share of."""
    OWN = "own"
    """The features of a user's own model, which nobody can look into."""
    REST = "rest"
    """All words without a part of their own, and what belongs to the text as a whole."""
    START = "start"
    """The score of an empty text, or of an average picture."""


class Basis(StrEnum):
    """How the parts of a score were found."""

    EXACT = "exact"
    """They are what the model adds up."""
    ON_THE_WAY = "on the way"
    """The model adds nothing up: they are shared along a straight way from nothing to the item."""
    LEFT_OUT = "left out"
    """What n-grams add, and what the score loses when the sentence embedder reads the text without the word."""


class Refusal(StrEnum):
    """Why there are no parts; the nearest decided items are there all the same."""

    NONE = ""
    OWN_FEATURES = "own features"
    JUMPS = "jumps"
    """The model decides by thresholds, so that no part has a share."""
    ONE_CLASS = "one class"
    """The model tells nothing apart: of its classes one is left."""
    NOT_READ = "not read"
    """The item could not be read, so that the model says nothing of it."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a score. Of a word `words` is how it is written and `spans` are its places.

    Of two answers `answer` is the number, as stored, of the one that has more of it; None where neither has.

    Spans are characters (code points) of the text as it is stored, from and up to.
    """

    kind: PartKind
    value: float
    words: str = ""
    spans: tuple[Span, ...] = ()
    answer: int | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is explained, by label ids: the answer `this` rather than `other`; of several findings `other` is None."""

    this: int
    other: int | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """What can be said of one item under one version of the model.

    `score` is the logarithm of the odds of `comparison`, 0 for a tie; the values of `parts` add up to it. It is that of
    the probabilities shown unless `is_raw`, when these were bent afterwards. `comparisons` are the ones to choose from.
    `grid` are rows of amounts over the picture, which add up to the part of kind PLACES; () without one.
    `near` are the nearest decided items by their index, the nearest first.
    """

    item_index: int
    model_version: int
    comparison: Comparison
    comparisons: tuple[Comparison, ...]
    score: float
    is_raw: bool
    basis: Basis
    parts: tuple[Part, ...]
    grid: Grid
    near: tuple[int, ...]
    refusal: Refusal = Refusal.NONE
