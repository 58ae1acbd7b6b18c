"""What was read from the database and still holds, so that a key press reads next to nothing."""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar, cast

import peewee

_T = TypeVar("_T")
_MOST = 8192


class Known:
    """Answers of the tables by name, dropped as soon as anything is written.

    Decisions are the exception: `following` them, the tables put in place of what they know what it has become, so that
    it goes on being known afterwards. Whatever fails, or is written in another way, has it all forgotten: nothing is
    known but what a statement would answer. A connection that only reads knows nothing, as others write.
    """

    def __init__(self, database: peewee.SqliteDatabase, *, keeps: bool) -> None:
        self._database = database
        self._keeps = keeps
        self._held: dict[Hashable, Any] = {}
        self._at = -1
        self._follows = False

    def get(self, name: Hashable, work: Callable[[], _T]) -> _T:
        """What `work` answers, or has answered to the same question. Nobody changes what comes back."""
        if not self._holds():
            return work()
        if name not in self._held:
            if len(self._held) >= _MOST:
                self._held.clear()
            self._held[name] = work()
        return cast("_T", self._held[name])

    def find(self, name: Hashable) -> Any:
        """What is known by a name; None where nothing is."""
        return self._held.get(name) if self._holds() else None

    def put(self, name: Hashable, value: object) -> None:
        """Know this from now on: what was just read, or what a decision has made of it."""
        if self._holds():
            self._held[name] = value

    def drop(self, name: Hashable) -> None:
        """Read it anew when it is asked for."""
        self._held.pop(name, None)

    def forget(self) -> None:
        """Know nothing any more."""
        self._held.clear()
        self._at = -1

    @contextmanager
    def following(self) -> Iterator[None]:
        """While decisions are written in a transaction of their own; in a larger one nothing stays known."""
        if not self._keeps or self._database.in_transaction():
            self.forget()
            yield
            self.forget()
            return
        self._holds()
        self._follows = True
        try:
            yield
            self._at = self._database.connection().total_changes
        except BaseException:
            self.forget()
            raise
        finally:
            self._follows = False

    def _holds(self) -> bool:
        """Whether what is known counts now; what was written since is noticed here."""
        if self._follows:
            return True
        if not self._keeps or self._database.in_transaction():  # what is read there may be undone
            return False
        now = self._database.connection().total_changes
        if now != self._at:
            self._held.clear()
            self._at = now
        return True
