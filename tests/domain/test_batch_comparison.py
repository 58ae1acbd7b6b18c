"""What is said of a batch that was compared with what was there before it."""

from hypothesis import given
from hypothesis import strategies as st

from hitl_desktop.domain.batch_comparison import DIFFERS_BELOW, BatchComparison, ClassScore
from hitl_desktop.domain.batches import Batch, BatchCounts, first_import

CALM, MOVED = ClassScore(1, 0.1, 0.4, 0.5, 0.6), ClassScore(2, 0.6, 0.0004, 0.2, 0.8)


def compared(p_features: float | None = None, *scores: ClassScore) -> BatchComparison:
    return BatchComparison(100, 20, 90, None if p_features is None else 0.8, p_features, scores, 50, 3, (104, 101))


def test_nothing_compared_differs_in_nothing() -> None:
    assert compared().p is None
    assert not compared().differs
    assert compared().most_changed is None


def test_each_further_test_makes_chance_findings_likelier_and_is_paid_for() -> None:
    assert compared(0.02).p == 0.02
    assert compared(None, CALM, MOVED).p_scores == 2 * 0.0004
    assert compared(0.02, CALM, MOVED).p == 2 * 2 * 0.0004
    assert compared(0.9, CALM).p == 2 * 0.4
    assert compared(0.9, ClassScore(1, 0.1, 0.7, 0.5, 0.6)).p == 1.0


def test_the_limit_is_a_hundredth_and_not_in_it() -> None:
    assert not compared(DIFFERS_BELOW).differs
    assert compared(DIFFERS_BELOW * 0.999).differs


@given(st.lists(st.floats(0, 1), max_size=5), st.none() | st.floats(0, 1))
def test_a_chance_stays_one(ps: list[float], p_features: float | None) -> None:
    found = compared(p_features, *(ClassScore(n, 0.1, p, 0.5, 0.5) for n, p in enumerate(ps)))
    assert found.p is None or 0.0 <= found.p <= 1.0
    assert (found.p is None) == (p_features is None and not ps)
    assert BatchComparison.of(found.plain()) == found


def test_the_reason_names_the_test_that_speaks_loudest() -> None:
    by_features = compared(0.0001, CALM).reason(4, "cat").english()
    assert (
        by_features == "Batch 4 is unlike the items before it: a classifier tells them apart (AUC 0.80, p below 0.001)."
    )
    by_scores = compared(0.9, CALM, MOVED).reason(4, "cat").english()
    assert by_scores == "Batch 4 is unlike the items before it: the scores of cat have moved (D 0.60, p below 0.001)."
    assert "p 0.004" in compared(None, ClassScore(1, 0.5, 0.004, 0, 1)).reason(2, "x").english()
    assert compared(0.9, CALM, MOVED).most_changed == MOVED


def test_a_batch_is_a_stretch_of_items() -> None:
    counts = BatchCounts(known=3, labelled=2)
    batch = Batch(1, 40, 5, "now", "ann", "folder", counts)
    assert list(batch.rows) == [40, 41, 42, 43, 44]
    assert BatchCounts.of(counts.plain() | {"of a newer version": 7}) == counts
    assert BatchCounts.of({}) == BatchCounts()
    assert (first_import([batch], 45), first_import([], 45)) == (40, 45)
