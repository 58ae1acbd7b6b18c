"""What a task leaves when its process is ended in the middle of it: it can put nothing away itself then.

Such a task writes into a hidden place that is named after its target and its process, and renames it at the end.
"""

import glob
import os
import shutil
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final

_TRIES: Final = 5
_BETWEEN_SECONDS: Final = 0.1


def part_of(target: Path, pid: int | None = None) -> Path:
    """The hidden place beside `target` in which a task builds it: in this process, or in the one of number `pid`."""
    return target.parent / f".{target.name}.{pid or os.getpid()}.part"


def put_away(task: str, request: Any, pid: int) -> None:
    """Remove what the process `pid`, which is gone, was building for `request`. What cannot be removed stays."""
    find = _LEFT.get(task)
    for path in find(request, pid) if find is not None else ():
        if path.is_dir() and not path.is_symlink():
            _remove_folder(path)
        else:
            _remove(path)


def _remove_folder(path: Path) -> None:
    """What that process had started may write on for a moment, until it hears of its end."""
    for _ in range(_TRIES):
        shutil.rmtree(path, ignore_errors=True)
        if not path.exists():
            return
        time.sleep(_BETWEEN_SECONDS)


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return


def _of_project(request: Any, pid: int) -> Iterable[Path]:
    return (part_of(request.folder.absolute(), pid),)


def _of_file(request: Any, pid: int) -> Iterable[Path]:
    out = request.out.absolute()
    return part_of(out, pid), part_of(out, pid).with_suffix(".sqlite3.part")


def _of_adding(request: Any, _: int) -> Iterable[Path]:
    return (request.staging,)


def _of_backbone(request: Any, pid: int) -> Iterable[Path]:
    from hitl_desktop.workflow.learning_choices import BACKBONES  # not needed to start the window

    folder: Path = request.project / BACKBONES
    return folder.glob(f".*.{pid}.part")


def _of_model(request: Any, _: int) -> Iterable[Path]:
    """All that begins with the name of the new folder, which holds a random number."""
    into: Path = request.into
    return into.parent.glob(f"*{glob.escape(into.name)}*")


_LEFT: Final[dict[str, Callable[[Any, int], Iterable[Path]]]] = {
    "create_project": _of_project,
    "receive": _of_project,
    "add": _of_adding,
    "add_backbone": _of_backbone,
    "open_model": _of_model,
    "deidentify": _of_file,
    "pack": _of_file,
    "save_model": _of_file,
}
"""By task; one that is not named writes nothing, or only what is whole at every moment."""
