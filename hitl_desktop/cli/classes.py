"""The command `classes`: what classes there are, and one change of them."""

import argparse
from collections.abc import Callable
from typing import Any

from hitl_desktop.domain.changes import Changes
from hitl_desktop.workflow.classes import ClassEditor
from hitl_desktop.workflow.project import Project

CLASS_CHANGES = ("add", "rename", "merge", "split", "retire", "bring_back", "take_back")


def change_classes(project: Project, arguments: argparse.Namespace, reviewer: str) -> tuple[Any, str]:
    """Make the change that is asked for, if one is; the classes after it, as JSON and in words."""
    editor = ClassEditor(project, reviewer)
    changes = _change(project, editor, arguments)
    counts = editor.counts()
    names = {label.id: label.name for label in project.labels}
    answer = [
        {
            "name": label.name,
            "decided": counts.get(label.id, 0),
            "retired": label.retired,
            "counts_as": names[label.counts_as] if label.counts_as is not None else None,
        }
        for label in project.labels
    ]
    lines = [f"{row['decided']:>8,}  {row['name']}{_state(row)}" for row in answer]
    return answer, "\n".join([changes.told, *lines] if changes else lines)


def _change(project: Project, editor: ClassEditor, arguments: argparse.Namespace) -> Changes | None:
    def named(name: str) -> int:
        return project.label_named(name).id

    def retired(name: str) -> int:
        """A retired class has no place among those that are offered."""
        return next((label.id for label in project.labels if label.name == name), None) or named(name)

    asked: dict[str, Callable[[Any], Changes]] = {
        "add": editor.add,
        "rename": lambda names: editor.rename(named(names[0]), names[1], arguments.reason),
        "merge": lambda names: editor.merge(named(names[0]), named(names[1]), arguments.reason),
        "split": lambda names: editor.split(named(names[0]), names[1:], arguments.reason),
        "retire": lambda name: editor.retire(named(name), give_back=arguments.give_back, reason=arguments.reason),
        "bring_back": lambda name: editor.bring_back(retired(name)),
        "take_back": lambda _yes: editor.take_back(),
    }
    for name, change in asked.items():
        value = getattr(arguments, name)
        if value:
            return change(value)
    return None


def _state(row: dict[str, Any]) -> str:
    if row["counts_as"]:
        return f"  (merged into {row['counts_as']})"
    return "  (retired)" if row["retired"] else ""
