"""The page that makes a project: choose data, choose labels and model, read the report. Back keeps everything."""

from collections.abc import Callable
from pathlib import Path
from typing import Final, cast

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget
from shiboken6 import isValid

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.protocols import CancelCheck, Progress
from hitl_desktop.exchange.ordering import shown
from hitl_desktop.exchange.table import TABLE_SUFFIXES
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.theme.tokens import PAGE_MAX, SPACE_16, SPACE_24, SPACE_32
from hitl_desktop.gui.views.new_project.choose_step import ChooseStep
from hitl_desktop.gui.views.new_project.labels_step import LabelsStep
from hitl_desktop.gui.views.new_project.model_offer import first_suggestions
from hitl_desktop.gui.views.new_project.page_notice import PageNotice
from hitl_desktop.gui.views.new_project.report_step import ReportStep
from hitl_desktop.gui.views.new_project.wizard_frame import WizardFooter, WizardHeader
from hitl_desktop.kinds import KINDS
from hitl_desktop.language import mark, tr
from hitl_desktop.workflow.first_look import Found, look_at_folder, look_at_table
from hitl_desktop.workflow.jobs import Job, JobState
from hitl_desktop.workflow.requests import ImportReport, NewProject

STEPS: Final = (mark("Choose data"), mark("Labels and model"), mark("Report"))
CHOOSE, LABELS, REPORT = range(3)

Look = Callable[[Path, Progress, CancelCheck], Found]


