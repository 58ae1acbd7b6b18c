"""Classes: an id that stays, a name that may change."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Label:
    """One class of a project.

    `id` never changes and is what decisions and models refer to; `name` is what people read;
    `position` (0-based) is the order of buttons and of probability columns.
    """

    id: int
    name: str
    position: int
