"""What is read where, and by whom: the words of the fuzzers."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from hitl_desktop.domain.errors import KnownError

Inputs = st.SearchStrategy[Any]


@dataclass(frozen=True, slots=True)
class Room:
    """Where one input is read: `given` for what is read, `out` for what reading may write. Nothing else may change."""

    folder: Path

    @property
    def given(self) -> Path:
        """The folder of the input."""
        return self.folder / "given"

    @property
    def out(self) -> Path:
        """The folder of what is made of it."""
        return self.folder / "out"

    def put(self, name: str, data: bytes) -> Path:
        """Write the input to a file."""
        path = self.given / name
        path.write_bytes(data)
        return path


@dataclass(frozen=True, slots=True)
class Seeds:
    """What inputs are made from: projects, models and pictures, made once."""

    project: Path
    """A small project of texts with decisions, a policy and a model, closed."""
    folder: Path


@dataclass(frozen=True, slots=True)
class Target:
    """A reader. `inputs` makes what it is given, `read` gives it that; what it may raise are `refusals`."""

    inputs: Callable[[Seeds], Inputs]
    read: Callable[[Any, Room, Seeds], object]
    refusals: tuple[type[BaseException], ...] = (KnownError,)
    share: float = 1.0
    """How many examples in the short form, beside the others."""


def said(*sentences: Any) -> None:
    """Every sentence can be said, in both languages that it always has."""
    for sentence in sentences:
        str(sentence)
        if hasattr(sentence, "english"):
            sentence.english()