class NewProjectPage(QWidget):
    """Makes one project at a time. `finished` carries its folder, to be opened; `cancelled` leaves nothing behind."""

    finished = Signal(Path)
    cancelled = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._path = Path()
        self._look: Look = look_at_folder
        self._found: Found | None = None
        self._request: NewProject | None = None
        self._report: ImportReport | None = None
        self._job: Job | None = None
        self._is_edited = False
        self._is_asking = False
        self.setObjectName("new_project_page")
        self.setAccessibleName(tr("New project"))
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setProperty("focusRing", "none")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.header = WizardHeader(context.theme, [tr(step) for step in STEPS])
        self.header.cancel_button.clicked.connect(self.leave)
        self.footer = WizardFooter(context.theme)
        self.footer.back_button.clicked.connect(self.go_back)
        self.footer.next_button.clicked.connect(self.go_on)
        column.addWidget(self.header)
        column.addWidget(self._make_middle(), 1)
        column.addWidget(self.footer)
        context.bridge.job_changed.connect(self._job_changed)
        self._show_step(CHOOSE)

    def begin_folder(self, path: Path) -> None:
        """Begin with a folder of images."""
        self._begin(path, look_at_folder)

    def begin_table(self, path: Path) -> None:
        """Begin with a table of texts."""
        self._begin(path, look_at_table)

    @property
    def step(self) -> int:
        """Which of the `STEPS` is shown, from 0."""
        return self.header.steps.current

    def go_on(self) -> None:
        """Do what the button at the end says: the next step, the import, or the end."""
        if not self.footer.next_button.isEnabled():
            return
        if self.step == CHOOSE:
            self._show_step(LABELS)
        elif self.step == LABELS:
            self._import()
        elif self._report is not None:
            folder, self._report = Path(self._report.folder), None
            self._forget()
            self.finished.emit(folder)

    def go_back(self) -> None:
        """One step back. An import that runs is stopped, a project that was just made is deleted again."""
        if self.step == LABELS:
            self._show_step(CHOOSE)
        elif self.step == REPORT and self._report is not None:
            self._discard()
        elif self.step == REPORT:
            self._stop()

    def leave(self) -> None:
        """Leave the page; asks first when something would be lost."""
        if self._is_asking:
            self._stay()
            return
        is_importing = self.step == REPORT and self._job is not None
        if self._report is not None or is_importing:
            question = tr("Leave? What was imported is deleted again. Your own files stay as they are.")
        elif self._is_edited:
            question = tr("Leave? What you chose here is not kept.")
        else:
            self._leave()
            return
        self._is_asking = True
        self.notice.say(question, "warn", (tr("Leave"), self._leave), (tr("Stay"), self._stay))
        self.notice.buttons[-1].setFocus(Qt.FocusReason.TabFocusReason)

    def abandon(self) -> None:
        """The page goes away: stop what runs, and delete a project that was just made."""
        report, self._report = self._report, None
        self._forget()
        if report is not None:
            self._discard_unseen(Path(report.folder))

    def save_list(self, out: Path) -> None:
        """Write what was left out to a CSV file, in the background."""
        if self._report is None or self._job is not None:
            return
        folder = Path(self._report.folder)

        def work(_: Progress, __: CancelCheck) -> object:
            from hitl_desktop.workflow.import_record import save_left_out

            return save_left_out(folder, out)

        def ended(job: Job) -> None:
            if self._take(job):
                if job.state is JobState.DONE:
                    self.footer.hint.setText(tr("The list was saved as {file}.", file=shown(out.name)))
                else:
                    self._say_failure(job)

        self._run("save_list", work, ended)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes on, Esc leaves."""
        if event.isAutoRepeat():
            return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.go_on()
        elif event.key() == Qt.Key.Key_Escape:
            self.leave()
        else:
            super().keyPressEvent(event)

    def _begin(self, path: Path, look: Look) -> None:
        self._forget()
        self._path, self._look = path, look
        self.choose.show_nothing()
        self._show_step(CHOOSE)
        self.choose.show_looking(
            tr("Looking through the folder") if look is look_at_folder else tr("Looking at the table")
        )
        run, is_table = self._context.bridge.worker.run, look is look_at_table  # made to harm, perhaps: see first_look
        self._run("look", lambda p, c: run("look", path, p, c) if is_table else look(path, p, c), self._look_ended)

    def _look_ended(self, job: Job) -> None:
        if not self._take(job):
            return
        self.choose.show_nothing()
        if job.state is JobState.DONE:
            self._found = cast(Found, job.result)
            self.choose.show_found(self._found)
            self.labels.show_found(self._found)
            self._show_step(CHOOSE)
            self._context.bridge.expect("create_project")  # while the person looks at what was found
        elif job.state is JobState.FAILED:
            self._say_failure(job, (tr("Choose another…"), self._choose_other))
        else:
            self.notice.say(tr("Stopped. Nothing was read."), "warn", (tr("Look again"), self._look_again))
        self._update_buttons()

    def _look_again(self) -> None:
        self._begin(self._path, self._look)

    def _choose_other(self) -> None:
        if self._look is look_at_folder:
            chosen = QFileDialog.getExistingDirectory(self, tr("Folder of images"), str(self._path.parent))
        else:
            endings = " ".join(f"*{suffix}" for suffix in sorted(TABLE_SUFFIXES))
            chosen, _ = QFileDialog.getOpenFileName(
                self, tr("Table of texts"), str(self._path.parent), f"{tr('Tables')} ({endings})"
            )
        if chosen:
            self._begin(Path(chosen), self._look)

    def _import(self) -> None:
        try:
            self._request = self.labels.request()
        except KnownError as error:
            self.notice.say(str(error), "warn")
            self.labels.focus_missing()
            return
        self.report.show_importing("")
        self._show_step(REPORT)
        self._job = self._context.bridge.create_project(self._request, self._import_ended)
        self._update_buttons()

    def _import_ended(self, job: Job) -> None:
        report = cast(ImportReport, job.result)
        if not self._take(job):
            if job.state is JobState.DONE:  # it was done before it could be stopped, and nobody waits for it
                self._discard_unseen(Path(report.folder))
            return
        if job.state is JobState.DONE and self._request is not None:
            self._report = report
            self.report.show_report(report, self._request, first_suggestions(report))
            self._show_step(REPORT)
            return
        self._show_step(LABELS)
        if job.state is JobState.FAILED:
            self._say_failure(job)

    def _discard(self) -> None:
        report = self._report
        if report is None or self._job is not None:
            return

        def ended(job: Job) -> None:
            if not self._take(job):
                return
            if job.state is JobState.DONE:
                self._report = None
                self._show_step(LABELS)
            else:
                self._say_failure(job)

        self._run("discard", _discarding(Path(report.folder)), ended)

    def _discard_unseen(self, folder: Path) -> None:
        """Delete a project that nobody waits for any more; the page may be at other data, or gone, when it ends."""
        bridge = self._context.bridge

        def ended(job: Job) -> None:
            if isinstance(job.error, KnownError):
                bridge.tell(job.error)

        bridge.start("discard", _discarding(folder), ended)

    def _stop(self) -> None:
        """Ask the job to stop; its end brings the page back to where one can go on."""
        if self._job is not None:
            self._job.cancel()

    def _leave(self) -> None:
        self.abandon()
        self.choose.show_nothing()
        self._show_step(CHOOSE)
        self.cancelled.emit()

    def _stay(self) -> None:
        self._is_asking = False
        self.notice.clear()
        self._focus()

    def _forget(self) -> None:
        """Let go of the data and of the job, if one runs."""
        self._stop()
        self._job = self._found = self._request = None
        self._is_edited = False

    def _run(self, name: str, work: Callable[[Progress, CancelCheck], object], ended: Callable[[Job], None]) -> None:
        self._job = self._context.bridge.start(name, work, ended)
        self._update_buttons()

    def _take(self, job: Job) -> bool:
        """True when `job` is the one the page waits for, which it no longer does then."""
        if job is not self._job or not isValid(self):  # the window may have been closed meanwhile
            return False
        self._job = None
        self._update_buttons()
        return True

    def _job_changed(self, job: object) -> None:
        if job is not self._job or not isinstance(job, Job) or job.ended:
            return
        if job.name == "look":
            self.choose.show_looking(job.what or tr("Looking"), job.done, job.total)
        elif job.name == "new":
            self.report.show_importing(job.what, job.done, job.total)

    def _say_failure(self, job: Job, *offers: tuple[str, Callable[[], None]]) -> None:
        if isinstance(job.error, KnownError):
            self.notice.say(str(job.error), "danger", *offers)
        elif job.state is JobState.FAILED:
            self.notice.say(
                tr("This stopped unexpectedly. Nothing in your data was changed. Try again."), "danger", *offers
            )

    def _show_step(self, step: int) -> None:
        self.header.steps.set_current(step)
        self.steps.setCurrentIndex(step)
        self._is_asking = False
        self.notice.clear()
        self.footer.hint.setText(tr("Your data is only read, never changed.") if step == LABELS else "")
        title = tr("New project: {name}", name=self.labels.place.name) if step > CHOOSE else tr("New project")
        self.header.show_project(title, shown(str(self._path)) if self._path.name else "")
        self._update_buttons()
        self._focus()

    def _update_buttons(self) -> None:
        is_idle = self._job is None
        ready = (self._found is not None, True, self._report is not None)[self.step]
        self.footer.next_button.setEnabled(ready and is_idle)
        self.footer.back_button.setVisible(self.step > CHOOSE)
        self.footer.back_button.setEnabled(is_idle or self._report is None)
        self.choose.other_button.setEnabled(is_idle)
        self.footer.hint.setVisible(self.footer.next_button.isEnabled())
        self.footer.next_button.set_label(self._next_in_words())

    def _next_in_words(self) -> str:
        if self.step == CHOOSE:
            return tr("Continue")
        if self.step == LABELS:
            return tr("Import")
        if self._report is None:
            return tr("Begin")
        return tr("Begin with {items}", items=KINDS[self._report.kind].counted(self._report.items))

    def _focus(self) -> None:
        if self.step == LABELS and self.labels.focus_missing():
            return
        # While something runs the page itself holds the focus: a second Enter must not press what stops it.
        target = self.footer.next_button if self.footer.next_button.isEnabled() else self
        target.setFocus(Qt.FocusReason.TabFocusReason)

    def _edited(self) -> None:
        self._is_edited = True
        self.notice.clear()
        self.header.show_project(tr("New project: {name}", name=self.labels.place.name), shown(str(self._path)))

    def _ask_where_to_save(self) -> None:
        out, _ = QFileDialog.getSaveFileName(self, tr("Save list"), tr("left out.csv"), "CSV (*.csv)")
        if out:
            self.save_list(Path(out))

    def _make_middle(self) -> QWidget:
        theme = self._context.theme
        middle = QWidget()
        outer = QHBoxLayout(middle)
        outer.setContentsMargins(SPACE_32, SPACE_24, SPACE_32, SPACE_24)
        inner = QWidget()
        inner.setMaximumWidth(PAGE_MAX)
        outer.addWidget(inner, 1_000_000)
        outer.addStretch(1)
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_16)
        self.notice = PageNotice(theme)
        column.addWidget(self.notice)
        self.choose = ChooseStep(self._context)
        self.choose.other_wanted.connect(self._choose_other)
        self.choose.stop_wanted.connect(self._stop)
        self.labels = LabelsStep(theme)
        self.labels.edited.connect(self._edited)
        self.report = ReportStep(theme)
        self.report.stop_wanted.connect(self._stop)
        self.report.change_wanted.connect(self.go_back)
        self.report.save_wanted.connect(self._ask_where_to_save)
        self.steps = QStackedWidget()
        for step in (self.choose, self.labels, self.report):
            self.steps.addWidget(step)
        column.addWidget(self.steps, 1)
        return middle


def _discarding(folder: Path) -> Callable[[Progress, CancelCheck], object]:
    def work(_: Progress, __: CancelCheck) -> None:
        from hitl_desktop.workflow.import_record import discard_project

        discard_project(folder)

    return work
