"""Where the automatic stands, as plain values: for `status` and the commands."""

from dataclasses import asdict
from typing import Any

from hitl_desktop.workflow import automation
from hitl_desktop.workflow.monitoring import monitors_of
from hitl_desktop.workflow.project import Project


def automation_answer(project: Project) -> dict[str, Any]:
    """The contract of `automation` in `status`: whether it runs, is paused or not permitted, since when, by whom and
    why; what permits it, how many items wait for it, how many are automatic, and what keeps watch.
    """
    now, permission = automation.state(project), automation.permitted(project)
    where = "paused" if now.pause is not None else "running" if permission.is_given else "not_permitted"
    answer: dict[str, Any] = {
        "state": where,
        "automatic": project.pool.ledger().automatic,
        "waiting": int(permission.rows.sum()),
        "certificate": permission.certificate,
        "override": permission.override,
    }
    if answer["certificate"] or answer["override"]:
        answer["monitors"] = [asdict(monitor) for monitor in monitors_of(project)]
    if now.pause is not None:
        pause = now.pause
        answer |= {"since": pause.at_utc, "by": pause.by, "why": pause.reason.english()}
    elif not permission.is_given:
        answer["why"] = permission.why_not.english()
    return answer
