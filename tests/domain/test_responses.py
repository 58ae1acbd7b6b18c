"""What is answered beyond the class survives JSON, and what cannot be is refused."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitl_desktop.domain.responses import NO_RESPONSE, Response, from_json, to_json


@st.composite
def responses(draw: st.DrawFn) -> Response:
    order = draw(st.permutations(range(draw(st.integers(0, 5)))))
    cuts = sorted(draw(st.sets(st.integers(1, max(1, len(order) - 1)), max_size=3))) if len(order) > 1 else []
    bounds = [0, *cuts, len(order)]
    groups = tuple(tuple(order[a:b]) for a, b in pairwise(bounds) if a < b)
    ratings = tuple(draw(st.lists(st.integers(0, 10), max_size=5)))
    turn = draw(st.none() | st.integers(0, 99))
    return Response(groups, ratings, tuple(reversed(order)), turn, draw(st.text(max_size=9)))


@given(responses())
def test_a_response_survives_json(response: Response) -> None:
    assert from_json(to_json(response)) == response
    assert bool(response) == (response != NO_RESPONSE)
    assert to_json(response).isascii()


@pytest.mark.parametrize(
    "values",
    [
        {"ranking": [[0], [0]]},
        {"ranking": [[]]},
        {"ranking": [[9]]},
        {"ratings": [11]},
        {"sides": [1, 1]},
        {"turn": -1},
        {"turn": True},
        {"ranking": "01"},
        {"reply": 3},
        {"surprise": 1},
        [],
    ],
)
def test_what_cannot_be_is_refused(values: object) -> None:
    with pytest.raises((ValueError, TypeError)):
        Response.of(values)  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["", "null", "7", "[" * 100_000])
def test_what_is_no_response_at_all_is_refused(text: str) -> None:
    with pytest.raises((ValueError, TypeError)):
        from_json(text)
