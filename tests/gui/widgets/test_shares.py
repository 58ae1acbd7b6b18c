"""What is little is not said to be nothing, nor what is nearly certain to be certain."""

import pytest

from hitl_desktop.gui.widgets.shares import percent_of


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (0.0, "0 %"),
        (0.003, "< 1 %"),
        (0.0051, "1 %"),
        (0.5, "50 %"),
        (0.994, "99 %"),
        (0.996, "> 99 %"),
        (1.0, "100 %"),
    ],
)
def test_a_share_in_percent(share: float, said: str) -> None:
    assert percent_of(share).replace("\u00a0", " ").replace("\u202f", " ") == said
