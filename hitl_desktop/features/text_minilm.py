"""Sentence embeddings: the model in `resources/models/minilm-l6-int8`, which knows English before the first label.

Source: Wang et al., "MiniLM", NeurIPS 2020; Reimers and Gurevych, "Sentence-BERT", EMNLP 2019. How the file was made,
and what its rounding costs, is written in `packaging/models/build_minilm.py`.
"""

from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Final

from hitl_desktop import paths
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.sentences import say
from hitl_desktop.features.backbone_card import MODEL, TOKENIZER, read_card
from hitl_desktop.features.extractor import Extractor, Part
from hitl_desktop.features.onnx_session import open_session, processors
from hitl_desktop.features.text_encoder import Floats, TextEncoder

FOLDER: Final = "minilm-l6-int8"
DIMS: Final = 384
FINGERPRINT: Final = "bd6a5b4555240641030fc5556520c9a3e57fd92ab244db5423c253fc2a3906ba"
"""Version 1 is this model, quantisation, length and preprocessing. Another fingerprint needs another version."""


class BundledEncoder:
    """A text encoder from a folder in the box: loaded and checked when the first text comes."""

    def __init__(self, folder: Path, fingerprint: str) -> None:
        self._folder = folder
        self._fingerprint = fingerprint

    def rows(self, texts: Sequence[str]) -> Floats:
        """One row per text: (n, dims) float32. Raises KnownError when the files are missing or changed."""
        return self._encoder.rows(texts)

    def parts(self, texts: Sequence[str]) -> Iterator[Part]:
        """The same, part by part."""
        return self._encoder.parts(texts)

    @cached_property
    def _encoder(self) -> TextEncoder:
        from tokenizers import Tokenizer

        card = read_card(self._folder)
        if card.fingerprint(card.measured_digests()) != self._fingerprint:
            raise KnownError(
                say("The sentence embedder in the box is not the one this version needs."), say("Install it again.")
            )
        session = open_session(self._folder / MODEL, processors())
        return TextEncoder(card, session, Tokenizer.from_file(str(self._folder / TOKENIZER)))


_BUNDLED: Final = BundledEncoder(paths.resources() / "models" / FOLDER, FINGERPRINT)

TEXT_MINILM: Final = Extractor(
    name="text-minilm",
    version=1,
    kind="text",
    blocks=(("minilm", DIMS),),
    sparse=False,
    extract=_BUNDLED.rows,
    fingerprint=FINGERPRINT,
    in_parts=_BUNDLED.parts,
)
