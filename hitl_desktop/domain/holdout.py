"""The holdout: how much of the data is set aside to measure models, as the user asks for it when a project is made."""

import math
import re
from dataclasses import dataclass
from typing import Final

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.sentences import say

LARGEST: Final = 0.5
"""No more than this share may be set aside: the model has to learn from the rest."""
RAREST: Final = 10
"""At least one item in so many that are asked is one of the holdout, while any of it is left."""

_SHARE: Final = re.compile(r"(\d+(?:\.\d+)?)\s*%")
_ITEMS: Final = re.compile(r"\d+")
_EXAMPLES: Final = say("Write a share such as 20%, or a number of items such as 300.")


@dataclass(frozen=True, slots=True)
class Holdout:
    """A share (0–`LARGEST`) of all items, or a number of `items`; one of the two is None."""

    share: float | None = None
    items: int | None = None

    @classmethod
    def parse(cls, text: str) -> "Holdout":
        """The inverse of `text`: "20%" is a share, "300" a number of items. Raises KnownError for anything else."""
        said = text.strip()
        if found := _SHARE.fullmatch(said):
            share = float(found[1]) / 100
            if not 0 < share <= LARGEST:
                raise KnownError(
                    say("A holdout of {share} is not possible.", share=said), say("Set aside between 0 and 50 %.")
                )
            return cls(share=share)
        if _ITEMS.fullmatch(said) and int(said) > 0:
            return cls(items=int(said))
        raise KnownError(
            say("A holdout cannot be {text}.", text=said) if said else say("A holdout cannot be nothing."), _EXAMPLES
        )

    @property
    def text(self) -> str:
        """As it is written on the command line and kept in the project."""
        return f"{self.items}" if self.share is None else f"{100 * self.share:.10g}%"

    def check(self, total: int) -> None:
        """Raise KnownError when it is more than `LARGEST` of `total` items."""
        if self.items is not None and self.items > LARGEST * total:
            raise KnownError(
                say("{items} of {total} items cannot be set aside to measure.", items=self.items, total=total),
                say("Set aside at most half of them: {items}.", items=int(LARGEST * total)),
            )

    def share_of(self, total: int) -> float:
        """The share of `total` items that it is."""
        if self.share is not None:
            return self.share
        return min(LARGEST, (self.items or 0) / total) if total else 0.0

    def count(self, part: int, total: int) -> int:
        """How many of a `part` of all `total` items belong to it: a share is rounded up, a number of items to the
        nearest.
        """
        wanted = self.share_of(total) * part
        return math.ceil(wanted - 1e-9) if self.share is not None else math.floor(wanted + 0.5)

    def every(self, total: int) -> int:
        """One item in so many that are asked is one of the holdout: as it is among all items, and at least one in
        `RAREST`.
        """
        share = self.share_of(total)
        return max(2, min(RAREST, round(1 / share))) if share else RAREST


USUAL: Final = Holdout(share=0.1)
"""What is set aside when nobody says otherwise."""
