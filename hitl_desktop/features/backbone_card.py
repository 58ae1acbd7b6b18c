"""What lies beside an ONNX backbone: `backbone.json`, which says what goes in and what comes out."""

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.protocols import Step, no_step
from hitl_desktop.domain.sentences import Sentence, listed, say, say_n
from hitl_desktop.kinds.contents import file_digest

CARD: Final = "backbone.json"
MODEL: Final = "model.onnx"
TOKENIZER: Final = "tokenizer.json"
FORMAT: Final = 1
PREPROCESSING: Final = 1
"""Goes up when `text_encoder` or `image_encoder` prepares the same item in another way."""

MOST_DIMS: Final = 16_384
MOST_SIDE: Final = 1024
MOST_TOKENS: Final = 8192
MOST_CHARACTERS: Final = 65_536
MOST_BATCH: Final = 1024
_USUAL_PICTURES: Final = 16
_SHORTEST: Final = 1e-12
_MOST_CARD_BYTES: Final = 1_000_000
_POOLINGS: Final = ("none", "mean", "first")
_COLOURS: Final = {"RGB": 3, "BGR": 3, "grey": 1}
_LAYOUTS: Final = ("NCHW", "NHWC")
_REMEDY: Final = say("Correct backbone.json as the manual describes it, then add the model again.")


@dataclass(frozen=True, slots=True)
class TextInput:
    """The names of the inputs (token numbers, mask, token types or ""), where a text is cut, texts per run."""

    tokens: str
    mask: str
    types: str
    max_tokens: int
    max_characters: int
    batch: int


@dataclass(frozen=True, slots=True)
class ImageInput:
    """How a picture goes in: resized to height × width, channels in order of `colour`, (x / scale − mean) / std.

    `batch` is the most pictures per run.
    """

    name: str
    height: int
    width: int
    colour: str
    layout: str
    scale: float
    mean: tuple[float, ...]
    std: tuple[float, ...]
    batch: int

    @property
    def channels(self) -> int:
        """1 for grey, else 3."""
        return _COLOURS[self.colour]

    @property
    def shape(self) -> tuple[int, int, int]:
        """The shape of one picture, as the model takes it."""
        if self.layout == "NCHW":
            return self.channels, self.height, self.width
        return self.height, self.width, self.channels


@dataclass(frozen=True, slots=True)
class Output:
    """The name of the output, its columns, how tokens become one row ("none": they are one), and if it is scaled."""

    name: str
    dims: int
    pooling: str
    unit_length: bool

    def finished(self, found: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
        """What the model returns, (n, dims) or with pooling (n, tokens, dims), as rows (n, dims) float32."""
        if self.pooling == "first":
            found = found[:, 0]
        elif self.pooling == "mean":
            found = found.mean(axis=1)
        if self.unit_length:
            found = found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), _SHORTEST)
        return np.asarray(found, np.float32)


@dataclass(frozen=True, slots=True)
class BackboneCard:
    """A backbone's description. `digests` are the SHA-256 of the files it names, as far as it gives them."""

    folder: Path
    name: str
    input: TextInput | ImageInput
    output: Output
    digests: Mapping[str, str]
    facts: Mapping[str, Any]

    @property
    def kind(self) -> str:
        """What sort of item it reads."""
        return "text" if isinstance(self.input, TextInput) else "image"

    @property
    def files(self) -> tuple[str, ...]:
        """The files that make the numbers."""
        return (MODEL, TOKENIZER) if self.kind == "text" else (MODEL,)

    def fingerprint(self, digests: Mapping[str, str]) -> str:
        """What the rows depend on, as a hex hash: the files, what goes in and what comes out, and the preprocessing."""
        told = {
            "files": {name: digests[name] for name in self.files},
            "input": self.facts["input"],
            "output": self.facts["output"],
            "preprocessing": PREPROCESSING,
        }
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()

    def measured_digests(self, step: Step = no_step) -> dict[str, str]:
        """The SHA-256 of the files as they are; `step` is called after every piece. Raises KnownError when one is
        missing or not what the card says.
        """
        found = {}
        for name in self.files:
            try:
                found[name] = file_digest(self.folder / name, step)
            except OSError as error:
                raise KnownError(
                    say("{name} is missing beside {card}.", name=name, card=CARD), say("Put both into one folder.")
                ) from error
            if self.digests.get(name, found[name]) != found[name]:
                raise KnownError(
                    say("{name} is not the file that {card} describes: its hash differs.", name=name, card=CARD),
                    say("Copy it again."),
                )
        return found


