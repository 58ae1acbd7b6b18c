"""The command that begins an audit, tells how far it is, and prints the certificate."""

import argparse
from typing import Any

from hitl_desktop.cli.hooks import Hooks
from hitl_desktop.cli.opening import opened
from hitl_desktop.cli.signing_in import reviewer_of, sit_down
from hitl_desktop.domain.changes import Changes
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.workflow import auditing, certificate_words
from hitl_desktop.workflow.certifying import Stage, State, coverage, state
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.status import certificate_answer


def certify(arguments: argparse.Namespace, _: Hooks) -> tuple[Any, str]:
    """Begin an audit, or say where the one there is stands."""
    with opened(arguments.project) as project:
        reviewer = reviewer_of(arguments.reviewer)
        auditing.settle(project, reviewer)
        changes: Changes | None = None
        if arguments.give_up:
            changes = auditing.abandon(project, sit_down(project, reviewer))
        elif _begins(arguments, state(project)):
            reviewer = sit_down(project, reviewer)
            changes = auditing.begin(project, arguments.alpha, arguments.delta, arguments.audits, reviewer)
        found = state(project)
        return certificate_answer(project, found), changes.told if changes else in_words(project, found)


def _begins(arguments: argparse.Namespace, found: State) -> bool:
    """True when an audit is to be begun: none is under way, and none with these wishes is complete for this model.

    Without wishes none is. Raises KnownError for wishes that are not whole.
    """
    wishes = arguments.alpha, arguments.delta
    if wishes == (None, None) and arguments.audits is None:
        return False
    if None in wishes:
        raise KnownError("An audit needs --alpha and --delta.", "Say both, such as --alpha 0.02 --delta 0.1.")
    if found.stage is Stage.AUDITING:
        return False
    if arguments.audits is not None or found.record is None or found.stage is Stage.SUSPENDED or not found.is_of_now:
        return True
    audit = found.record.audit
    return (audit.alpha, audit.delta) != wishes


def in_words(project: Project, found: State) -> str:
    """Where the project stands with certificates, in lines."""
    record = found.record
    if record is None:
        return "No audit has proved anything yet."
    if found.progress is not None:
        return f"An audit is under way: {found.progress.left:,} of {found.progress.drawn:,} checks are left."
    step = record.walk.last if record.walk else None
    if found.stage is Stage.NOT_YET or step is None:
        return (certificate_words.not_yet(found.more) if found.is_of_now else found.why).english()
    head = f"Certificate {record.certificate}, {found.stage.value}. "
    if found.stage is Stage.SUSPENDED:
        head += found.why.english() + "\nIt said: "
    lines = [head + certificate_words.claim(record, step.limit).english(), certificate_words.evidence(step).english()]
    lines += [f"{title.english()}: {words.english()}" for title, words in certificate_words.facts(record)]
    covered = coverage(project)
    if covered.why_not is None and covered.limit is not None:
        lines.append(f"It covers {int(covered.rows.sum()):,} items now, at {covered.limit:g} or above.")
    return "\n".join(lines)
