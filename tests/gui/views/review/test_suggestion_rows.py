"""What the ranked bars say."""

import pytest

from hitl_desktop.domain.labels import Label
from hitl_desktop.gui.views.review.suggestion_rows import bar_rows
from hitl_desktop.workflow.suggestion import Suggestion


@pytest.mark.parametrize(
    ("shares", "said", "rest"),
    [
        ((0.97, 0.012, 0.012, 0.0057, 0.0002, 0.0001), ["97 %", "1 %", "1 %", "1 %"], "2 other classes < 1 %"),
        ((0.982, 0.0071, 0.0062, 0.0041, 0.0006, 0.0), ["98 %", "1 %", "1 %", "< 1 %"], "2 other classes < 1 %"),
        ((1.0, 0.0, 0.0, 0.0, 0.0, 0.0), ["100 %", "0 %", "0 %", "0 %"], "2 other classes 0 %"),
    ],
)
def test_what_is_little_is_not_said_to_be_nothing(shares: tuple[float, ...], said: list[str], rest: str) -> None:
    labels = [Label(place + 1, f"class {place}", place) for place in range(len(shares))]
    rows, words, _ = bar_rows(Suggestion(shares, shares[0], 0.1, labels[0], 0.9, 1), labels, several=False)
    assert [row.percent for row in rows] == said
    assert words == rest
