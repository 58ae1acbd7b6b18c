"""The commands: the same workflows as the window, printed as sentences or as JSON."""

import argparse
from collections.abc import Callable
from typing import Any, Final

from hitl_desktop.cli.adding import add, lines_of_left_out, watch
from hitl_desktop.cli.answering import answered
from hitl_desktop.cli.archives import deidentify, distrust_project, pack, receive, trust_project
from hitl_desktop.cli.automation import AUTOMATION, automation_words
from hitl_desktop.cli.backups import backup, rebuild_project, restore_backup
from hitl_desktop.cli.certifying import certify
from hitl_desktop.cli.certifying import in_words as certificate_in_words
from hitl_desktop.cli.classes import CLASS_CHANGES, change_classes
from hitl_desktop.cli.finding import found_rows, history, wanted_of
from hitl_desktop.cli.hooks import Hooks
from hitl_desktop.cli.kpis import kpis
from hitl_desktop.cli.model_files import add_backbone, export_model, import_model
from hitl_desktop.cli.model_words import in_words
from hitl_desktop.cli.opening import opened
from hitl_desktop.cli.preferences import best_of, preferences
from hitl_desktop.cli.problems import problems as label_problems
from hitl_desktop.cli.ranking import rank_if_possible
from hitl_desktop.cli.report import report
from hitl_desktop.cli.routing import route as route_items
from hitl_desktop.cli.running import run_here
from hitl_desktop.cli.signatures import reviewers, signatures
from hitl_desktop.cli.signing_in import sit_down
from hitl_desktop.cli.simulating import simulate as replay
from hitl_desktop.cli.verifying import verify_project
from hitl_desktop.domain.changes import NOTHING
from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.holdout import Holdout
from hitl_desktop.domain.items import Duplicate, Unreadable
from hitl_desktop.domain.labels import Task
from hitl_desktop.domain.protocols import never_cancelled, no_progress
from hitl_desktop.domain.record_events import Happening
from hitl_desktop.domain.sentences import say
from hitl_desktop.domain.suggesting import Suggesting, SuggestionMode
from hitl_desktop.exchange.label_cells import names_in
from hitl_desktop.workflow.amending import decide_again
from hitl_desktop.workflow.certifying import state
from hitl_desktop.workflow.exporting import export
from hitl_desktop.workflow.masked_columns import masked_columns
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.requests import ImportReport, LabelUse, NewProject, Scored, Trained
from hitl_desktop.workflow.retraining import Retraining, told
from hitl_desktop.workflow.review import ReviewSession
from hitl_desktop.workflow.status import batch_words, model_answer, queue_rows, status

Answer = tuple[Any, str]
"""What a command gives back: the JSON value of its contract, and the same in words."""


def _named(given: list[str]) -> dict[str, str]:
    """What was given as NAME=VALUE. Raises KnownError for anything else."""
    pairs = [one.partition("=") for one in given]
    for name, sign, value in pairs:
        if not (name and sign and value):
            odd = say("“{given}” does not read NAME=VALUE.", given=name + sign + value)
            raise KnownError(odd, say("Write it like answers=left,right."))
    return {name: value for name, _, value in pairs}


def new(arguments: argparse.Namespace, _: Hooks) -> Answer:
    """Make a project."""
    request = NewProject(
        folder=arguments.project.absolute(),
        data=arguments.data,
        kind=arguments.kind,
        labels=tuple(arguments.labels.split(",")) if arguments.labels else (),
        labels_from=arguments.labels_from,
        id_column=arguments.id_column,
        text_column=arguments.text_column,
        use_labels=LabelUse(arguments.use_labels),
        model=arguments.model,
        seed=arguments.seed,
        several=arguments.several,
        holdout=Holdout.parse(arguments.holdout),
        suggesting=Suggesting(SuggestionMode(arguments.suggestion)),
        roles={role: tuple(columns.split(",")) for role, columns in _named(arguments.role).items()},
        options=_named(arguments.option),
    )
    report = run_here("create_project", request, ImportReport)
    with opened(arguments.project) as project:
        rank_if_possible(project)
        notes = project.store.items.notes()
    answer = {
        "items": report.items,
        "stacked": report.stacked,
        "duplicates": [{"file": n.file, "same_as": n.same_as} for n in notes if isinstance(n, Duplicate)],
        "unreadable": [{"file": n.file, "reason": n.reason} for n in notes if isinstance(n, Unreadable)],
        "classes": list(report.classes),
        "kind": report.kind,
        "model": report.model,
        "set_aside": report.set_aside,
    }
    series = f"{report.stacked:,} more belong to a series that is one item, " if report.stacked else ""
    words = (
        f"{report.items:,} of {report.files:,} are ready: {series}{report.duplicates:,} are the same as another, "
        f"{report.unreadable:,} cannot be read, {report.others:,} are other files. "
        f"{len(report.classes)} classes. Model: {report.model or 'none yet'}. "
        f"{report.set_aside:,} are set aside to measure."
    )
    left_out = lines_of_left_out([(note.file, note.reason) for note in notes if isinstance(note, Unreadable)])
    return answer, "\n".join([words, *left_out])


