"""The holdout: as it is written, what it comes to, and how often it is asked."""

import pytest

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.holdout import USUAL, Holdout


@pytest.mark.parametrize(
    ("text", "share", "items"),
    [("10%", 0.1, None), (" 20 % ", 0.2, None), ("7.5%", 0.075, None), ("50%", 0.5, None), ("300", None, 300)],
)
def test_a_share_or_a_number_of_items_is_read_and_written(text: str, share: float | None, items: int | None) -> None:
    found = Holdout.parse(text)
    assert (found.share, found.items) == (share, items)
    assert Holdout.parse(found.text) == found


@pytest.mark.parametrize("text", ["", "0", "0%", "51%", "-3", "0.1", "ten", "3e2", "10 items"])
def test_what_is_neither_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(KnownError) as refused:
        Holdout.parse(text)
    assert "%" in (refused.value.remedy or "")


def test_more_than_half_is_refused() -> None:
    Holdout(items=50).check(100)
    with pytest.raises(KnownError, match="51 of 100"):
        Holdout(items=51).check(100)


@pytest.mark.parametrize(("size", "expected"), [(0, 0), (1, 1), (10, 1), (11, 2), (100, 10), (1234, 124)])
def test_a_share_is_rounded_up(size: int, expected: int) -> None:
    assert USUAL.count(size, size) == expected


@pytest.mark.parametrize("labelled", [0, 1, 37, 300])
def test_a_number_of_items_is_met_whatever_part_came_with_labels(labelled: int) -> None:
    holdout = Holdout(items=40)
    assert abs(holdout.count(labelled, 300) + holdout.count(300 - labelled, 300) - 40) <= 1
    assert holdout.count(300, 300) == 40


@pytest.mark.parametrize(
    ("text", "total", "every"),
    [
        ("10%", 1000, 10),
        ("5%", 1000, 10),
        ("20%", 1000, 5),
        ("30%", 1000, 3),
        ("50%", 10, 2),
        ("200", 1000, 5),
        ("9", 9000, 10),
    ],
)
def test_it_is_asked_as_often_as_it_is_large_and_at_least_every_tenth_time(text: str, total: int, every: int) -> None:
    assert Holdout.parse(text).every(total) == every


def test_of_no_items_none_are_set_aside() -> None:
    assert (Holdout(items=5).share_of(0), Holdout(items=5).count(0, 0), Holdout(items=5).every(0)) == (0.0, 0, 10)
    assert Holdout(share=0.2).share_of(0) == 0.2
    assert Holdout(items=90).share_of(100) == 0.5, "at most half"
