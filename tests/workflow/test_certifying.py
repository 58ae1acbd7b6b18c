"""An audit from its beginning to the certificate: frozen, blind, complete; and what makes a certificate void."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from hitl_desktop.domain.certificates import AuditEvent, Standing
from hitl_desktop.domain.changes import NOTHING
from hitl_desktop.domain.decisions import Exposure, Slot, Verdict
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.history import HistoryFilter, HistoryOrder
from hitl_desktop.domain.items import ItemState
from hitl_desktop.domain.policy import Route, RoutingPolicy, Rule
from hitl_desktop.domain.policy_conditions import PredictedIs
from hitl_desktop.domain.pool import TO_DO
from hitl_desktop.domain.sentences import say, sentence_of
from hitl_desktop.workflow import auditing
from hitl_desktop.workflow.amending import decide_again
from hitl_desktop.workflow.audit_plan import Planner, Wish, Zone, audit_question
from hitl_desktop.workflow.bulk import bulk_events
from hitl_desktop.workflow.certifying import Stage, coverage, state, suspend
from hitl_desktop.workflow.classes import ClassEditor
from hitl_desktop.workflow.finding import hidden_items
from hitl_desktop.workflow.measuring import measuring_sample
from hitl_desktop.workflow.past_decisions import suggested
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.retraining import Retraining
from hitl_desktop.workflow.review import ReviewSession
from hitl_desktop.workflow.routing import set_policy
from hitl_desktop.workflow.snapshot import take_snapshot
from hitl_desktop.workflow.status import queue_rows
from hitl_desktop.workflow.suggesting import keeps_back, kept_back
from tests.conftest import Retrain
from tests.made_up_model import answer, answer_audit, give_model

ALPHA, DELTA = 0.2, 0.1


def zone_of(project: Project) -> Zone:
    return Planner().zone(audit_question(project))


@pytest.fixture
def session(image_project: Project) -> ReviewSession:
    """Sixty pictures, a model that is right on all of them, and nobody has decided anything."""
    give_model(image_project)
    image_project.set_threshold(0.8)
    return ReviewSession(image_project, "ann")


def begin(session: ReviewSession, audits: int | None = None) -> list[int]:
    """Begin an audit; returns what it drew, in order."""
    auditing.begin(session.project, ALPHA, DELTA, audits, "ann")
    session.take_audit()
    record = session.project.store.audits.open()
    assert record is not None
    return [item.index for item in record.audit.drawn]


def certified(session: ReviewSession) -> list[int]:
    """A session with a valid certificate; returns what was audited."""
    drawn = begin(session)
    answer_audit(session)
    assert state(session.project).stage is Stage.VALID
    return drawn


def test_what_is_frozen_when_an_audit_begins(session: ReviewSession) -> None:
    project = session.project
    drawn = begin(session)
    record = project.store.audits.open()
    assert record is not None
    audit = record.audit
    assert (audit.number, audit.reviewer, audit.model_version, audit.items) == (1, "ann", 1, 60)
    assert (audit.alpha, audit.delta, audit.limit) == (ALPHA, DELTA, 0.8)
    assert len(audit.model_hash) == len(audit.gate_digest) == len(audit.pool_digest) == 64
    assert audit.probability == pytest.approx(len(drawn) / audit.zone)
    assert 0.8 in audit.ladders[0].limits
    assert audit.ladders[0].limits[-1] <= 0.8, "the zone goes down to the limit in force"
    confidence = project.pool.confidence
    assert audit.zone == int((confidence >= audit.ladders[0].limits[-1]).sum())
    assert all(confidence[index] >= audit.ladders[0].limits[-1] for index in drawn)
    assert {ladder.label_id for ladder in audit.ladders[1:]} == {label.id for label in project.labels}
    assert sum(ladder.sizes[-1] for ladder in audit.ladders[1:]) == audit.zone
    assert auditing.gate_of(audit).tolist() == [True] * 60


def test_an_audit_is_mixed_into_the_queue(session: ReviewSession) -> None:
    on_screen = session.current
    drawn = begin(session)
    waiting = session.waiting().tolist()
    assert waiting[0] == on_screen, "what is on screen stays there"
    at = [waiting.index(index) for index in drawn if index != on_screen]
    assert at == sorted(at), "in the order they were drawn"
    assert set(drawn) <= set(waiting), "also those the model is sure enough of"
    assert len(drawn) < len(waiting)
    assert {session.slot_of(index) for index in drawn if index != on_screen} == {Slot.AUDIT}
    reopened = ReviewSession(session.project, "ann")
    assert [i for i in reopened.waiting().tolist() if i in drawn] == [i for i in waiting if i in drawn]


def test_an_audited_item_is_blind_everywhere_and_never_revealed(session: ReviewSession) -> None:
    project = session.project
    assert session.visible is not None
    drawn = begin(session)
    while session.current not in drawn:
        answer(session)
    index = session.current
    assert index is not None
    assert (session.slot, session.visible, session.look.is_check) == (Slot.AUDIT, None, True)
    with pytest.raises(KnownError, match="hidden"):
        session.decide(Verdict.CONFIRMED)
    item = project.store.items.get(index)
    assert keeps_back(project, item)
    assert kept_back(project, np.array([index])).all()
    hidden = hidden_items(project)
    assert hidden is not None
    assert set(np.flatnonzero(hidden)) == set(drawn)
    row = next(row for row in queue_rows(session, 60) if row["id"] == item.digest)
    assert (row["label"], row["confidence"], row["probabilities"]) == (None, None, {})
    other = next(label.id for label in project.labels if label.id != item.truth_id)
    session.decide(Verdict.CORRECTED, other)
    assert session.current != index, "a different answer reveals nothing"
    event = project.store.decisions.all()[-1]
    assert (event.slot, event.exposure, event.hiding) == (Slot.AUDIT, Exposure.HIDDEN, 1.0)
    record = project.store.audits.open()
    assert record is not None
    assert event.probability == record.audit.probability


def test_an_item_opened_from_a_list_is_audited_all_the_same(session: ReviewSession) -> None:
    drawn = begin(session)
    session.go_to(drawn[-1])
    assert session.visible is None
    answer(session)
    assert session.project.store.decisions.all()[-1].slot is Slot.AUDIT
    with pytest.raises(KnownError, match="one at a time"):
        bulk_events(session, drawn, Verdict.CONFIRMED)


def test_nobody_is_told_how_an_audit_goes(session: ReviewSession) -> None:
    project = session.project
    drawn = begin(session, 20)
    reserve = [index for index in drawn if project.reserve.members[index]]
    for index in [*reserve, *drawn][:8]:
        session.go_to(index)
        answer(session)
    far = auditing.progress(project)
    assert far == auditing.Progress(20, 20 - len(set([*reserve, *drawn][:8])))
    assert state(project).walk is None
    event = project.store.decisions.all()[-1]
    assert event.predicted_id is not None
    assert suggested(project, event) == ""
    sample = measuring_sample(project, take_snapshot(project))
    assert not set(sample.rows.tolist()) & set(drawn), "its answers measure nothing yet"


def test_the_history_cannot_be_asked_how_an_audit_goes(session: ReviewSession) -> None:
    project = session.project
    give_model(project, wrong=range(0, 60, 2))
    begin(session, 20)
    for _ in range(12):
        answer(session)
    last = project.store.decisions.count()
    search = project.store.history
    confirmed, corrected = (
        search.matching(HistoryFilter(verdicts=frozenset({one})), (), 1, last).tolist()
        for one in (Verdict.CONFIRMED, Verdict.CORRECTED)
    )
    audited = [event.number for event in project.store.decisions.all() if event.slot is Slot.AUDIT]
    assert audited
    assert set(audited) <= set(confirmed) & set(corrected)
    for label in project.labels:
        found = search.matching(HistoryFilter(label_id=label.id), (), 1, last).tolist()
        events = project.store.decisions.numbered([one for one in found if one in audited])
        assert {event.label_id for event in events} <= {label.id}, "what the model said of it is not to be found"
    by_name = search.in_order(HistoryFilter(), (), HistoryOrder.DECIDED, descending=False).tolist()
    said = {event.number: project.label(event.label_id).name for event in project.store.decisions.numbered(audited)}
    names = [said[number] for number in by_name if number in said]
    assert names == sorted(names), "and the order by what was decided does not part right from wrong"


def test_a_complete_audit_without_an_error_gives_a_certificate(session: ReviewSession) -> None:
    project = session.project
    drawn = certified(session)
    found = state(project)
    assert found.record is not None
    assert (found.record.certificate, found.record.standing) == (1, Standing.VALID)
    assert [event.event for event in found.record.events] == [AuditEvent.FINISHED, AuditEvent.ISSUED]
    assert found.in_force == 0.8
    assert (found.record.fact("wrong"), found.record.fact("unanswered"), found.record.fact("reviewers")) == (0, 0, 1)
    covered = coverage(project)
    assert covered.why_not is None
    rows = np.flatnonzero(covered.rows)
    assert len(rows)
    assert not set(rows.tolist()) & set(drawn)
    assert (project.pool.confidence[rows] >= 0.8).all()
    assert (project.pool.states[rows] == TO_DO).all()


def test_a_stricter_limit_stays_covered_and_a_looser_one_is_not_followed(session: ReviewSession) -> None:
    project = session.project
    certified(session)
    proved = state(project).walk
    assert proved is not None
    strict = proved.proved()[0]
    project.set_threshold(strict)
    assert coverage(project).limit == strict
    project.set_threshold(0.1)
    assert coverage(project).limit == proved.proved()[-1]
    project.set_threshold(1.0)
    found = coverage(project)
    assert found.why_not is not None
    assert not found.rows.any()


def test_skipped_audits_count_as_wrong(session: ReviewSession) -> None:
    project = session.project
    drawn = begin(session)
    answer_audit(session, skip=drawn[:6])
    found = state(project)
    assert found.stage is Stage.NOT_YET
    assert found.record is not None
    assert (found.record.fact("wrong"), found.record.fact("unanswered")) == (6, 6)
    assert coverage(project).why_not is not None
    assert not coverage(project).rows.any()


def test_after_wrong_answers_it_says_what_would_do(image_project: Project) -> None:
    give_model(image_project, wrong=range(60))
    image_project.set_threshold(0.7)
    session = ReviewSession(image_project, "ann")
    begin(session, 18)
    answer_audit(session)
    found = state(image_project)
    assert found.stage is Stage.NOT_YET
    assert found.walk is not None
    assert found.walk.stopped is not None
    assert found.more is None, "it errs more often than is allowed: no number of checks will do"


def test_a_second_audit_draws_other_items_and_spends_less(session: ReviewSession) -> None:
    drawn = begin(session)
    answer_audit(session, skip=drawn[:6])
    again = begin(session, 12)
    assert not set(drawn) & set(again)
    answer_audit(session)
    record = session.project.store.audits.all()[-1]
    assert record.walk is not None
    assert record.walk.delta == pytest.approx(6 * DELTA / (np.pi**2 * 4))


def test_a_changed_answer_suspends_the_certificate_and_changing_it_back_restores_it(session: ReviewSession) -> None:
    project = session.project
    drawn = certified(session)
    before = state(project).in_force
    for index in drawn:
        truth = project.store.items.get(index).truth_id
        other = next(label.id for label in project.labels if label.id != truth)
        changes = decide_again(session, index, Verdict.CORRECTED, other, reason="looked again")
        if state(project).stage is Stage.SUSPENDED:
            break
    found = state(project)
    assert found.stage is Stage.SUSPENDED
    assert changes.routing
    assert "answer of the audit was changed" in str(found.why)
    assert not coverage(project).rows.any()
    session.undo()
    assert state(project).stage is Stage.VALID
    assert state(project).in_force == before


def test_a_monitor_suspends_with_its_reason(session: ReviewSession) -> None:
    project = session.project
    assert suspend(project, say("New items differ.")) is NOTHING
    drawn = certified(session)
    assert suspend(project, say("New items differ.")).routing
    found = coverage(project)
    assert found.certificate == 1
    assert str(found.why_not) == "New items differ."
    truth = project.store.items.get(drawn[0]).truth_id
    other = next(label.id for label in project.labels if label.id != truth)
    decide_again(session, drawn[0], Verdict.CORRECTED, other, reason="looked again")
    session.undo()
    assert state(project).stage is Stage.SUSPENDED, "answers do not lift what a monitor found"
    assert suspend(project, say("Again.")) is NOTHING


def test_another_version_or_other_classes_void_it(session: ReviewSession) -> None:
    project = session.project
    certified(session)
    session.change_classes(lambda editor: editor.merge(project.labels[0].id, project.labels[1].id))
    assert "classes" in str(coverage(project).why_not)
    ClassEditor(project, "ann").take_back()
    session.take_classes()
    assert coverage(project).why_not is None
    give_model(project, seed=6)
    assert "v1; v2 is in use" in str(coverage(project).why_not)
    Retraining(project).put_to_use(1)
    assert coverage(project).why_not is None


def test_a_new_certificate_takes_the_place_of_the_old_one(session: ReviewSession) -> None:
    project = session.project
    certified(session)
    give_model(project, seed=6)
    session.replan()
    begin(session, 12)
    answer_audit(session)
    first, second = project.store.audits.all()
    assert (first.standing, second.standing, second.certificate) == (Standing.ENDED, Standing.VALID, 2)
    assert str(first.why) == "Certificate 2 took its place."
    assert coverage(project).certificate == 2


def with_a_trained_version(project: Project, retrain: Retrain) -> ReviewSession:
    session = ReviewSession(project, "ann")
    for _ in range(10):
        answer(session)
    assert retrain(project).verdict["is_promoted"]
    project.set_threshold(0.5)
    session.replan()
    return session


def test_while_an_audit_is_under_way_a_new_version_stays_a_challenger(image_project: Project, retrain: Retrain) -> None:
    session = with_a_trained_version(image_project, retrain)
    auditing.begin(image_project, ALPHA, DELTA, None, "ann")
    session.take_audit()
    for _ in range(4):
        answer(session)
    model = retrain(image_project)
    assert not model.verdict["is_promoted"]
    assert image_project.model is not None
    assert image_project.model.version == 1
    reason = image_project.store.models.all()[-1].verdict["reason"]
    assert "audit" in str(reason)
    Retraining(image_project).put_to_use(2)
    (record,) = image_project.store.audits.all()
    assert record.standing is Standing.ABANDONED, "a person may; then the audit is void"
    assert "v2" in str(record.why)


def test_while_a_certificate_holds_a_new_version_stays_a_challenger(image_project: Project, retrain: Retrain) -> None:
    """What people's checks have proved is not undone by a training that nobody asked for."""
    session = with_a_trained_version(image_project, retrain)
    begin(session)
    answer_audit(session)
    assert state(image_project).stage is Stage.VALID
    model = retrain(image_project)
    assert not model.verdict["is_promoted"]
    assert "certificate" in str(sentence_of(model.verdict["reason"]))
    assert state(image_project).stage is Stage.VALID
    suspend(image_project, say("New items differ."))
    assert retrain(image_project).verdict["is_promoted"], "what does not hold holds nothing back"


