"""What becomes of a model's answers when classes change."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitl_desktop.domain.class_changes import NOWHERE, columns_now, folded, folded_code, is_plain
from hitl_desktop.domain.findings import code_of
from hitl_desktop.domain.labels import Label

CAT, DOG, BIRD = Label(1, "cat", 0), Label(2, "dog", 1), Label(3, "bird", 2)


def test_classes_count_as_themselves_until_they_change() -> None:
    assert columns_now([CAT, DOG, BIRD]) == (0, 1, 2)
    assert is_plain(columns_now([CAT, DOG, BIRD]))


def test_a_merge_of_a_merge_counts_as_the_last() -> None:
    labels = [Label(1, "cat", 0, True, 2), Label(2, "dog", 1, True, 3), BIRD]
    assert columns_now(labels) == (2, 2, 2)


def test_a_retired_class_counts_nowhere_and_so_does_what_was_merged_into_it() -> None:
    assert columns_now([Label(1, "cat", 0, True, 2), Label(2, "dog", 1, True), BIRD]) == (NOWHERE, NOWHERE, 2)


def test_a_ring_of_merges_ends() -> None:
    assert columns_now([Label(1, "cat", 0, True, 2), Label(2, "dog", 1, True, 1), BIRD])[:2] == (NOWHERE, NOWHERE)


def test_probabilities_of_merged_classes_add_up() -> None:
    np.testing.assert_allclose(folded(np.array([[0.2, 0.3, 0.5]]), (0, 0, 2), several=False), [[0.5, 0, 0.5]])


def test_what_a_retired_class_had_is_shared_out() -> None:
    np.testing.assert_allclose(folded(np.array([[0.5, 0.1, 0.4]]), (NOWHERE, 1, 2), several=False), [[0, 0.2, 0.8]])


def test_a_row_that_is_left_with_nothing_is_unscored() -> None:
    assert np.isnan(folded(np.array([[1.0, 0.0]], np.float32), (NOWHERE, 1), several=False)).all()


def test_a_model_older_than_the_class_it_is_merged_into_gets_that_column() -> None:
    np.testing.assert_allclose(folded(np.array([[0.25, 0.75]]), (2, 1, 2), several=False), [[0, 0.75, 0.25]])


def test_a_merged_finding_is_as_probable_as_its_most_probable_part() -> None:
    several = folded(np.array([[0.2, 0.7, 0.9]]), (0, 0, NOWHERE), several=True)
    np.testing.assert_allclose(several, [[0.7, 0, 0]])


@pytest.mark.parametrize("several", [False, True])
def test_unscored_rows_stay_unscored(several: bool) -> None:
    assert np.isnan(folded(np.full((1, 3), np.nan), (0, 0, 2), several=several)).all()


def test_codes_of_sets_follow() -> None:
    assert folded_code(code_of([0, 1]), (2, 1, 2)) == code_of([2, 1])
    assert folded_code(code_of([0]), (NOWHERE, 1, 2)) == 0
    assert folded_code(-1, (NOWHERE, 1, 2)) == -1


@given(
    st.lists(st.lists(st.floats(0.01, 1), min_size=4, max_size=4), min_size=1, max_size=6),
    st.lists(st.sampled_from([0, 1, 2, 3, NOWHERE]), min_size=4, max_size=4),
)
def test_folded_rows_are_distributions_or_unscored(rows: list[list[float]], columns: list[int]) -> None:
    raw = np.array(rows)
    sums = folded(raw / raw.sum(axis=1, keepdims=True), columns, several=False).sum(axis=1)
    left = any(column != NOWHERE for column in columns)
    np.testing.assert_allclose(sums, 1.0 if left else np.nan)
