"""What the command line needs from the other front; the composition root fills it in."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Hooks:
    """`open_window(project or None, in safe mode)` runs the program's window and returns its exit code;
    `screenshots(project, out)` writes pictures of the window's pages and returns their files; `check_window()` opens
    and closes a window offscreen; `write_report(project, out)` writes a report and returns its files.
    """

    open_window: Callable[[Path | None, bool], int]
    open_sample: Callable[[str], int]
    screenshots: Callable[[Path, Path], list[Path]]
    check_window: Callable[[], None]
    write_report: Callable[[Path, Path], list[Path]]
