"""The process in which a user's model runs: limited in memory, and ended by whoever started it.

Orders: a list of decoded items, or None for "check yourself". Answers: ("ready",), ("rows", array), ("checked",),
("known", message, remedy) as sentences.
"""

from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.sentences import say
from hitl_desktop.features.backbone_card import MODEL, TOKENIZER, BackboneCard, read_card
from hitl_desktop.features.backbone_check import check_inputs, check_rows
from hitl_desktop.features.onnx_session import open_session, processors
from hitl_desktop.features.picture_input import PictureEncoder
from hitl_desktop.features.text_encoder import TextEncoder
from hitl_desktop.kinds.piped_process import guard


@dataclass(frozen=True, slots=True)
class Limits:
    """What a user's model may use: memory of its process in bytes; seconds to open it, to check it, and per batch."""

    memory: int = 6 * 1024**3
    opening: float = 60.0
    checking: float = 60.0
    batch: float = 60.0


def serve(folder: Path, limits: Limits, orders: Connection, answers: Connection) -> None:
    """Open the model in `folder`, then answer orders until the other side hangs up."""
    guard(limits.memory)
    try:
        card = read_card(folder)
        session = _opened(folder)
        encoder = _encoder(card, session)
        answers.send(("ready",))
        while True:
            order = orders.recv()
            answers.send(_answer(card, session, encoder, order))
    except EOFError:
        return
    except KnownError as error:
        answers.send(("known", error.sentence, error.advice))


def _answer(card: BackboneCard, session: Any, encoder: Any, order: Any) -> tuple[Any, ...]:
    try:
        if order is None:
            check_inputs(card, session)
            check_rows(card, encoder)
            return ("checked",)
        rows = np.empty((len(order), card.output.dims), np.float32)
        for places, part in encoder.parts(order):
            rows[list(places)] = part
        return ("rows", rows)
    except KnownError as error:
        return ("known", error.sentence, error.advice)
    except Exception as error:  # onnxruntime's errors, and memory that was refused: all are the model's
        failed = say("The model failed: {why}", why=_first_line(error))
        return ("known", failed, say("Choose another model, or a smaller batch."))


def _opened(folder: Path) -> Any:
    try:
        return open_session(folder / MODEL, processors())
    except Exception as error:
        raise KnownError(
            say("onnxruntime does not take this model: {why}", why=_first_line(error)),
            say("Export it again, or choose another."),
        ) from error


def _encoder(card: BackboneCard, session: Any) -> Any:
    if card.kind == "image":
        return PictureEncoder(card, session)
    from tokenizers import Tokenizer

    try:
        tokenizer = Tokenizer.from_file(str(card.folder / TOKENIZER))
    except Exception as error:
        raise KnownError(
            say("{file} cannot be read: {why}", file=TOKENIZER, why=_first_line(error)), say("Copy it again.")
        ) from error
    return TextEncoder(card, session, tokenizer)


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[0][:300]
