"""When the model's suggestion is in view: before the reviewer decides, after that, or as chance draws for every item.

A suggestion that stands beside an item draws the answer towards itself, right or wrong. Sources: Tversky and Kahneman,
"Judgment under uncertainty: heuristics and biases", Science 1974 (anchoring); Goddard, Roudsari and Wyatt, "Automation
bias: a systematic review", JAMIA 2012.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.sentences import say


class SuggestionMode(StrEnum):
    """When the suggestion is shown. A project has one mode, which can be changed at any time."""

    FIRST = "first"
    """Beside the item, from the beginning."""
    BLIND = "blind"
    """After the reviewer has answered on their own."""
    MIX = "mix"
    """Chance draws one of the two for every item."""


@dataclass(frozen=True, slots=True)
class Suggesting:
    """The choice of a project. `share` (0–1, both excluded) of the items are blind in a mix.

    `blind_checks`: random checks are blind also where the suggestion comes first. Otherwise they always are, and the
    suggestion is not revealed: what measures the model must not be led by it.
    """

    mode: SuggestionMode = SuggestionMode.FIRST
    share: float = 0.5
    blind_checks: bool = False

    def hiding(self, *, is_check: bool) -> float:
        """The probability with which the suggestion is hidden until the answer."""
        if is_check:
            return 0.0 if self.mode is SuggestionMode.FIRST and not self.blind_checks else 1.0
        return {SuggestionMode.FIRST: 0.0, SuggestionMode.BLIND: 1.0, SuggestionMode.MIX: self.share}[self.mode]

    def check(self) -> None:
        """Raises KnownError for a share that is none."""
        if not 0.0 < self.share < 1.0:
            raise KnownError(say("The share of blind items must lie between 0 and 100 %."))

    def plain(self) -> dict[str, Any]:
        """The choice as it is kept."""
        return {"mode": self.mode.value, "share": self.share, "blind_checks": self.blind_checks}

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> "Suggesting":
        """The inverse of `plain`; what is not there is as usual."""
        usual = cls()
        return cls(
            SuggestionMode(values.get("mode", usual.mode)),
            float(values.get("share", usual.share)),
            bool(values.get("blind_checks", usual.blind_checks)),
        )


def is_drawn(seed: int, digest: str, probability: float) -> bool:
    """True with this probability for an item, always the same for the same seed and content."""
    drawn = hashlib.sha256(f"blind {seed} {digest}".encode()).digest()[:8]
    return int.from_bytes(drawn, "big") / 2**64 < probability
