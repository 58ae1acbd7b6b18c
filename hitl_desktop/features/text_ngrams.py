"""Hashed counts of words, word pairs and character n-grams, all texts of a chunk at once.

Every n-gram is a polynomial over code points modulo 2**64 (Karp and Rabin, "Efficient randomized pattern-matching
algorithms", 1987), scrambled by the finaliser of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014); its top bits are the
column (the hashing trick, Weinberger et al., ICML 2009). There is no vocabulary to fit, store or ship.

For whoever weights the counts by tf-idf: leave out the columns that no text had when the weights were fitted, before
the rows are scaled to length 1. Unknown n-grams would get the largest weight of all and drown the known ones (half a
point of accuracy on SMS spam); a vocabulary drops them unasked, a hash does not.

The numbers do not depend on the machine: integers only, and literal tables of what belongs to a word. Only lower-casing
follows the Unicode version of Python, which touches letters that are new in Unicode.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, vstack

from hitl_desktop.features.extractor import Extractor

BITS: Final = 18
COLUMNS: Final = 2**BITS
"""Columns of each of the two blocks: words first, then characters."""

_CHARACTER_SIZES: Final = (2, 3, 4, 5)
_CHUNK: Final = 1_000_000
"""Code points that are worked on at once; a longer text is a chunk of its own. Bounds the memory."""

_BASE: Final = np.uint64(0x9E3779B97F4A7C15)
_PAIR: Final = np.uint64(0xD1342543DE82EF95)
_SPACE: Final = 0x20
_CODE_POINTS: Final = 0x110000

_SPACES: Final = (
    *((0x00, 0x20), (0x7F, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A)),
    *((0x2028, 0x2029), (0x202F, 0x202F), (0x205F, 0x205F), (0x3000, 0x3000)),
)
"""Whitespace and control characters, first and last code point."""

_BETWEEN_WORDS: Final = (
    *((0x21, 0x2F), (0x3A, 0x40), (0x5B, 0x5E), (0x60, 0x60), (0x7B, 0x7E)),
    *((0xA1, 0xA9), (0xAB, 0xB1), (0xB4, 0xB4), (0xB6, 0xB8), (0xBB, 0xBB), (0xBF, 0xBF), (0xD7, 0xD7), (0xF7, 0xF7)),
    *((0x037E, 0x037E), (0x0387, 0x0387), (0x055A, 0x055F), (0x0589, 0x058A), (0x05BE, 0x05BE), (0x05C0, 0x05C0)),
    *((0x05C3, 0x05C3), (0x05F3, 0x05F4), (0x060C, 0x060D), (0x061B, 0x061F), (0x066A, 0x066D), (0x06D4, 0x06D4)),
    *((0x0964, 0x0965), (0x0970, 0x0970), (0x0E3F, 0x0E3F), (0x0E4F, 0x0E4F), (0x0E5A, 0x0E5B), (0x1360, 0x1368)),
    *(
        (0x200B, 0x200B),
        (0x200D, 0x2027),
        (0x202A, 0x202E),
        (0x2030, 0x205E),
        (0x2060, 0x206F),
        (0x20A0, 0x20CF),
        (0x2190, 0x2BFF),
    ),
    *((0x2E00, 0x2E7F), (0x3001, 0x3004), (0x3008, 0x3020), (0x3030, 0x3030), (0x303D, 0x303F), (0x30FB, 0x30FB)),
    *((0xD800, 0xDFFF), (0xFE00, 0xFE1F), (0xFE30, 0xFE6F), (0xFEFF, 0xFEFF), (0xFF00, 0xFF0F), (0xFF1A, 0xFF20)),
    *((0xFF3B, 0xFF3E), (0xFF40, 0xFF40), (0xFF5B, 0xFF65), (0xFFE0, 0xFFFF), (0x1F000, 0x1FAFF)),
)
"""Punctuation and symbols, emoji too, first and last code point. Accents and vowel signs belong to their word."""

Codes = npt.NDArray[np.uint32]
Hashes = npt.NDArray[np.uint64]
Places = npt.NDArray[np.int64]


def extract(texts: Sequence[str]) -> csr_matrix:
    """Counts of n-grams, CSR float32 of shape (len(texts), 2 × 2**18), without duplicates and in order of column.

    "words": lower-cased words and pairs of neighbouring words. "characters": sequences of 2–5 characters within
    stretches without blanks, with one blank on either side. An empty text is an empty row.
    """
    parts = [_counted(_Chunk.of(chunk)) for chunk in _chunks(texts)]
    if not parts:
        return csr_matrix((0, 2 * COLUMNS), dtype=np.float32)
    return parts[0] if len(parts) == 1 else vstack(parts, format="csr", dtype=np.float32)


def word_columns(text: str) -> list[tuple[str, int]]:
    """Each word and word pair of the text, lower-cased, in order of appearance, with its column in `extract`.

    Words come first, then pairs ("two words"). Repeated words are repeated, so the entries add up to the counts.
    """
    chunk = _Chunk.of([text])
    words = _words(chunk)
    columns = _columns(words.hashes)
    pairs, _ = words.pairs()
    names = [_as_text(chunk.codes[start:end]) for start, end in zip(words.starts, words.ends, strict=True)]
    found = list(zip(names, columns.tolist(), strict=True))
    couples = [f"{first} {second}" for first, second in pairwise(names)]
    return found + list(zip(couples, _columns(pairs).tolist(), strict=True))


@dataclass(frozen=True, slots=True)
class Occurrences:
    """Where the n-grams of one text stand: `columns` of `extract`, and the characters `starts` to `ends` of the text.

    All of shape (m,), positions in code points. Blanks at either end of an n-gram are left out. A pair of words is
    there twice, once for each of its words.
    """

    columns: Places
    starts: Places
    ends: Places
    shares: npt.NDArray[np.float64]
    """What part of its n-gram an entry is: 1, or a half for each word of a pair."""


def occurrences(text: str) -> Occurrences:
    """Every n-gram of the text with its place: the shares of a column add up to its count in `extract([text])`."""
    if not text:
        nowhere = np.zeros(0, np.int64)
        return Occurrences(nowhere, nowhere, nowhere, np.zeros(0))
    chunk = _Chunk.of([text])
    words = _words(chunk)
    pairs, _ = words.pairs()
    couples = _columns(pairs)
    columns = [_columns(words.hashes), couples, couples]
    starts = [words.starts, words.starts[:-1], words.starts[1:]]
    ends = [words.ends, words.ends[:-1], words.ends[1:]]
    shares = [np.ones(len(words.starts)), np.full(2 * len(pairs), 0.5)]
    blank = _blank()[chunk.codes]
    places = np.flatnonzero(_kept(blank))
    codes, blank = chunk.codes[places], blank[places]
    for size, hashes, whole in _sized_grams(codes, blank):
        first = np.flatnonzero(whole)
        last = first + size - 1
        columns.append(COLUMNS + _columns(hashes[whole]))
        starts.append(places[np.where(blank[first], np.minimum(first + 1, last), first)])
        ends.append(places[np.where(blank[last], np.maximum(last - 1, first), last)] + 1)
        shares.append(np.ones(len(first)))
    back = _places_before_lowering(text, len(chunk.codes))
    begin = back[np.concatenate(starts)]
    return Occurrences(
        np.concatenate(columns),
        begin,
        # Where lowering made two characters of one, both stand for it.
        np.maximum(back[np.concatenate(ends) - 1] + 1, begin),
        np.concatenate(shares),
    )


def _places_before_lowering(text: str, codes: int) -> Places:
    """For every code point of a chunk of one text, the character of the text that it comes from."""
    if codes == len(text) + 2:
        return np.clip(np.arange(-1, len(text) + 1), 0, len(text) - 1)
    sizes = np.fromiter((len(character.lower()) for character in text), np.int64, len(text))
    inner = np.repeat(np.arange(len(text)), sizes)[: codes - 2]
    return np.concatenate([[0], inner, np.full(codes - 1 - len(inner), len(text) - 1)])


def _chunks(texts: Sequence[str]) -> Iterator[list[str]]:
    """Runs of texts of about `_CHUNK` characters together."""
    chunk: list[str] = []
    size = 0
    for text in texts:
        if chunk and size + len(text) > _CHUNK:
            yield chunk
            chunk, size = [], 0
        chunk.append(text)
        size += len(text) + 1
    if chunk:
        yield chunk


@dataclass(frozen=True, slots=True)
class _Chunk:
    """Texts laid end to end, with a blank before each and one after the last.

    `codes` are the lower-cased code points; `rows` names the text of each; a blank belongs to the text after it.
    """

    codes: Codes
    rows: Places
    texts: int

    @classmethod
    def of(cls, texts: Sequence[str]) -> "_Chunk":
        lowered = [text.lower() for text in texts]
        sizes = np.fromiter((len(text) + 1 for text in lowered), np.int64, len(lowered))
        joined = " " + " ".join(lowered) + " "
        codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), "<u4")
        rows = np.append(np.repeat(np.arange(len(texts)), sizes), len(texts) - 1)
        return cls(codes, rows, len(texts))


@cache
def _within_words() -> npt.NDArray[np.bool_]:
    """For every code point: does it belong to a word?"""
    return ~_table((*_SPACES, *_BETWEEN_WORDS))


@cache
def _blank() -> npt.NDArray[np.bool_]:
    """For every code point: is it a blank?"""
    return _table(_SPACES)


def _table(ranges: tuple[tuple[int, int], ...]) -> npt.NDArray[np.bool_]:
    table = np.zeros(_CODE_POINTS, np.bool_)
    for first, last in ranges:
        table[first : last + 1] = True
    return table


@dataclass(frozen=True, slots=True)
class _Words:
    """The words of a chunk: first and end position, text, and hash."""

    starts: Places
    ends: Places
    rows: Places
    hashes: Hashes

    def pairs(self) -> tuple[Hashes, Places]:
        """Hashes and rows of neighbouring words of the same text."""
        same = self.rows[1:] == self.rows[:-1]
        return (self.hashes[:-1] * _PAIR + self.hashes[1:])[same], self.rows[1:][same]


def _words(chunk: _Chunk) -> _Words:
    """Find and hash the words: Σ code · base^position, positions counted from the start of the word."""
    inside = _within_words()[chunk.codes]
    edges = np.flatnonzero(inside[1:] != inside[:-1]) + 1
    starts, ends = edges[::2], edges[1::2]
    if not len(starts):
        return _Words(starts, ends, starts, np.zeros(0, np.uint64))
    lengths = ends - starts
    powers = np.cumprod(np.full(int(lengths.max()), _BASE))
    first = np.cumsum(lengths) - lengths
    position = np.arange(int(lengths.sum())) - np.repeat(first, lengths)
    hashes = np.add.reduceat(_scrambled(chunk.codes[inside].astype(np.uint64)) * powers[position], first)
    return _Words(starts, ends, chunk.rows[starts], _scrambled(hashes))


def _character_grams(chunk: _Chunk) -> Iterator[tuple[Hashes, Places]]:
    """Hashes and rows of the character n-grams, one size after the other. Blanks may only be first or last."""
    blank = _blank()[chunk.codes]
    keep = _kept(blank)
    rows, blank = chunk.rows[keep], blank[keep]
    # A kept blank follows a stretch; the stretch after it belongs to the row of its second character.
    owners = np.where(blank, np.append(rows[1:], rows[-1]), rows)
    for _, hashes, whole in _sized_grams(chunk.codes[keep], blank):
        yield hashes[whole], owners[: len(whole)][whole]


def _kept(blank: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Which positions n-grams are made of: of several blanks in a row the first one."""
    keep = ~blank
    keep[1:] |= ~blank[:-1]
    keep[0] = True
    return keep


