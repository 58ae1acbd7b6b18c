"""What is at stake: expected costs of either answer, and which one is cheaper."""

from hypothesis import given
from hypothesis import strategies as st

from hitl_desktop.domain.costs import CostSettings
from hitl_desktop.domain.stakes import Stakes

COSTS = CostSettings(missed={2: 10.0}, false_alarms={2: 5.0})


def test_either_answer_has_its_expected_cost() -> None:
    stakes = Stakes.of({"label": 2, "column": "amount"}, COSTS)
    assert stakes == Stakes(2, "amount", 10.0, 5.0)
    expected = stakes.expected(0.25, 70.0)
    assert (expected.without, expected.saying, expected.says_class) == (20.0, 3.75, True)
    assert stakes.expected(0.01, 70.0).says_class is False


def test_a_refund_or_no_amount_loses_nothing_but_the_miss() -> None:
    stakes = Stakes(2, "amount", 10.0)
    assert stakes.if_missed(-5.0) == stakes.if_missed(None) == stakes.if_missed(float("nan")) == 10.0
    assert stakes.expected(0.5, 100.0).says_class is None


def test_what_is_no_stake_is_none() -> None:
    assert Stakes.of(None, COSTS) is None
    assert Stakes.of({"label": "x"}, COSTS) is None
    assert Stakes.of(Stakes(3, None).plain(), CostSettings(mistake=4.0)) == Stakes(3, None, 0.0, 4.0)


@given(st.floats(0, 1), st.floats(0, 1e6), st.floats(0, 1e4))
def test_the_cheaper_answer_is_named(chance: float, amount: float, alarm: float) -> None:
    found = Stakes(1, "amount", 0.0, alarm).expected(chance, amount)
    assert found.saying is not None
    assert found.says_class == (found.saying < found.without)
    assert min(found.saying, found.without) <= amount + alarm
