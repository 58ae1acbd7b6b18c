"""Features of comparisons: what each answer says and how, in a place of its own in the row.

A row has `MOST_ANSWERS` places of one width, in the order the answers are stored in; places without an answer are
empty. The first column of a place is 1 where there is an answer, then come its features. Rows are sparse, so that
places nobody needs cost nothing.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, hstack

from hitl_desktop.domain.answers import of_text
from hitl_desktop.domain.responses import MOST_ANSWERS
from hitl_desktop.features.extractor import Extractor, Part
from hitl_desktop.features.text_minilm import DIMS, FINGERPRINT, TEXT_MINILM
from hitl_desktop.features.text_ngrams import COLUMNS, TEXT_NGRAMS

WORDS: Final = "answer-words"
"""The block of `answers-words`: hashed counts of words, then `STYLE` figures of how an answer is written."""
MEANING: Final = "answer-minilm"
"""The block of `answers-minilm`: the sentence embedding of each answer."""
STYLE: Final = 12
STYLE_GROUPS: Final = {
    "length": (0, 1, 2, 3),
    "variety": (4,),
    "questions": (5,),
    "exclamations": (6,),
    "layout": (7, 8),
    "digits": (9,),
    "wholeness": (10, 11),
}
"""The figures of `style` that say one thing together, by what that is; the first of each tells who has more of it."""
PLACE_OF_WORDS: Final = 1 + COLUMNS + STYLE
PLACE_OF_MEANING: Final = 1 + DIMS

_WORD: Final = re.compile(r"[\w'’]+")
_LISTED: Final = re.compile(r"^\s*(?:\d+[.)]|[-*•])\s", re.MULTILINE)
_AT_ONCE: Final = 16


def style(text: str) -> list[float]:
    """How an answer is written, whatever it says: lengths and shares, each between 0 and about 10. (STYLE,)

    Length, words and sentences (as log 1 + n), their mean length, different words by all, questions, exclamations,
    paragraphs, lists, digits, whether it begins with a capital, whether it ends with a full stop.
    """
    words = [word.casefold() for word in _WORD.findall(text)]
    count, sentences = len(words), max(1, len(re.findall(r"[.!?…]+(?:\s|$)", text)))
    stripped = text.strip()
    return [
        float(np.log1p(len(text))),
        float(np.log1p(count)),
        float(np.log1p(sentences)),
        float(np.log1p(count / sentences)),
        len(set(words)) / max(1, count),
        float(np.log1p(text.count("?"))),
        float(np.log1p(text.count("!"))),
        float(np.log1p(text.count("\n\n"))),
        float(np.log1p(len(_LISTED.findall(text)))),
        10 * sum(character.isdigit() for character in text) / max(1, len(text)),
        float(stripped[:1].isupper()),
        float(stripped[-1:] in tuple(".!?…")),
    ]


def _words(texts: Sequence[str]) -> csr_matrix:
    counts = TEXT_NGRAMS.extract(texts)[:, :COLUMNS]
    styles = np.array([style(text) for text in texts], np.float32).reshape(-1, STYLE)
    return hstack([_ones(len(texts)), counts, csr_matrix(styles)], format="csr", dtype=np.float32)


def _meaning(texts: Sequence[str]) -> csr_matrix:
    return hstack([_ones(len(texts)), csr_matrix(TEXT_MINILM.extract(texts))], format="csr", dtype=np.float32)


def _ones(count: int) -> npt.NDArray[np.float32]:
    return np.ones((count, 1), np.float32)


def in_places(answers: csr_matrix, counts: Sequence[int], width: int) -> csr_matrix:
    """The features of all answers, one after another (m, width), as rows of places (items, MOST_ANSWERS · width).

    `counts` says how many answers each item has.
    """
    ends = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    place = np.concatenate([np.arange(n) for n in counts]) if len(counts) else np.empty(0)
    per_answer = np.diff(answers.indptr)
    columns = answers.indices + np.repeat(place, per_answer).astype(np.int64) * width
    shape = (len(counts), MOST_ANSWERS * width)
    return csr_matrix((answers.data, columns.astype(np.int32), answers.indptr[ends]), shape=shape)


def _extractor(of: Callable[[Sequence[str]], csr_matrix], width: int) -> Callable[[Sequence[str]], csr_matrix]:
    def extract(items: Sequence[str]) -> csr_matrix:
        found = [of_text(item).texts[:MOST_ANSWERS] for item in items]
        texts = [text for answers in found for text in answers]
        rows = of(texts) if texts else csr_matrix((0, width), dtype=np.float32)
        return in_places(rows, [len(answers) for answers in found], width)

    return extract


_extract_meaning = _extractor(_meaning, PLACE_OF_MEANING)


def _meaning_in_parts(items: Sequence[str]) -> Iterator[Part]:
    for start in range(0, len(items), _AT_ONCE):
        part = items[start : start + _AT_ONCE]
        yield range(start, start + len(part)), _extract_meaning(part)


ANSWERS_WORDS: Final = Extractor(
    name="answers-words",
    version=1,
    kind="preference",
    blocks=((WORDS, MOST_ANSWERS * PLACE_OF_WORDS),),
    sparse=True,
    extract=_extractor(_words, PLACE_OF_WORDS),
)
ANSWERS_MINILM: Final = Extractor(
    name="answers-minilm",
    version=1,
    kind="preference",
    blocks=((MEANING, MOST_ANSWERS * PLACE_OF_MEANING),),
    sparse=True,
    extract=_extract_meaning,
    fingerprint=FINGERPRINT,
    in_parts=_meaning_in_parts,
    close=TEXT_MINILM.close,
)
