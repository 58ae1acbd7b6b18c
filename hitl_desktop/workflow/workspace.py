"""The desk: at most one open project with its review session and its trainings, and the list of recent ones."""

from dataclasses import dataclass
from pathlib import Path

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.sentences import say
from hitl_desktop.workflow.adding import clear_staged
from hitl_desktop.workflow.auditing import settle
from hitl_desktop.workflow.clock import now_utc
from hitl_desktop.workflow.opening import open_to_work
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.retraining import Retraining
from hitl_desktop.workflow.review import ReviewSession
from hitl_desktop.workflow.reviewers import Reviewers, reviewers_of
from hitl_desktop.workflow.settings import RecentProject, SettingsFile


@dataclass(frozen=True, slots=True)
class Desk:
    """An open project and what works on it."""

    project: Project
    session: ReviewSession
    retraining: Retraining


class Workspace:
    """Opens and closes projects and keeps the list of recent ones true."""

    def __init__(self, settings: SettingsFile, reviewers: Reviewers | None = None) -> None:
        self._settings = settings
        self._reviewers = reviewers if reviewers is not None else reviewers_of(settings)
        self._desk: Desk | None = None

    @property
    def is_open(self) -> bool:
        """True while a project is open."""
        return self._desk is not None

    @property
    def desk(self) -> Desk:
        """The open project. Raises KnownError when there is none."""
        if self._desk is None:
            raise KnownError(say("No project is open."), say("Open one first."))
        return self._desk

    def open(self, folder: Path, *, read_only: bool = False, trusted: bool = False) -> Desk:
        """Open a project in place of the one that is open. Raises ProjectRefused; the open one then stays open.

        One whose folder cannot be written to is opened to read only, as is one that this is asked of. `trusted`: one
        that others had last, too.
        """
        if self._desk is not None and self._desk.project.folder == folder.resolve():
            return self._desk
        project = _opened(folder.resolve(), read_only=read_only, trusted=trusted)
        if project.store.is_writer:
            clear_staged(project.folder)
        try:
            sitting, who = self._reviewers.sitting, self._reviewers.current
            with project.store.understood():
                if project.store.is_writer:
                    settle(project, sitting.name)  # if the program died between an audit’s last answer and its result
                desk = Desk(
                    project, ReviewSession(project, sitting, who.reviewer if who else None), Retraining(project)
                )
        except BaseException:
            project.close()
            raise
        self.close()
        self._desk = desk
        self._remember()
        return self._desk

    def close(self) -> None:
        """Close the open project, if there is one."""
        if self._desk is not None:
            self._remember()
            self._desk.project.close()
            self._desk = None

    def sit(self) -> None:
        """Have the open project follow who is at work now."""
        if self._desk is not None:
            who = self._reviewers.current
            self._desk.session.set_reviewer(self._reviewers.sitting, who.reviewer if who else None)

    def _remember(self) -> None:
        project = self.desk.project
        ledger = project.pool.ledger()
        self._settings.remember(
            RecentProject(
                str(project.folder),
                project.name,
                project.kind.name,
                now_utc(),
                ledger.seen,
                ledger.needing_you,
                ledger.needs_review,
                str(project.data_root),
                ledger.decided,
            )
        )


def _opened(folder: Path, *, read_only: bool, trusted: bool) -> Project:
    return Project.reader(folder) if read_only else open_to_work(folder, trusted=trusted)
