"""Texts through a sentence embedder: the same text gives the same row, whatever its company."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from hitl_desktop.features.backbone_card import BackboneCard, TextInput
from hitl_desktop.features.extractor import Part

Floats = npt.NDArray[np.float32]

_TOKENS_PER_RUN: Final = 1024
"""Enough to keep the processor busy, and a tenth of a second: it is between runs that a cancel is heard."""
_WINDOW_CHARACTERS: Final = 250_000
_WINDOW_TEXTS: Final = 4096


class TextEncoder:
    """A tokenizer and a model in onnxruntime, with the description of both.

    Only texts of the same number of tokens run together. So nothing is padded, which saves time, and padding cannot
    change a row. `parts` groups within windows of up to 4,096 texts or 250,000 characters, whichever is less.
    """

    def __init__(self, card: BackboneCard, session: Any, tokenizer: Any) -> None:
        assert isinstance(card.input, TextInput)  # noqa: S101 - an invariant, not input
        self._input = card.input
        self._output = card.output
        self._session = session
        self._tokenizer = tokenizer
        tokenizer.no_padding()
        tokenizer.enable_truncation(card.input.max_tokens)

    def rows(self, texts: Sequence[str]) -> Floats:
        """One row per text: (n, dims) float32."""
        rows = np.empty((len(texts), self._output.dims), np.float32)
        for places, part in self.parts(texts):
            rows[list(places)] = part
        return rows

    def parts(self, texts: Sequence[str]) -> Iterator[Part]:
        """The rows of `texts`, run after run, the short texts of each window first."""
        for window in _windows(texts, self._input.max_characters):
            tokens = self._tokens([texts[place] for place in window])
            for run in _runs([len(numbers) for numbers in tokens], self._input.batch):
                yield [window[i] for i in run], self._embed(np.array([tokens[i] for i in run], np.int64))

    def _embed(self, tokens: npt.NDArray[np.int64]) -> Floats:
        """Token numbers (n, length), none of them padding → rows (n, dims); rows of zeros where there is no token."""
        if not tokens.shape[1]:
            return np.zeros((len(tokens), self._output.dims), np.float32)
        inputs = {self._input.tokens: tokens, self._input.mask: np.ones_like(tokens)}
        if self._input.types:
            inputs[self._input.types] = np.zeros_like(tokens)
        return self._output.finished(self._session.run([self._output.name], inputs)[0])

    def _tokens(self, texts: Sequence[str]) -> list[list[int]]:
        """The token numbers of each text, of its first characters only: a megabyte is not read to its end."""
        # Half a surrogate pair is no character, and the tokenizer takes none.
        cut = [text[: self._input.max_characters].encode("utf-8", "replace").decode() for text in texts]
        return [encoding.ids for encoding in self._tokenizer.encode_batch_fast(cut)]


def _windows(texts: Sequence[str], most: int) -> Iterator[range]:
    """Runs of places whose texts are tokenized together."""
    start = size = 0
    for place, text in enumerate(texts):
        length = min(len(text), most)
        if place > start and (size + length > _WINDOW_CHARACTERS or place - start == _WINDOW_TEXTS):
            yield range(start, place)
            start, size = place, 0
        size += length
    if start < len(texts):
        yield range(start, len(texts))


def _runs(lengths: Sequence[int], most: int) -> Iterator[list[int]]:
    """Places of equal length, as many at a time as one run may hold, and never more than `most`."""
    sizes = np.asarray(lengths)
    order = np.argsort(sizes, kind="stable")
    edges = np.flatnonzero(np.diff(sizes[order])) + 1
    for same in np.split(order, edges):
        step = min(most, max(1, _TOKENS_PER_RUN // max(1, int(sizes[same[0]]))))
        for start in range(0, len(same), step):
            yield same[start : start + step].tolist()
