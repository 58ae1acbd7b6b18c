"""A whole project against a model: everything that changes decisions, in any order, with kills and restored backups.

The model is the list of events, folded naively. Whatever is done, the log is only appended to, and database, pool,
ledger, second record and the record of changes say the same as the model.
"""

import os
import shutil
import tempfile
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import ClassVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from hitl_desktop.domain.automation import Scope
from hitl_desktop.domain.changes import NOTHING
from hitl_desktop.domain.decisions import Decision, Verdict, state_after
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.items import ItemState
from hitl_desktop.store.backups import make_backup
from hitl_desktop.store.journal import Journal
from hitl_desktop.store.models import ModelVersion
from hitl_desktop.store.record_proof import check_record
from hitl_desktop.store.restoring import restore
from hitl_desktop.store.store import Store
from hitl_desktop.workflow import automation
from hitl_desktop.workflow.amending import decide_again
from hitl_desktop.workflow.bulk import bulk_events
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.review import ReviewSession
from tests.torture.sizes import is_long, size

STEPS = size("STEPS", 30)
STEPS_AT_ONCE = 30 if STEPS < 1000 else 100
PROOF_EVERY = 10
ACTS = [Verdict.CORRECTED, Verdict.CORRECTED, Verdict.SKIPPED, Verdict.UNSURE, Verdict.FLAGGED]
NAMES = st.sampled_from(["bill", "Bill", "login", "ship", "other", "a b", "ä", "x" * 90, ""])
ITEMS = st.integers(0, 39)


def folded(log: list[Decision]) -> dict[int, tuple[ItemState, int | None]]:
    """State and class of every item that somebody has touched, one event after another."""
    stacks: dict[int, list[Decision]] = {}
    for event in log:
        stack = stacks.setdefault(event.item_index, [])
        if event.verdict is Verdict.RETRACTED:
            stack[:] = [one for one in stack if one.number != event.retracts]
        else:
            stack.append(event)
    return {
        index: (state_after(stack[-1].verdict), stack[-1].label_id) if stack else (ItemState.TO_DO, None)
        for index, stack in stacks.items()
    }


def own_folder() -> Path:
    """Of the program: the key and the anchors lie in it."""
    return Path(os.environ["HITL_DESKTOP_HOME"])


def put_back(kept: Path) -> None:
    """Make the program's own folder what it was."""
    shutil.rmtree(own_folder())
    shutil.copytree(kept, own_folder())


