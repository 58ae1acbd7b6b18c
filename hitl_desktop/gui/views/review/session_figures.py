"""What one sitting came to: counted while one reviews, shown on the page "nothing is waiting"."""

from dataclasses import dataclass


@dataclass
class SessionFigures:
    """Decisions, active seconds, suggestions that were changed, decisions that were taken back."""

    decisions: int = 0
    seconds: float = 0.0
    changed: int = 0
    undone: int = 0

    def count(self, seconds: float, changed: bool) -> None:
        """One decision was made."""
        self.decisions += 1
        self.seconds += seconds
        self.changed += changed
