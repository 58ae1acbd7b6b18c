"""Reviewers: names that can stand in a record, passwords in one spelling, and how long a wrong one makes wait."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.reviewers import (
    LONGEST_NAME,
    LONGEST_PASSWORD,
    LONGEST_ROLE,
    SHORTEST_PASSWORD,
    Sitting,
    still_to_wait,
    usable_name,
    usable_password,
    usable_role,
    wait_after,
)


@given(st.text(max_size=120))
def test_a_usable_name_is_usable_again_and_can_be_read(name: str) -> None:
    try:
        clean = usable_name(name)
    except KnownError:
        return
    assert usable_name(clean) == clean
    assert clean.isprintable()
    assert 1 <= len(clean) <= LONGEST_NAME


@pytest.mark.parametrize("name", ["", "  ", "a\0b", "automatic", "Import", "x" * 81, "a\udcff"])
def test_names_that_say_nothing_are_refused(name: str) -> None:
    with pytest.raises(KnownError):
        usable_name(name)


def test_what_is_just_within_the_bounds_is_taken() -> None:
    assert usable_name("x" * LONGEST_NAME) == "x" * LONGEST_NAME
    assert usable_role("x" * LONGEST_ROLE) == "x" * LONGEST_ROLE
    for length in (SHORTEST_PASSWORD, LONGEST_PASSWORD):
        assert usable_password("x" * length, "Ada") == "x" * length


def test_roles_and_passwords_have_bounds() -> None:
    assert usable_role("  second   reader ") == "second reader"
    assert usable_password("cafe\u0301 au lait", "Ada") == "caf\u00e9 au lait"
    for password, name in (("x" * 7, "Ada"), ("x" * 1025, "Ada"), ("Ada Lovelace", "ada lovelace")):
        with pytest.raises(KnownError):
            usable_password(password, name)
    with pytest.raises(KnownError):
        usable_role("x" * 121)


def test_waiting_grows_and_ends_somewhere() -> None:
    waits = [wait_after(n) for n in range(40)]
    assert waits[:6] == [0, 0, 0, 1, 2, 4]
    assert waits == sorted(waits)
    assert waits[-1] == 300


@given(st.integers(0, 60), st.floats(0, 1e9), st.floats(-1e6, 1e6))
def test_no_clock_shortens_the_wait(failures: int, failed_at: float, later: float) -> None:
    left = still_to_wait(failures, failed_at, failed_at + later)
    assert 0 <= left <= wait_after(failures)
    if later < -1:
        assert left == wait_after(failures)


def test_nothing_is_done_in_a_locked_name() -> None:
    Sitting("ada").check()
    with pytest.raises(KnownError, match="Nobody has signed in as ada"):
        Sitting("ada", "1", is_locked=True).check()
