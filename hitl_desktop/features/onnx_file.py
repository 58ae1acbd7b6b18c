"""What an ONNX file is made of, read without running it and without loading its numbers.

ONNX files are protocol buffers (onnx.proto3 of the ONNX specification). Only the fields that matter here are followed:
graphs, nodes, attributes that hold graphs or tensors, functions, and where tensors keep their numbers.
"""

import mmap
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.sentences import Figure, listed, say

MOST_BYTES: Final = 1024**3
DOMAINS: Final = ("", "ai.onnx", "ai.onnx.ml", "com.microsoft")
"""The operators that come with onnxruntime; all others would have to come with code of their own."""

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_MOST_DEPTH: Final = 40
_MOST_VARINT_BYTES: Final = 10
_EXTERNAL: Final = 1

# Field numbers, by message: which fields hold which message.
_INSIDE: Final[dict[str, dict[int, str]]] = {
    "model": {7: "graph", 20: "training", 25: "function"},
    "training": {1: "graph", 2: "graph"},
    "graph": {1: "node", 5: "tensor", 15: "sparse"},
    "function": {7: "node", 11: "attribute"},
    "node": {5: "attribute"},
    "attribute": {5: "tensor", 6: "graph", 10: "tensor", 11: "graph", 22: "sparse", 23: "sparse"},
    "sparse": {1: "tensor", 2: "tensor"},
    "tensor": {},
}
_NODE_OPERATOR, _NODE_DOMAIN = 4, 7
_TENSOR_LOCATION, _TENSOR_EXTERNAL_DATA = 14, 13


@dataclass(slots=True)
class OnnxFile:
    """The operators a file uses, as (domain, name), and whether tensors keep their numbers in other files."""

    operators: set[tuple[str, str]] = field(default_factory=set)
    has_external_data: bool = False
    has_graph: bool = False


def read_structure(path: Path) -> OnnxFile:
    """Walk through the file. Raises KnownError when it is missing, too large, or not a whole ONNX file."""
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise KnownError(
                say(
                    "{name} is too large: {size} GB, and at most {most} GB are taken.",
                    name=path.name,
                    size=Figure(size / 1e9, 1),
                    most=Figure(MOST_BYTES / 1e9, 1),
                ),
                say("Choose a smaller model, or one with 8-bit weights."),
            )
        found = OnnxFile()
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            _walk(data, 0, len(data), "model", found, 0)
    except OSError as error:
        raise KnownError(
            say("{name} cannot be read: {why}.", name=path.name, why=str(error.strerror)), say("Check the file.")
        ) from error
    except ValueError as error:  # also what mapping an empty file raises
        raise KnownError(
            say("{name} is not a whole ONNX file.", name=path.name), say("Copy or export it again.")
        ) from error
    if not found.has_graph:
        raise KnownError(say("{name} is not an ONNX file.", name=path.name), say("Export the model as ONNX."))
    return found


def refuse_unsafe(structure: OnnxFile) -> None:
    """Raise KnownError for a model that needs other files, or operators that are not part of onnxruntime."""
    if structure.has_external_data:
        raise KnownError(say("The model keeps its numbers in other files."), say("Export it as one file."))
    foreign = sorted({domain for domain, _ in structure.operators} - set(DOMAINS))
    if foreign:
        names = sorted(name for domain, name in structure.operators if domain in foreign)
        raise KnownError(
            say(
                "The model needs operators that do not come with onnxruntime: {names} ({domain}).",
                names=listed(names[:5]),
                domain=foreign[0],
            ),
            say("Export it with standard operators."),
        )


def _walk(data: mmap.mmap, start: int, stop: int, message: str, found: OnnxFile, depth: int) -> None:
    if depth > _MOST_DEPTH:
        raise ValueError("nested too deep")
    operator = domain = ""
    inside = _INSIDE[message]
    for number, wire, low, high in _fields(data, start, stop):
        if number in inside and wire == _BYTES:
            found.has_graph |= inside[number] == "graph"
            _walk(data, low, high, inside[number], found, depth + 1)
        elif message == "node" and number == _NODE_OPERATOR:
            operator = data[low:high].decode()
        elif message == "node" and number == _NODE_DOMAIN:
            domain = data[low:high].decode()
        elif message == "tensor" and number == _TENSOR_LOCATION:
            found.has_external_data |= _varint(data, low, high)[0] == _EXTERNAL
        elif message == "tensor" and number == _TENSOR_EXTERNAL_DATA:
            found.has_external_data = True
    if message == "node":
        found.operators.add((domain, operator))


def _fields(data: mmap.mmap, at: int, stop: int) -> Iterator[tuple[int, int, int, int]]:
    """Field number, wire type, and where the value begins and ends."""
    while at < stop:
        key, at = _varint(data, at, stop)
        number, wire = key >> 3, key & 7
        if wire == _VARINT:
            _, end = _varint(data, at, stop)
        elif wire == _BYTES:
            length, at = _varint(data, at, stop)
            end = at + length
        elif wire in (_FIXED64, _FIXED32):
            end = at + (8 if wire == _FIXED64 else 4)
        else:
            raise ValueError(f"wire type {wire}")
        if end > stop or not number:
            raise ValueError("cut off")
        yield number, wire, at, end
        at = end


def _varint(data: mmap.mmap, at: int, stop: int) -> tuple[int, int]:
    """A number in groups of seven bits, and where the next value begins."""
    value = 0
    for place in range(_MOST_VARINT_BYTES):
        if at + place >= stop:
            break
        byte = data[at + place]
        value |= (byte & 0x7F) << (7 * place)
        if byte < 0x80:
            return value, at + place + 1
    raise ValueError("cut off")
