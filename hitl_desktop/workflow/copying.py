"""Copying a file part by part: it may be large and far away, and somebody may want to stop meanwhile."""

import errno
import os
import stat
from pathlib import Path
from typing import Final

from hitl_desktop.domain.protocols import Step

_PART: Final = 4 * 2**20
_AT_ONCE_TO_DISK: Final = 64 * 2**20


def copy_file(source: Path, target: Path, step: Step, *, follows_links: bool = True) -> None:
    """Copy `source` to the new file `target`; `step` is called after every part, and may raise to stop.

    It reaches the disk on the way, so that no slow disk is silent for long at the end. Raises OSError, also for a link
    where none is followed, and for what is no ordinary file: a pipe would be waited for.
    """
    no_link = 0 if follows_links else getattr(os, "O_NOFOLLOW", 0)
    flags = os.O_RDONLY | no_link | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)
    done = 0
    with os.fdopen(os.open(source, flags), "rb") as read, target.open("xb") as written:
        if not stat.S_ISREG(os.fstat(read.fileno()).st_mode):
            raise OSError(errno.EINVAL, "it is not an ordinary file")
        while part := read.read(_PART):
            written.write(part)
            done += len(part)
            if done % _AT_ONCE_TO_DISK == 0:
                written.flush()
                os.fsync(written.fileno())
            step()
