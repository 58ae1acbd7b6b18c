"""Whole projects to a file and back: errands of the worker, where what was received is parsed."""

import os
from functools import partial
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtWidgets import QFileDialog

from hitl_desktop.domain.errors import KnownError, ProjectElsewhere
from hitl_desktop.domain.record_events import Happening
from hitl_desktop.gui.bridge import Message
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.on_record import put_on_record
from hitl_desktop.gui.views.question import Question
from hitl_desktop.language import tr, trn
from hitl_desktop.workflow.jobs import Job, JobState

if TYPE_CHECKING:
    from hitl_desktop.gui.main_window import MainWindow


class ArchiveErrands:
    """Asks for files, runs in the background, and tells on the notice bar how it ended."""

    def __init__(self, window: "MainWindow", context: Context) -> None:
        self._window = window
        self._context = context
        self._bridge = context.bridge

    def pack(self) -> None:
        """Choose a file and pack the open project into it, with the files of its items or without."""
        project = self._bridge.desk.project
        suggested = str(project.folder.parent / f"{project.name}.zip")
        chosen, _ = QFileDialog.getSaveFileName(
            self._window, tr("Pack project"), suggested, f"{tr('Archives')} (*.zip)"
        )
        if not chosen:
            return
        if project.kind.from_rows or not project.data_is_there:
            self.pack_to(Path(chosen))
            return
        question = Question(
            self._context.theme,
            tr("Pack the pictures too?"),
            tr("With them the project can be opened anywhere. They go into the file as they are: whoever gets it sees "
               "all that is in them, names of patients too."),
            tr("With the pictures"),
            tr("Without them"),
            self._window,
        )  # fmt: skip
        question.agreed.connect(lambda: self.pack_to(Path(chosen), with_data=True))
        question.rejected.connect(lambda: self.pack_to(Path(chosen)))
        question.open()

    def pack_to(self, out: Path, *, with_data: bool = False) -> None:
        """Pack the open project into this file."""
        from hitl_desktop.workflow.packing import Packed, PackRequest

        request = PackRequest(self._bridge.desk.project.folder, out, with_data)

        def ended(job: Job) -> None:
            if self._failed(job):
                return
            packed = cast(Packed, job.result)
            words = tr("The project was packed as {name}.", name=out.name)
            if packed.missing:
                missing = trn("{n} file is missing in it.", "{n} files are missing in it.", packed.missing)
                words = f"{words} {missing}"
            self._bridge.notified.emit(Message(words, "warn" if packed.missing else "ok"))

        # Before it is packed: the copy holds the event, and its anchor.
        put_on_record(self._bridge, request.folder, Happening.PACKED, with_data=with_data)
        worker = self._bridge.worker
        self._bridge.start("pack", lambda p, c: worker.run("pack", request, p, c), ended)

    def receive(self) -> None:
        """Choose an archive and where to put the project, and take it over."""
        title, archives = tr("Received project"), f"{tr('Archives')} (*.zip)"
        chosen, _ = QFileDialog.getOpenFileName(self._window, title, "", archives)
        if chosen:
            self.take_over(Path(chosen))

    def take_over(self, given: Path) -> None:
        """Choose where to put the project in this archive or folder, and take it over."""
        stem = given.name.partition(".")[0]
        suggested = str(given.with_name(f"{stem} 2.hitl" if given.is_dir() else f"{stem}.hitl"))
        folder, _ = QFileDialog.getSaveFileName(self._window, tr("Take it over as"), suggested)
        if folder:
            self.receive_as(given, Path(folder))

    def ask_whose(self, error: ProjectElsewhere) -> None:
        """A project that others had last: copy it and open the copy, or trust it and open it where it is."""
        from hitl_desktop.gui.views.elsewhere import ElsewhereQuestion

        given = error.folder
        fresh = _free_beside(given)
        question = ElsewhereQuestion(self._context.theme, error, fresh.name, self._window)
        may_copy = os.access(given.parent, os.W_OK)
        question.copied.connect(partial(self.receive_as, given, fresh) if may_copy else partial(self.take_over, given))
        question.trusted.connect(partial(self.trust, given))
        question.open()

    def trust(self, folder: Path) -> None:
        """Those who had this project until now may go on working in it beside us; open it where it is."""
        from hitl_desktop.workflow.workplaces import trust

        try:
            trust(folder)
        except KnownError as error:  # it is opened all the same, and asked about again the next time
            self._bridge.tell(error)
        self._bridge.open_project(folder, trusted=True)

    def receive_as(self, given: Path, folder: Path) -> None:
        """Take the project in an archive or a folder over into this folder, and open it."""
        from hitl_desktop.workflow.receiving import Received, ReceiveRequest

        request = ReceiveRequest(given, folder)

        def ended(job: Job) -> None:
            self._window.set_busy(False)
            self._window.notices.clear()  # it is no longer under way
            if self._failed(job):
                return
            received = cast(Received, job.result)
            if self._bridge.open_project(received.folder):
                if given.is_dir():
                    words = tr(
                        "You work in the copy {name}. What it was copied from stays as it was.", name=folder.name
                    )
                    self._bridge.notified.emit(Message(words, "ok"))
                for sentence in received.left_behind:
                    self._bridge.notified.emit(Message(str(sentence), "warn"))

        worker = self._bridge.worker
        self._window.set_busy(True)
        job = self._bridge.start("receive", lambda p, c: worker.run("receive", request, p, c), ended)
        words = tr("{name} is being copied and checked. A large project takes minutes.", name=given.name)
        self._bridge.notified.emit(Message(words, "info", tr("Cancel"), job.cancel))

    def go_on(self) -> None:
        """Open the project to write although its record is not intact."""
        from hitl_desktop.workflow.opening import go_on

        folder = self._bridge.desk.project.folder
        self._bridge.close_project()
        try:
            go_on(folder)
        except KnownError as error:
            self._bridge.tell(error)
        self._bridge.open_project(folder)

    def deidentify(self) -> None:
        """Choose a new folder, and copy the pictures of the open project into it without their patients."""
        project = self._bridge.desk.project
        suggested = str(project.folder.parent / f"{project.name} {tr('without names')}")
        chosen, _ = QFileDialog.getSaveFileName(self._window, tr("Copies without names"), suggested)
        if chosen:
            self.deidentify_to(Path(chosen))

    def deidentify_to(self, out: Path) -> None:
        """Copy the pictures into this new folder."""
        from hitl_desktop.workflow.deidentifying import Deidentified, DeidentifyRequest

        request = DeidentifyRequest(self._bridge.desk.project.folder, out)

        def ended(job: Job) -> None:
            if self._failed(job):
                return
            done = cast(Deidentified, job.result)
            facts = {"files": done.files, "masked": done.masked, "not_looked_at": done.not_looked_at}
            put_on_record(self._bridge, request.folder, Happening.COPIED, **facts)
            words = trn("{n} file was copied without names.", "{n} files were copied without names.", done.files)
            if done.to_look_at:
                look = trn(
                    "{n} of them may have writing in the picture: look at it before you give it away.",
                    "{n} of them may have writing in the picture: look at them before you give them away.",
                    done.to_look_at,
                )
                words = f"{words} {look}"
            if done.not_looked_at:
                unseen = trn(
                    "Nobody has looked at {n} of them: {page} shows one after another.",
                    "Nobody has looked at {n} of them: {page} shows one after another.",
                    done.not_looked_at,
                    page=tr("Masks"),
                )
                words = f"{words} {unseen}"
            if done.left_out:
                left = trn("{n} file was left out.", "{n} files were left out.", done.left_out)
                words = f"{words} {left}"
            self._bridge.notified.emit(Message(words, "warn" if done.to_look_at or done.left_out else "ok"))

        worker = self._bridge.worker
        self._bridge.start("deidentify", lambda p, c: worker.run("deidentify", request, p, c), ended)

    def _failed(self, job: Job) -> bool:
        if isinstance(job.error, KnownError):
            self._bridge.tell(job.error)
        return job.state is not JobState.DONE


def _free_beside(given: Path) -> Path:
    """A name for the copy, beside what it is copied from."""
    stem = given.name.partition(".")[0]
    return next(path for n in count(2) if not (path := given.with_name(f"{stem} {n}.hitl")).exists())
