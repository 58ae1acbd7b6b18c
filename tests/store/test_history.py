"""Looking for past decisions."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hitl_desktop.domain.certificates import Audited, AuditEvent, Happened
from hitl_desktop.domain.decisions import Decision, Slot, Verdict
from hitl_desktop.domain.history import HistoryFilter, HistoryOrder
from hitl_desktop.domain.items import FoundItem
from hitl_desktop.domain.past_answers import CODES
from hitl_desktop.domain.sentences import say
from hitl_desktop.domain.steering import SteeredFacet
from hitl_desktop.store.models import ModelVersion
from hitl_desktop.store.store import Store
from tests.store.test_certificates import AUDIT

_NAMED = (Verdict.CONFIRMED, Verdict.CORRECTED)
_EVENT = Decision(0, "", 0, Verdict.CORRECTED, 1, "ann", "", Slot.CHOSEN)
EVENTS = (
    {"item_index": 0, "label_id": 1, "at_utc": "2026-01-01T08:00:00.000+00:00", "seconds": 4.0, "note": "odd edge"},
    {"item_index": 1, "label_id": 2, "at_utc": "2026-01-02T23:59:59.000+00:00", "reviewer": "bob", "seconds": 2.0},
    {"item_index": 2, "verdict": Verdict.SKIPPED, "label_id": None, "at_utc": "2026-01-03T00:00:00.000+00:00"},
    {"item_index": 0, "label_id": 2, "predicted_id": 1, "at_utc": "2026-02-01T00:00:00.000+00:00", "reason": "Ärger",
     "seconds": 9.0},
)  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.create(tmp_path / "a.hitl")
    with store.transaction():
        store.add_labels(["cat", "dog"])
        store.items.add([FoundItem(f"{n:x}" * 64, ("b.png", "A.png", "c.png")[n]) for n in range(3)], {})
        for place, changes in enumerate(EVENTS):
            store.decisions.append(replace(_EVENT, event_id=str(place), **changes))  # type: ignore[arg-type]
    yield store
    store.close()


@pytest.mark.parametrize(
    ("wanted", "words", "numbers"),
    [
        (HistoryFilter(), [], [1, 2, 3, 4]),
        (HistoryFilter(), ["b.png"], [1, 4]),
        (HistoryFilter(), ["b.png", "edge"], [1]),
        (HistoryFilter(), ["ärger"], [4]),
        (HistoryFilter(), ["22"], [3]),
        (HistoryFilter(label_id=1), [], [1, 4]),
        (HistoryFilter(label_id=2), [], [2, 4]),
        (HistoryFilter(reviewer="bob"), [], [2]),
        (HistoryFilter(verdicts=frozenset({Verdict.SKIPPED, Verdict.FLAGGED})), [], [3]),
        (HistoryFilter(since="2026-01-02", until="2026-01-02"), [], [2]),
        (HistoryFilter(until="2026-01-03"), [], [1, 2, 3]),
        (HistoryFilter(has_note=True), [], [1]),
        (HistoryFilter(amended=True, reviewer="ann"), [], [4]),
    ],
)
def test_events_are_found(store: Store, wanted: HistoryFilter, words: list[str], numbers: list[int]) -> None:
    assert store.history.matching(wanted, words, 1, 4).tolist() == numbers
    assert store.history.matching(wanted, words, 2, 3).tolist() == [n for n in numbers if n in (2, 3)]


@pytest.mark.parametrize(
    ("order", "descending", "numbers"),
    [
        (HistoryOrder.TIME, True, [4, 3, 2, 1]),
        (HistoryOrder.ITEM, False, [2, 4, 1, 3]),
        (HistoryOrder.REVIEWER, True, [2, 4, 3, 1]),
        (HistoryOrder.SECONDS, False, [2, 1, 4, 3]),
        (HistoryOrder.SECONDS, True, [4, 1, 2, 3]),
        (HistoryOrder.DECIDED, False, [1, 4, 2, 3]),
    ],
)
def test_events_are_put_in_order(store: Store, order: HistoryOrder, descending: bool, numbers: list[int]) -> None:
    assert store.history.in_order(HistoryFilter(), [], order, descending=descending).tolist() == numbers


def test_what_was_said_of_a_change_is_kept_as_it_was(store: Store) -> None:
    assert [event.reason for event in store.decisions.all()] == ["", "", "", "Ärger"]
    assert [event.number for event in store.decisions.numbered([4, 1])] == [1, 4]
    assert [event.number for event in store.decisions.of_items([0])] == [1, 4]


def test_the_classes_that_events_name(store: Store) -> None:
    numbers, items, labels = store.history.classes(1, 4)
    assert (numbers.tolist(), items.tolist(), labels.tolist()) == ([1, 2, 4], [0, 1, 0], [1, 2, 2])
    assert [found.tolist() for found in store.history.classes(2, 3)] == [[2], [1], [2]]
    assert [found.tolist() for found in store.history.classes(3, 3)] == [[], [], []]


def test_events_of_examples_that_count_more_or_not_at_all(store: Store) -> None:
    with store.transaction():
        for index, weight in ((0, 0.0), (1, 3.0), (0, 2.0), (2, 0.0), (1, 1.0)):
            store.steering.append_example(index, weight, "now", "ann", say("It counts."))
    found = {facet: store.history.matching(HistoryFilter(steered=facet), [], 1, 4).tolist() for facet in SteeredFacet}
    assert found[SteeredFacet.MATTERS] == [1, 4]
    assert found[SteeredFacet.IGNORED] == [3]
    assert found[SteeredFacet.RULED_OTHERWISE] == [1, 2, 3, 4], "that needs the rules, and is asked elsewhere"


def test_what_an_audit_drew_does_not_say_whether_the_model_was_right(store: Store) -> None:
    """Events 1 and 4 are of the item that it drew: confirmed or corrected, they are found as either."""
    confirmed, corrected = (HistoryFilter(verdicts=frozenset({v})) for v in (Verdict.CONFIRMED, Verdict.CORRECTED))
    suggested, skipped = HistoryFilter(label_id=1), HistoryFilter(verdicts=frozenset({Verdict.SKIPPED}))

    def found() -> list[list[int]]:
        asked = (confirmed, corrected, suggested, skipped)
        return [store.history.matching(wanted, [], 1, 4).tolist() for wanted in asked]

    assert found() == [[], [1, 2, 4], [1, 4], [3]]
    with store.transaction():
        store.models.add(ModelVersion(1, "trained", "", "now", 3, 0))
        store.audits.begin(replace(AUDIT, drawn=(Audited(0, 0.5, 1),)))
    assert found() == [[1, 4], [1, 2, 4], [1], [3]]
    with store.transaction():
        store.audits.append(Happened(0, 1, AuditEvent.FINISHED, "t", "ann"))
    assert found() == [[], [1, 2, 4], [1, 4], [3]]


def test_findings_are_found_one_by_one(store: Store) -> None:
    with store.transaction():
        changes = {"label_id": None, "findings": (2,), "predicted_findings": (1,), "predicted_id": None}
        store.decisions.append(replace(_EVENT, event_id="5", item_index=2, at_utc="2026-02-02", **changes))  # type: ignore[arg-type]
    assert store.history.matching(HistoryFilter(label_id=2), [], 5, 5).tolist() == [5]
    assert store.history.matching(HistoryFilter(label_id=1), [], 5, 5).tolist() == [5], "as suggested"
    assert store.history.matching(HistoryFilter(label_id=3), [], 5, 5).tolist() == []


NAMES = ("b.png", "A.png", "c_%.png")
DAYS = ("2026-01-01", "2026-01-02", "2026-01-31", "2026-02-01")
WORDS = st.sampled_from(["", "edge", "Edge of it", "50 %", "a_b", "\\", "Ärger", *CODES])
LOGS = st.lists(
    st.fixed_dictionaries(
        {
            "item_index": st.integers(0, 2),
            "verdict": st.sampled_from([Verdict.CONFIRMED, Verdict.CORRECTED, Verdict.SKIPPED, Verdict.FLAGGED]),
            "label_id": st.sampled_from([1, 2]),
            "predicted_id": st.sampled_from([None, 1, 2]),
            "reviewer": st.sampled_from(["ann", "bob", "Ann"]),
            "at_utc": st.builds(
                "{}T{}.000+00:00".format, st.sampled_from(DAYS), st.sampled_from(["00:00:00", "23:59:59"])
            ),
            "note": WORDS,
            "reason": WORDS,
        }
    ),
    min_size=4,
    max_size=12,
)
ASKED = st.builds(
    HistoryFilter,
    label_id=st.sampled_from([None, 1, 2]),
    reviewer=st.sampled_from(["", "ann", "bob"]),
    verdicts=st.frozensets(st.sampled_from([Verdict.CONFIRMED, Verdict.SKIPPED]), max_size=2),
    since=st.sampled_from(["", *DAYS]),
    until=st.sampled_from(["", *DAYS]),
    has_note=st.booleans(),
    amended=st.booleans(),
    steered=st.sampled_from([None, SteeredFacet.MATTERS, SteeredFacet.IGNORED]),
)
SOUGHT = st.lists(st.sampled_from(["EDGE", "%", "_", "\\", "ärger", ".png"]), max_size=2)
WEIGHTS = st.dictionaries(st.integers(0, 2), st.sampled_from([0.0, 1.0, 3.0]))


def fits(event: Decision, wanted: HistoryFilter, words: list[str], weights: dict[int, float]) -> bool:
    """The filter, as its own words have it."""
    weight, day = weights.get(event.item_index, 1.0), event.at_utc[:10]
    asks_for = {SteeredFacet.MATTERS: weight > 1, SteeredFacet.IGNORED: weight == 0}
    told = (NAMES[event.item_index], event.note, event.reason)
    return all(
        (
            all(any(word.lower() in text.lower() for text in told) for word in words),
            wanted.label_id in (None, event.label_id, event.predicted_id),
            wanted.reviewer in ("", event.reviewer),
            not wanted.verdicts or event.verdict in wanted.verdicts,
            day >= wanted.since,
            not wanted.until or day <= wanted.until,
            not wanted.has_note or event.note,
            not wanted.amended or event.reason not in ("", *CODES),
            wanted.steered is None or asks_for[wanted.steered],
        )
    )


@given(LOGS, st.lists(st.tuples(ASKED, SOUGHT), min_size=8, max_size=8), WEIGHTS)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_found_is_what_looking_at_each_event_finds_oldest_first(
    tmp_path_factory: pytest.TempPathFactory,
    log: list[dict[str, Any]],
    asked: list[tuple[HistoryFilter, list[str]]],
    weights: dict[int, float],
) -> None:
    with closing(Store.create(tmp_path_factory.mktemp("any") / "Any.hitl")) as store:
        with store.transaction():
            store.add_labels(["cat", "dog"])
            store.items.add([FoundItem(f"{n:x}" * 64, NAMES[n]) for n in range(3)], {})
            for place, changes in enumerate(log):
                changes["label_id"] = changes["label_id"] if changes["verdict"] in _NAMED else None
                store.decisions.append(replace(_EVENT, event_id=str(place), **changes))
            for index, weight in weights.items():
                store.steering.append_example(index, weight, "now", "ann", say("It counts."))
        events = store.decisions.all()
        for wanted, words in asked:
            expected = [event.number for event in events if fits(event, wanted, words, weights)]
            assert store.history.matching(wanted, words, 1, len(events)).tolist() == expected, (wanted, words)
            inside = [number for number in expected if 2 <= number <= 5]
            assert store.history.matching(wanted, words, 2, 5).tolist() == inside, (wanted, words)
            for order in HistoryOrder:
                for descending in (False, True):
                    found = store.history.in_order(wanted, words, order, descending=descending).tolist()
                    assert sorted(found) == expected, (wanted, words, order)
