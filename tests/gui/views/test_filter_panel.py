"""What the rows of the filter stand for."""

from types import SimpleNamespace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from hitl_desktop.domain.labels import Label, Task
from hitl_desktop.gui.views.browse.filter_panel import class_counts

LABELS = [Label(7, "a", 0), Label(3, "b", 1), Label(12, "c", 2)]


@given(st.lists(st.tuples(st.sampled_from((-1, 7, 3, 12)), st.sampled_from((-1, 0, 1, 2))), max_size=40))
def test_each_item_counts_once_by_its_answer_and_without_one_by_what_is_suggested(
    items: list[tuple[int, int]],
) -> None:
    pool = SimpleNamespace(
        label_ids=np.array([answer for answer, _ in items], np.int64),
        predicted=np.array([column for _, column in items], np.int64),
    )
    counted = class_counts(SimpleNamespace(pool=pool, labels=LABELS, task=Task.ONE))  # type: ignore[arg-type]
    for label in LABELS:
        said = sum(answer == label.id or (answer < 0 and column == label.position) for answer, column in items)
        assert counted[label.id] == said
