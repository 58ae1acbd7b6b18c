"""One program at a time, where several windows read a file, change what it says and write it anew as a whole."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import wraps
from pathlib import Path
from typing import Concatenate, Final, ParamSpec, Protocol, TypeVar

from hitl_desktop.store.lock import lock_at_once

_LONGEST_SECONDS: Final = 10.0
_BETWEEN_SECONDS: Final = 0.02


_Asked = ParamSpec("_Asked")
_Said = TypeVar("_Said")


class TakesTurns(Protocol):
    """What keeps its values in files that other windows write too."""

    def turn(self) -> AbstractContextManager[None]:
        """While this lasts nobody else writes them, and what they say was read anew."""


_Owner = TypeVar("_Owner", bound=TakesTurns)


def in_turn(method: Callable[Concatenate[_Owner, _Asked], _Said]) -> Callable[Concatenate[_Owner, _Asked], _Said]:
    """The method as a whole is one turn."""

    @wraps(method)
    def alone(self: _Owner, /, *args: _Asked.args, **kwargs: _Asked.kwargs) -> _Said:
        with self.turn():
            return method(self, *args, **kwargs)

    return alone


@contextmanager
def turn_at(path: Path, longest: float = _LONGEST_SECONDS) -> Iterator[None]:
    """While another program has its turn at the lock file `path`, wait, `longest` seconds at most: one that was stopped
    in the middle must not hold up all others for ever. The system ends the turn of a program that dies.

    Where no such file can be made, nothing can be written beside it either, and nobody waits.
    """
    try:
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError:
        yield
        return
    try:
        end = time.monotonic() + longest
        while not _is_ours(file) and time.monotonic() < end:
            time.sleep(_BETWEEN_SECONDS)
        yield
    finally:
        os.close(file)


def _is_ours(file: int) -> bool:
    try:
        lock_at_once(file)
    except OSError:
        return False
    return True
