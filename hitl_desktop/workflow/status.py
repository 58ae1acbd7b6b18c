"""Status: the figures of a project as plain values. What the window shows must equal this."""

from collections.abc import Iterable
from typing import Any, Final

from hitl_desktop.domain.batch_comparison import BatchComparison
from hitl_desktop.domain.batches import Batch
from hitl_desktop.domain.certificates import Walk
from hitl_desktop.domain.items import Item
from hitl_desktop.domain.sentences import sentence_of
from hitl_desktop.store.models import ModelVersion
from hitl_desktop.workflow.arrivals import comparisons
from hitl_desktop.workflow.automation_status import automation_answer
from hitl_desktop.workflow.certifying import Stage, State, coverage, state
from hitl_desktop.workflow.drift import reason
from hitl_desktop.workflow.figures.asked import Asked
from hitl_desktop.workflow.figures.compute import figures_of
from hitl_desktop.workflow.figures.watching import log_alerts, plain_alerts
from hitl_desktop.workflow.model_report import ModelReport
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.reporting import model_report
from hitl_desktop.workflow.review import ReviewSession
from hitl_desktop.workflow.second_reading import agreement
from hitl_desktop.workflow.snapshot import take_snapshot

_SHIFTED: Final = 20
"""So many of the most shifted items of a batch are named."""


def status(project: Project) -> dict[str, Any]:
    """The contract of `hitl-desktop status`: the states partition `items`."""
    ledger = project.pool.ledger()
    model = project.model
    return {
        "items": ledger.items,
        "needs_review": ledger.needs_review,
        "proposed": ledger.proposed,
        "decided": ledger.decided,
        "skipped": ledger.skipped,
        "unsure": ledger.unsure,
        "flagged": ledger.flagged,
        "automatic": ledger.automatic,
        "policy": project.policy.version,
        "routes": {route.value: count for route, count in project.pool.to_do_by_route().items()},
        "second_reading": _second_reading(project),
        "decisions": project.store.decisions.count(),
        "watch": _watched(project),
        "model": None if model is None else model_answer(project, model),
        "batches": batch_answers(project),
        "certificate": certificate_answer(project),
        "automation": automation_answer(project),
    }


def _second_reading(project: Project) -> dict[str, Any]:
    """How many items wait for a second reader, and how two readers agree; κ is Cohen's."""
    found = agreement(project)
    share = None if found.share is None else [found.share.share, found.share.low, found.share.high]
    return {
        "waits": found.waits,
        "agreed": found.agreed,
        "differs": found.differs,
        "settled": found.settled,
        "agreement": share,
        "kappa": found.kappa,
    }


def _watched(project: Project) -> list[dict[str, Any]]:
    """The watch list of the figures, and what has left its limits to the log."""
    found = figures_of(project, Asked()).figures.watch
    log_alerts(found)
    return plain_alerts(found)


def batch_answers(project: Project) -> list[dict[str, Any]]:
    """The contract of all batches, in the order in which they came."""
    compared = comparisons(project)
    return [batch_answer(project, batch, compared.get(batch.number)) for batch in project.store.batches.all()]


def batch_answer(project: Project, batch: Batch, found: BatchComparison | None) -> dict[str, Any]:
    """The contract of a batch of items that was added later, and of how it `compared`."""
    counts = batch.counts.plain()
    return {
        "number": batch.number,
        "items": batch.items,
        "at": batch.at_utc,
        "by": batch.by,
        "source": batch.source,
        **counts,
        "notes": [note.english() for note in batch.notes],
        "compared": None if found is None else _compared(project, batch, found),
    }


def _compared(project: Project, batch: Batch, found: BatchComparison) -> dict[str, Any]:
    changed = found.most_changed
    return {
        "at": found.at_utc,
        "items": found.items,
        "against": found.against,
        "p": found.p,
        "differs": found.differs,
        "auc": found.auc,
        "p_features": found.p_features,
        "p_scores": found.p_scores,
        "most_changed": None if changed is None else project.label(changed.label_id).name,
        "scores": {
            project.label(s.label_id).name: {"distance": s.distance, "p": s.p, "before": s.before, "now": s.now}
            for s in found.scores
        },
        "most_shifted": [item.digest for item in project.store.items.many(found.strangest[:_SHIFTED])],
        "words": reason(project, batch.number, found).english() if found.differs else "",
    }


def batch_words(answer: dict[str, Any]) -> str:
    """A batch in English words, for the command line."""
    words = f"Batch {answer['number']}: {answer['items']:,} items from {answer['source']}, {answer['at'][:16]}."
    compared = answer["compared"]
    return f"{words} {compared['words']}" if compared and compared["words"] else words


