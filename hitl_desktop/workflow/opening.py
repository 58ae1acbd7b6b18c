"""Opening a project to work in it: one whose record is not intact is only read, until somebody says to go on."""

from contextlib import closing
from pathlib import Path
from typing import Final

from hitl_desktop.domain.errors import ProjectNotWritable, ProjectRefused
from hitl_desktop.domain.record_events import Happening
from hitl_desktop.domain.sentences import Sentence, say
from hitl_desktop.store.record_end import fault_at_the_end
from hitl_desktop.store.refusals import DiskFailing, DiskFull
from hitl_desktop.store.store import Store
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.steering import follow_replayed
from hitl_desktop.workflow.workplaces import check_here

CAME_BROKEN: Final = "came_broken"
"""The fact that a project was received with a record that is not intact; None again once somebody goes on."""


def open_here(folder: Path) -> Project:
    """The project, which was last in our hands or is trusted. Raises ProjectElsewhere, ProjectRefused."""
    check_here(folder)
    return Project.open(folder)


def open_to_work(folder: Path, *, or_read: bool = True, trusted: bool = False) -> Project:
    """The project, to read only where its record is not intact (then its `distrust` says so), or where its folder takes
    no changes, unless that is to be refused. `trusted`: whoever had it last.

    Raises ProjectElsewhere, ProjectRefused.
    """
    try:
        if not trusted:
            check_here(folder)
        project = Project.open(folder)
    except ProjectNotWritable:
        if or_read:
            return Project.reader(folder)
        raise
    except (DiskFull, DiskFailing) as error:
        raise ProjectRefused(
            say("The disk is full or fails, so the project cannot be opened to work in. Nothing in it was changed."),
            error.advice,
        ) from error
    why = _distrust(project.store)
    if why is None:
        follow_replayed(project.store)
        return project
    project.close()
    project = Project.reader(folder)
    project.distrust = why
    return project


def go_on(folder: Path) -> None:
    """Work in a project although its record is not intact: that is on record, and `verify` still tells of the fault.

    Raises ProjectRefused.
    """
    with closing(Store.open(folder)) as store, store.transaction():
        store.note(Happening.CONTINUED, after=fault_at_the_end(store._database) or 0)
        store.set_fact(CAME_BROKEN, None)


def _distrust(store: Store) -> Sentence | None:
    number = fault_at_the_end(store._database)
    if number is not None:
        return say(
            "The record of this project is not intact, at event {number}: it is open to read only.", number=str(number)
        )
    beyond = None if store.replayed else store.chain.known_beyond()
    if beyond is not None:
        return say(
            "Later work is missing: event {number} is known here, the record ends at {last}. It is open to read only.",
            last=str(store.chain.found),
            number=str(beyond),
        )
    if store.fact(CAME_BROKEN):
        return say("The record of this project was not intact when it was received: it is open to read only.")
    return None
