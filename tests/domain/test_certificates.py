"""What an audit found is kept whole, and where it stands is a fold over what happened to it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitl_desktop.domain.certificates import (
    Audit,
    AuditEvent,
    AuditRecord,
    Happened,
    Ladder,
    Outcome,
    Standing,
    Step,
    Walk,
    latest,
)
from hitl_desktop.domain.sentences import NOTHING_TO_SAY, say

PROVED, STOPPED, SKIPPED = Outcome.PROVED, Outcome.STOPPED, Outcome.SKIPPED
STEPS = (
    Step(0.99, 100, 2, 0, 90, SKIPPED),
    Step(0.95, 400, 80, 0, 8, PROVED),
    Step(0.9, 800, 160, 1, 20, PROVED),
    Step(0.8, 1000, 200, 30, 200, STOPPED),
)
WALK = Walk(STEPS, 0.05, 0.1)
AUDIT = Audit(
    3, "2026-01-02T03:04:05+00:00", "ann", 2, "aa", 0.05, 0.1, 7, 2000, 4, 0.8, 0.2,
    (Ladder(None, (0.99, 0.8), (100, 1000)), Ladder(1, (0.9,), (300,))), (), b"", "bb", "cc", (1, 2),
)  # fmt: skip


def record(*events: AuditEvent, **facts: object) -> AuditRecord:
    happened = (
        Happened(n, 3, event, f"at {n}", "ann", say("Because."), facts or None) for n, event in enumerate(events, 1)
    )
    return AuditRecord(AUDIT, tuple(happened))


def test_a_walk_knows_its_loosest_proof_and_where_it_ended() -> None:
    assert WALK.proved() == (0.95, 0.9)
    assert WALK.last == STEPS[2]
    assert WALK.stopped == STEPS[3]
    assert Walk(STEPS[:3], 0.05, 0.1).stopped is None
    assert Walk((), 0.05, 0.1).stopped is None
    assert Walk(STEPS[:1], 0.05, 0.1).last is None
    assert STEPS[2].share == pytest.approx(0.025)
    assert Step(0.99, 0, 0, 0, 0, SKIPPED).share == 1.0, "of no items nothing is known"


@pytest.mark.parametrize(
    ("limit", "found"), [(0.5, 0.9), (0.9, 0.9), (0.91, 0.95), (0.95, 0.95), (0.96, None), (1.0, None)]
)
def test_a_limit_that_is_proved_holds_for_stricter_ones_only(limit: float, found: float | None) -> None:
    assert WALK.in_force(limit) == found


COUNTS = st.integers(0, 10**6)
WALKS = st.builds(
    Walk,
    st.lists(st.builds(Step, st.floats(0, 1), COUNTS, COUNTS, COUNTS, COUNTS, st.sampled_from(Outcome))).map(tuple),
    st.floats(0, 1),
    st.floats(0, 1),
)


@given(WALKS)
def test_a_walk_is_kept_as_json(walk: Walk) -> None:
    assert Walk.of(json.loads(json.dumps(walk.plain()))) == walk


@pytest.mark.parametrize(
    ("events", "standing"),
    [
        ([], Standing.OPEN),
        ([AuditEvent.ABANDONED], Standing.ABANDONED),
        ([AuditEvent.FINISHED], Standing.NOT_YET),
        ([AuditEvent.FINISHED, AuditEvent.ISSUED], Standing.VALID),
        ([AuditEvent.FINISHED, AuditEvent.ISSUED, AuditEvent.SUSPENDED], Standing.SUSPENDED),
        ([AuditEvent.FINISHED, AuditEvent.ISSUED, AuditEvent.SUSPENDED, AuditEvent.RESTORED], Standing.VALID),
        ([AuditEvent.FINISHED, AuditEvent.ISSUED, AuditEvent.ENDED], Standing.ENDED),
    ],
)
def test_an_audit_stands_where_its_last_event_left_it(events: list[AuditEvent], standing: Standing) -> None:
    assert record(*events).standing is standing


def test_a_finished_audit_has_its_result_and_an_open_one_none() -> None:
    walks = [{"label": None, **WALK.plain()}, {"label": 1, **Walk((), 0.05, 0.1).plain()}]
    done = record(AuditEvent.FINISHED, walks=walks, wrong=4)
    assert done.walks() == [(None, WALK), (1, Walk((), 0.05, 0.1))]
    assert done.walk == WALK
    assert (done.fact("wrong"), done.fact("unanswered"), done.fact("unanswered", 9)) == (4, 0, 9)
    assert done.audit.zone == 1000
    for nothing in (record(), record(AuditEvent.FINISHED), record(AuditEvent.ABANDONED, walks=walks, wrong=4)):
        assert (nothing.walks(), nothing.walk, nothing.fact("wrong", 7)) == ([], None, 7)


def test_a_certificate_is_known_by_the_event_that_issued_it() -> None:
    issued = record(AuditEvent.FINISHED, AuditEvent.ISSUED, AuditEvent.SUSPENDED, certificate=5)
    assert (issued.certificate, issued.issued_utc, str(issued.why)) == (5, "at 2", "Because.")
    assert record(AuditEvent.FINISHED, certificate=5).certificate is None
    assert record(AuditEvent.ISSUED).certificate is None
    assert (record().issued_utc, record().why, record().finished) == ("", NOTHING_TO_SAY, None)


def test_the_newest_that_stands_so_is_found() -> None:
    older, newer = record(AuditEvent.FINISHED, wrong=1), record(AuditEvent.FINISHED, wrong=2)
    records = [record(), older, newer, record(AuditEvent.ABANDONED)]
    assert latest(records, Standing.NOT_YET) is newer
    assert latest(records, Standing.OPEN, Standing.NOT_YET) is newer
    assert latest(records, Standing.VALID) is None