def certificate_answer(project: Project, found: State | None = None) -> dict[str, Any]:
    """The contract of `certify`, and of `certificate` in `status`."""
    found = state(project) if found is None else found
    answer: dict[str, Any] = {"stage": found.stage.value}
    record = found.record
    if record is None:
        return answer
    audit = record.audit
    answer |= {"alpha": audit.alpha, "delta": audit.delta, "model": audit.model_version}
    answer["audit"] = {
        "number": audit.number,
        "begun": audit.begun_utc,
        "drawn": len(audit.drawn),
        "zone": audit.zone,
        "seed": audit.seed,
    }
    if found.progress is not None:
        answer["audit"]["left"] = found.progress.left
        return answer
    answer["audit"] |= {"wrong": record.fact("wrong"), "unanswered": record.fact("unanswered")}
    answer["walk"] = _steps(record.walk)
    answer["classes"] = {project.label(label).name: _steps(walk) for label, walk in record.walks() if label is not None}
    if record.certificate is not None:
        answer |= {"certificate": record.certificate, "issued": record.issued_utc}
    if found.stage is Stage.NOT_YET:
        answer["more"] = None if found.more is None else {"audits": found.more[0], "wrong": found.more[1]}
        if not found.is_of_now:
            answer["why"] = found.why.english()
        return answer
    covered = coverage(project)
    answer |= {"limit": covered.limit, "covered": int(covered.rows.sum())}
    if covered.why_not is not None:
        answer["why"] = covered.why_not.english()
    return answer


def _steps(walk: Walk | None) -> list[dict[str, Any]]:
    return [
        {
            "limit": step.limit,
            "items": step.size,
            "audited": step.audited,
            "wrong": step.wrong,
            "bound": step.bound,
            "outcome": step.outcome.value,
        }
        for step in (walk.steps if walk else ())
    ]


def model_answer(project: Project, model: ModelVersion) -> dict[str, Any]:
    """The contract of a version: `metrics` are those of when it was made, and under `today`, for the one in use, those
    on the checks made until now; `verdict` is what its comparison said.
    """
    metrics = dict(model.metrics)
    if model.verdict:
        reason = sentence_of(model.verdict.get("reason", "")).english()
        metrics["verdict"] = model.verdict | ({"reason": reason} if reason else {})
    if project.model is not None and model.version == project.model.version:
        metrics["today"] = figures(model_report(project, take_snapshot(project)))
    return {"version": model.version, "trained_on": model.trained_on, "metrics": metrics}


def figures(report: ModelReport) -> dict[str, Any]:
    """The headline of a report as plain values; only what the checks tell."""
    found: dict[str, Any] = {"checks": report.source.checks, "set_aside": report.source.set_aside}
    if report.source.left_out_count:
        found["left_out"] = report.source.left_out_count
    if report.accuracy:
        accuracy = report.accuracy
        found |= {"right": accuracy.right, "accuracy": accuracy.share, "interval": [accuracy.low, accuracy.high]}
    if report.macro_f1:
        score = report.macro_f1  # drawing again from checks that are all right is no interval
        found |= {"macro_f1": score.value, "macro_f1_interval": [score.low, score.high] if score.is_ranged else None}
    if report.calibration:
        calibration = report.calibration
        found |= {"ece": calibration.ece, "brier": calibration.brier, "calibrated_on": calibration.fitted_on}
        found["calibration"] = calibration.words
    if report.caveat:
        found["caveat"] = report.caveat
    if report.challenger:
        found["challenger"] = {"version": report.challenger.version, "reason": report.challenger.words}
    if report.stop:
        found["can_i_stop"] = f"{report.stop.answer}. {report.stop.words}"
    return found


def queue_rows(session: ReviewSession, limit: int) -> list[dict[str, Any]]:
    """The contract of `hitl-desktop queue`: the next items in the order of asking."""
    project = session.project
    indexes = [int(i) for i in session.waiting()[:limit]]
    return rows_of(session, project.store.items.many(indexes))


def rows_of(session: ReviewSession, items: Iterable[Item]) -> list[dict[str, Any]]:
    """A row of that contract for each of these items."""
    return [_row(session, item) for item in items]


def _row(session: ReviewSession, item: Item) -> dict[str, Any]:
    project = session.project
    is_audited = item.index in project.store.audits.open_items()  # to be answered without seeing it
    suggestion = None if is_audited else project.suggestion(item.index)
    row: dict[str, Any] = {
        "id": item.digest,
        "path": item.path,
        "label": suggestion.words if suggestion else None,
        "confidence": suggestion.confidence if suggestion else None,
        "uncertainty": None,
        "reason": session.slot_of(item.index).value,
        "probabilities": {},
        "route": None if is_audited else project.pool.route(item.index).value,
        "rule": None if is_audited else int(project.routes.rule[item.index]) + 1,
    }
    if suggestion:
        row["uncertainty"] = suggestion.uncertainty
        if suggestion.findings is not None:
            row["findings"] = [label.name for label in suggestion.findings]
        row["probabilities"] = {
            label.name: p for label, p in zip(project.labels, suggestion.probabilities, strict=False)
        }
    return row
