"""What a page shows of a project, found out beside the window where much was decided: then it takes long."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.gui.beside import Beside
from hitl_desktop.gui.bridge import Bridge

if TYPE_CHECKING:  # numpy and the store come with the first project, not with the first paint
    from hitl_desktop.workflow.project import Project

Look = Callable[["Project"], object]
Take = Callable[[Any], object]
Refused = Callable[[Exception], object]

_DECISIONS_AT_ONCE: Final = 2_000


@dataclass(frozen=True, slots=True)
class _Asked:
    look: Look
    take: Take
    refused: Refused | None


class LookedUp(QObject):
    """Asks one question at a time. While an answer is looked for, a newer question waits for it: changes that come
    faster than answers would else have none of them shown.
    """

    def __init__(self, bridge: Bridge, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._beside = Beside(self)
        self._asked: _Asked | None = None
        self._next: _Asked | None = None
        self._beside.answered.connect(self._answered)
        bridge.closing.connect(self.stop)

    @property
    def is_busy(self) -> bool:
        """True while an answer is looked for."""
        return self._beside.is_busy

    def ask(self, look: Look, take: Take, refused: Refused | None = None) -> None:
        """Have `take` told what `look` says of the project as it is now: at once where little was decided. `look` only
        reads. What is raised has nothing taken: a known error goes to `refused`, or becomes a notice where that is not
        given; any other goes there as well as to whoever tells of errors of ours.
        """
        from hitl_desktop.workflow.planning import AT_ONCE

        asked = _Asked(look, take, refused)
        project = self._bridge.desk.project
        if len(project.pool) <= AT_ONCE and project.store.decisions.count() <= _DECISIONS_AT_ONCE:
            self.stop()
            try:
                found = look(project)
            except Exception as error:
                found = error
            self._tell(found, asked)
        elif self.is_busy:
            self._next = asked
        else:
            self._begin(asked)

    def stop(self) -> None:
        """Look for nothing any more, and wait for what was looked for: the project is closed."""
        self._next = self._asked = None
        self._beside.close()

    def _begin(self, asked: _Asked) -> None:
        from hitl_desktop.workflow.figures.asked import Beside as Answering
        from hitl_desktop.workflow.figures.asked import as_it_stands

        self._asked = asked
        project, looking = as_it_stands(self._bridge.desk.project), Answering()
        self._beside.look(looking, lambda: looking.answer(project, lambda seen, _: asked.look(seen)))

    def _answered(self, found: object) -> None:
        following, asked = self._next, self._asked
        self._next = self._asked = None
        if not self._bridge.is_open:
            return
        if following is not None and not self.is_busy:
            self._begin(following)
        if asked is not None:
            self._tell(found, asked)

    def _tell(self, found: object, asked: _Asked) -> None:
        if not isinstance(found, Exception):
            asked.take(found)
            return
        if asked.refused is not None:
            asked.refused(found)
        elif isinstance(found, KnownError):
            self._bridge.tell(found)
        if not isinstance(found, KnownError):
            raise found
