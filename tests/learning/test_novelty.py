"""Novelty: false flags as rare as set, new kinds found, copies never new."""

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from hitl_desktop.domain.predictions import NOVEL_BELOW
from hitl_desktop.learning.novelty import NEEDED, novelty


def flagged(rows: np.ndarray, decided: np.ndarray, seed: int = 0) -> np.ndarray:
    found = novelty(rows, decided, np.random.default_rng(seed))
    assert found is not None
    return np.asarray(found < NOVEL_BELOW)


@pytest.mark.parametrize("dims", [2, 40])
def test_where_there_is_nothing_new_about_one_of_a_hundred_is_flagged(dims: int) -> None:
    rates = []
    for seed in range(60):
        rng = np.random.default_rng([seed, dims])
        rows = rng.standard_t(4, (700, dims)).astype(np.float32)
        decided = rng.choice(700, 200, replace=False)
        open_items = ~np.isin(np.arange(700), decided)
        rates.append(flagged(rows, decided)[open_items].mean())
    assert np.mean(rates) < NOVEL_BELOW + 1.64 * np.std(rates) / np.sqrt(60)
    assert np.mean(rates) > 0.001, "a test that never flags would say nothing"


def test_choosing_items_that_lie_apart_makes_flags_rarer() -> None:
    rates = []
    for seed in range(30):
        rows = np.random.default_rng(seed).normal(size=(500, 3)).astype(np.float32)
        chosen = [0]
        apart = np.full(500, np.inf)
        for _ in range(149):  # k-centre: always the one that is farthest from those chosen
            apart = np.minimum(apart, ((rows - rows[chosen[-1]]) ** 2).sum(axis=1))
            chosen.append(int(apart.argmax()))
        rates.append(flagged(rows, np.array(chosen)).mean())
    assert np.mean(rates) <= NOVEL_BELOW


def test_a_new_kind_is_found() -> None:
    rng = np.random.default_rng(3)
    rows = rng.normal(size=(430, 20)).astype(np.float32)
    rows[400:] += 4
    found = flagged(rows, np.arange(0, 400, 2))
    assert found[400:].all()
    assert found[:400].mean() < 0.03


def test_counts_are_compared_by_their_words() -> None:
    rng = np.random.default_rng(4)
    counts = np.zeros((330, 60), np.float32)
    counts[:300, :30] = rng.poisson(1.0, (300, 30))
    counts[300:, 30:] = rng.poisson(1.0, (30, 30))
    found = novelty(csr_matrix(counts), np.arange(150), rng)
    assert found is not None
    assert (found[300:] < NOVEL_BELOW).all()
    assert (found[150:300] < NOVEL_BELOW).mean() < 0.03


def test_a_copy_of_a_decided_item_is_never_new_and_few_decisions_tell_nothing() -> None:
    rng = np.random.default_rng(5)
    rows = rng.normal(size=(300, 5)).astype(np.float32)
    rows[200:] = rows[:100]
    found = novelty(rows, np.arange(150), rng)
    assert found is not None
    assert (found[200:] == found.max()).all()
    assert novelty(rows, np.arange(NEEDED - 1), rng) is None


def test_the_order_of_the_items_does_not_matter() -> None:
    rng = np.random.default_rng(6)
    rows = rng.normal(size=(400, 6)).astype(np.float32)
    decided = np.arange(120)
    turned = rng.permutation(400)
    place = np.argsort(turned)
    one, other = novelty(rows, decided, rng), novelty(rows[turned], place[decided], rng)
    assert one is not None
    assert other is not None
    assert other[place] == pytest.approx(one)
