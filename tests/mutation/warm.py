"""Tries changes where everything is imported and collected already: in a fork each, in which nothing is imported anew.

The file in the copy of the program is changed, for whatever imports it later or in a process of its own; and in the
fork the changed function gets its new code. Where that cannot be told from importing the changed module, because the
function has already run by then or refers to other variables around it, the change has to be tried from the beginning.
"""

import ast
import gc
import os
import resource
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FunctionType
from typing import Final

import pytest

_LOOPS_AFTER: Final = 5.0
"""A change that makes a test take so many times what it takes is noticed: it loops."""
_SLACK_SECONDS: Final = 4.0
_MOST_SECONDS: Final = 900.0
"""On the clock: of a change that makes a test wait for ever."""
_FUNCTION: Final = 1
"""CO_OPTIMIZED: of the code of functions, not of that of modules and classes."""


@dataclass(frozen=True, slots=True)
class Change:
    """The module that is changed, what is in it then, name and first line of the changed function, the tests to run."""

    module: Path
    source: str
    function: str
    line: int
    tests: tuple[str, ...]


@dataclass
class Warm:
    """A plugin of pytest: once everything is collected, `act` is called in place of running all tests."""

    home: Path
    seconds: dict[str, float]
    act: Callable[["Warm"], None]
    _items: dict[str, pytest.Item] = field(default_factory=dict)
    _most_in_file: dict[str, float] = field(default_factory=dict)
    """Seconds of the longest test of each file: whichever runs first makes what all of them share."""
    _session: pytest.Session | None = None
    _sound: set[str] = field(default_factory=set)
    unsound: set[str] = field(default_factory=set)
    """Tests that failed alone without any change, as on a machine where many wait for each other: none counts."""
    _functions: dict[tuple[str, str, int], list[FunctionType]] = field(default_factory=dict)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self._session = session
        self._items = {item.nodeid: item for item in session.items}
        for test, seconds in self.seconds.items():
            file = _file_of(test)
            self._most_in_file[file] = max(seconds, self._most_in_file.get(file, 0.0))
        gc.collect()
        for found in gc.get_objects():
            if type(found) is FunctionType:
                code = found.__code__
                self._functions.setdefault((code.co_filename, code.co_qualname, code.co_firstlineno), []).append(found)
        gc.freeze()  # or the first collection in a fork copies all of it
        self.act(self)
        return True

    def noticed_by(self, change: Change) -> str:
        """The test that notices the change: that fails with it, alone too, and passes without it. "" where none does.
        Raises LookupError where it cannot be tried here.
        """
        new = self._new_code(change)
        tests = [test for test in change.tests if test not in self.unsound]
        while True:
            with changed(change.module, change.source):
                found = self.first_failing(tests, new)
                fails_again = bool(found and self.first_failing([found], new))
            if not found or (fails_again and self._is_sound(found)):
                return found
            tests.remove(found)

    def _is_sound(self, test: str) -> bool:
        """Whether a test passes without any change: only then does it notice one."""
        if test not in self._sound:
            (self.unsound if self.first_failing([test]) else self._sound).add(test)
        return test in self._sound

    def names(self) -> set[str]:
        """The tests that were collected."""
        return set(self._items)

    def first_failing(self, tests: Sequence[str], new: Sequence[tuple[FunctionType, CodeType]] = ()) -> str:
        """The first of the tests that fails, loops or dies; "" where all of them pass."""
        (self.home / "at.txt").unlink(missing_ok=True)
        child = os.fork()
        if child == 0:
            try:
                os.setpgid(0, 0)
                for function, code in new:
                    function.__code__ = code
                os._exit(self._run([self._items[test] for test in tests]))
            finally:
                os._exit(70)
        answer = _end_of(child)
        return (self.home / "at.txt").read_text("utf-8") if answer else ""

    def _run(self, items: Sequence[pytest.Item]) -> int:
        """In the fork. Returns 1 at the first test that fails."""
        session = self._session
        assert session is not None
        for item, following in zip(items, [*items[1:], None], strict=True):
            (self.home / "at.txt").write_text(item.nodeid, "utf-8")
            used = sum(os.times()[:2])
            most = used + self._most_in_file.get(_file_of(item.nodeid), 0.0) * _LOOPS_AFTER + _SLACK_SECONDS
            resource.setrlimit(resource.RLIMIT_CPU, (int(most) + 1, resource.RLIM_INFINITY))
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if session.testsfailed:
                session._setupstate.teardown_exact(None)
                return 1
        return 0

    def _new_code(self, change: Change) -> list[tuple[FunctionType, CodeType]]:
        """The functions that get new code, and that code; none where the module is not imported yet."""
        name = str(change.module)
        if not any(file == name for file, _, _ in self._functions):
            return []
        before = _functions_in(compile(change.module.read_bytes(), name, "exec", dont_inherit=True))
        after = _functions_in(compile(change.source, name, "exec", dont_inherit=True))
        if [code.co_qualname for code in before] != [code.co_qualname for code in after]:
            raise LookupError("it has other functions")
        wanted = (change.function, change.line)
        places = [place for place, code in enumerate(before) if (code.co_name, code.co_firstlineno) == wanted]
        if len(places) != 1:
            raise LookupError("no such function, or several")
        old, new = before[places[0]], after[places[0]]
        if old.co_freevars != new.co_freevars:
            raise LookupError("it refers to other variables")
        found = self._functions.get((name, old.co_qualname, old.co_firstlineno), [])
        if not found:
            raise LookupError("it was made at some other time")
        return [(function, new) for function in found]


def _file_of(test: str) -> str:
    return test.partition("::")[0]


def outermost(tree: ast.AST, place: ast.AST) -> ast.FunctionDef:
    """The outermost function around a node that is in one."""

    def look(node: ast.AST) -> Iterator[ast.FunctionDef]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef):
                if any(inner is place for inner in ast.walk(child)):
                    yield child
            else:
                yield from look(child)

    return next(look(tree))


def first_line(function: ast.FunctionDef) -> int:
    """Where its code begins: at its first decorator, if it has one."""
    return min([function.lineno, *(decorator.lineno for decorator in function.decorator_list)])


def _functions_in(code: CodeType) -> list[CodeType]:
    """The outermost functions, in the order of the module."""
    found: list[CodeType] = []
    for inside in code.co_consts:
        if isinstance(inside, CodeType):
            found += [inside] if inside.co_flags & _FUNCTION else _functions_in(inside)
    return found


@contextmanager
def changed(path: Path, source: str) -> Iterator[None]:
    """While a module says something else."""
    kept, times = path.read_bytes(), path.stat()
    path.write_text(source, "utf-8")
    try:
        yield
    finally:
        path.write_bytes(kept)
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


def _end_of(child: int) -> int:
    """The answer of a child, which gets so many seconds; −1: killed. What it has started ends with it."""
    until = time.monotonic() + _MOST_SECONDS
    ended = status = 0
    while not ended and time.monotonic() < until:
        ended, status = os.waitpid(child, os.WNOHANG)
        time.sleep(0 if ended else 0.01)
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child, signal.SIGKILL)
    if not ended:
        os.waitpid(child, 0)
        return -1
    return os.waitstatus_to_exitcode(status)
