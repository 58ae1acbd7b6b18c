"""Batches: items that were added to a project after it was made. Append-only, like everything on record."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from hitl_desktop.domain.sentences import Sentence


@dataclass(frozen=True, slots=True)
class BatchCounts:
    """What adding a batch found beside its new items.

    `known` were in the project already under the same name, and are no news; `stacked`, `duplicates`, `unreadable` and
    `others` as in an import; `labelled` are the new items that the data gives a class, `unknown_labels` those whose
    class the project does not have.
    """

    known: int = 0
    stacked: int = 0
    duplicates: int = 0
    unreadable: int = 0
    others: int = 0
    labelled: int = 0
    unknown_labels: int = 0

    def plain(self) -> dict[str, int]:
        """As JSON keeps it."""
        return {name: int(getattr(self, name)) for name in self.__slots__}

    @classmethod
    def of(cls, stored: dict[str, Any]) -> "BatchCounts":
        """The inverse of `plain`; what a newer version counted besides is passed over."""
        return cls(**{name: int(stored[name]) for name in cls.__slots__ if name in stored})


@dataclass(frozen=True, slots=True)
class Batch:
    """One batch: items `first` to `first + items − 1`, when and by whom they were added, and from where.

    `number` counts from 1; the first import is batch 0, has no entry, and holds what comes before.
    """

    number: int
    first: int
    items: int
    at_utc: str
    by: str
    source: str
    counts: BatchCounts = field(default_factory=BatchCounts)
    notes: tuple[Sentence, ...] = ()

    @property
    def rows(self) -> range:
        """The indexes of its items."""
        return range(self.first, self.first + self.items)


def first_import(batches: Sequence[Batch], items: int) -> int:
    """How many of a project's `items` came with its first import."""
    return batches[0].first if batches else items
