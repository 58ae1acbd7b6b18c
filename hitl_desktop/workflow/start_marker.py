"""Whether the last starts were good ones: a marker is written at every start and taken back once it has gone well.

After two starts that did not, the program opens in safe mode. The file also counts how often the window hung. Starts
of other windows that are still under way are none that failed.
"""

import json
import os
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final

FAILED_STARTS: Final = 2
"""After so many failed starts the next one is in safe mode."""
_FILE: Final = "starts.json"
_MOST: Final = 100
"""More windows are not started at once."""


@dataclass(frozen=True, slots=True)
class Starts:
    """`failed`: starts in a row that did not go well, also the one that runs until it has. `hangs`: times that the
    window did not answer, since they were last told. `under_way`: processes that are starting and may get there yet.
    """

    failed: int = 0
    hangs: int = 0
    under_way: tuple[str, ...] = ()


class StartMarker:
    """The marker in the folder of the settings. A folder that cannot be written costs safe mode, never the start."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / _FILE
        self.found = self._read()
        """What the runs before left behind."""

    @property
    def needs_safe_mode(self) -> bool:
        """True after starts that failed."""
        return self.found.failed >= FAILED_STARTS

    def begun(self) -> None:
        """A start is under way; the hangs that were counted before are told in it."""
        self._write(Starts(self.found.failed, 0, (*self.found.under_way, _process(os.getpid()))))

    def went_well(self) -> None:
        """The window is there and answers, or was closed by a person."""
        self._write(replace(self._read(), failed=0))  # which leaves out this process

    def hung(self) -> None:
        """The window did not answer for too long."""
        now = self._read()
        self._write(replace(now, hangs=now.hangs + 1))

    def _read(self) -> Starts:
        try:
            kept = json.loads(self._path.read_text("utf-8"))
            failed, hangs, starting = kept["failed"], kept["hangs"], [str(one) for one in kept.get("under_way", ())]
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return Starts()
        if not all(type(count) is int and count >= 0 for count in (failed, hangs)):
            return Starts()
        alive = tuple(one for one in starting[:_MOST] if _runs_beside(one))
        return Starts(failed + len(starting) - len(alive), hangs, alive)

    def _write(self, starts: Starts) -> None:
        part = self._path.with_suffix(".part")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            part.write_text(json.dumps(asdict(starts)), "utf-8")
            part.replace(self._path)
        except OSError:
            return


def _process(pid: int) -> str:
    """What tells a process from a later one of the same number; the number alone where the system does not say more."""
    try:
        begun = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        begun = ""
    return f"{pid} {begun}"


def _runs_beside(process: str) -> bool:
    """True for another process that is there; False where the system does not say."""
    pid, _, begun = process.partition(" ")
    return bool(begun) and pid.isdecimal() and int(pid) != os.getpid() and _process(int(pid)) == process
