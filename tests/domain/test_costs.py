"""What people say that things cost: kept, read back, and refused where it is no amount."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitl_desktop.domain.costs import CostSettings
from hitl_desktop.domain.errors import KnownError

amounts = st.floats(0, 1e9)
some = st.dictionaries(st.integers(1, 99), amounts, max_size=4)


@given(st.none() | amounts, amounts, st.none() | amounts, some, some, st.none() | st.floats(0, 1))
def test_what_was_said_comes_back(
    hour: float | None, setup: float, mistake: float | None, miss: dict[int, float], alarm: dict[int, float],
    own: float | None,
) -> None:  # fmt: skip
    settings = CostSettings("CHF", hour, setup, mistake, miss, alarm, own)
    settings.check()
    assert CostSettings.of(settings.plain()) == settings


def test_one_figure_per_mistake_or_one_per_class() -> None:
    assert CostSettings(mistake=3.0).of_mistake(1, 2) == 3.0
    by_class = CostSettings(mistake=3.0, missed={1: 10.0}, false_alarms={2: 0.5})
    assert (by_class.of_mistake(1, 2), by_class.of_mistake(2, 1), by_class.of_mistake(1, -1)) == (10.5, 0.0, 10.0)
    assert not CostSettings().knows_mistakes


@pytest.mark.parametrize(
    "settings",
    [
        CostSettings(per_hour=-1.0),
        CostSettings(mistake=math.nan),
        CostSettings(setup=math.inf),
        CostSettings(missed={1: -0.1}),
        CostSettings(reviewer_error=1.5),
        CostSettings(currency=""),
        CostSettings(currency="a\nb"),
        CostSettings(currency="doubloons"),
    ],
)
def test_what_is_no_amount_is_refused(settings: CostSettings) -> None:
    with pytest.raises(KnownError):
        settings.check()


def test_a_damaged_record_is_as_if_nothing_had_been_said() -> None:
    kept = {"per_hour": "ten", "missed": [1], "false_alarms": {"x": 1, "2": None, "3": 4}, "setup": True}
    assert CostSettings.of(kept) == CostSettings(false_alarms={3: 4.0})
