"""A line at the bottom of the window for work that has no place of its own: making a sample, writing an export."""

from typing import Final

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from hitl_desktop.gui.bridge import Bridge
from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.widgets.busy_line import BusyLine
from hitl_desktop.language import mark, tr
from hitl_desktop.workflow.jobs import Job, JobState

_SHOWN_AFTER_MS: Final = 500
_WORDS: Final = {
    "sample": mark("Preparing the sample"),
    "export": mark("Writing the export"),
    "add": mark("Adding items"),
    "save_model": mark("Saving the model"),
    "open_model": mark("Checking the model"),
    "pack": mark("Packing the project"),
    "deidentify": mark("Copying without names"),
    "receive": mark("Checking the project"),
    "add_backbone": mark("Checking the model"),
}


class JobLine(QFrame):
    """Shows jobs of the names in its table when they take longer than half a second, with Cancel; also while they wait
    for another one to end, as a training may take minutes.
    """

    def __init__(self, theme: Theme, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("pane", "surface")
        self._bridge = bridge
        self._job: Job | None = None
        self._line = BusyLine(theme)
        self._line.cancel_requested.connect(self._cancel)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 4, 16, 8)
        row.addWidget(self._line)
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.setInterval(_SHOWN_AFTER_MS)
        self._wait.timeout.connect(self._show_if_running)
        bridge.job_changed.connect(self._follow)
        self.hide()

    def _follow(self, job: Job) -> None:
        if job.name not in _WORDS:
            return
        if job.ended:
            self._job = None
            self._wait.stop()
            self.hide()
            return
        if self._job is not job:
            self._job = job
            self._wait.start()
        self._line.show_progress(self._words(job), job.done, job.total, job.what)

    def _words(self, job: Job) -> str:
        what = tr(_WORDS[job.name])
        if job.state is not JobState.WAITING:
            return what
        is_training = self._bridge.training is not None
        return tr("{what}, after the training", what=what) if is_training else tr("{what}, in a moment", what=what)

    def _show_if_running(self) -> None:
        self.setVisible(self._job is not None)

    def _cancel(self) -> None:
        if self._job is None:
            return
        self._job.cancel()
        if self._job.state is JobState.WAITING:  # it ends when it would have begun: nothing is left to be seen of it
            self._job = None
            self.hide()
