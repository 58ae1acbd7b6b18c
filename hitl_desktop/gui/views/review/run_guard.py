"""Protection against runs of one key: a finger that rests on Enter decides nothing after the twelfth time."""

from dataclasses import dataclass
from typing import Final

RUN: Final = 12
FAST_SECONDS: Final = 1.0


@dataclass
class RunGuard:
    """Counts decisions by the same key, each in under a second. From the twelfth on it asks, and waits for the answer.

    `run` is how many there are in a row; `is_asking` while no more may be decided.
    """

    run: int = 0
    is_asking: bool = False
    _key: str = ""

    def decided(self, key: str, seconds: float) -> bool:
        """Count a decision that took so many active seconds; True when that makes it ask."""
        same = key == self._key and seconds < FAST_SECONDS
        self.run = self.run + 1 if same else int(seconds < FAST_SECONDS)
        self._key = key
        self.is_asking = self.run >= RUN
        return self.is_asking

    def answered(self) -> None:
        """The person has answered, or has done something else: count from the beginning."""
        self.run, self._key, self.is_asking = 0, "", False
