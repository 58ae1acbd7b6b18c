"""Which test reaches which line, and what each test takes: one run of unchanged tests, with coverage's contexts.

Also the control of the whole measurement: where a test fails without any change, nothing can be said.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import coverage
import pytest

_WHOLE_FILE: Final = "file:"
"""A fixture that serves several tests reaches lines for all tests of its file."""


@dataclass
class Reached:
    """`by_line[module][line]` are the tests that reach a line; `seconds[test]` is what one takes, of the processor."""

    by_line: dict[str, dict[int, set[str]]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    early: dict[str, set[int]] = field(default_factory=dict)
    """By module, the lines that were reached before the first test, while modules were imported."""

    def tests(self, module: str, first: int, last: int) -> list[str]:
        """The tests that reach any of the lines, those that take least first."""
        lines = self.by_line.get(module, {})
        found = set().union(*(lines.get(line, set()) for line in range(first, last + 1)))
        return sorted(found, key=lambda test: (self.seconds[test], test))

    def tests_in(self, file: str) -> list[str]:
        """All tests of a file, those that take least first."""
        found = [test for test in self.seconds if test.partition("::")[0] == file]
        return sorted(found, key=lambda test: (self.seconds[test], test))


def load(folder: Path) -> Reached:
    """What `main` left in the folder."""
    seconds: dict[str, float] = json.loads((folder / "seconds.json").read_text("utf-8"))
    data = coverage.CoverageData(str(folder / "data"))
    data.read()
    reached = Reached(seconds=seconds)
    for path in data.measured_files():
        contexts_of = data.contexts_by_lineno(path)
        reached.by_line[path] = {
            line: {test for context in contexts for test in _tests(context, reached)}
            for line, contexts in contexts_of.items()
        }
        reached.early[path] = {line for line, contexts in contexts_of.items() if "" in contexts}
    return reached


def _tests(context: str, reached: Reached) -> list[str]:
    if context.startswith(_WHOLE_FILE):
        return reached.tests_in(context.removeprefix(_WHOLE_FILE))
    return [context] if context in reached.seconds else []


class _Watch:
    """Tell coverage whose test is running."""

    def __init__(self, measured: coverage.Coverage) -> None:
        self._measured = measured
        self.seconds: dict[str, float] = {}

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        self._measured.switch_context(item.nodeid)
        began = sum(os.times()[:4])
        try:
            return (yield)
        finally:
            self.seconds[item.nodeid] = sum(os.times()[:4]) - began

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[object], request: pytest.FixtureRequest) -> object:
        if fixturedef.scope == "function":
            return (yield)
        node = request._pyfuncitem.nodeid
        self._measured.switch_context(_WHOLE_FILE + node.partition("::")[0])
        try:
            return (yield)
        finally:
            self._measured.switch_context(node)


def main(folder: Path, packages: list[Path], arguments: list[str]) -> int:
    """Run pytest, and leave what the tests reached of the packages in the folder. Returns pytest's answer."""
    measured = coverage.Coverage(data_file=str(folder / "data"), source=[str(package) for package in packages])
    watch = _Watch(measured)
    measured.start()
    result = pytest.main(arguments, plugins=[watch])
    measured.stop()
    measured.save()
    (folder / "seconds.json").write_text(json.dumps(watch.seconds), "utf-8")
    return int(result)
