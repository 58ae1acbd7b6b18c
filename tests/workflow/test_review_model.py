"""Any sequence of keys, against a model of what should hold: the log folds to the state, and nothing is lost."""

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from hitl_desktop.domain.automation import Scope
from hitl_desktop.domain.changes import NOTHING
from hitl_desktop.domain.decisions import Verdict, fold, state_after
from hitl_desktop.domain.items import ItemState
from hitl_desktop.store.models import ModelVersion
from hitl_desktop.workflow import automation
from hitl_desktop.workflow.asking import change_threshold
from hitl_desktop.workflow.import_record import IMPORT_REVIEWER
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.review import ReviewSession
from hitl_desktop.workflow.snapshot import take_snapshot

ACTS = [Verdict.CORRECTED, Verdict.SKIPPED, Verdict.UNSURE, Verdict.FLAGGED]


class Review(RuleBasedStateMachine):
    """Keeps, for every item, the stack of what stands, and the order in which it was done."""

    original: ClassVar[Path]
    known: ClassVar[dict[int, tuple[ItemState, int | None]]]
    """What was decided before, for the model to learn from."""

    def __init__(self) -> None:
        super().__init__()
        self.place = Path(tempfile.mkdtemp(prefix="review-model-"))
        self.folder = Path(shutil.copytree(self.original, self.place / "P.hitl"))
        self.done: list[tuple[int, Verdict, int | None]] = []
        self.undone: list[tuple[int, Verdict, int | None]] = []
        self.automatic: dict[int, int | None] = {}
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
        self.session.decide(verdict, given, reason="looked again")
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

    @rule(threshold=st.sampled_from([0.0, 0.5, 0.9]))
    def change_threshold(self, threshold: float) -> None:
        change_threshold(self.session, threshold)

    @rule()
    def allow(self) -> None:
        automation.override(self.project, "ann", "a trial")

    @rule(limit=st.integers(1, 6))
    def automate(self, limit: int) -> None:
        spared = [] if self.session.current is None else [self.session.current]
        may = automation.state(self.project).is_running and automation.permitted(self.project).is_given
        changes = automation.tick(self.project, limit, spared)
        assert len(changes.items) <= limit
        assert may or not changes.items
        assert not changes.items & set(spared)
        assert not any(self.project.reserve.members[list(changes.items)])
        for index in changes.items:
            self.automatic[index] = self.project.store.items.get(index).label_id

    @rule(going_on=st.booleans())
    def pause(self, going_on: bool) -> None:
        if going_on:
            automation.resume(self.project, "ann", "I looked")
        else:
            automation.pause(self.project, "ann")

    @rule(data=st.data())
    def take_one_back(self, data: st.DataObject) -> None:
        standing = self.project.pool.in_states(ItemState.AUTOMATIC).tolist()
        if standing:
            index = data.draw(st.sampled_from(standing))
            automation.take_back(self.project, index, "bob")
            del self.automatic[index]
            self.session.replan()

    @rule(part=st.integers(1, 9))
    def recall(self, part: int) -> None:
        if self.project.model and self.project.pool.ledger().automatic:
            automation.recall(self.project, Scope(model_version=self.project.model.version), "bob")
            while automation.tick(self.project, part) is not NOTHING:
                assert self.project.pool.ledger().adds_up
            self.automatic.clear()
            self.session.replan()

    @invariant()
    def state_is_the_fold_of_the_log(self) -> None:
        pool, store = self.project.pool, self.project.store
        states, labels = store.items.standings()
        assert np.array_equal(states, pool.states)
        assert np.array_equal(labels, pool.label_ids)
        expected: dict[int, tuple[ItemState, int | None]] = {
            index: (ItemState.AUTOMATIC, label) for index, label in self.automatic.items()
        }
        expected |= self.known
        for index, verdict, label in self.done:
            expected[index] = (state_after(verdict), label)
        folded = {i: (s.state, s.label_id) for i, s in fold(store.decisions.all()).items() if s.decision}
        assert folded == expected
        assert {i: pool.state(i) for i in expected} == {i: state for i, (state, _) in expected.items()}

    @invariant()
    def the_ledger_adds_up(self) -> None:
        ledger = self.project.pool.ledger()
        assert ledger.adds_up
        seen = {index for index, _, _ in self.done} | set(self.known)
        assert ledger.seen == len(seen)
        assert ledger.automatic == len(set(self.automatic) - seen)

    @invariant()
    def what_nobody_decided_does_not_train(self) -> None:
        snapshot = take_snapshot(self.project)
        nobody = set(self.project.pool.in_states(ItemState.AUTOMATIC).tolist())
        assert not nobody & set(snapshot.rows.tolist())

    @invariant()
    def every_item_that_needs_a_person_has_a_place(self) -> None:
        if not len(self.session.queue._list):
            waiting = self.session.waiting().tolist()
            assert len(set(waiting)) == len(waiting)
            assert set(self.project.pool.needing_review().tolist()) <= set(waiting)
            assert set(waiting) <= set(self.project.pool.undecided().tolist())
        if self.session.current is None:
            assert not len(self.project.pool.needing_review())


@pytest.mark.slow
def test_any_sequence_of_keys_keeps_the_promises(
    text_project_folder: Path, retrain: Callable[[Project], ModelVersion]
) -> None:
    project = Project.open(text_project_folder)
    session = ReviewSession(project, IMPORT_REVIEWER)
    waiting = project.pool.undecided()
    for item in project.store.items.many(waiting[~project.reserve.members[waiting]][:12].tolist()):
        session.take(item.index)
        session.decide(Verdict.CORRECTED, item.truth_id)
    retrain(project)
    Review.known = {index: (ItemState.DECIDED, label) for index, label, _ in project.store.decisions.decided()}
    project.close()
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
