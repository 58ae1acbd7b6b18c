"""The log as columns says what the log says, event by event, and reads only what is new."""

import datetime

import numpy as np
import pytest

from hitl_desktop.domain.decisions import Exposure, Slot, Verdict, fold
from hitl_desktop.domain.event_table import EXPOSURES, NONE, SLOTS, VERDICTS
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.review import ReviewSession
from tests.conftest import Retrain


@pytest.fixture
def worked(image_project: Project, retrain: Retrain) -> Project:
    session = ReviewSession(image_project, "ann")
    for number in range(14):
        assert session.item is not None
        session.decide(Verdict.CORRECTED, session.item.truth_id, seconds=float(number))
    retrain(image_project)
    image_project.set_threshold(1.0)
    session.replan()
    session.set_reviewer("bob")
    for verdict in (Verdict.CONFIRMED, Verdict.SKIPPED, Verdict.FLAGGED, Verdict.CONFIRMED):
        session.decide(verdict, seconds=2.5)
    session.undo()
    return image_project


def test_every_event_is_there_as_it_was_made(worked: Project) -> None:
    log = worked.store.decisions.all()
    table = worked.store.events.read(len(log))
    assert len(table) == len(log)
    for place, event in enumerate(log):
        assert table.number[place] == event.number
        assert table.item[place] == event.item_index
        assert VERDICTS[table.verdict[place]] is event.verdict
        assert SLOTS[table.slot[place]] is event.slot
        exposure = table.exposure[place]
        assert (EXPOSURES[exposure] if exposure != NONE else None) is event.exposure
        assert table.reviewers[table.reviewer[place]] == event.reviewer
        assert table.at[place] == int(datetime.datetime.fromisoformat(event.at_utc).timestamp())
        assert table.seconds[place] == event.seconds or (np.isnan(table.seconds[place]) and event.seconds is None)
        assert (table.label[place], table.suggested[place]) == (event.label_id or -1, event.predicted_id or -1)
        assert table.agrees[place] == event.agrees
        assert table.has_suggestion[place] == event.has_suggestion
        assert table.was_in_view[place] == event.was_in_view
        assert table.retracts[place] == (event.retracts or -1)
        assert table.version[place] == (event.model_version or -1)
    assert {Exposure.SHOWN, None} <= {event.exposure for event in log}
    assert Slot.EXPLORE in {event.slot for event in log}


def test_what_stands_is_what_the_fold_says(worked: Project) -> None:
    log = worked.store.decisions.all()
    standing = worked.store.events.read(len(log)).standing(len(worked.pool))
    for index, said in fold(log).items():
        expected = -1 if said.decision is None else said.decision.number - 1
        assert standing[index] == expected
    assert (standing >= 0).sum() == sum(said.decision is not None for said in fold(log).values())


def test_only_what_is_new_is_read(worked: Project) -> None:
    half = worked.store.events.read(9)
    whole = worked.store.events.read(worked.store.decisions.count(), half)
    again = worked.store.events.read(worked.store.decisions.count())
    assert whole.reviewers == again.reviewers == ("ann", "bob")
    for name in ("number", "item", "verdict", "seconds", "reviewer", "agrees"):
        assert np.array_equal(getattr(whole, name), getattr(again, name), equal_nan=name == "seconds")


def test_reading_can_be_stopped(worked: Project) -> None:
    def stop() -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        worked.store.events.read(worked.store.decisions.count(), check=stop)


def test_an_empty_log_has_no_rows(text_project: Project) -> None:
    table = text_project.store.events.read(0)
    assert len(table) == 0
    assert (table.standing(5) == -1).all()
