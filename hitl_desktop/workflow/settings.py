"""The user's own settings and the list of recent projects. Never in the way of a start: a broken file is set aside."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from hitl_desktop.workflow.taking_turns import turn_at

_TURNS: Final = "settings.lock"
_FILE = "settings.json"
_RECENT_KEPT = 12


@dataclass(frozen=True, slots=True)
class RecentProject:
    """A project that was open before, with the counts it had when it was closed.

    `data_root` is where its data set lay then, `decided` how many items were decided: what can be said of a project
    whose pictures have moved, without opening it.
    """

    folder: str
    name: str
    kind: str
    opened_utc: str
    seen: int = 0
    needing_you: int = 0
    needs_review: int = 0
    data_root: str = ""
    decided: int = 0


@dataclass(frozen=True, slots=True)
class Settings:
    """What the user chose for all projects. `theme` is system, light or dark, `language` is system or a code of
    `language.LANGUAGES`; `text_points` is the reading size.

    `cover`: what lies over pictures until they are revealed: none, grey, blurred or both.
    `guard_runs`: ask when one key decides many items very fast; `break_minutes`: remind of a break, 0 never.
    `reviewer`: the name that the first profile gets (`workflow/reviewers.py`), from before there were profiles.
    `lock_minutes`: a reviewer with a password signs in again after so long without a key, 0 never.
    `told_places`: digests of the project folders of which it was said what it means where they lie.
    `keymap` names the profile of keys, `keys` has the person's own for each profile (`gui/key_bindings.py`).
    """

    theme: str = "system"
    language: str = "system"
    reviewer: str = ""
    keymap: str = "general"
    text_points: int = 18
    text_scale: float = 1.0
    canvas: str = "theme"
    cover: str = "none"
    guard_runs: bool = True
    break_minutes: int = 50
    lock_minutes: int = 0
    geometry: str = ""
    told_places: tuple[str, ...] = ()
    recent: tuple[RecentProject, ...] = ()
    keys: Mapping[str, Mapping[str, list[str]]] = field(default_factory=dict)


class SettingsFile:
    """Reads and writes the settings; every write is whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._is_readable = True
        self._seen: tuple[int, int, int] | None = None
        self.value = self._read()

    @property
    def folder(self) -> Path:
        """Where they lie: the user's own folder for settings."""
        return self._folder

    def change(self, **changes: Any) -> Settings:
        """Change some settings and write them, beside what another window has changed since. A folder that cannot be
        written keeps them for this session.
        """
        with self._turn():
            return self._put(**changes)

    def remember(self, project: RecentProject) -> None:
        """Put a project at the top of the recent ones."""
        with self._turn():
            others = [p for p in self.value.recent if p.folder != project.folder]
            self._put(recent=(project, *others)[:_RECENT_KEPT])

    def forget(self, folder: str) -> None:
        """Take a project off the list; its files are not touched."""
        with self._turn():
            self._put(recent=tuple(p for p in self.value.recent if p.folder != folder))

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Nobody else writes them meanwhile, and what they have written is read: each writes the whole file."""
        with turn_at(self._folder / _TURNS):
            if self._stamp() not in (None, self._seen):
                self.value = self._read()
            yield

    def _put(self, **changes: Any) -> Settings:
        self.value = replace(self.value, **changes)
        self._write()
        return self.value

    def _stamp(self) -> tuple[int, int, int] | None:
        """What changes when somebody writes the file; None where it is not there."""
        try:
            found = (self._folder / _FILE).stat()
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns, found.st_size

    def _read(self) -> Settings:
        path = self._folder / _FILE
        self._seen = self._stamp()
        try:
            stored = json.loads(path.read_text("utf-8"))
            recent = tuple(RecentProject(**p) for p in stored.pop("recent", []))
            default = asdict(Settings())
            places = tuple(str(place) for place in stored.pop("told_places", []))
            fitting = {k: v for k, v in stored.items() if k in default and isinstance(v, type(default[k]))}
            return Settings(**fitting, recent=recent, told_places=places)
        except FileNotFoundError:
            return Settings()
        except OSError:  # it may be whole: it is left alone, and not written over
            self._is_readable = False
            return Settings()
        except (ValueError, TypeError, AttributeError, RecursionError):
            self._set_aside(path)
            return Settings()

    @staticmethod
    def _set_aside(path: Path) -> None:
        try:
            path.replace(path.with_suffix(".broken.json"))
        except OSError:
            return

    def _write(self) -> None:
        if not self._is_readable:
            return
        part = self._folder / f"{_FILE}.part"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            part.write_text(json.dumps(asdict(self.value), indent=2), "utf-8")
            part.replace(self._folder / _FILE)
            self._seen = self._stamp()
        except OSError:
            return


def default_reviewer() -> str:
    """The name decisions are made under until the user gives another: the login name."""
    import getpass

    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "reviewer"
