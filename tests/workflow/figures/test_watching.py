"""The watch list: each row against its limit, on logs made for it."""

from dataclasses import replace

import numpy as np
import pytest

from hitl_desktop.assurance.estimates import Estimate
from hitl_desktop.assurance.intervals import wilson
from hitl_desktop.domain.batch_comparison import BatchComparison
from hitl_desktop.domain.changes import NOTHING
from hitl_desktop.domain.decisions import Exposure, Slot, Verdict
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.event_table import EXPOSURES, SLOTS, VERDICTS, EventTable
from hitl_desktop.workflow.figures.measured import VersionPoint
from hitl_desktop.workflow.figures.values import Watch, WatchState
from hitl_desktop.workflow.figures.watching import LIMITS, limits_of, log_alerts, repeats, set_limits, watch_list
from hitl_desktop.workflow.figures.work import work_of
from hitl_desktop.workflow.project import Project


def log(seconds: list[float], changed: int = 0) -> EventTable:
    """One confirmed decision per time; the last `changed` of them changed the suggestion that was in view."""
    n = len(seconds)
    ones = np.ones(n, np.int64)
    return EventTable(
        number=np.arange(1, n + 1),
        item=np.arange(n),
        verdict=np.full(n, VERDICTS.index(Verdict.CORRECTED), np.int8),
        slot=np.full(n, SLOTS.index(Slot.UNCERTAIN), np.int8),
        exposure=np.full(n, EXPOSURES.index(Exposure.SHOWN), np.int8),
        reviewer=np.zeros(n, np.int32),
        at=np.arange(n) * 60,
        version=ones,
        seconds=np.array(seconds),
        label=ones,
        suggested=ones,
        has_suggestion=np.ones(n, bool),
        agrees=np.arange(n) < n - changed,
        retracts=-ones,
        follows=-ones,
        in_batch=np.zeros(n, bool),
        amends=np.zeros(n, bool),
        reviewers=("ann",),
    )


def of(found: list[Watch], name: str) -> Watch:
    return next(watch for watch in found if watch.id == name)


def watched(events: EventTable, versions: list[VersionPoint] | None = None) -> list[Watch]:
    return watch_list(events, versions or [], None, LIMITS)


def version(number: int, needs: int, of_items: int = 400) -> VersionPoint:
    estimate = Estimate(needs, of_items, needs / of_items, *wilson(needs, of_items))
    return VersionPoint(number, False, 10 * number, None, estimate, None)


def intervention(*needs: int) -> Watch:
    points = [version(number, n) for number, n in enumerate(needs, 1)]
    points[-1] = replace(points[-1], is_in_use=True)
    return of(watched(log([]), points), "intervention")


def falling(*needs: int) -> WatchState:
    return intervention(*needs).state


def test_the_override_rate_has_a_limit() -> None:
    assert of(watched(log([5.0] * 10, 5)), "override").state is WatchState.UNKNOWN
    calm, busy = of(watched(log([5.0] * 100, 30)), "override"), of(watched(log([5.0] * 100, 31)), "override")
    assert (calm.state, busy.state) == (WatchState.OK, WatchState.LOOK)
    assert busy.value == pytest.approx(0.31)
    assert busy.value_words == "31 of the last 100, 31.0 %"


def test_review_time_that_jumps_is_seen_and_one_slow_item_is_not() -> None:
    usual = [5.0, 6.0, 4.0, 5.5] * 30
    assert of(watched(log([*usual, 400.0])), "review_time").state is WatchState.OK
    assert of(watched(log(usual + [12.0, 11.0] * 25)), "review_time").state is WatchState.LOOK
    assert of(watched(log([5.0] * 60)), "review_time").state is WatchState.UNKNOWN


def test_an_intervention_rate_that_does_not_fall_is_seen() -> None:
    assert falling(200, 180) is WatchState.OK
    assert falling(200, 204) is WatchState.OK  # one step may be chance
    assert falling(200, 204, 206) is WatchState.LOOK
    assert falling(200, 280) is WatchState.LOOK  # a clear rise is not
    assert falling(12, 14, 16) is WatchState.OK  # nothing left to fall
    assert falling(200) is WatchState.UNKNOWN


def test_a_rise_that_is_passed_over_says_why() -> None:
    assert intervention(200, 204).value_words == "50.0 % → 51.0 % with v2, may be chance"
    assert intervention(200, 180).value_words == "50.0 % → 45.0 % with v2"
    assert intervention(200, 280).value_words == "50.0 % → 70.0 % with v2"


def test_repeats_are_answers_of_one_person_that_nothing_led() -> None:
    hidden = EXPOSURES.index(Exposure.HIDDEN)
    events = replace(log([1.0] * 6), item=np.array([0, 1, 0, 1, 2, 2]), exposure=np.full(6, hidden, np.int8))
    assert repeats(replace(events, label=np.array([1, 1, 1, 2, 1, 1]))) == (2, 3)
    assert repeats(replace(events, amends=np.array([0, 0, 1, 1, 0, 1], bool))) == (0, 0)
    assert repeats(log([1.0] * 6)) == (0, 0)
    assert of(watched(events), "repeats").value == 1.0


def test_what_leaves_its_limits_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    outside = log_alerts(watched(log([5.0] * 100, 60)))
    assert outside == frozenset({"override"})
    assert "60 of the last 100 suggestions were changed (60.0%), limit 30%" in caplog.text
    caplog.clear()
    log_alerts(watched(log([5.0] * 100, 60)), outside)
    assert caplog.text == ""


def test_new_items_that_are_unlike_the_old_ones_are_seen() -> None:
    like, unlike = (BatchComparison(100, 640, 900, auc=0.6, p_features=p) for p in (0.41, 0.001))
    assert of(watch_list(log([]), [], None, LIMITS, like), "drift").state is WatchState.OK
    seen = of(watch_list(log([]), [], None, LIMITS, unlike), "drift")
    assert seen.state is WatchState.LOOK
    assert seen.value_words == "last batch of 640 items, p = 0.001"
    assert "drift" not in {watch.id for watch in watched(log([]))}


def test_automatic_decisions_are_nobodys_work() -> None:
    events = log([5.0] * 30, 6)
    verdicts = events.verdict.copy()
    verdicts[-6:-1] = VERDICTS.index(Verdict.AUTOMATIC)
    verdicts[-1] = VERDICTS.index(Verdict.RETRACTED)
    retracts = events.retracts.copy()
    retracts[-1] = events.number[-2]
    work = work_of(replace(events, verdict=verdicts, retracts=retracts))
    assert (work.decisions, work.seen, work.changed) == (24, 24, 0)
    assert work.automatic == 4


def test_limits_are_kept_and_odd_ones_refused(text_project: Project) -> None:
    assert limits_of(text_project.store) == LIMITS
    assert set_limits(text_project.store, {"override": 0.2}).settings
    assert set_limits(text_project.store, {"override": 0.2}) is NOTHING
    assert limits_of(text_project.store)["override"] == 0.2
    with pytest.raises(KnownError):
        set_limits(text_project.store, {"override": float("nan")})
    with pytest.raises(KnownError):
        set_limits(text_project.store, {"gap": 2.0})