def test_what_a_failed_audit_found_is_still_told_of_the_next_version(session: ReviewSession) -> None:
    drawn = begin(session)
    answer_audit(session, skip=drawn)
    assert state(session.project).is_of_now
    give_model(session.project, seed=6)
    found = state(session.project)
    assert (found.stage, found.more, found.is_of_now) == (Stage.NOT_YET, None, False)
    assert str(found.why) == "The last audit was of model v1; v2 is in use."
    assert found.walk is not None
    assert found.walk.stopped is not None
    Retraining(session.project).put_to_use(1)
    assert state(session.project).is_of_now


def test_an_audit_can_be_ended_without_a_result(session: ReviewSession) -> None:
    project = session.project
    drawn = begin(session)
    auditing.abandon(project, "ann")
    session.take_audit()
    assert state(project).stage is Stage.NONE
    assert Slot.AUDIT not in {session.slot_of(int(index)) for index in session.waiting()}
    assert zone_of(project).release == 2, "what it spent is spent"
    assert set(begin(session)) & set(drawn), "its items may be drawn again"
    with pytest.raises(KnownError, match="under way"):
        auditing.begin(project, ALPHA, DELTA, None, "ann")


def test_an_audit_that_was_answered_when_the_program_died_is_settled_on_opening(session: ReviewSession) -> None:
    project = session.project
    drawn = begin(session)
    for index in drawn[:-1]:
        session.go_to(index)
        answer(session)
    assert auditing.settle(project, "ann") is NOTHING
    session.go_to(drawn[-1])
    event = project.store.decisions.all()[-1]
    # As if it had stopped between the decision and the result.
    project.store.record(
        replace(event, event_id="x", item_index=drawn[-1], label_id=project.store.items.get(drawn[-1]).truth_id),
        current=None,
    )
    project.follow_standing([drawn[-1]])
    assert project.store.audits.open() is not None
    assert auditing.settle(project, "ann").routing
    assert state(project).stage is Stage.VALID


