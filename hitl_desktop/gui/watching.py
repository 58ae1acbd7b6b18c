"""Watching where the open project's data lies: the system tells of changes where it can, a slow look finds the rest."""

import os
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer, Signal

from hitl_desktop.domain.changes import Changes
from hitl_desktop.gui.beside import Beside
from hitl_desktop.gui.bridge import Bridge

if TYPE_CHECKING:  # numpy and the store come with the first project, not with the first paint
    from hitl_desktop.workflow.folder_watch import Watch

EVERY_MS: Final = 30_000
"""Folders over a network tell nothing of what comes, so they are looked at this often."""
SOON_MS: Final = 3_200
"""After news, as a file is complete once it has not changed for three seconds."""
_ENTRIES: Final = 2_000
"""So many entries of the folder are looked through for folders: the window waits meanwhile."""
_WATCHED_FOLDERS: Final = 200
"""The system watches only so many folders for one program; the others are found by looking."""


class FolderWatching(QObject):
    """Looks while a project is open whose user wants it; `ready(Ready)` with files that are new and complete.

    `pause` while what was found is being added, `go_on` afterwards.
    """

    ready = Signal(object)

    def __init__(self, bridge: Bridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._watch: Watch | None = None
        self._is_paused = False
        self._system = QFileSystemWatcher(self)
        self._system.directoryChanged.connect(self._soon)
        self._system.fileChanged.connect(self._soon)
        self._slow, self._quick = QTimer(self), QTimer(self)
        self._slow.setInterval(EVERY_MS)
        self._quick.setSingleShot(True)
        self._quick.setInterval(SOON_MS)
        self._slow.timeout.connect(self.look)
        self._quick.timeout.connect(self.look)
        self._beside = Beside(self)
        self._beside.answered.connect(self._answered)
        bridge.project_changed.connect(self._begin)
        bridge.closing.connect(self._end)
        bridge.changed.connect(self._follow)
        self._begin()

    @property
    def is_watching(self) -> bool:
        """True while something is watched."""
        return self._watch is not None

    def pause(self) -> None:
        """Look no more until `go_on`."""
        self._is_paused = True

    def go_on(self) -> None:
        """Look again."""
        self._is_paused = False
        self._soon()

    def look(self) -> None:
        """Look for what is new, in a thread."""
        watch = self._watch
        if watch is None or self._is_paused or self._beside.is_busy:
            return
        from hitl_desktop.workflow.looking import Looking

        looking = Looking()
        self._beside.look(looking, lambda: watch.look(cancelled=lambda: looking.is_stopped))

    def close(self) -> None:
        """Stop, and wait for the thread."""
        self._end()
        self._beside.close()

    def _begin(self) -> None:
        self._end()
        if not self._bridge.is_open:
            return
        from hitl_desktop.workflow.folder_watch import Watch, watches

        project = self._bridge.desk.project
        if watches(project):
            self._watch = Watch(project.folder)
            self._have_told(project.data_root)
            self._slow.start()
            self._soon()

    def _end(self) -> None:
        self._watch, self._is_paused = None, False
        self._slow.stop()
        self._quick.stop()
        self._beside.stop()
        watched = self._system.directories() + self._system.files()
        if watched:
            self._system.removePaths(watched)

    def _follow(self, changes: Changes) -> None:
        if not changes.settings or not self._bridge.is_open:
            return
        from hitl_desktop.workflow.folder_watch import watches

        if watches(self._bridge.desk.project) != self.is_watching:
            self._begin()

    def _have_told(self, root: Path) -> None:
        """Have the system tell of changes in the folder and the folders in it, as far as it can."""
        try:
            with os.scandir(root) as entries:
                first = islice(entries, _ENTRIES)
                inner = sorted(entry.path for entry in first if entry.is_dir() and not entry.name.startswith("."))
            self._system.addPaths([str(root), *inner[:_WATCHED_FOLDERS]])
        except NotADirectoryError:
            self._system.addPaths([str(root), str(root.parent)])
        except OSError:  # away now: the slow look finds it when it is there again
            return

    def _soon(self) -> None:
        if self._watch is not None:
            self._quick.start()

    def _answered(self, answer: object) -> None:
        """What cannot be looked at now is looked at the next time."""
        from hitl_desktop.workflow.folder_watch import Ready

        if self._watch is None or not isinstance(answer, Ready):
            return
        if answer.files:
            self.ready.emit(answer)
        elif answer.is_waiting:
            self._soon()
