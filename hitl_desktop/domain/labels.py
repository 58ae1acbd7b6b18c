"""Classes: an id that stays, a name that may change."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from hitl_desktop.language import listed, tr


class Task(StrEnum):
    """What is decided about an item. A project has one task, chosen when it is made."""

    ONE = "one"
    """It is of exactly one class."""
    SEVERAL = "several"
    """Each finding is there or not; the classes of the project are the findings."""


@dataclass(frozen=True, slots=True)
class Label:
    """One class of a project.

    `id` never changes and is what decisions and models refer to; `name` is what people read;
    `position` (0-based) is the order of buttons and of probability columns, and never changes either.
    A class that is `retired` is no longer offered or suggested; decisions that name it stay as they are. If it was
    merged into another, `counts_as` is the id of that one.
    """

    id: int
    name: str
    position: int
    retired: bool = False
    counts_as: int | None = None


def in_words(names: Iterable[str]) -> str:
    """A set of findings as people say it: "cat, dog", or "nothing found"."""
    return listed(names) or tr("nothing found")
