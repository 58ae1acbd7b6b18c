"""Opening a project for one command, and what is done once it has ended."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hitl_desktop.cli.showing import printable
from hitl_desktop.workflow.backing_up import back_up_after_command
from hitl_desktop.workflow.opening import open_to_work
from hitl_desktop.workflow.project import Project


@contextmanager
def opened(folder: Path) -> Iterator[Project]:
    """The project of a command, closed afterwards, and then backed up if it was changed and a backup is due."""
    project = open_to_work(folder, or_read=False)
    if project.distrust is not None:
        print(printable(project.distrust.english()), file=sys.stderr)
    items = project.store.items.count()
    try:
        yield project
    finally:
        has_changed = project.store.changed_at is not None
        has_grown = project.store.items.count() > items
        project.close()
        if has_changed:
            back_up_after_command(project.folder, at_once=has_grown)
