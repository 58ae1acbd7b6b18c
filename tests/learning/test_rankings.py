"""Reward models: what rankings imply, that sides do not matter, and that a planted taste is learned."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitl_desktop.domain.answers import Answer, Comparison, to_text
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.features import EXTRACTORS
from hitl_desktop.learning.estimators import ESTIMATORS, Lesson
from hitl_desktop.learning.heads import RankingHead
from hitl_desktop.learning.query_strategies import QUERY_STRATEGIES, Query
from hitl_desktop.learning.rankings import (
    compared,
    fit_scores,
    for_answers,
    implied_ranks,
    pairs_of,
    ranks_of,
    tie_odds,
)
from hitl_desktop.learning.representations import REPRESENTATIONS
from hitl_desktop.learning.representations.answers import AnswerPlaces, places_of

IDS = (1, 2, 3, 4)
"""Two answers, equal, bad."""


def rows_of(places: np.ndarray) -> np.ndarray:
    """Features of answers (n, places, d) as the rows that `AnswerPlaces` makes."""
    n, k, _ = places.shape
    there = np.ones((n, k, 1), np.float32)
    flat = np.concatenate([there, places.astype(np.float32)], axis=2).reshape(n, -1)
    return np.hstack([flat, np.full((n, 1), k, np.float32)])


def planted(n: int, d: int = 6, places: int = 2, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Answers, which is best by a planted taste with noise, and the taste."""
    rng = np.random.default_rng(seed)
    answers, taste = rng.normal(size=(n, places, d)), rng.normal(size=d)
    worth = answers @ taste + rng.gumbel(size=(n, places)) * 0.5
    return answers, worth.argmax(axis=1), taste


def test_a_planted_taste_is_learned_and_sides_do_not_matter() -> None:
    answers, best, taste = planted(400)
    estimator = for_answers(ESTIMATORS["bradley_terry"], IDS)
    head = estimator.train(Lesson(rows_of(answers), best + 1), {"C": 1.0})
    turned = estimator.train(Lesson(rows_of(answers[:, ::-1]), 2 - best), {"C": 1.0})
    assert isinstance(head, RankingHead)
    assert isinstance(turned, RankingHead)
    np.testing.assert_allclose(head.weights, turned.weights, atol=2e-3)
    assert np.corrcoef(head.weights, taste)[0, 1] > 0.97
    fresh, truth, _ = planted(300, seed=1)
    fresh_best = (fresh @ taste).argmax(axis=1)
    assert (head.probabilities(rows_of(fresh))[:, :2].argmax(axis=1) == fresh_best).mean() > 0.9
    again = RankingHead.from_arrays(head.arrays())
    np.testing.assert_array_equal(again.logits(rows_of(fresh)), head.logits(rows_of(fresh)))
    assert len(truth) == 300


def test_rankings_of_three_say_more_than_the_best_alone() -> None:
    answers, _, taste = planted(60, places=3, seed=2)
    order = np.argsort(-(answers @ taste), axis=1)
    ranks = np.array([ranks_of([[int(a)] for a in row]) for row in order])
    places = places_of(rows_of(answers))
    whole = fit_scores(places, ranks, 1.0)
    only_best = fit_scores(places, implied_ranks(order[:, 0] + 1, (1, 2, 3, 4, 5)), 1.0)
    assert np.corrcoef(whole, taste)[0, 1] > np.corrcoef(only_best, taste)[0, 1]
    _, target, weight = pairs_of(places, ranks)
    assert len(target) == 180
    assert weight.sum() == pytest.approx(60 * 2)


def test_an_item_with_weight_counts_so_often_and_others_learn_no_scores() -> None:
    answers, best, _ = planted(30)
    estimator = for_answers(ESTIMATORS["bradley_terry"], IDS)
    turned = best.copy()
    turned[0] = 1 - turned[0]
    weights = np.append(100.0, np.ones(29))
    rows = rows_of(answers)
    heavy = estimator.train(Lesson(rows, turned + 1, weights=weights), {"C": 1.0}).probabilities(rows[:1])
    plain = estimator.train(Lesson(rows, turned + 1), {"C": 1.0}).probabilities(rows[:1])
    assert heavy[0, turned[0]] > plain[0, turned[0]]
    with pytest.raises(KnownError, match="comparisons"):
        ESTIMATORS["bradley_terry"].train(Lesson(rows, best + 1), {"C": 1.0})


def test_ties_count_half_for_each_side() -> None:
    answers, _, _ = planted(50)
    ranks = implied_ranks(np.full(50, 3), IDS)
    assert np.abs(fit_scores(places_of(rows_of(answers)), ranks, 1.0)).max() < 1e-3
    equal, bad = tie_odds(np.array([1, 2, 3, 3, 3, 3]), IDS)
    assert equal > bad


@given(st.permutations(range(4)), st.integers(1, 3))
def test_ranks_name_each_answer_once(order: list[int], cut: int) -> None:
    ranks = ranks_of([order[:cut], order[cut:]])
    assert ranks[4:].tolist() == [-1] * 5
    assert sorted(ranks[order[:cut]].tolist() + ranks[order[cut:]].tolist()) == [0] * cut + [1] * (4 - cut)


def test_answers_keep_their_places_from_text_to_row() -> None:
    texts = [
        to_text(Comparison("Why?", (Answer("Because it rains."), Answer("Who knows, it rains or not?")))),
        to_text(Comparison("How?", (Answer("Slowly, it rains."), Answer("No."), Answer("It rains no more!")))),
    ]
    extractor = EXTRACTORS["answers-words"]
    X = extractor.extract(texts)
    representation = AnswerPlaces.fit(X, extractor.blocks, np.random.default_rng(0))
    rows = representation.transform(X)
    places = places_of(rows)
    assert places.shape[:2] == (2, 3)
    assert places[:, :, 0].tolist() == [[1, 1, 0], [1, 1, 1]]
    assert not places[0, 2].any()
    turned = [to_text(Comparison("Why?", (Answer("Who knows, it rains or not?"), Answer("Because it rains."))))]
    np.testing.assert_allclose(
        places_of(representation.transform(extractor.extract(turned)))[0, :2], places[0, 1::-1], atol=1e-6
    )
    again = REPRESENTATIONS["answers"].from_arrays(representation.arrays(), extractor.blocks)
    np.testing.assert_allclose(again.transform(X), rows, atol=1e-2)
    assert again.digest() == AnswerPlaces.from_arrays(again.arrays(), extractor.blocks).digest()


def test_the_pair_that_tells_most_is_asked_first() -> None:
    difference = np.array([[0.1, 0], [3, 0], [0, 3], [3, 0.1]], np.float32)
    said = np.array([[0.5, 0.5], [0.5, 0.5], [0.55, 0.45], [0.99, 0.01]], np.float32)
    query = Query(said, embedding=difference, decided=np.array([[5, 0]] * 4, np.float32), batch=2)
    utilities = QUERY_STRATEGIES["information_gain"].utilities(query, np.random.default_rng(0))
    assert np.argsort(-utilities)[:2].tolist() == [2, 1]


def test_what_is_compared_is_the_difference_of_the_two_best() -> None:
    answers = np.arange(6, dtype=np.float32).reshape(1, 3, 2) ** 2
    rows = rows_of(answers)
    np.testing.assert_array_equal(compared(rows)[0], answers[0, 0] - answers[0, 1])
    np.testing.assert_array_equal(compared(rows, np.array([[0.1, 0.4, 0.5, 0, 0]]))[0], answers[0, 1] - answers[0, 2])
