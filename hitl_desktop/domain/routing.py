"""Routing in figures: how many items need the expert, and how many are only proposed for automatic acceptance."""

from dataclasses import dataclass

DEFAULT_THRESHOLD = 0.9


@dataclass(frozen=True, slots=True)
class Ledger:
    """The sum that is always right.

    decided + skipped + unsure + flagged + needs_review + proposed + automatic = items
    """

    items: int
    decided: int
    skipped: int
    unsure: int
    flagged: int
    needs_review: int
    proposed: int
    automatic: int = 0

    @property
    def set_aside(self) -> int:
        """Skipped, unsure and flagged together."""
        return self.skipped + self.unsure + self.flagged

    @property
    def needing_you(self) -> int:
        """All items that needed or need a person: seen and to do."""
        return self.decided + self.set_aside + self.needs_review

    @property
    def seen(self) -> int:
        """Items a person has dealt with."""
        return self.decided + self.set_aside

    @property
    def adds_up(self) -> bool:
        """The invariant. False is a bug."""
        return self.needing_you + self.proposed + self.automatic == self.items
