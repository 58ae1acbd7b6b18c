"""When a suggestion is hidden, and that chance draws as it says."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.suggesting import Suggesting, SuggestionMode, is_drawn

FIRST, BLIND, MIX = SuggestionMode


@pytest.mark.parametrize(
    ("choice", "usual", "check"),
    [
        (Suggesting(FIRST), 0.0, 0.0),
        (Suggesting(FIRST, blind_checks=True), 0.0, 1.0),
        (Suggesting(BLIND), 1.0, 1.0),
        (Suggesting(MIX, 0.3), 0.3, 1.0),
        (Suggesting(MIX, 0.3, blind_checks=True), 0.3, 1.0),
    ],
)
def test_how_likely_a_suggestion_is_hidden(choice: Suggesting, usual: float, check: float) -> None:
    assert choice.hiding(is_check=False) == usual
    assert choice.hiding(is_check=True) == check
    assert Suggesting.of(choice.plain()) == choice


def test_what_was_not_kept_is_as_usual() -> None:
    assert Suggesting.of({}) == Suggesting(FIRST, 0.5, blind_checks=False)
    with pytest.raises(ValueError, match="sometimes"):
        Suggesting.of({"mode": "sometimes"})


@pytest.mark.parametrize("share", [0.0, 1.0, -0.1, 1.1, float("nan")])
def test_a_share_that_is_none_is_refused(share: float) -> None:
    with pytest.raises(KnownError, match="between 0 and 100"):
        Suggesting(MIX, share).check()


def test_a_share_within_is_taken() -> None:
    Suggesting(MIX, 0.01).check()
    Suggesting(MIX, 0.99).check()


@given(st.integers(0, 2**31), st.text(max_size=9), st.floats(0, 1), st.floats(0, 1))
def test_what_is_drawn_is_drawn_with_every_higher_chance_too(seed: int, digest: str, one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert is_drawn(seed, digest, high) or not is_drawn(seed, digest, low)
    assert not is_drawn(seed, digest, 0.0)
    assert is_drawn(seed, digest, 1.0)


def test_chance_is_as_large_as_it_says_and_differs_between_seeds() -> None:
    digests = [hashlib.sha256(str(n).encode()).hexdigest() for n in range(4000)]
    drawn = [is_drawn(1, digest, 0.3) for digest in digests]
    assert abs(sum(drawn) / len(drawn) - 0.3) < 4 * (0.3 * 0.7 / 4000) ** 0.5
    assert drawn == [is_drawn(1, digest, 0.3) for digest in digests]
    assert drawn != [is_drawn(2, digest, 0.3) for digest in digests]
