"""Audits on disk: append-only, and read back as they were written."""

import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from hitl_desktop.domain.certificates import Audit, Audited, AuditEvent, Happened, Ladder, Standing
from hitl_desktop.domain.sentences import say
from hitl_desktop.store.models import ModelVersion
from hitl_desktop.store.store import DATABASE, Store

AUDIT = Audit(
    0,
    "2026-11-20T14:00:00.000+00:00",
    "ann",
    1,
    "ab" * 32,
    0.02,
    0.1,
    4127,
    5,
    6,
    0.9,
    0.5,
    (Ladder(None, (0.95, 0.9), (2, 4)), Ladder(1, (0.9,), (3,))),
    (Audited(3, 0.953125, 1), Audited(1, 0.90625, 0)),
    b"\x00\xff",
    "cd" * 32,
    "ef" * 32,
    (0, 1),
)


@pytest.fixture
def audited(store: Store) -> Store:
    with store.transaction():
        store.models.add(ModelVersion(1, "trained", "", "2026-11-20", 3, 0))
        store.audits.begin(AUDIT)
    return store


def test_an_audit_comes_back_as_it_was(audited: Store) -> None:
    audited.audits.forget()
    (record,) = audited.audits.all()
    assert record.audit.number == 1
    assert record.audit.drawn == AUDIT.drawn
    assert record.audit.ladders == AUDIT.ladders
    assert (record.audit.gate, record.audit.classes, record.audit.limit) == (AUDIT.gate, (0, 1), 0.9)
    assert record.standing is Standing.OPEN
    assert audited.audits.open_items() == audited.audits.drawn_items() == frozenset({1, 3})


def test_events_make_the_standing(audited: Store) -> None:
    steps = [
        (AuditEvent.FINISHED, Standing.NOT_YET),
        (AuditEvent.ISSUED, Standing.VALID),
        (AuditEvent.SUSPENDED, Standing.SUSPENDED),
        (AuditEvent.RESTORED, Standing.VALID),
        (AuditEvent.ENDED, Standing.ENDED),
    ]
    for place, (event, standing) in enumerate(steps, 1):
        facts = {"certificate": 1} if event is AuditEvent.ISSUED else None
        with audited.transaction():
            stored = audited.audits.append(Happened(0, 1, event, f"t{place}", "ann", say("Because."), facts))
        audited.audits.forget()
        assert stored.number == place
        assert audited.audits.all()[0].standing is standing
    (record,) = audited.audits.all()
    assert (record.certificate, record.issued_utc, str(record.why)) == (1, "t2", "Because.")
    assert audited.audits.open_items() == frozenset()
    assert audited.audits.drawn_items() == frozenset({1, 3})


def test_what_an_abandoned_audit_drew_may_be_drawn_again(audited: Store) -> None:
    with audited.transaction():
        audited.audits.append(Happened(0, 1, AuditEvent.ABANDONED, "t", "ann"))
    assert audited.audits.drawn_items() == frozenset()


def test_a_transaction_that_fails_leaves_nothing_in_memory(audited: Store) -> None:
    with pytest.raises(RuntimeError), audited.transaction():  # noqa: PT012 - the failure is what is tested
        audited.audits.append(Happened(0, 1, AuditEvent.ABANDONED, "t", "ann"))
        assert audited.audits.open() is None
        raise RuntimeError
    assert audited.audits.open() is not None


@pytest.mark.parametrize("table", ["audit", "audit_item", "audit_event"])
@pytest.mark.parametrize("change", ["DELETE FROM {}", "UPDATE {} SET {} = 1"])
def test_audits_are_append_only(audited: Store, table: str, change: str) -> None:
    with audited.transaction():
        audited.audits.append(Happened(0, 1, AuditEvent.ABANDONED, "t", "ann"))
    column = "audit" if table == "audit_item" else "number"
    with (
        closing(sqlite3.connect(audited.folder / DATABASE)) as raw,
        pytest.raises(sqlite3.IntegrityError, match="append-only"),
    ):
        raw.execute(change.format(table, column))


def test_what_is_known_of_audits_follows_every_step(audited: Store) -> None:
    """Asked for with every key, and so kept in memory: what is written must show in it at once."""
    audits = audited.audits

    def happened(number: int, event: AuditEvent) -> None:
        with audited.transaction():
            audits.append(Happened(0, number, event, "t", "l\udce9a"))

    def known() -> tuple[int | None, int | None, frozenset[int], frozenset[int]]:
        open_, valid = audits.open(), audits.certified()
        return open_ and open_.audit.number, valid and valid.audit.number, audits.open_items(), audits.drawn_items()

    assert known() == (1, None, {1, 3}, {1, 3})
    happened(1, AuditEvent.FINISHED)
    assert known() == (None, None, set(), {1, 3})
    happened(1, AuditEvent.ISSUED)
    assert known() == (None, 1, set(), {1, 3})
    happened(1, AuditEvent.SUSPENDED)
    assert known() == (None, 1, set(), {1, 3}), "it has not ended"
    with audited.transaction():
        second = audits.begin(replace(AUDIT, drawn=(Audited(0, 0.5, 1),), reviewer="b\udce9a"))
    assert second.number == 2
    assert known() == (2, 1, {0}, {0, 1, 3})
    happened(2, AuditEvent.ABANDONED)
    assert known() == (None, 1, set(), {1, 3})
    happened(1, AuditEvent.ENDED)
    assert known() == (None, None, set(), {1, 3})
    before = audits.all()
    audits.forget()
    assert audits.all() == before
    assert [(record.audit.number, record.audit.drawn) for record in before] == [(1, AUDIT.drawn), (2, second.drawn)]
    assert [event.number for record in before for event in record.events] == [1, 2, 3, 5, 4]
    assert {event.by for record in before for event in record.events} == {"l\udce9a"}
    assert before[1].audit == second
