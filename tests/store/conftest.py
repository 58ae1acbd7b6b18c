"""A small store, and decisions to put into it."""

import itertools
import uuid
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from hitl_desktop.domain.decisions import Decision, Slot, Verdict
from hitl_desktop.domain.items import FoundItem
from hitl_desktop.domain.protocols import CancelCheck, Progress
from hitl_desktop.store.record_stretches import Stretch, StretchRead, read_stretch
from hitl_desktop.store.store import Store

MakeDecision = Callable[..., Decision]


def fill(store: Store, items: int = 5) -> None:
    with store.transaction():
        store.add_labels(["cat", "dog"])
        store.items.add([FoundItem(f"{i:064x}", f"a/{i}.png") for i in range(items)], {})


class ReadersHere:
    """Reads the record in stretches, in this process; `fitted` says whether that was all there was to do."""

    def __init__(self) -> None:
        self._stretches: list[Stretch] = []
        self.fitted = False

    def get_ready(self, events: int) -> None:
        """Nothing has to be: it reads in this process."""

    def begin(self, stretches: Sequence[Stretch]) -> None:
        self._stretches = list(stretches)

    def finish(self, store: Store, progress: Progress, cancelled: CancelCheck) -> list[StretchRead] | None:
        del progress, cancelled
        reads = [read_stretch(store, stretch) for stretch in self._stretches]
        self.fitted = bool(reads) and all(read is not None for read in reads)
        return [read for read in reads if read is not None] if self.fitted else None


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.create(tmp_path / "Small.hitl")
    fill(store)
    yield store
    store.close()


@pytest.fixture
def closed(tmp_path: Path, decision: MakeDecision) -> Path:
    """The folder of a closed project with three decisions."""
    store = Store.create(tmp_path / "Closed.hitl")
    fill(store)
    for index in range(3):
        store.record(decision(index), current=index + 1)
    store.close()
    return store.folder


@pytest.fixture(scope="session")
def decision() -> MakeDecision:
    """`decision(index, verdict=…, …)`: a decision that was not recorded yet."""
    stamp = itertools.count()

    def make(index: int, verdict: Verdict = Verdict.CONFIRMED, **changes: Any) -> Decision:
        values: dict[str, Any] = {
            "number": 0,
            "event_id": str(uuid.UUID(int=next(stamp))),
            "item_index": index,
            "verdict": verdict,
            "label_id": 1 if verdict in (Verdict.CONFIRMED, Verdict.CORRECTED) else None,
            "reviewer": "ann",
            "at_utc": "2026-01-02T03:04:05.678+00:00",
            "slot": Slot.UNCERTAIN,
        }
        return Decision(**{**values, **changes})

    return make
