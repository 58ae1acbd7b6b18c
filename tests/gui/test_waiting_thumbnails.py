"""The order in which thumbnails are decoded, as somebody scrolls."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from hitl_desktop.gui.waiting_thumbnails import WaitingThumbnails

NOWHERE = Path()


def shown(waiting: WaitingThumbnails, *digests: str) -> None:
    """What is painted together, from the top to the bottom."""
    for digest in digests:
        waiting.ask(digest, NOWHERE)
    waiting.end_round()


def order(waiting: WaitingThumbnails) -> str:
    found = []
    while (one := waiting.next()) is not None:
        found.append(one[0])
    return "".join(found)


def test_what_is_in_view_comes_from_the_top_then_what_was() -> None:
    waiting = WaitingThumbnails(99)
    shown(waiting, *"abcdef")
    assert waiting.next() == ("a", NOWHERE)
    shown(waiting, *"efghi")
    assert order(waiting) == "efghibcd"
    assert len(waiting) == 0


def test_painted_again_the_order_stays_and_nothing_comes_twice() -> None:
    waiting = WaitingThumbnails(99)
    for _ in range(3):
        shown(waiting, *"abc")
    assert order(waiting) == "abc"


def test_beyond_the_limit_the_oldest_go_and_of_too_many_in_view_the_lowest() -> None:
    waiting = WaitingThumbnails(4)
    shown(waiting, *"abc")
    shown(waiting, *"xyz")
    assert order(waiting) == "xyza"
    shown(waiting, *"abcdefg")
    assert order(waiting) == "abcd"


def test_what_is_out_of_sight_waits_no_longer() -> None:
    waiting = WaitingThumbnails(99)
    shown(waiting, *"abcd")
    waiting.keep_only({"b", "d", "z"})
    assert order(waiting) == "bd"
    shown(waiting, *"ab")
    waiting.clear()
    assert order(waiting) == ""


@given(st.lists(st.lists(st.sampled_from("abcdefgh"), max_size=10), max_size=6), st.integers(1, 8))
def test_as_many_wait_as_may_each_once_the_last_view_first(rounds: list[list[str]], limit: int) -> None:
    waiting = WaitingThumbnails(limit)
    for digests in rounds:
        shown(waiting, *digests)
    found = order(waiting)
    assert len(found) == len(set(found)) == min(limit, len({digest for digests in rounds for digest in digests}))
    last = "".join(dict.fromkeys(rounds[-1]))[:limit] if rounds else ""
    assert found.startswith(last)
