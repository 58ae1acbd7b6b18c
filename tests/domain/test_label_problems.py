"""Label problems: kept as JSON, and gone once they are settled."""

import json

import pytest

from hitl_desktop.domain.label_problems import LabelProblem, ProblemSort, still_open

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
