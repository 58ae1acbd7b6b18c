"""What keeps watch over automatic decisions: figures against their limits, and the pause when one leaves its limit."""

from typing import Final

from hitl_desktop.assurance import monitors
from hitl_desktop.assurance.monitors import Monitor, MonitorKind, MonitorState
from hitl_desktop.domain.automation import AutomationAction, AutomationEvent
from hitl_desktop.domain.changes import NOTHING, Changes
from hitl_desktop.domain.sentences import NOTHING_TO_SAY, Figure, Sentence, Share, say, say_n
from hitl_desktop.workflow import automation, certifying
from hitl_desktop.workflow.arrivals import comparisons
from hitl_desktop.workflow.project import Project

WITHOUT_CERTIFICATE: Final = 0.05
"""The share of wrong ones from which it pauses where no certificate promises a smaller one."""


_AGAINST_THE_CERTIFICATE: Final = frozenset({MonitorKind.WATCH_ERROR, MonitorKind.DRIFT})
"""What says that it no longer holds: it covers nothing until another audit."""


def monitors_of(project: Project) -> list[Monitor]:
    """All figures now. Those of decisions count from when somebody last let it go on: what came before is settled."""
    store, alpha = project.store, promised(project)
    let_go = _let_go(project)
    since = let_go.upto if let_go else 0
    changed = store.automation.changed(since)
    wrong, watched = store.automation.watched(since)
    seconds = store.automation.review_seconds(monitors.RECENT + monitors.MOST_BEFORE)
    is_recent = store.automation.reviews_since(since) >= monitors.RECENT
    return [
        monitors.watch_error(wrong, watched, alpha),
        monitors.override_rate(changed, project.pool.ledger().automatic + changed, alpha),
        monitors.review_time(seconds if is_recent else ()),
        monitors.drift(_drifted(project, let_go.at_utc if let_go else "")),
    ]


def promised(project: Project) -> float:
    """The share of automatic decisions that may be wrong, as the certificate in force says."""
    record = project.store.audits.certified()
    return record.audit.alpha if record is not None and certifying.holds(project) else WITHOUT_CERTIFICATE


def look_after(project: Project) -> Changes:
    """Pause where a figure is out of its limit, and say which; a certificate that it speaks against is suspended.

    `NOTHING` while all are within, or it is paused.
    """
    if not automation.state(project).is_running or not automation.is_permitted(project):
        return NOTHING
    out = next((one for one in monitors_of(project) if one.state is MonitorState.OUT), None)
    if out is None:
        return NOTHING
    changes = automation.pause_by_itself(project, why(out))
    if out.kind in _AGAINST_THE_CERTIFICATE:
        changes = changes | certifying.suspend(project, why(out))
    return changes


def why(monitor: Monitor) -> Sentence:
    """Why a figure that is out of its limit stops the automatic."""
    if monitor.kind is MonitorKind.WATCH_ERROR:
        return say_n(
            "Of {n} item checked blind to keep watch, the model had {wrong} wrong; {limit} may be.",
            "Of {n} items checked blind to keep watch, the model had {wrong} wrong; {limit} may be.",
            monitor.of,
            wrong=monitor.count,
            limit=Share(monitor.limit),
        )
    if monitor.kind is MonitorKind.OVERRIDES:
        return say_n(
            "{changed} of {n} automatic decision was changed by people; {limit} may be wrong.",
            "{changed} of {n} automatic decisions were changed by people; {limit} may be wrong.",
            monitor.of,
            changed=monitor.count,
            limit=Share(monitor.limit),
        )
    if monitor.kind is MonitorKind.REVIEW_TIME:
        return say("Reviews take {times} times as long as before.", times=Figure(monitor.value, 1))
    return say("New items differ from the checked ones.")


def in_short(monitor: Monitor) -> Sentence:
    """A figure in a few words; nothing where there is too little to tell."""
    if monitor.state is MonitorState.NOT_YET:
        return NOTHING_TO_SAY
    if monitor.kind is MonitorKind.WATCH_ERROR:
        return say("blind checks: {wrong} of {n} wrong", wrong=monitor.count, n=monitor.of)
    if monitor.kind is MonitorKind.OVERRIDES:
        return say("changed by people: {changed} of {n}", changed=monitor.count, n=monitor.of)
    if monitor.kind is MonitorKind.REVIEW_TIME:
        return say("review time: {times} times that before", times=Figure(monitor.value, 1))
    return say("new items: unlike the others") if monitor.value else say("new items: like the others")


def _let_go(project: Project) -> AutomationEvent | None:
    """When somebody last let it go on, or allowed it; None where nobody has."""
    letting = (AutomationAction.RESUMED, AutomationAction.OVERRIDDEN)
    return next((event for event in reversed(project.store.automation.events()) if event.action in letting), None)


def _drifted(project: Project, since_utc: str) -> bool | None:
    """Whether the last batch of items that was compared since then is unlike what was there; None without one."""
    last = max(comparisons(project).items(), default=None)
    if last is None:
        return None
    return last[1].differs and last[1].at_utc > since_utc