def read_card(folder: Path) -> BackboneCard:
    """Read and check `backbone.json`. Raises KnownError that names what is wrong with it."""
    try:
        with (folder / CARD).open("rb") as file:
            data = file.read(_MOST_CARD_BYTES + 1)
    except OSError as error:
        raise KnownError(
            say("There is no {card} beside the model.", card=CARD), say("Put one there, as the manual describes.")
        ) from error
    if len(data) > _MOST_CARD_BYTES:
        raise KnownError(say("{name} is too large.", name=CARD), _REMEDY)
    try:
        facts = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise KnownError(say("{card} is not JSON.", card=CARD), _REMEDY) from error
    if not isinstance(facts, dict) or facts.get("format") != FORMAT:
        raise KnownError(say("{card} does not say format {number}.", card=CARD, number=FORMAT), _REMEDY)
    return BackboneCard(
        folder, _text(facts, "name"), _input(facts), _output(facts), _texts(facts.get("sha256", {})), facts
    )


def _input(facts: Mapping[str, Any]) -> TextInput | ImageInput:
    told = _part(facts, "input")
    match _text(facts, "kind"):
        case "text":
            return TextInput(
                _text(told, "tokens"),
                _text(told, "mask"),
                _text(told, "types") if told.get("types") else "",
                _whole(told, "max_tokens", 3, MOST_TOKENS),
                _whole(told, "max_characters", 16, MOST_CHARACTERS),
                _whole({"batch": MOST_BATCH, **told}, "batch", 1, MOST_BATCH),
            )
        case "image":
            colour = _one_of(told, "colour", tuple(_COLOURS))
            image = ImageInput(
                _text(told, "name"),
                _whole(told, "height", 1, MOST_SIDE),
                _whole(told, "width", 1, MOST_SIDE),
                colour,
                _one_of(told, "layout", _LAYOUTS),
                _numbers([told.get("scale")], "scale", 1)[0],
                _numbers(told.get("mean"), "mean", _COLOURS[colour]),
                _numbers(told.get("std"), "std", _COLOURS[colour]),
                _whole({"batch": _USUAL_PICTURES, **told}, "batch", 1, MOST_BATCH),
            )
            if image.scale <= 0 or min(image.std) <= 0:
                raise _wrong(say("scale and std are greater than 0"))
            return image
        case other:
            raise _wrong(say("kind is text or image, not {other}", other=repr(other[:40])))


def _output(facts: Mapping[str, Any]) -> Output:
    told = _part(facts, "output")
    pooling = _one_of({"pooling": "none", **told}, "pooling", _POOLINGS)
    unit = told.get("unit_length", False)
    if not isinstance(unit, bool):
        raise _wrong(say("unit_length is true or false"))
    return Output(_text(told, "name"), _whole(told, "dims", 1, MOST_DIMS), pooling, unit)


def _wrong(rule: Sentence) -> KnownError:
    # i18n: {rule} is a clause such as "scale and std are greater than 0"
    return KnownError(say("{card} is not as it should be: {rule}.", card=CARD, rule=rule), _REMEDY)


def _part(facts: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = facts.get(name)
    if not isinstance(value, dict):
        raise _wrong(say("{name} is missing", name=name))
    return value


def _text(facts: Mapping[str, Any], name: str) -> str:
    value = facts.get(name)
    if not isinstance(value, str) or not value.strip():
        raise _wrong(say("{name} is missing", name=name))
    return value


def _texts(value: object) -> dict[str, str]:
    if not isinstance(value, dict) or not all(isinstance(v, str) for v in value.values()):
        raise _wrong(say("sha256 maps file names to hashes"))
    return {str(k): str(v) for k, v in value.items()}


def _whole(facts: Mapping[str, Any], name: str, least: int, most: int) -> int:
    value = facts.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise _wrong(
            say("{name} is a whole number from {least} to {most}", name=name, least=str(least), most=str(most))
        )
    return value


def _one_of(facts: Mapping[str, Any], name: str, allowed: tuple[str, ...]) -> str:
    value = facts.get(name)
    if value not in allowed:
        raise _wrong(say("{name} is one of {names}", name=name, names=listed(allowed)))
    return str(value)


def _numbers(value: object, name: str, count: int) -> tuple[float, ...]:
    if not isinstance(value, list) or len(value) != count or not all(_is_number(v) for v in value):
        raise _wrong(say_n("{name} is a number", "{name} is {n} numbers", count, name=name))
    return tuple(float(v) for v in value)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e9 and math.isfinite(value)
