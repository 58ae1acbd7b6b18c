"""What a page shows of a project, found out beside the window where much was decided: then it takes long."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.gui.beside import Beside
from hitl_desktop.gui.bridge import Bridge

if TYPE_CHECKING:  # numpy and the store come with the first project, not with the first paint
    from hitl_desktop.workflow.project import Project

Look = Callable[["Project"], object]
Take = Callable[[Any], object]

_DECISIONS_AT_ONCE: Final = 2_000


class LookedUp(QObject):
    """Asks one question at a time. While an answer is looked for, a newer question waits for it: changes that come
    faster than answers would else have none of them shown.
    """

    def __init__(self, bridge: Bridge, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._beside = Beside(self)
        self._take: Take | None = None
        self._next: tuple[Look, Take] | None = None
        self._beside.answered.connect(self._answered)
        bridge.closing.connect(self.stop)

    @property
    def is_busy(self) -> bool:
        """True while an answer is looked for."""
        return self._beside.is_busy

    def ask(self, look: Look, take: Take) -> None:
        """Have `take` told what `look` says of the project as it is now: at once where little was decided. `look` only
        reads. A known error becomes a notice, and nothing is taken.
        """
        from hitl_desktop.workflow.planning import AT_ONCE

        project = self._bridge.desk.project
        if len(project.pool) <= AT_ONCE and project.store.decisions.count() <= _DECISIONS_AT_ONCE:
            self.stop()
            try:
                found = look(project)
            except KnownError as error:
                found = error
            self._tell(found, take)
        elif self.is_busy:
            self._next = look, take
        else:
            self._begin(look, take)

    def stop(self) -> None:
        """Look for nothing any more, and wait for what was looked for: the project is closed."""
        self._next = self._take = None
        self._beside.close()

    def _begin(self, look: Look, take: Take) -> None:
        from hitl_desktop.workflow.figures.asked import Beside as Answering
        from hitl_desktop.workflow.figures.asked import as_it_stands

        self._take = take
        project, looking = as_it_stands(self._bridge.desk.project), Answering()
        self._beside.look(looking, lambda: looking.answer(project, lambda seen, _: look(seen)))

    def _answered(self, found: object) -> None:
        following, take = self._next, self._take
        self._next = self._take = None
        if not self._bridge.is_open:
            return
        if take is not None:
            self._tell(found, take)
        if following is not None and not self.is_busy:
            self._begin(*following)

    def _tell(self, found: object, take: Take) -> None:
        if isinstance(found, KnownError):
            self._bridge.tell(found)
        elif isinstance(found, Exception):
            raise found
        else:
            take(found)