def score(arguments: argparse.Namespace, _: Hooks) -> Answer:
    """Score every item."""
    with opened(arguments.project) as project:
        scored = _score(project)
        answer = {
            "items": scored.items,
            "unreadable": len(scored.unreadable),
            "model": project.model.version if project.model else None,
        }
    return answer, f"{scored.items:,} items scored, {len(scored.unreadable):,} could not be read."


def queue(arguments: argparse.Namespace, _: Hooks) -> Answer:
    """List the next items, or those that fit a filter."""
    with opened(arguments.project) as project:
        session, wanted, limit = _session(project, ""), wanted_of(arguments, project), max(0, arguments.limit)
        is_plain = not wanted.is_filtered and not arguments.all
        rows = queue_rows(session, limit) if is_plain else found_rows(session, wanted, limit)
    lines = [
        f"{row['id'][:12]}  {row['label'] or '-':20.20}  {_percent(row['confidence'])}  {row['path']}" for row in rows
    ]
    return rows, "\n".join(lines) or ("Nothing is waiting." if is_plain else "Nothing fits.")


def problems(arguments: argparse.Namespace, _: Hooks) -> Answer:
    """List labels that are probably wrong, or say of one that it is right."""
    with opened(arguments.project) as project:
        return label_problems(project, arguments, _sit_down(project, arguments) if arguments.right else "")


def show_history(arguments: argparse.Namespace, _: Hooks) -> Answer:
    """Tell what was decided."""
    with opened(arguments.project) as project:
        return history(arguments, project)


def decide(arguments: argparse.Namespace, _: Hooks) -> Answer:
    """Record one decision."""
    with opened(arguments.project) as project:
        item = project.store.items.find(arguments.item)
        session = _session(project, _sit_down(project, arguments))
        verdict, label_id, findings = _verdict(arguments, project)
        if arguments.reason:
            said = answered(project, item, arguments)
            changes = decide_again(
                session, item.index, verdict, label_id, findings, reason=arguments.reason, response=said
            )
        else:
            session.take(item.index)
            said = answered(project, item, arguments)
            changes = session.decide(verdict, label_id, findings=findings, note=arguments.note, response=said)
        answer = status(project)
    return answer, changes.told


def undo(arguments: argparse.Namespace, _: Hooks) -> Answer:
    """Take back the last decision of a reviewer. Raises KnownError when there is none."""
    with opened(arguments.project) as project:
        changes = _session(project, _sit_down(project, arguments)).undo()
        if changes is NOTHING:
            raise KnownError(f"{arguments.reviewer} has no decision to take back.")
        answer = status(project)
    return answer, changes.told


def classes(arguments: argparse.Namespace, _: Hooks) -> Answer:
    """List or change the classes. Raises KnownError for a change that is not possible."""
    is_change = any(getattr(arguments, name) for name in CLASS_CHANGES)
    with opened(arguments.project) as project:
        return change_classes(project, arguments, _sit_down(project, arguments) if is_change else "")


def route(arguments: argparse.Namespace, _: Hooks) -> Answer:
    """Show the routing policy and what it does, or change it. Raises KnownError for one that does not fit."""
    is_change = arguments.take_back or (arguments.policy is not None and not arguments.preview)
    with opened(arguments.project) as project:
        if project.model is not None and not project.is_scored:
            _score(project)
        return route_items(project, arguments, _sit_down(project, arguments) if is_change else "")


def retrain(arguments: argparse.Namespace, _: Hooks) -> Answer:
    """Train, and put the result to use unless it is worse."""
    with opened(arguments.project) as project:
        retraining = Retraining(project)
        snapshot = retraining.snapshot()
        request = retraining.request(snapshot)
        try:
            trained = run_here("train", request, Trained)
        except Exception as error:
            retraining.given_up(snapshot.after_decision, error)
            raise
        model = retraining.commit(snapshot, trained)[1]
        answer = model_answer(project, model)
    return answer, told(model)


