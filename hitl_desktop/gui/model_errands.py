"""Models to files and back, and models of the user's own: errands of the worker for the open project."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.record_events import Happening
from hitl_desktop.gui.on_record import put_on_record
from hitl_desktop.language import tr
from hitl_desktop.workflow.jobs import Job, JobState

if TYPE_CHECKING:
    from hitl_desktop.gui.bridge import Bridge


class ModelErrands:
    """Each runs in the background, and tells on the notice bar how it ended."""

    def __init__(self, bridge: "Bridge") -> None:
        self._bridge = bridge

    def save(self, version: int | None, out: Path) -> None:
        """Write a version, None for the one in use, as one file."""
        from hitl_desktop.workflow.model_files import save_request

        try:
            request = save_request(self._bridge.desk.project, version, out)
        except KnownError as error:
            self._bridge.tell(error)
            return
        project = self._bridge.desk.project.folder

        def saved(_: Any) -> None:
            put_on_record(self._bridge, project, Happening.EXPORTED, format="model", version=request.folder.name)
            self._say(tr("The model was saved as {name}.", name=out.name))

        self._start("save_model", request, saved)

    def open(self, file: Path) -> None:
        """Check a model file in the worker, and keep it as a new version of the open project."""
        from hitl_desktop.workflow.model_files import adopt_model, open_request

        desk = self._bridge.desk
        if not self._may_change():
            return

        def taken(opened: Any) -> None:
            changes = self._bridge.perform(lambda: adopt_model(desk.project, opened)[0])
            if changes is not None:
                self._say(changes.told)
                self._bridge.score_if_needed()

        self._start("open_model", open_request(desk.project, file), taken)

    def add_backbone(self, model: Path) -> None:
        """Check a user's own ONNX model in the worker, and learn from its features from the next training on."""
        from hitl_desktop.workflow.learning_choices import choose
        from hitl_desktop.workflow.requests import BackboneRequest

        project = self._bridge.desk.project
        if not self._may_change():
            return

        def added(key: Any) -> None:
            if self._bridge.perform(lambda: choose(project.store, "features", key)) is not None:
                self._say(tr("The next training learns from the features of {name}.", name=model.name))

        self._start("add_backbone", BackboneRequest(project.folder, model, project.kind.name), added)

    def _may_change(self) -> bool:
        """False, with a notice, for a project that is open to read only."""
        try:
            self._bridge.desk.project.store.check_writable()
        except KnownError as error:
            self._bridge.tell(error)
            return False
        return True

    def _say(self, words: str) -> None:
        from hitl_desktop.gui.bridge import Message

        self._bridge.notified.emit(Message(words, "ok"))

    def _start(self, task: str, request: object, done: Callable[[Any], None]) -> None:
        """Run a task in the worker for the open project; its result goes to `done`, its failure to the notice bar."""
        bridge, desk = self._bridge, self._bridge.desk

        def ended(job: Job) -> None:
            if not bridge.is_open or bridge.desk is not desk:
                return
            if job.state is JobState.DONE:
                done(job.result)
            elif isinstance(job.error, KnownError):
                bridge.tell(job.error)

        bridge.start(task, lambda p, c: bridge.worker.run(task, request, p, c), ended)
