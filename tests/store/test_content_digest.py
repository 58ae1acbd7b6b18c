"""One number for what was decided: it changes with every part of it, and with nothing else."""

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hitl_desktop.domain.errors import Cancelled
from hitl_desktop.store import content_digest
from hitl_desktop.store.content_digest import digest_of_decisions, digests_of_decisions
from hitl_desktop.store.store import Store
from tests.store.conftest import MakeDecision, fill


def of(path: Path, decision: MakeDecision, **changes: object) -> str:
    store = Store.create(path)
    fill(store)
    first = replace(decision(0), event_id="one")
    usual: dict[str, Any] = {"event_id": "two", "note": "x\udc80", "seconds": 1.5, "confidence": 0.5}
    second = replace(decision(1), **usual | changes)
    store.record(first, current=None)
    store.record(second, current=None)
    found = digest_of_decisions(store, 2)
    assert digest_of_decisions(store, 1) != found
    assert digest_of_decisions(store, 99) == found
    store.close()
    return found


def test_it_is_the_same_for_the_same_and_another_for_each_difference(tmp_path: Path, decision: MakeDecision) -> None:
    usual = of(tmp_path / "a", decision)
    assert of(tmp_path / "b", decision) == usual
    changes = [
        {"note": "y"}, {"confidence": 0.6}, {"label_id": 2}, {"reason": "why"}, {"item_index": 2}, {"event_id": "x"},
    ]  # fmt: skip
    found = [of(tmp_path / f"c{n}", decision, **change) for n, change in enumerate(changes)]
    assert len({usual, *found}) == len(changes) + 1


def test_it_can_be_stopped(store: Store, decision: MakeDecision) -> None:
    store.record(decision(0), current=None)

    def stop() -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        digest_of_decisions(store, 1, stop)


def test_a_long_log_is_read_in_parts_and_for_several_ends_at_once(
    store: Store, decision: MakeDecision, monkeypatch: pytest.MonkeyPatch
) -> None:
    for index in (0, 1, 2, 3, 4, 0, 1):
        store.record(decision(index), current=None)
    whole = {upto: digest_of_decisions(store, upto) for upto in range(1, 8)}
    assert len(set(whole.values())) == 7
    breaths: list[int] = []
    for at_once in (1, 2, 3):
        monkeypatch.setattr(content_digest, "_AT_ONCE", at_once)
        assert digests_of_decisions(store, [7, 3, 1, 3], lambda: breaths.append(1)) == {n: whole[n] for n in (1, 3, 7)}
    assert len(breaths) == 7 + 4 + 4, "between any two parts it can be stopped"
    assert digest_of_decisions(store, 0) == hashlib.sha256(b"hitl-decisions-v1\0").hexdigest()
