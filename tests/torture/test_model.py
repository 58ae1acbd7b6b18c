"""The store against a model of it: whatever is done in whatever order, both say the same."""

import shutil
import tempfile
import uuid
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, ClassVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from hitl_desktop.domain.class_changes import ClassAction, ClassOperation
from hitl_desktop.domain.decisions import Decision, Slot, Verdict, fold
from hitl_desktop.domain.errors import DiskTrouble
from hitl_desktop.store.backups import make_backup
from hitl_desktop.store.journal import Journal
from hitl_desktop.store.record_proof import check_record
from hitl_desktop.store.restoring import restore
from hitl_desktop.store.store import DATABASE, Store
from tests.store.conftest import fill
from tests.torture.faulty_disk import FAILS_TO_WRITE, FULL, FaultyDisk, faulty_disk
from tests.torture.sizes import is_long, size

STEPS = size("STEPS", 300)
STEPS_AT_ONCE = 60 if STEPS < 1000 else 100
ITEMS = 6
VERDICTS = [Verdict.CONFIRMED, Verdict.CORRECTED, Verdict.SKIPPED, Verdict.UNSURE, Verdict.FLAGGED]
TEXTS = st.text(st.characters(codec=None, exclude_categories=()), max_size=12)


class StoreMachine(RuleBasedStateMachine):
    """`log`, `names` and `facts` are the model."""

    disk: FaultyDisk
    all_steps: ClassVar[int] = 0

    def __init__(self) -> None:
        super().__init__()
        self.home = Path(tempfile.mkdtemp(prefix="store-"))
        self.store = Store.create(self.home / "P.hitl")
        fill(self.store, ITEMS)
        self.log: list[Decision] = []
        self.names = ["cat", "dog"]
        self.facts: dict[str, Any] = {}
        self.backed_up: dict[str, Any] | None = None

    def teardown(self) -> None:
        self.disk.heal()
        self.store.close()
        with closing(Store.reader(self.store.folder)) as reader:
            check = check_record(reader)
        shutil.rmtree(self.home)
        assert check.is_intact, check.faults

    def event(self, item: int, verdict: Verdict, label: int, note: str = "", batch: str = "") -> Decision:
        label_id = 1 + label % len(self.names) if verdict in (Verdict.CONFIRMED, Verdict.CORRECTED) else None
        return Decision(
            0, str(uuid.uuid4()), item, verdict, label_id, "ann", "now", Slot.UNCERTAIN, note=note, batch=batch
        )

    def remember(self, events: list[Decision]) -> None:
        for event in events:
            self.log.append(Decision(**{**_values(event), "number": len(self.log) + 1}))

    @rule(item=st.integers(0, ITEMS - 1), verdict=st.sampled_from(VERDICTS), label=st.integers(0, 9), note=TEXTS)
    def decide(self, item: int, verdict: Verdict, label: int, note: str) -> None:
        event = self.event(item, verdict, label, note)
        self.store.record(event, current=item)
        self.remember([event])
        self.facts["current"] = item

    @rule(items=st.lists(st.integers(0, ITEMS - 1), min_size=1, max_size=5), label=st.integers(0, 9))
    def decide_many(self, items: list[int], label: int) -> None:
        batch = str(uuid.uuid4())
        events = [self.event(item, Verdict.CORRECTED, label, batch=batch) for item in items]
        self.store.record_many(events, current=None, slot=None)
        self.remember(events)
        self.facts["current"] = None

    @precondition(lambda self: any(self.live()))
    @rule(data=st.data())
    def take_back(self, data: st.DataObject) -> None:
        taken = data.draw(st.sampled_from(self.live()))
        event = Decision(0, str(uuid.uuid4()), taken.item_index, Verdict.RETRACTED, None, "ann", "now",
                         Slot.UNCERTAIN, retracts=taken.number)  # fmt: skip
        self.store.record(event, current=taken.item_index)
        self.remember([event])
        self.facts["current"] = taken.item_index

    @precondition(lambda self: self.log)
    @rule(data=st.data())
    def say_it_again(self, data: st.DataObject) -> None:
        known = data.draw(st.sampled_from(self.log))
        assert self.store.record(known, current=known.item_index) == known
        self.facts["current"] = known.item_index

    @rule(code=st.sampled_from([FULL, FAILS_TO_WRITE]), at=st.integers(1, 4), item=st.integers(0, ITEMS - 1))
    def decide_in_trouble(self, code: int, at: int, item: int) -> None:
        event = self.event(item, Verdict.SKIPPED, 0)
        self.disk.fail_write(at, code)
        try:
            self.store.record(event, current=item)
        except DiskTrouble:
            self.disk.heal()
            assert self.store.decisions.count() == len(self.log)
            self.store.record(event, current=item)
        self.disk.heal()
        self.remember([event])
        self.facts["current"] = item

    @rule(name=TEXTS)
    def add_class(self, name: str) -> None:
        if name in self.names:
            return
        with self.store.transaction():
            (label,) = self.store.add_labels([name])
            self.store.classes.append(
                ClassOperation(0, str(uuid.uuid4()), "now", "ann", ClassAction.ADDED, label.id, "", name)
            )
        self.names.append(name)

    @rule(key=st.sampled_from("abc"), value=st.one_of(st.none(), st.integers(), TEXTS, st.lists(st.booleans())))
    def set_fact(self, key: str, value: Any) -> None:
        with self.store.transaction():
            self.store.set_fact(key, value)
        self.facts[key] = value

    @rule(key=st.sampled_from("abc"))
    def give_up_in_the_middle(self, key: str) -> None:
        with suppress(ZeroDivisionError), self.store.transaction():
            self.store.set_fact(key, "lost")
            self.store.decisions.append(self.event(0, Verdict.SKIPPED, 0))
            raise ZeroDivisionError

    @rule()
    def open_again(self) -> None:
        self.store.close()
        self.store = Store.open(self.store.folder)
        assert not self.store.replayed

    @rule(kept=st.sampled_from(["none", "half"]))
    def lose_the_end_of_the_second_record(self, kept: str) -> None:
        self.store.close()
        journal = self.store.folder / "decisions.jsonl"
        if journal.exists():
            journal.write_bytes(journal.read_bytes()[: journal.stat().st_size // 2 if kept == "half" else 0])
        self.store = Store.open(self.store.folder)

    @rule()
    def back_up(self) -> None:
        made = make_backup(self.store.folder)
        assert made.decisions == len(self.log)
        self.backed_up = dict(self.facts)

    @precondition(lambda self: self.backed_up is not None)
    @rule(how=st.sampled_from(["sound", "gone", "empty", "half"]))
    def restore(self, how: str) -> None:
        self.store.close()
        database = self.store.folder / DATABASE
        if how == "gone":
            database.unlink()
        elif how != "sound":
            database.write_bytes(database.read_bytes()[: database.stat().st_size // 2 if how == "half" else 0])
        assert restore(self.store.folder).decisions == len(self.log)
        self.store = Store.open(self.store.folder)
        self.facts = dict(self.backed_up or {})

    @invariant()
    def both_say_the_same(self) -> None:
        StoreMachine.all_steps += 1
        assert self.store.decisions.all() == self.log
        standings = fold(self.log)
        for item in self.store.items.many(range(ITEMS)):
            standing = standings.get(item.index)
            assert item.state == (standing.state if standing else "todo")
            assert item.label_id == (standing.label_id if standing else None)
        assert [label.name for label in self.store.labels()] == self.names
        assert {key: self.store.fact(key) for key in self.facts} == self.facts
        journal = Journal(self.store.folder / "decisions.jsonl")
        assert [line["event_id"] for line in journal.lines()] == [event.event_id for event in self.log]

    def live(self) -> list[Decision]:
        retracted = {event.retracts for event in self.log}
        return [e for e in self.log if e.verdict is not Verdict.RETRACTED and e.number not in retracted]


def _values(event: Decision) -> dict[str, Any]:
    return {name: getattr(event, name) for name in event.__slots__}


def test_the_store_does_what_its_model_does() -> None:
    with faulty_disk().in_place() as disk:
        StoreMachine.disk = disk
        run_state_machine_as_test(  # type: ignore[no-untyped-call]
            StoreMachine,
            settings=settings(
                max_examples=max(1, round(1.15 * STEPS / STEPS_AT_ONCE)),  # some end early
                stateful_step_count=STEPS_AT_ONCE,
                deadline=None,
                derandomize=True,
                database=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
    assert not is_long() or StoreMachine.all_steps >= STEPS
    print(f"\n{StoreMachine.all_steps:,} steps of the store, its model said the same after each")
