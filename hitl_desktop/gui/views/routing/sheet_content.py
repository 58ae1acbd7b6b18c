"""What the sheet says at each stage, in words: the same for the window and for print."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from hitl_desktop.gui.widgets.moments import in_full
from hitl_desktop.gui.widgets.walk_plot import Lollipop
from hitl_desktop.language import mark, number, percent, tr, trn

if TYPE_CHECKING:  # numpy comes with the first project, not with the first paint
    from hitl_desktop.domain.certificates import AuditRecord, Step, Walk
    from hitl_desktop.workflow.certifying import State
    from hitl_desktop.workflow.project import Project

SheetTone = Literal["ok", "warn", "danger", "audit", "text2"]
_LOOKS: Final[dict[str, tuple[str, SheetTone, str]]] = {
    "none": ("circle-help", "text2", mark("No certificate yet")),
    "auditing": ("eye-off", "audit", mark("Audit under way")),
    "not yet": ("shield-alert", "warn", mark("Not yet")),
    "valid": ("shield-check", "ok", mark("Certificate {n}, valid")),
    "suspended": ("shield-alert", "danger", mark("Certificate {n}, suspended")),
}
_MOST_SKIPPED: Final = 3
"""So many of the limits that were skipped are drawn: all of them say the same."""


@dataclass(frozen=True, slots=True)
class ClassRow:
    """What was proved of one class: its column, from which confidence, and the counts there."""

    name: str
    column: int
    proved_from: str
    checked: str
    wrong: str


@dataclass(frozen=True, slots=True)
class Content:
    """Everything on the sheet; what is empty is not there. `fraction` is how much of an audit is answered, 0–1."""

    stage: str
    icon: str
    tone: SheetTone
    status: str
    date: str
    claim: str
    evidence: str = ""
    fraction: float | None = None
    lollipops: tuple[Lollipop, ...] = ()
    alpha: float = 0.0
    facts: tuple[tuple[str, str], ...] = ()
    classes: tuple[ClassRow, ...] = ()
    can_print: bool = False
    footing: str = ""


def content_of(project: "Project", state: "State") -> Content:
    """What the sheet of a project says now."""
    stage = state.stage.value
    icon, tone, status = _LOOKS[stage]
    record = state.record
    if record is None:
        return Content(
            stage,
            icon,
            tone,
            tr(status),
            "",
            tr("How many of the automatic ones are wrong, at most?"),
            tr(
                "An audit proves it: items drawn at random, which you decide without seeing what the model says. "
                "Until then nothing is known of those that nobody checks."
            ),
        )
    if state.progress is not None:
        return _under_way(record, icon, tone, tr(status), state)
    said = tr(status, n=number(record.certificate)) if record.certificate is not None else tr(status)
    when = record.issued_utc or (record.finished.at_utc if record.finished else record.audit.begun_utc)
    claim, evidence = _claim(state, record)
    walk = record.walk
    return Content(
        stage,
        icon,
        tone,
        said,
        in_full(when),
        claim,
        evidence,
        lollipops=tuple(_lollipops(walk, state.in_force)) if walk else (),
        alpha=record.audit.alpha,
        facts=_facts(record, state.in_force),
        classes=tuple(_classes(project, record)),
        can_print=record.certificate is not None,
        footing=_footing(record),
    )


def _under_way(record: "AuditRecord", icon: str, tone: SheetTone, status: str, state: "State") -> Content:
    from hitl_desktop.workflow import certificate_words

    assert state.progress is not None  # noqa: S101 - the caller looked
    left, drawn = state.progress.left, state.progress.drawn
    audit = record.audit
    wish = tr(
        "To prove: at most {alpha} wrong, with {sure} confidence.",
        alpha=str(certificate_words.percent(audit.alpha)),
        sure=str(certificate_words.percent(1 - audit.delta)),
    )
    return Content(
        state.stage.value,
        icon,
        tone,
        status,
        in_full(audit.begun_utc),
        trn("{n} of {drawn} check is left.", "{n} of {drawn} checks are left.", left, drawn=number(drawn)),
        " ".join(
            (
                wish,
                tr("They come in your queue, every second one, and what the model says of them stays hidden."),
                tr("Nobody is told how it goes before all are answered; what you skip counts as wrong."),
            )
        ),
        fraction=(drawn - left) / drawn if drawn else 0.0,
    )


def _claim(state: "State", record: "AuditRecord") -> tuple[str, str]:
    """The large sentence, and what stands below it."""
    from hitl_desktop.workflow import certificate_words

    walk = record.walk
    step = _step(walk, state.in_force) if walk else None
    if state.stage.value == "not yet" or step is None:
        stopped = walk.stopped if walk else None
        below = tr("No limit had enough checks.") if stopped is None else _failed(stopped)
        return str(certificate_words.not_yet(state.more) if state.is_of_now else state.why), below
    claim, evidence = str(certificate_words.claim(record, step.limit)), str(certificate_words.evidence(step))
    if state.stage.value == "suspended":
        return str(state.why), tr("It said: {claim} {evidence}", claim=claim, evidence=evidence)
    if walk is not None and walk.last is not None and step.limit > walk.last.limit:
        loosest = certificate_words.limit_figure(walk.last.limit)
        evidence += " " + tr("It was proved down to {limit}.", limit=str(loosest))
    if state.in_force is None:
        evidence += f" {state.why}"
    return claim, evidence


def _step(walk: "Walk", in_force: float | None) -> "Step | None":
    """The limit that the claim is about: the one in force, else the loosest that was proved."""
    return next((step for step in walk.steps if step.limit == in_force), walk.last)


def _failed(step: "Step") -> str:
    from hitl_desktop.workflow import certificate_words

    return tr(
        "The proof stopped at {limit}: {counts}, so that up to {share} could be wrong.",
        limit=str(certificate_words.limit_figure(step.limit)),
        counts=trn(
            "{n} of {audited} checks was wrong",
            "{n} of {audited} checks were wrong",
            step.wrong,
            audited=number(step.audited),
        ),
        share=percent(step.share, 1),
    )


def _lollipops(walk: "Walk", in_force: float | None) -> list[Lollipop]:
    from hitl_desktop.domain.certificates import Outcome
    from hitl_desktop.workflow import certificate_words

    tested = [place for place, step in enumerate(walk.steps) if step.outcome is not Outcome.SKIPPED]
    first = max(0, (tested[0] if tested else len(walk.steps)) - _MOST_SKIPPED)
    steps = walk.steps[first:]
    limits = [step.limit for step in steps]
    chosen = _step(walk, in_force)
    return [
        Lollipop(
            str(certificate_words.limit_figure(step.limit, limits)),
            step.share,
            step.outcome.value,
            trn(
                "{n} of {audited} checked is wrong, of {size} items: at most {share}",
                "{n} of {audited} checked are wrong, of {size} items: at most {share}",
                step.wrong,
                audited=number(step.audited),
                size=number(step.size),
                share=percent(step.share, 2),
            ),
            step is chosen,
        )
        for step in steps
    ]


def _facts(record: "AuditRecord", in_force: float | None) -> tuple[tuple[str, str], ...]:
    from hitl_desktop.workflow import certificate_words

    step = _step(record.walk, in_force) if record.walk else None
    return tuple((str(name), str(value)) for name, value in certificate_words.facts(record, step))


def _classes(project: "Project", record: "AuditRecord") -> list[ClassRow]:
    from hitl_desktop.workflow import certificate_words

    rows = []
    for label_id, walk in record.walks():
        if label_id is None or not walk.steps:
            continue
        label, step = project.label(label_id), walk.last or walk.steps[-1]
        rows.append(
            ClassRow(
                label.name,
                label.position,
                str(certificate_words.limit_figure(step.limit)) if walk.last else tr("not proved"),
                tr("{checked} of {items}", checked=number(step.audited), items=number(step.size)),
                number(step.wrong),
            )
        )
    return rows


def _footing(record: "AuditRecord") -> str:
    from hitl_desktop.workflow import certificate_words

    return tr(
        "Exact hypergeometric bounds, walked from the strictest limit to the loosest; tested at {part}. "
        "All classes together hold with the same confidence.",
        part=str(certificate_words.tested_at(record)),
    )