def _sized_grams(codes: Codes, blank: npt.NDArray[np.bool_]) -> Iterator[tuple[int, Hashes, npt.NDArray[np.bool_]]]:
    """For each size, the hash of what begins at each position, and whether it is an n-gram: no blank inside."""
    values = _scrambled(np.where(blank, np.uint32(_SPACE), codes).astype(np.uint64))
    hashes = values
    whole = np.ones(len(values), np.bool_)
    for size in range(2, max(_CHARACTER_SIZES) + 1):
        hashes = hashes[:-1] * _BASE + values[size - 1 :]
        whole = whole[:-1] if size == 2 else whole[:-1] & ~blank[size - 2 : -1]
        if size in _CHARACTER_SIZES:
            yield size, hashes + np.uint64(size), whole


def _scrambled(values: Hashes) -> Hashes:
    """The finaliser of SplitMix64: every input bit changes about half of the output bits."""
    mixed = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(mixed ^ (mixed >> np.uint64(31)), np.uint64)


def _columns(hashes: Hashes) -> Places:
    return (_scrambled(hashes) >> np.uint64(64 - BITS)).astype(np.int64)


def _counted(chunk: _Chunk) -> csr_matrix:
    """Count equal (row, column) pairs by sorting one number made of both."""
    words = _words(chunk)
    pairs, pair_rows = words.pairs()
    grams = [(words.hashes, words.rows, 0), (pairs, pair_rows, 0)]
    grams += [(hashes, rows, COLUMNS) for hashes, rows in _character_grams(chunk)]
    width = 2 * COLUMNS
    keys = np.concatenate([rows * width + first + _columns(hashes) for hashes, rows, first in grams])
    keys.sort()
    new = np.flatnonzero(np.append(True, keys[1:] != keys[:-1])) if len(keys) else keys
    counts = np.diff(new, append=len(keys)).astype(np.float32)
    distinct = keys[new]
    ends = np.searchsorted(distinct, np.arange(chunk.texts + 1) * width)
    columns = (distinct % width).astype(np.int32)
    return csr_matrix((counts, columns, ends.astype(np.int32)), shape=(chunk.texts, width))


def _as_text(codes: Codes) -> str:
    return codes.astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")


TEXT_NGRAMS: Final = Extractor(
    name="text-ngrams",
    version=1,
    kind="text",
    blocks=(("words", COLUMNS), ("characters", COLUMNS)),
    sparse=True,
    extract=extract,
)
