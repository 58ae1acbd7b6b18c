"""A database that lies where nothing can be written, read whole into memory.

SQLite needs a file beside a database in WAL mode, even to read it, and on a medium that takes none it refuses. Telling
it that the file never changes (`immutable=1`) would be a lie on a network share. So it is given a copy: in memory, as a
temporary file would hold the project's texts outside of it.
"""

import os
from pathlib import Path
from typing import Any, Final

from hitl_desktop.domain.errors import ProjectRefused
from hitl_desktop.domain.sentences import say
from hitl_desktop.store.connection import ProjectDatabase

MOST_BYTES: Final = 2 * 1024**3
_WRITE_VERSION, _READ_VERSION = 18, 19
_ROLLBACK: Final = 1
"""In the bytes 18 and 19 of the header: no WAL (https://www.sqlite.org/fileformat.html, 1.3)."""


class SnapshotDatabase(ProjectDatabase):
    """Opens a copy, in memory, of the file it is given. Raises ProjectRefused for one of more than `MOST_BYTES`."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, reads_only=True)

    def _connect(self) -> Any:
        if self.path.stat().st_size > MOST_BYTES:
            raise ProjectRefused(
                say("The project is too large to be read from a folder that cannot be written to."),
                say("Copy it to a place where you may write."),
            )
        content = bytearray(self.path.read_bytes())
        content[_WRITE_VERSION] = content[_READ_VERSION] = _ROLLBACK
        connection = self._connection(":memory:", isolation_level=None)
        connection.deserialize(bytes(content))
        self._add_conn_hooks(connection)
        return connection


def needs_snapshot(path: Path) -> bool:
    """True when a database in WAL mode cannot be read in place: its folder takes no file, and no log lies beside it."""
    return not path.with_name(f"{path.name}-wal").exists() and not os.access(path.parent, os.W_OK)