def test_what_cannot_be_certified_is_said_at_once(session: ReviewSession) -> None:
    project = session.project
    with pytest.raises(KnownError, match="never be certified"):
        auditing.begin(project, 0.01, DELTA, None, "ann")
    with pytest.raises(KnownError, match="at least"):
        auditing.begin(project, ALPHA, DELTA, 3, "ann")
    with pytest.raises(KnownError, match="can be checked"):
        auditing.begin(project, ALPHA, DELTA, 59, "ann")
    for alpha, delta in ((0.0, 0.1), (1.0, 0.1), (0.1, 0.0), (0.1, 0.5), (float("nan"), 0.1)):
        with pytest.raises(KnownError, match="between 0 and"):
            auditing.begin(project, alpha, delta, None, "ann")
    assert project.store.audits.all() == ()


def test_without_a_model_there_is_nothing_to_certify(image_project: Project) -> None:
    with pytest.raises(KnownError, match="no model"):
        zone_of(image_project)
    assert state(image_project).stage is Stage.NONE
    assert coverage(image_project).why_not is not None


def test_with_several_findings_an_item_is_right_when_all_are(findings_project: Project) -> None:
    give_model(findings_project)
    findings_project.set_threshold(0.7)
    session = ReviewSession(findings_project, "ann")
    drawn = begin(session)
    answer_audit(session)
    found = state(findings_project)
    assert found.stage is Stage.VALID
    assert found.record is not None
    assert [label for label, _ in found.record.walks()] == [None]
    wrong = auditing.wrong_among(findings_project, np.array(drawn), findings_project.pool.predicted[drawn] ^ 1)
    assert wrong.all()


