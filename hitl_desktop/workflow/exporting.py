"""Export: every item with its decision, where it came from and what the model claims."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from hitl_desktop.domain.decisions import Decision, Exposure, Verdict, fold
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.evidence import Evidence
from hitl_desktop.domain.items import Item
from hitl_desktop.domain.labels import Label, Task
from hitl_desktop.domain.protocols import CancelCheck, Progress
from hitl_desktop.domain.responses import NO_RESPONSE
from hitl_desktop.domain.sentences import Sentence, listed, say
from hitl_desktop.exchange import EXPORTERS, MARK_EXPORTERS, TRAINING_EXPORTERS
from hitl_desktop.exchange.label_cells import SEPARATORS
from hitl_desktop.exchange.records import ExportRow, NamedMark
from hitl_desktop.workflow.masked_columns import masked_columns, without_masked
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.requests import ExportRequest
from hitl_desktop.workflow.targets import check_target

_CHUNK = 500
_NO_DECISION = (Verdict.RETRACTED, Verdict.REPEATED)


def export(
    project: Project, out: Path, form: str, progress: Progress, cancelled: CancelCheck, *, with_masked: bool = False
) -> int:
    """Write all items to `out`, or all marks; returns how many. The file is replaced whole or not at all.

    Masked columns are left out unless `with_masked`.

    Raises KnownError for an unknown format or a place that cannot be written, Cancelled when stopped.
    """
    forms = EXPORTERS | MARK_EXPORTERS | TRAINING_EXPORTERS
    if form not in forms:
        raise KnownError(
            say("There is no export format named {name}.", name=form),
            say("Use one of: {names}.", names=listed(forms)),
        )
    if not forms[form].suits(project.kind.name):
        raise KnownError(
            say("{form} can only be written of conversations.", form=Sentence(forms[form].title)),
            say("Use one of: {names}.", names=listed(n for n, row in forms.items() if row.suits(project.kind.name))),
        )
    check_target(project, out)
    try:
        return forms[form].function(export_rows(project, with_masked=with_masked), out, progress, cancelled)
    except OSError as error:
        raise KnownError(
            say("The export cannot be written to {path}: {why}.", path=str(out), why=str(error.strerror)),
            say("Choose another place."),
        ) from error


def export_project(request: ExportRequest, progress: Progress, cancelled: CancelCheck) -> int:
    """The task behind the window's export: reads a project that another process has open."""
    project = Project.reader(request.folder)
    try:
        return export(project, request.out, request.form, progress, cancelled)
    finally:
        project.close()


def export_rows(project: Project, *, with_masked: bool = False) -> Iterator[ExportRow]:
    """One row per item, in pool order, streamed; without the masked columns unless `with_masked`."""
    masked = frozenset[str]() if with_masked else masked_columns(project.store)
    events = project.store.decisions.all()
    standings = fold(events)
    counts = Counter(event.item_index for event in events if event.verdict not in _NO_DECISION)
    for start in range(0, len(project.pool), _CHUNK):
        for item in project.store.items.many(range(start, min(start + _CHUNK, len(project.pool)))):
            decision = standings[item.index].decision if item.index in standings else None
            row = _row(project, item, decision, counts[item.index])
            row = replace(row, own_answer=_own_answer(project, decision, events))
            yield _without(project, row, masked) if masked else row


def _without(project: Project, row: ExportRow, masked: frozenset[str]) -> ExportRow:
    """The row without what stands in masked columns, in its text too where that holds them."""
    return replace(row, text=project.kind.without(row.text, masked), fields=without_masked(row.fields, masked))


def _row(project: Project, item: Item, decision: Decision | None, decisions: int) -> ExportRow:
    suggestion = project.suggestion(item.index)
    return ExportRow(
        id=item.digest,
        path=item.path,
        label=project.label(item.label_id).name if item.label_id is not None else "",
        asked=_names(project.labels) if project.task is Task.SEVERAL else (),
        findings=_names(project.decided_labels(item)) if item.findings is not None else None,
        state=item.state.value,
        verdict=decision.verdict.value if decision else "",
        reviewer=decision.reviewer if decision else "",
        auth=decision.auth if decision else "",
        decided_at=decision.at_utc if decision else "",
        predicted=suggestion.predicted.name if suggestion and suggestion.predicted else "",
        predicted_findings=_names(suggestion.findings) if suggestion and suggestion.findings is not None else None,
        confidence=suggestion.confidence if suggestion else None,
        uncertainty=suggestion.uncertainty if suggestion else None,
        model_version=suggestion.model_version if suggestion else None,
        note=decision.note if decision else "",
        reason=decision.reason if decision else "",
        slot=decision.slot.value if decision else "",
        decisions=decisions,
        probabilities=dict(zip((label.name for label in project.labels), suggestion.probabilities, strict=False))
        if suggestion
        else {},
        text=project.store.items.text(item.index),
        fields=item.fields,
        exposure=decision.exposure.value if decision and decision.exposure else "",
        marks=_marks(project, decision.evidence) if decision else (),
        image_size=_size(decision.evidence) if decision else None,
        files=tuple(file.path for file in project.store.item_files.of(item.index))
        if decision and decision.evidence.marks
        else (),
        response=decision.response if decision else NO_RESPONSE,
        **_routing(project, item.index, decision),
    )


def _routing(project: Project, index: int, decision: Decision | None) -> dict[str, Any]:
    """Where the policy sends an item now; of an automatic decision by what it was made, and what allowed it."""
    if decision is None or not decision.is_automatic:
        return {
            "policy_version": project.policy.version,
            "rule": int(project.routes.rule[index]) + 1,
            "route": project.routes.route_of(index).value,
        }
    return {
        "policy_version": decision.policy_version,
        "rule": decision.rule,
        "route": decision.route or "",
        "basis": f"override {decision.override}"
        if decision.certificate is None
        else f"certificate {decision.certificate}",
    }


def _own_answer(project: Project, decision: Decision | None, events: Sequence[Decision]) -> str:
    """What was answered before the suggestion was seen; empty where it was in view."""
    if decision is None or decision.exposure in (None, Exposure.SHOWN):
        return ""
    # Numbers are gapless and count from 1.
    own = events[decision.follows - 1] if decision.follows is not None else decision
    if own.findings is not None:
        return SEPARATORS[0].join(project.label(label_id).name for label_id in own.findings)
    return project.label(own.label_id).name if own.label_id is not None else ""


def _marks(project: Project, evidence: Evidence) -> tuple[NamedMark, ...]:
    return tuple(
        NamedMark(replace(mark, label_id=None), "" if mark.label_id is None else project.label(mark.label_id).name)
        for mark in evidence.marks
    )


def _size(evidence: Evidence) -> tuple[int, int] | None:
    return None if evidence.width is None or evidence.height is None else (evidence.width, evidence.height)


def _names(labels: Iterable[Label]) -> tuple[str, ...]:
    return tuple(label.name for label in labels)
