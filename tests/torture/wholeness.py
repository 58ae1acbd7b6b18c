"""What must hold of a project whatever was done to its writer."""

from collections import Counter
from contextlib import closing
from itertools import pairwise
from pathlib import Path

from hitl_desktop.domain.decisions import fold
from hitl_desktop.domain.record_events import chained
from hitl_desktop.store.journal import Journal
from hitl_desktop.store.record_proof import check_record
from hitl_desktop.store.store import Store
from tests.torture.writer import BATCH


def assert_kept(folder: Path, acknowledged: int) -> int:
    """Open what a writer left: everything that was acknowledged is there, the last step is whole. Returns how many
    decisions there are.
    """
    store = Store.open(folder)
    count = store.decisions.count()
    last = store.decisions.numbered([count])
    current = store.fact("current")
    items = store.items.many([event.item_index for event in last])
    journal = Journal(folder / "decisions.jsonl").last_number()
    events = store._database.execute_sql("SELECT body, hash FROM record_event ORDER BY number DESC LIMIT 40").fetchall()
    store.close()
    for (body, digest), (_, before) in pairwise(events):
        assert chained(before, body) == digest, "a break of the chain"
    is_on_record = any(f'"last":{count},' in body for body, _ in events)
    assert is_on_record or not count, "a decision that is on no record"
    assert count >= acknowledged, f"{acknowledged - count} acknowledged decisions are lost"
    assert journal == count
    for event, item in zip(last, items, strict=True):
        assert (item.state, item.label_id) == ("decided", event.label_id), "half a decision"
        expected = (event.item_index - BATCH + 1) % 50 if event.batch else event.item_index
        assert current == expected, "half a decision"
    return count


def assert_whole(folder: Path) -> int:
    """Every event of the whole log. Returns how many there are."""
    store = Store.open(folder)
    log = store.decisions.all()
    standings = fold(log)
    stored = {item.index: (item.state, item.label_id) for item in store.items.many(sorted(standings))}
    store.close()
    with closing(Store.reader(folder)) as reader:
        check = check_record(reader)
    assert check.is_intact, check.faults
    journal = [(line["number"], line["event_id"]) for line in Journal(folder / "decisions.jsonl").lines()]
    assert [event.number for event in log] == list(range(1, len(log) + 1)), "numbers without a gap"
    assert journal == [(event.number, event.event_id) for event in log]
    assert len({event.event_id for event in log}) == len(log)
    assert stored == {index: (s.state, s.label_id) for index, s in standings.items()}, "half a decision"
    batches = Counter(event.batch for event in log if event.batch)
    assert set(batches.values()) <= {BATCH}, "half a step"
    return len(log)