def test_a_certificate_survives_closing_the_project(session: ReviewSession, image_project_folder: Path) -> None:
    certified(session)
    before = state(session.project)
    rows = coverage(session.project).rows
    session.project.close()
    again = Project.open(image_project_folder)
    assert state(again) == before
    assert coverage(again).rows.tolist() == rows.tolist()
    assert again.store.items.get(0).state in ItemState
    again.close()


def test_a_plan_that_was_overtaken_is_not_put_on_record(session: ReviewSession) -> None:
    project = session.project
    audit = Planner().plan(audit_question(project), Wish(ALPHA, DELTA, None, "ann"))
    session.go_to(audit.drawn[0].index)
    answer(session)
    with pytest.raises(KnownError, match="changed meanwhile"):
        auditing.commit(project, audit)
    assert project.store.audits.all() == ()


def test_nothing_to_certify_where_no_rule_is_automatic(session: ReviewSession) -> None:
    set_policy(session.project, RoutingPolicy((), Route.REVIEW))
    with pytest.raises(KnownError, match="No rule"):
        zone_of(session.project)


def test_other_rules_void_it_and_another_limit_does_not(session: ReviewSession) -> None:
    project = session.project
    certified(session)
    first = project.labels[0].id
    set_policy(project, RoutingPolicy((Rule((PredictedIs((first,)),), Route.REVIEW), *project.policy.rules)))
    assert "rules" in str(coverage(project).why_not)
    assert not coverage(project).rows.any()
    set_policy(project, RoutingPolicy(project.policy.rules[1:]))
    assert coverage(project).why_not is None


def test_where_few_reach_the_limit_the_audit_is_drawn_from_not_many_more(session: ReviewSession) -> None:
    project = session.project
    project.set_threshold(0.9)
    wanted = int((project.pool.confidence >= 0.9).sum())
    zone = zone_of(project)
    assert zone.wanted == wanted
    assert wanted <= zone.size <= 1.5 * wanted + 1
    assert zone.size < 0.6 * 60
    begin(session)
    answer_audit(session)
    assert coverage(project).limit == 0.9, "so many as are usual prove the limit itself"