class ProjectMachine(RuleBasedStateMachine):
    """`log` is the model."""

    original: ClassVar[Path]
    home: ClassVar[Path]
    """The program's own folder as it was then: the anchors of another run tell of other events."""
    all_steps: ClassVar[int] = 0

    def __init__(self) -> None:
        super().__init__()
        self.place = Path(tempfile.mkdtemp(prefix="project-model-"))
        self.folder = Path(shutil.copytree(self.original, self.place / "P.hitl"))
        put_back(self.home)
        self.log: list[Decision] = []
        self.steps = 0
        self.open()
        self.log = self.project.store.decisions.all()

    def open(self) -> None:
        self.project = Project.open(self.folder)
        self.session = ReviewSession(self.project, "ann")

    def teardown(self) -> None:
        self.project.close()
        shutil.rmtree(self.place)

    @rule(verdict=st.sampled_from(ACTS), label=st.integers(0, 5), note=st.text(max_size=5))
    def decide(self, verdict: Verdict, label: int, note: str) -> None:
        offered = self.project.offered
        with suppress(KnownError):
            named = offered[label % len(offered)].id if verdict is Verdict.CORRECTED else None
            self.session.decide(verdict, named, note=note, reason="looked again")

    @rule()
    def undo(self) -> None:
        with suppress(KnownError):  # a change of the classes that later decisions rest on
            self.session.undo()

    @rule()
    def redo(self) -> None:
        with suppress(KnownError):
            self.session.redo()

    @rule(items=st.sets(ITEMS, min_size=1, max_size=9), verdict=st.sampled_from([*ACTS, Verdict.CONFIRMED]))
    def decide_many(self, items: set[int], verdict: Verdict) -> None:
        label = self.project.offered[0].id if verdict is Verdict.CORRECTED else None
        with suppress(KnownError):
            before = self.project.store.decisions.count()
            events = bulk_events(self.session, sorted(items), verdict, label, reason="looked again")
            self.session.decide_many(events)
            assert self.project.store.decisions.count() == before + len(events)
            assert {event.item_index for event in events} <= items

    @rule(item=ITEMS, label=st.integers(0, 5))
    def amend(self, item: int, label: int) -> None:
        offered = self.project.offered
        with suppress(KnownError):
            decide_again(self.session, item, Verdict.CORRECTED, offered[label % len(offered)].id, reason="looked again")
            assert self.project.store.decisions.all()[-1].reason == "looked again"

    @rule(name=NAMES)
    def add_class(self, name: str) -> None:
        with suppress(KnownError):
            self.session.change_classes(lambda editor: editor.add(name))

    @rule(label=st.integers(1, 6), name=NAMES)
    def rename_class(self, label: int, name: str) -> None:
        with suppress(KnownError, KeyError):
            self.session.change_classes(lambda editor: editor.rename(label, name))

    @rule(label=st.integers(1, 6), into=st.integers(1, 6))
    def merge_classes(self, label: int, into: int) -> None:
        with suppress(KnownError, KeyError):
            self.session.change_classes(lambda editor: editor.merge(label, into))
            assert label not in {one.id for one in self.project.offered}

    @rule(label=st.integers(1, 6), give_back=st.booleans())
    def retire_class(self, label: int, give_back: bool) -> None:
        with suppress(KnownError, KeyError):
            self.session.change_classes(lambda editor: editor.retire(label, give_back=give_back))

    @rule()
    def take_class_change_back(self) -> None:
        with suppress(KnownError):
            self.session.change_classes(lambda editor: editor.take_back())

    @rule(limit=st.integers(1, 9))
    def automate(self, limit: int) -> None:
        with suppress(KnownError):
            automation.override(self.project, "ann", "a trial")
        spared = [] if self.session.current is None else [self.session.current]
        changes = automation.tick(self.project, limit, spared)
        assert len(changes.items) <= limit
        self.session.replan()

    @rule(part=st.integers(1, 9))
    def recall(self, part: int) -> None:
        if self.project.model and self.project.pool.ledger().automatic:
            automation.recall(self.project, Scope(model_version=self.project.model.version), "bob")
            while automation.tick(self.project, part) is not NOTHING:
                pass
            self.session.replan()

    @rule()
    def reopen(self) -> None:
        self.project.close()
        self.open()

    @rule()
    def kill(self) -> None:
        """The files as they lie there now, in the middle of a session, are the project that is opened next."""
        left = Path(shutil.copytree(self.folder, self.place / "left"))
        home = Path(shutil.copytree(own_folder(), self.place / "home"))
        self.project.close()
        shutil.rmtree(self.folder)
        left.rename(self.folder)
        (self.folder / "lock").unlink(missing_ok=True)
        put_back(home)
        shutil.rmtree(home)
        self.open()

    @rule()
    def back_up(self) -> None:
        assert make_backup(self.folder).decisions == len(self.project.store.decisions.all())

    @rule(how=st.sampled_from(["sound", "gone", "half"]))
    def restore(self, how: str) -> None:
        if not list((self.folder / "backups").glob("*.sqlite3")):
            return
        classes = [label.name for label in self.project.labels]
        self.project.close()
        database = self.folder / "project.sqlite3"
        if how == "gone":
            database.unlink()
        elif how == "half":
            database.write_bytes(database.read_bytes()[: database.stat().st_size // 2])
        assert restore(self.folder).decisions == len(self.log)
        self.open()
        assert [label.name for label in self.project.labels] == classes

    @invariant()
    def everything_says_the_same(self) -> None:
        self.steps += 1
        ProjectMachine.all_steps += 1
        store, pool = self.project.store, self.project.pool
        log = store.decisions.all()
        assert log[: len(self.log)] == self.log, "the log is only appended to"
        assert [event.number for event in log] == list(range(1, len(log) + 1))
        assert len({event.event_id for event in log}) == len(log)
        self.log = log
        expected = folded(log)
        for item in store.items.many(range(len(pool))):
            assert (item.state, item.label_id) == expected.get(item.index, (ItemState.TO_DO, None))
            assert pool.state(item.index) is item.state
        assert pool.ledger().adds_up
        lines = Journal(self.folder / "decisions.jsonl").lines()
        assert [line["event_id"] for line in lines] == [event.event_id for event in log]
        ids = {label.id for label in self.project.labels}
        assert {event.label_id for event in log} <= ids | {None}
        if self.steps % PROOF_EVERY == 0:
            with closing(Store.reader(self.folder)) as reader:
                check = check_record(reader)
            assert check.is_intact, check.faults


def test_a_project_does_what_its_model_does(
    text_project_folder: Path, tmp_path: Path, retrain: Callable[[Project], ModelVersion]
) -> None:
    project = Project.open(text_project_folder)
    session = ReviewSession(project, "ann")
    waiting = project.pool.undecided()
    for item in project.store.items.many(waiting[~project.reserve.members[waiting]][:12].tolist()):
        session.take(item.index)
        session.decide(Verdict.CORRECTED, item.truth_id)
    retrain(project)
    project.set_threshold(0.0)
    project.close()
    ProjectMachine.original = text_project_folder
    ProjectMachine.home = Path(shutil.copytree(own_folder(), tmp_path / "home as it was"))
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        ProjectMachine,
        settings=settings(
            max_examples=max(1, round(1.15 * STEPS / STEPS_AT_ONCE)),  # some end early
            stateful_step_count=STEPS_AT_ONCE,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],  # names of events differ in every run, so nothing can be made smaller
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert not is_long() or ProjectMachine.all_steps >= STEPS
    print(f"\n{ProjectMachine.all_steps:,} steps of a whole project, its model said the same after each")
