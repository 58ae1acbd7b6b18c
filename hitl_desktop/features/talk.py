"""Features of conversations: the words of the whole, and words and meaning of what the customer said last.

What a conversation needs is mostly said at its end, but not always. Which part a model learns from, alone or beside
the others, is found out by cross-validation (`learning/choosing.py`). The numbers are those of texts.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from hitl_desktop.domain.conversations import last_words, whole_words
from hitl_desktop.features.extractor import Extractor, FeatureMatrix, Part
from hitl_desktop.features.text_minilm import TEXT_MINILM
from hitl_desktop.features.text_ngrams import TEXT_NGRAMS


def _whole(talks: Sequence[str]) -> FeatureMatrix:
    return TEXT_NGRAMS.extract([whole_words(talk) for talk in talks])


def _last(talks: Sequence[str]) -> FeatureMatrix:
    return TEXT_NGRAMS.extract([last_words(talk) for talk in talks])


def _meaning(talks: Sequence[str]) -> FeatureMatrix:
    return TEXT_MINILM.extract([last_words(talk) for talk in talks])


def _meaning_parts(talks: Sequence[str]) -> Iterator[Part]:
    return TEXT_MINILM.parts([last_words(talk) for talk in talks])


TALK_WHOLE: Final = Extractor(
    name="talk-whole", version=1, kind="conversation", blocks=TEXT_NGRAMS.blocks, sparse=True, extract=_whole
)
TALK_LAST: Final = Extractor(
    name="talk-last",
    version=1,
    kind="conversation",
    blocks=tuple((f"last {name}", width) for name, width in TEXT_NGRAMS.blocks),
    sparse=True,
    extract=_last,
)
TALK_MEANING: Final = Extractor(
    name="talk-meaning",
    version=1,
    kind="conversation",
    blocks=TEXT_MINILM.blocks,
    sparse=False,
    extract=_meaning,
    fingerprint=TEXT_MINILM.fingerprint,
    in_parts=_meaning_parts,
)
