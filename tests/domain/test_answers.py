"""A comparison is one canonical text, and what is none is shown as it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitl_desktop.domain.answers import Answer, Comparison, of_text, plain, to_text

COMPARISONS = st.builds(
    Comparison, st.text(), st.lists(st.builds(Answer, st.text(), st.text()), min_size=2, max_size=4).map(tuple)
)
TWO = Comparison("How far?", (Answer("5 km", "model a"), Answer("A mile")))


@given(COMPARISONS)
def test_the_text_of_a_comparison_is_read_as_the_comparison(made: Comparison) -> None:
    assert of_text(to_text(made)) == made
    assert to_text(of_text(to_text(made))) == to_text(made)
    assert "\n" not in to_text(made)


def test_a_comparison_is_stored_and_told_as_it_is_written_here() -> None:
    assert to_text(TWO) == (
        '{"answers": [{"source": "model a", "text": "5 km"}, {"text": "A mile"}], "prompt": "How far?"}'
    )
    assert plain(to_text(TWO)) == "How far?\n\n5 km\n\nA mile"
    assert TWO.texts == ("5 km", "A mile")


NONE = [
    "no JSON",
    "[1]",
    "7",
    '{"prompt": "a"}',
    '{"prompt": 1, "answers": []}',
    '{"prompt": "a", "answers": [1]}',
    '{"prompt": "a", "answers": [{"text": 7}]}',
    '{"prompt": "a", "answers": [{"text": "a", "source": null}]}',
    "[" * 100_000,
]


@pytest.mark.parametrize("text", NONE)
def test_what_is_no_comparison_is_refused_and_shown_as_it_is(text: str) -> None:
    with pytest.raises((ValueError, KeyError, TypeError, AttributeError)):
        of_text(text)
    assert plain(text) == text
