"""Pictures of somebody else's files, for a process that does not open such files itself.

What parses and decodes is called in a reading process (`kinds.reading_process`): a file that harms it costs one item.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hitl_desktop.domain.errors import UnreadableItem
from hitl_desktop.kinds.contents import CHANGED
from hitl_desktop.kinds.description import Description
from hitl_desktop.kinds.image import Pixels
from hitl_desktop.kinds.reading_process import Readers
from hitl_desktop.kinds.stacks import Frame, Stack, first_frame, open_stack, read_small_stack

_Stamp = tuple[int, int, int]


class FarStack:
    """A `Stack` whose frames are decoded in reading processes, each when it is asked for.

    `stamps` are those of its files as they were opened: of what was put in their place since, nothing is shown.
    """

    def __init__(self, files: Sequence[Path], stamps: "Sequence[_Stamp]", head: "Head", readers: Readers) -> None:
        self._files, self._stamps, self._readers, self._count = tuple(files), stamps, readers, head.count
        self.description, self.size, self.first = head.description, head.size, head.first

    def __len__(self) -> int:
        return self._count

    def frame(self, index: int) -> Frame:
        """See `Stack.frame`; `UnreadableItem` also when its file is not the one that was opened."""
        self.check(index)
        frame = self._readers.call(frame_of, self._files, index, files=self._files)
        self.check(index)  # while it was read
        return frame

    def check(self, index: int) -> None:
        """Raise `UnreadableItem` when the file of a frame was written or replaced since it was opened."""
        place = index if len(self._files) > 1 else 0
        now = _stamp(self._files[place])
        if now not in (_NO_FILE, self._stamps[place]):  # that there is none says whoever opens it
            raise UnreadableItem(CHANGED)


@dataclass(frozen=True, slots=True)
class Head:
    """What a stack is, without its frames; see `Stack`."""

    count: int
    first: int
    size: tuple[int, int]
    description: Description


def open_picture(files: Sequence[Path], readers: Readers) -> tuple[FarStack, int, Frame]:
    """The item in `files`, and the frame that stands for it, or the nearest that can be decoded, with its index.

    Raises `UnreadableItem` as `open_stack` and `first_frame` do, and when reading broke a limit; OSError.
    """
    stamps = [_stamp(path) for path in files]
    head, index, frame = readers.call(opened, tuple(files), files=files)
    stack = FarStack(files, stamps, head, readers)
    stack.check(index)
    return stack, index, frame


def small_picture(files: Sequence[Path], side: int, readers: Readers) -> Pixels:
    """See `read_small_stack`; `UnreadableItem` also when reading broke a limit."""
    return readers.call(read_small_stack, tuple(files), side, files=files)


_NO_FILE: _Stamp = (0, 0, 0)


class _Last:
    """The stack that was opened last in this process, so that its frames need not open it again."""

    def __init__(self) -> None:
        self._files: tuple[Path, ...] = ()
        self._stamp = _NO_FILE
        self._stack: Stack | None = None

    def open(self, files: tuple[Path, ...]) -> Stack:
        """Open a stack, whatever is held, and hold it if it has more than one frame."""
        self._stack = None  # its memory first
        stamp = _stamp(files[0])
        stack = open_stack(files)
        if len(stack) > 1:
            self._files, self._stamp, self._stack = files, stamp, stack
        return stack

    def get(self, files: tuple[Path, ...]) -> Stack:
        """The stack, opened unless it is held and its first file is what it was."""
        if self._stack is not None and self._files == files and self._stamp == _stamp(files[0]):
            return self._stack
        return self.open(files)


_LAST = _Last()


def opened(files: tuple[Path, ...]) -> tuple[Head, int, Frame]:
    """In a reading process: see `open_picture`."""
    stack = _LAST.open(files)
    index, frame = first_frame(stack)
    return Head(len(stack), stack.first, stack.size, stack.description), index, frame


def frame_of(files: tuple[Path, ...], index: int) -> Frame:
    """In a reading process: a frame of a stack. Raises `UnreadableItem`; the others may be fine."""
    return _LAST.get(files).frame(index)


def _stamp(path: Path) -> _Stamp:
    """What changes when a file is written or replaced."""
    try:
        status = path.stat()
    except (OSError, ValueError):
        return _NO_FILE
    return status.st_size, status.st_mtime_ns, status.st_ino
