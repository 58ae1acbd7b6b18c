"""Any sequence of keys, against a model of what should hold: the log folds to the state, and nothing is lost."""

import shutil
import tempfile
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from hitl_desktop.domain.changes import NOTHING
from hitl_desktop.domain.decisions import Verdict, fold, state_after
from hitl_desktop.domain.items import ItemState
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.review import ReviewSession

ACTS = [Verdict.CORRECTED, Verdict.SKIPPED, Verdict.UNSURE, Verdict.FLAGGED]


class Review(RuleBasedStateMachine):
    """Keeps, for every item, the stack of what stands, and the order in which it was done."""

    original: ClassVar[Path]

    def __init__(self) -> None:
        super().__init__()
        self.place = Path(tempfile.mkdtemp(prefix="review-model-"))
        self.folder = Path(shutil.copytree(self.original, self.place / "P.hitl"))
        self.done: list[tuple[int, Verdict, int | None]] = []
        self.undone: list[tuple[int, Verdict, int | None]] = []
        self.open()

    def open(self) -> None:
        self.project = Project.open(self.folder)
        self.session = ReviewSession(self.project, "ann")

    def teardown(self) -> None:
        self.project.close()
        shutil.rmtree(self.place)

    @precondition(lambda self: self.session.current is not None)
    @rule(verdict=st.sampled_from(ACTS), label=st.integers(1, 2))
    def decide(self, verdict: Verdict, label: int) -> None:
        index = self.session.current
        assert index is not None
        given = label if verdict is Verdict.CORRECTED else None
        self.session.decide(verdict, given)
        self.done.append((index, verdict, given))
        self.undone.clear()

    @rule()
    def undo(self) -> None:
        changes = self.session.undo()
        assert (changes is NOTHING) == (not self.done)
        if self.done:
            self.undone.append(self.done.pop())
            assert self.session.current == self.undone[-1][0]

    @rule()
    def redo(self) -> None:
        changes = self.session.redo()
        assert (changes is NOTHING) == (not self.undone)
        if self.undone:
            self.done.append(self.undone.pop())

    @rule()
    def reopen(self) -> None:
        on_screen = self.session.current
        self.project.close()
        self.open()
        self.undone.clear()
        if on_screen is not None and self.project.pool.state(on_screen) is ItemState.TO_DO:
            assert self.session.current == on_screen

    @rule(by=st.sampled_from([-1, 1]))
    def step(self, by: int) -> None:
        self.session.step(by)

    @rule(index=st.integers(0, 39))
    def go_to(self, index: int) -> None:
        self.session.go_to(index)
        assert self.session.current == index

    @rule()
    def look_again(self) -> None:
        self.session.look_again()

    @rule()
    def replan(self) -> None:
        before = self.session.current
        self.session.replan()
        assert before is None or self.session.current == before

    @invariant()
    def state_is_the_fold_of_the_log(self) -> None:
        pool, store = self.project.pool, self.project.store
        states, labels = store.items.standings()
        assert np.array_equal(states, pool.states)
        assert np.array_equal(labels, pool.label_ids)
        expected: dict[int, tuple[ItemState, int | None]] = {}
        for index, verdict, label in self.done:
            expected[index] = (state_after(verdict), label)
        folded = {i: (s.state, s.label_id) for i, s in fold(store.decisions.all()).items() if s.decision}
        assert folded == expected
        assert {i: pool.state(i) for i in expected} == {i: state for i, (state, _) in expected.items()}

    @invariant()
    def the_ledger_adds_up(self) -> None:
        ledger = self.project.pool.ledger()
        assert ledger.adds_up
        assert ledger.seen == len({index for index, _, _ in self.done})

    @invariant()
    def every_item_to_do_has_a_place(self) -> None:
        if not len(self.session.queue._list):
            waiting = self.session.waiting().tolist()
            assert len(set(waiting)) == len(waiting)
            assert set(waiting) == set(self.project.pool.undecided().tolist())
        if self.session.current is None:
            assert not len(self.project.pool.undecided())


@pytest.mark.slow
def test_any_sequence_of_keys_keeps_the_promises(text_project_folder: Path) -> None:
    Review.original = text_project_folder
    run_state_machine_as_test(
        Review,
        settings=settings(
            settings.get_profile("house"),
            max_examples=40,
            stateful_step_count=30,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
