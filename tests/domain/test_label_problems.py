"""Label problems: kept as JSON, and gone once they are settled; and where two texts differ."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitl_desktop.domain.label_problems import LabelProblem, ProblemSort, still_open
from hitl_desktop.domain.word_difference import MOST_WORDS, different_words

PAIR = LabelProblem(ProblemSort.CONTRADICTION, 3, 1, 0.97, likely=2, other=7)
ALONE = LabelProblem(ProblemSort.SUSPICIOUS, 4, 1, 0.9, likely=2)
COPY = LabelProblem(ProblemSort.COPY, 5, 1, 1.0, named="row 9")


@pytest.mark.parametrize("problem", [PAIR, ALONE, COPY])
def test_a_problem_survives_json(problem: LabelProblem) -> None:
    assert LabelProblem.of(json.loads(json.dumps(problem.plain()))) == problem


def test_a_problem_is_open_until_one_side_changes_or_all_sides_were_looked_at() -> None:
    stands = {3: 1, 7: 2, 4: 1, 5: 1}
    every = [PAIR, ALONE, COPY]
    assert still_open(every, stands.get, lambda _: False) == every
    assert still_open(every, (stands | {7: 1}).get, lambda _: False) == [ALONE, COPY]
    assert still_open(every, (stands | {4: 2}).get, lambda _: False) == [PAIR, COPY]
    assert still_open(every, {3: 1, 4: 1}.get, lambda _: False) == [ALONE], "what was taken back is no problem"
    assert still_open(every, stands.get, lambda index: index in (3, 5)) == [PAIR, ALONE], "one of two is not enough"
    assert still_open(every, stands.get, lambda index: index in (3, 7)) == [ALONE, COPY]


def test_different_words_are_told_on_both_sides() -> None:
    one, other = "I lost my card, please help", "I lost my new phone; please help!"
    left, right = different_words(one, other)
    assert [one[a:b] for a, b in left] == ["card,"]
    assert [other[a:b] for a, b in right] == ["new phone;", "!"]
    assert different_words("Same  Words", "same words") == ([], [])
    assert different_words("a " * (MOST_WORDS + 1), "b") == ([], [])


@given(st.text(alphabet="ab, ", max_size=30), st.text(alphabet="ab, ", max_size=30))
def test_what_is_not_different_is_the_same(one: str, other: str) -> None:
    left, right = different_words(one, other)

    def rest(text: str, spans: list[tuple[int, int]]) -> list[str]:
        kept = list(text)
        for first, end in spans:
            kept[first:end] = " " * (end - first)
        return "".join(kept).replace(",", " , ").split()

    assert rest(one, left) == rest(other, right)
