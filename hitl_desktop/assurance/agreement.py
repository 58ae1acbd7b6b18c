"""How well two readers agree, beyond what chance alone would give."""

from collections import Counter
from collections.abc import Hashable, Sequence


def cohens_kappa(said: Sequence[tuple[Hashable, Hashable]]) -> float | None:
    """κ = (p_o − p_e) / (1 − p_e) of what two readers said of each item, −1 to 1; p_o is the share on which they agree,
    p_e the one that chance would give two who answer each class as often as these. None for no items, and where both
    always said the same one thing.

    Source: Cohen, "A coefficient of agreement for nominal scales", Educational and Psychological Measurement 20, 1960.
    """
    count = len(said)
    if not count:
        return None
    observed = sum(first == second for first, second in said) / count
    firsts, seconds = Counter(first for first, _ in said), Counter(second for _, second in said)
    expected = sum(firsts[answer] * seconds[answer] for answer in firsts) / count**2
    return None if expected == 1.0 else (observed - expected) / (1.0 - expected)
