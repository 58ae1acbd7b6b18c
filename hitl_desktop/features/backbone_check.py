"""Does a model do what its description says? Asked in the process that may be ended: the answers come by running it."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.sentences import Listed, Sentence, listed, say, say_n
from hitl_desktop.features.backbone_card import BackboneCard, ImageInput, TextInput
from hitl_desktop.features.extractor import PICTURE_SIDE

_FLOAT: Final = "tensor(float)"
_WHOLE: Final = "tensor(int64)"
_SAME: Final = 1e-3
"""How far rows of one item may differ between two batches, as a share of the largest number."""
_REMEDY: Final = say("Export it again, or correct backbone.json.")
_CORRECT: Final = say("Correct backbone.json.")
_TEXTS: Final = (
    "Where is my card?",
    "The patient was treated for a tumour of the left lung and recovered within three weeks.",
    "ok",
    "Is my card still not here?",
    "",
    "A longer text, " * 40,
)


def check_inputs(card: BackboneCard, session: Any) -> None:
    """Compare names, types and shapes of inputs and output with the description. Raises KnownError."""
    inputs = {value.name: value for value in session.get_inputs()}
    outputs = {value.name: value for value in session.get_outputs()}
    batch = 1 if card.input.batch == 1 else None
    wanted = _wanted_inputs(card.input, batch)
    if set(inputs) != set(wanted):
        raise KnownError(
            say("The model takes {there}, backbone.json names {named}.", there=_some(inputs), named=_some(wanted)),
            _CORRECT,
        )
    if card.output.name not in outputs:
        raise KnownError(
            say("The model gives {there}, backbone.json names {named}.", there=_some(outputs), named=card.output.name),
            _CORRECT,
        )
    for name, (sort, shape) in wanted.items():
        _check_value(say("The model's input {name}", name=name), inputs[name], sort, shape)
    tokens = [] if card.output.pooling == "none" else [None]
    rows = [batch, *tokens, card.output.dims]
    _check_value(say("The model's output {name}", name=card.output.name), outputs[card.output.name], _FLOAT, rows)


def _wanted_inputs(form: TextInput | ImageInput, batch: int | None) -> dict[str, tuple[str, list[int | None]]]:
    if isinstance(form, ImageInput):
        return {form.name: (_FLOAT, [batch, *form.shape])}
    return {name: (_WHOLE, [batch, None]) for name in (form.tokens, form.mask, form.types) if name}


def _check_value(what: Sentence, value: Any, sort: str, shape: Sequence[int | None]) -> None:
    if value.type != sort:
        raise KnownError(
            say("{what} is {type}, and {needed} is needed.", what=what, type=str(value.type), needed=sort), _REMEDY
        )
    if len(value.shape) != len(shape):
        raise KnownError(
            say(
                "{what} has {dimensions} dimensions, and {needed} are needed.",
                what=what,
                dimensions=len(value.shape),
                needed=len(shape),
            ),
            _REMEDY,
        )
    for given, needed in zip(value.shape, shape, strict=True):
        if isinstance(given, int) and given != needed:
            shape_there, there = _shape(value.shape), str(given)
            if needed is None:
                message = say(
                    "{what} has the shape {shape}, where {there} should be of any size.",
                    what=what,
                    shape=shape_there,
                    there=there,
                )
            else:
                message = say(
                    "{what} has the shape {shape}, where {there} should be {needed}.",
                    what=what,
                    shape=shape_there,
                    there=there,
                    needed=str(needed),
                )
            raise KnownError(message, _REMEDY)


def check_rows(card: BackboneCard, encoder: Any) -> None:
    """Run a few items together, in another order, and alone. Raises KnownError for rows that cannot be used."""
    items = list(_TEXTS) if card.kind == "text" else _pictures()
    together = _rows(card, encoder, items)
    turned = _rows(card, encoder, items[::-1])[::-1]
    alone = np.concatenate([_rows(card, encoder, [item]) for item in items])
    if not np.isfinite(together).all() or not np.isfinite(alone).all():
        raise KnownError(say("The model gives numbers that are not finite (NaN or infinity)."), _REMEDY)
    largest = max(float(np.abs(together).max()), 1e-6)
    if max(np.abs(together - alone).max(), np.abs(together - turned).max()) > _SAME * largest:
        raise KnownError(
            say(
                "The model gives an item other numbers when other items are in the batch. "
                "Dynamic quantisation does that."
            ),
            say('Write "batch": 1 into the input part of backbone.json, or export the model without it.'),
        )
    if np.abs(together - together[0]).max() <= 1e-6 * largest:
        raise KnownError(say("The model gives the same numbers for different items."), _REMEDY)


def _rows(card: BackboneCard, encoder: Any, items: Sequence[Any]) -> npt.NDArray[np.float32]:
    rows = np.full((len(items), card.output.dims), np.nan, np.float32)
    for places, part in encoder.parts(items):
        if part.shape != (len(places), card.output.dims):
            raise KnownError(
                say_n(
                    "The model gives rows of the shape {shape} for {n} item, and {needed} is needed.",
                    "The model gives rows of the shape {shape} for {n} items, and {needed} is needed.",
                    len(places),
                    shape=_shape(part.shape),
                    needed=_shape((len(places), card.output.dims)),
                ),
                _REMEDY,
            )
        rows[list(places)] = part
    return rows


def _pictures() -> list[npt.NDArray[Any]]:
    """Grey, colour and 16-bit pictures of several shapes: noise, slopes and one of a single value."""
    draw = np.random.default_rng(0)
    slope = np.tile(np.linspace(0, 255, PICTURE_SIDE).astype(np.uint8), (PICTURE_SIDE, 1))
    return [
        draw.integers(0, 256, (PICTURE_SIDE, PICTURE_SIDE, 3), dtype=np.uint8),
        slope,
        np.ascontiguousarray(slope.T),
        draw.integers(0, 60_000, (40, 70), dtype=np.uint16),
        np.full((30, 30), 128, np.uint8),
    ]


def _some(names: Any) -> Listed:
    return listed(sorted(names)[:8])


def _shape(shape: Sequence[Any]) -> str:
    return " × ".join(str(size) for size in shape)
