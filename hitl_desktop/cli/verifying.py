"""The command that looks whether a project is as its record says."""

import argparse
from typing import Any

from hitl_desktop.cli.hooks import Hooks
from hitl_desktop.domain.record_events import RecordCheck
from hitl_desktop.workflow.verifying import line, remarks, verdict, verify

_LISTED = 20


def verify_project(arguments: argparse.Namespace, _: Hooks) -> tuple[Any, str]:
    """Look through the record, and say where something does not fit."""
    check = verify(arguments.project.absolute())
    answer = check.plain() | {"notes": [note.english() for note in remarks(check)]}
    return answer, _words(check)


def _words(check: RecordCheck) -> str:
    lines = [verdict(check).english()]
    lines += [f"  {line(fault)}" for fault in check.faults[:_LISTED]]
    if check.faulty > _LISTED:
        lines.append("  … more with --json")
    lines.append(
        f"Looked at {check.events:,} events since {check.began[:19].replace('T', ' ') or 'never'}, {check.decisions:,}"
        f" decisions and {check.anchors:,} anchors, {check.outside:,} of them outside of the project."
    )
    lines += [note.english() for note in remarks(check)]
    lines.append(f"Last event: {check.events}, {check.head}")
    return "\n".join(lines)
