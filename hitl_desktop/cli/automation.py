"""The commands of the automatic: run what is permitted, pause, go on, and take back."""

import argparse
from collections.abc import Callable
from typing import Any, Final

from hitl_desktop.domain.automation import Scope
from hitl_desktop.domain.changes import NOTHING
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.workflow import automation, monitoring
from hitl_desktop.workflow.automation_status import automation_answer
from hitl_desktop.workflow.project import Project

_PART = 1000

Answer = tuple[Any, str]


def automate(project: Project, arguments: argparse.Namespace, reviewer: str) -> Answer:
    """Decide everything that is permitted. Raises KnownError when nothing is, and says why."""
    if arguments.override:
        automation.override(project, reviewer, arguments.override)
    automation.recall_all(project)
    now, permission = automation.state(project), automation.permitted(project)
    if now.pause is not None:
        why = now.pause.reason.english() or f"By {now.pause.by}."
        raise KnownError(f"Automatic decisions are paused. {why}", "Let them go on with resume.")
    if not permission.is_given:
        raise KnownError(permission.why_not, "Certify the policy, or permit it with --override and a reason.")
    done = 0
    while (changes := automation.tick(project, _PART)) is not NOTHING:
        done += len(changes.items)
        if monitoring.look_after(project) is not NOTHING:
            break
    words = f"{done:,} items decided automatically."
    paused = automation.state(project).pause
    if paused is not None:
        words += f" Then it paused itself. {paused.reason.english()}"
    return {"decided": done, **automation_answer(project)}, words


def pause(project: Project, arguments: argparse.Namespace, reviewer: str) -> Answer:
    """Stop deciding automatically."""
    changes = automation.pause(project, reviewer, arguments.reason)
    return automation_answer(project), changes.told or "Automatic decisions were paused already."


def resume(project: Project, arguments: argparse.Namespace, reviewer: str) -> Answer:
    """Let it go on. Raises KnownError without a note."""
    changes = automation.resume(project, reviewer, arguments.note)
    return automation_answer(project), changes.told or "Automatic decisions were not paused."


def recall(project: Project, arguments: argparse.Namespace, reviewer: str) -> Answer:
    """Take back what a model, a policy or one of its rules decided. Raises KnownError when there is nothing."""
    version = arguments.policy if arguments.rule is None else project.policy.version
    scope = Scope(arguments.model, version, arguments.rule)
    changes = automation.recall(project, scope, reviewer, arguments.reason)
    done = automation.recall_all(project)
    return {"taken_back": done, **automation_answer(project)}, changes.told


def automation_words(answer: dict[str, Any]) -> str:
    """Where the automatic stands, as `status` has it, in one line."""
    if answer["state"] == "paused":
        why = f" {answer['why']}" if answer["why"] else ""
        return f"Automatic: paused since {answer['since'][:16]} by {answer['by']}.{why}"
    if answer["state"] == "not_permitted":
        return f"Automatic: off. {answer['why']}"
    number = answer["certificate"] or answer["override"]
    basis = f"certificate {number}" if answer["certificate"] else f"override {number}"
    return f"Automatic: running under {basis}, {answer['waiting']:,} waiting."


AUTOMATION: Final[dict[str, Callable[[Project, argparse.Namespace, str], Answer]]] = {
    "automate": automate,
    "pause": pause,
    "resume": resume,
    "recall": recall,
}
