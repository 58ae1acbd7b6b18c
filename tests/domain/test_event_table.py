"""The log as columns says what the log says."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from hitl_desktop.domain.decisions import Decision, Exposure, Slot, Verdict, fold
from hitl_desktop.domain.event_table import EXPOSURES, NONE, SLOTS, VERDICTS, EventTable

ITEMS = 5


def table(log: list[Decision]) -> EventTable:
    def ints(name: str) -> np.ndarray:
        return np.array([NONE if getattr(e, name) is None else getattr(e, name) for e in log], np.int64)

    return EventTable(
        number=ints("number"),
        item=ints("item_index"),
        verdict=np.array([VERDICTS.index(e.verdict) for e in log], np.int8),
        slot=np.array([SLOTS.index(e.slot) for e in log], np.int8),
        exposure=np.array([NONE if e.exposure is None else EXPOSURES.index(e.exposure) for e in log], np.int8),
        reviewer=np.zeros(len(log), np.int32),
        at=np.arange(len(log)),
        version=ints("model_version"),
        seconds=np.full(len(log), np.nan),
        label=ints("label_id"),
        suggested=ints("predicted_id"),
        has_suggestion=np.array([e.has_suggestion for e in log], bool),
        agrees=np.array([e.agrees for e in log], bool),
        retracts=ints("retracts"),
        follows=ints("follows"),
        in_batch=np.zeros(len(log), bool),
        amends=np.zeros(len(log), bool),
        reviewers=("ann",),
    )


@st.composite
def logs(draw: st.DrawFn) -> list[Decision]:
    """Decisions and retractions as they may come, on a few items."""
    log: list[Decision] = []
    for number in range(1, draw(st.integers(0, 14)) + 1):
        taken = {e.retracts for e in log}
        live = [e for e in log if e.verdict is not Verdict.RETRACTED and e.number not in taken]
        if live and draw(st.integers(0, 2)) == 0:
            last = draw(st.sampled_from(live))
            log.append(Decision(number, str(number), last.item_index, Verdict.RETRACTED, None, "ann", "", last.slot,
                                retracts=last.number))  # fmt: skip
            continue
        verdict = draw(st.sampled_from([v for v in Verdict if v is not Verdict.RETRACTED]))
        named = verdict in (Verdict.CONFIRMED, Verdict.CORRECTED, Verdict.AUTOMATIC)
        item, label = draw(st.integers(0, ITEMS - 1)), draw(st.integers(1, 3)) if named else None
        suggested, seen = draw(st.none() | st.integers(1, 3)), draw(st.none() | st.sampled_from(Exposure))
        log.append(Decision(number, str(number), item, verdict, label, "ann", "", draw(st.sampled_from(Slot)),
                            predicted_id=suggested, exposure=seen))  # fmt: skip
    return log


@given(logs())
def test_the_columns_say_what_the_events_say(log: list[Decision]) -> None:
    found = table(log)
    assert len(found) == len(log)
    assert found.is_retraction.tolist() == [e.verdict is Verdict.RETRACTED for e in log]
    assert found.is_automatic.tolist() == [e.is_automatic for e in log]
    assert found.is_answer.tolist() == [e.verdict in (Verdict.CONFIRMED, Verdict.CORRECTED) for e in log]
    assert found.is_imported.tolist() == [e.slot in (Slot.IMPORTED, Slot.IMPORTED_CHECK) for e in log]
    assert found.was_in_view.tolist() == [
        e.has_suggestion and not e.is_automatic and e.exposure is not Exposure.HIDDEN for e in log
    ]


@given(logs())
def test_what_stands_is_the_fold_of_the_log(log: list[Decision]) -> None:
    found = table(log)
    standings = fold(log)
    expected = [NONE] * ITEMS
    for index, standing in standings.items():
        if standing.decision is not None:
            expected[index] = standing.decision.number - 1
    assert found.standing(ITEMS).tolist() == expected
    assert sorted(found.number[found.stands].tolist()) == sorted(
        e.number for e in log if e.verdict is not Verdict.RETRACTED and e.number not in {r.retracts for r in log}
    )


@given(logs())
def test_a_part_has_the_same_rows(log: list[Decision]) -> None:
    found = table(log)
    mask = np.array([n % 2 == 0 for n in range(len(log))], bool)
    part = found.of(mask)
    assert part.number.tolist() == [e.number for e in log[::2]]
    assert part.label.tolist() == [NONE if e.label_id is None else e.label_id for e in log[::2]]
    assert part.reviewers == found.reviewers
