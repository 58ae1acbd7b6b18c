"""Rare classes get their part of a batch, and no more."""

import numpy as np
import pytest

from hitl_desktop.learning.class_balance import mixed_in, places, rare_candidates, rare_classes
from hitl_desktop.learning.query_strategies import Query
from hitl_desktop.learning.query_strategies.query import Findings

P = np.array(
    [[0.8, 0.08, 0.12], [0.2, 0.7, 0.1], [0.1, 0.3, 0.6], [0.3, 0.1, 0.6], [0.0, 0.1, 0.9], [0.4, 0.2, 0.4]],
    np.float32,
)


def query(labels: list[int], class_ids: list[int] | None = None) -> Query:
    ids = None if class_ids is None else np.asarray(class_ids)
    return Query(P, decided_labels=np.asarray(labels, np.int64), classes=3, class_ids=ids)


@pytest.mark.parametrize(
    ("labels", "rare"),
    [
        ([], []),
        ([0, 0, 1, 1, 2, 2], []),
        ([0, 0, 0, 1, 1, 1, 2], [2]),
        ([0] * 8 + [1] + [2] * 0, [2, 1]),
        ([0], [1, 2]),
    ],
)
def test_a_class_is_rare_below_half_of_an_even_share(labels: list[int], rare: list[int]) -> None:
    assert rare_classes(query(labels)).tolist() == rare


def test_columns_are_counted_by_the_ids_they_stand_for() -> None:
    assert rare_classes(query([7, 7, 7, 9, 9, 9], [9, 4, 7])).tolist() == [1]


def test_before_a_model_no_class_is_rare() -> None:
    assert rare_classes(Query(None, np.ones((2, 2), np.float32), decided_labels=np.array([0, 0, 0]))).tolist() == []


def test_the_closest_calls_of_each_rare_class_come_in_turn() -> None:
    """Of class 2, whether first or second choice: items 5 (level), 3 and 2 (.3 apart); 4 is sure and comes last."""
    few_of_two = query([0, 0, 0, 1, 1, 1])
    assert rare_candidates(few_of_two, 2).tolist() == [5, 2]
    assert rare_candidates(few_of_two, 9).tolist() == [5, 2, 3, 0, 4]
    assert rare_candidates(query([0] * 9), 3).tolist() == [2, 5, 1]
    assert rare_candidates(query([0] * 9), 0).tolist() == []
    assert rare_candidates(query([0, 0, 1, 1, 2, 2]), 3).tolist() == []


def test_a_call_between_two_rare_classes_counts_once() -> None:
    found = rare_candidates(query([0] * 9), 6).tolist()
    assert len(found) == len(set(found))


def test_the_places_are_spread_over_the_batch() -> None:
    assert places(20).tolist() == [9, 19]
    assert places(4).tolist() == []
    assert len(places(50)) == 5


def test_the_rare_move_to_their_places_and_the_others_close_up() -> None:
    order = np.arange(24)
    found = mixed_in(order, np.array([22, 0]), 20).tolist()
    assert (found[9], found[19]) == (22, 0)
    assert [i for i in found if i not in (22, 0)] == [i for i in range(24) if i not in (22, 0)]
    assert mixed_in(order, np.array([15]), 20).tolist() == [*range(9), 15, *range(9, 15), *range(16, 24)]
    assert np.array_equal(mixed_in(order, np.empty(0, np.int64), 20), order)
    assert sorted(mixed_in(np.arange(3), np.array([2, 1]), 20)) == [0, 1, 2]


def test_more_rare_items_than_places_lose_nobody() -> None:
    assert sorted(mixed_in(np.arange(12), np.array([11, 0, 5]), 10)) == list(range(12))
    assert np.array_equal(mixed_in(np.arange(12), np.array([11]), 5), np.arange(12)), "too small a batch"


def test_a_class_the_model_never_saw_is_nobodys_second_choice() -> None:
    sure = Query(np.array([[1, 0, 0], [0.6, 0, 0.4]], np.float32), decided_labels=np.zeros(6, np.int64), classes=3)
    assert rare_candidates(sure, 2).tolist() == [1]


def asked(decided: list[list[int]], said: list[list[float]]) -> Query:
    """Several findings per item: what the decided items have, and what a model says of the candidates."""
    each = np.array(said, np.float32)
    doubtful = np.stack([1 - each[:, 0], each[:, 0]], axis=1)
    return Query(doubtful, findings=Findings(each, np.array(decided, bool)), classes=each.shape[1])


MANY = [[1, 1, 0], [0, 1, 0], [1, 1, 0], [0, 1, 0], [1, 1, 1], [0, 0, 0], [1, 1, 0], [0, 1, 0], [1, 1, 0], [0, 1, 0]]


def test_a_finding_is_rare_by_its_rarer_answer() -> None:
    """Of 10 decisions, 5 have the first finding, 9 the second, 1 the third: of the last two one answer came once."""
    query = asked(MANY, [[0.5, 0.5, 0.5]])
    assert rare_classes(query).tolist() == [1, 2]
    assert rare_classes(asked([[1, 0, 1], [0, 1, 0]], [[0.5] * 3])).tolist() == []


def test_the_closest_calls_of_rare_findings_come_in_turn() -> None:
    said = [[0.5, 0.99, 0.01], [0.9, 0.6, 0.02], [0.1, 0.97, 0.4], [0.2, 0.7, 0.1]]
    assert rare_candidates(asked(MANY, said), 3).tolist() == [1, 2, 3]
    assert rare_candidates(asked(MANY, said), 0).tolist() == []


def test_before_any_decision_no_finding_is_rare() -> None:
    findings = Findings(np.full((2, 3), 0.5, np.float32), np.empty((0, 3), bool))
    assert rare_classes(Query(np.full((2, 2), 0.5, np.float32), findings=findings)).tolist() == []