def show_status(arguments: argparse.Namespace, _: Hooks) -> Answer:
    """Say where every item is."""
    with opened(arguments.project) as project:
        answer = status(project)
        certificate = certificate_in_words(project, state(project)).partition("\n")[0]
    aside = answer["skipped"] + answer["unsure"] + answer["flagged"]
    automatic = f" · {answer['automatic']:,} automatic" if answer["automatic"] else ""
    words = (
        f"{answer['decided']:,} decided · {aside:,} set aside · {answer['needs_review']:,} to do · "
        f"{answer['proposed']:,} proposed{automatic} = {answer['items']:,}.\n{in_words(answer['model'])}"
        f"\n{certificate}\n{automation_words(answer['automation'])}"
    )
    for alert in answer["watch"]:
        if alert["state"] == "look":
            words += f"\nLook: {alert['words']}."
    words += "".join(f"\n{batch_words(batch)}" for batch in answer["batches"])
    return answer, words


def run_automation(arguments: argparse.Namespace, _: Hooks) -> Answer:
    """Run, pause, resume or recall automatic decisions. Raises KnownError when that is not possible."""
    with opened(arguments.project) as project:
        if project.model is not None and not project.is_scored:
            _score(project)
        return AUTOMATION[arguments.command](project, arguments, sit_down(project, arguments.reviewer))


def write_export(arguments: argparse.Namespace, _: Hooks) -> Answer:
    """Write all items with their decisions."""
    with opened(arguments.project) as project:
        form, with_masked = arguments.format, arguments.with_masked
        count = export(project, arguments.out, form, no_progress, never_cancelled, with_masked=with_masked)
        project.store.note(Happening.EXPORTED, format=form, items=count)
        left_out = [] if with_masked else sorted(masked_columns(project.store))
        is_silent = project.model is not None and not project.is_scored
    words = f"{count:,} items written to {arguments.out}."
    if left_out:
        words += f" Masked columns were left out: {', '.join(left_out)}."
    if is_silent:
        words += " They hold no suggestions, as the model in use has not scored the items yet: run `score` first."
    return {"items": count, "file": str(arguments.out), "left_out": left_out}, words


def simulate(arguments: argparse.Namespace, _: Hooks) -> Answer:
    """Replay hidden truth. Raises KnownError when the project holds none."""
    with opened(arguments.project) as project:
        return replay(project, arguments)


def _score(project: Project) -> Scored:
    scored = run_here("score", project.score_request(), Scored)
    project.take_scores(dict(scored.unreadable), scored.checks)
    return scored


def _session(project: Project, reviewer: str) -> ReviewSession:
    if project.model is not None and not project.is_scored:
        _score(project)
    return ReviewSession(project, reviewer)


def _sit_down(project: Project, arguments: argparse.Namespace) -> str:
    """The reviewer's name, who has to be named, and who sits down. Raises KnownError."""
    if not arguments.reviewer:
        raise KnownError("The reviewer needs a name of letters.", "Give one with --reviewer.")
    return sit_down(project, arguments.reviewer)


def _verdict(arguments: argparse.Namespace, project: Project) -> tuple[Verdict, int | None, tuple[int, ...] | None]:
    """The verdict, and the class or the findings that it names."""
    if arguments.label is not None and project.task is Task.SEVERAL:
        names = names_in(arguments.label) or ()
        return Verdict.CORRECTED, None, tuple(project.label_named(name).id for name in names)
    if arguments.label is not None:
        return Verdict.CORRECTED, project.label_named(arguments.label).id, None
    plain = {"confirm": Verdict.CONFIRMED, "skip": Verdict.SKIPPED, "unsure": Verdict.UNSURE, "flag": Verdict.FLAGGED}
    return next(verdict for name, verdict in plain.items() if getattr(arguments, name)), None, None


def _percent(share: float | None) -> str:
    return "   -" if share is None else f"{share:4.0%}"


COMMANDS: Final[dict[str, Callable[[argparse.Namespace, Hooks], Answer]]] = {
    "new": new,
    "add": add,
    "watch": watch,
    "score": score,
    "queue": queue,
    "decide": decide,
    "history": show_history,
    "undo": undo,
    "classes": classes,
    "route": route,
    "retrain": retrain,
    "problems": problems,
    "status": show_status,
    "kpis": kpis,
    "report": report,
    **dict.fromkeys(AUTOMATION, run_automation),
    "export": write_export,
    "add-backbone": add_backbone,
    "export-model": export_model,
    "import-model": import_model,
    "certify": certify,
    "preferences": preferences,
    "best-of": best_of,
    "simulate": simulate,
    "deidentify": deidentify,
    "pack": pack,
    "receive": receive,
    "trust": trust_project,
    "distrust": distrust_project,
    "backup": backup,
    "restore": restore_backup,
    "rebuild": rebuild_project,
    "verify": verify_project,
    "reviewers": reviewers,
    "signatures": signatures,
}
