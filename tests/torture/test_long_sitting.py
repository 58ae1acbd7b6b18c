"""One sitting of many items in the real window: memory, handles, objects and references stay as they were."""

import gc
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from hitl_desktop.gui.screenshots import is_settled
from hitl_desktop.workflow.requests import LabelUse
from tests.benchmarks.window import open_window, wait_until
from tests.torture.sizes import is_long, size

PROCESS = Path("/proc/self")
ITEMS = size("SITTING", 300)
WARM = max(220, ITEMS // 10)
"""Caches fill first, such as that of 200 painted rows: what is measured is what grows from then on."""
MOST_MEGABYTES = 50
KEYS_ONLY = 100
CTRL = Qt.KeyboardModifier.ControlModifier
KEYS = [Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_S, Qt.Key.Key_U, Qt.Key.Key_F, Qt.Key.Key_1, Qt.Key.Key_2]


@dataclass(frozen=True)
class Weight:
    """What a process holds."""

    megabytes: float
    handles: int
    objects: int
    """Qt objects below the window."""
    loose: int
    """References to None that no object holds: what the binding of Qt, or anything else in C, never gave back."""
    trues: int
    tracked: int
    """Objects that the collector of Python knows."""
    frames: int
    """Of these, frames of text documents: one stayed behind with every text that was shown."""


def held_by_objects() -> int:
    """References to None from every object that can be reached: fields, items, defaults, whatever the collector knows
    or reaches, such as tuples of plain values, which it does not know by themselves.
    """
    seen: set[int] = set()
    waiting, found = gc.get_objects(), 0
    seen.add(id(waiting))
    while waiting:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        for other in gc.get_referents(one):
            if other is None:
                found += 1
            elif not isinstance(other, int | str | bytes | float) and id(other) not in seen:
                waiting.append(other)
    return found


def weigh(window: QObject) -> Weight:
    for _ in range(3):
        QApplication.processEvents()
        gc.collect()
    loose = sys.getrefcount(None) - held_by_objects()  # first, as what it takes itself must be part of all measures
    gc.collect()
    pages = int((PROCESS / "statm").read_text("ascii").split()[1])
    return Weight(
        pages * os.sysconf("SC_PAGE_SIZE") / 2**20,
        len(list((PROCESS / "fd").iterdir())),
        len(window.findChildren(QObject)),
        loose,
        sys.getrefcount(True),
        len(known := gc.get_objects()),
        sum(type(one).__name__ == "QTextFrame" for one in known),
    )


@pytest.mark.skipif(not is_long(), reason="A LONG SITTING IS PART OF make torture ONLY: a short one would show nothing")
@pytest.mark.skipif(not PROCESS.exists(), reason="WHAT A PROCESS HOLDS IS READ FROM /proc ONLY")
def test_a_long_sitting_leaves_nothing_behind(
    qapp: QApplication, qtbot: Any, tmp_path: Path, make_table: Callable[..., Path], make_project: Callable[..., object]
) -> None:
    table = make_table(tmp_path / "t.csv", rows=ITEMS + WARM + KEYS_ONLY + 200)
    make_project(tmp_path / "P.hitl", table, use_labels=LabelUse.TRUTH)
    with open_window(tmp_path / "P.hitl") as window:
        window.bridge.settings.change(guard_runs=False)
        window.bridge.desk.project.set_retrain_every(10**6)
        window.activateWindow()
        review, session = window.review, window.bridge.desk.session

        def sit(count: int, *, keys_only: bool = False) -> None:
            for number in range(count):
                focus = QApplication.focusWidget() or window
                before = session.project.store.decisions.count()
                QTest.keyClick(focus, KEYS[number % len(KEYS)])
                wait_until(lambda: review.viewer is None or not review.viewer.is_loading)
                assert session.project.store.decisions.count() == before + 1
                if keys_only:
                    continue
                if number % 25 == 24:
                    QTest.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_Z, CTRL)
                if number % 100 == 99:
                    for page in ("gallery", "history", "review"):
                        window.show_page(page)
                        wait_until(lambda: is_settled(window))

        sit(WARM)
        first, began = weigh(window), time.monotonic()
        marks = [first]
        for _ in range(4):
            sit(ITEMS // 4)
            marks.append(weigh(window))
        last = marks[-1]
        print(f"\n{ITEMS:,} items in one sitting, {time.monotonic() - began:.0f} s:")
        for mark in marks:
            print(f"  {mark}")
        assert last.megabytes - first.megabytes <= MOST_MEGABYTES
        assert last.handles - first.handles <= 2
        assert last.objects - first.objects <= 20
        assert last.tracked - first.tracked <= 5000 + 10 * ITEMS  # rows that lists keep, up to a limit of their own
        assert last.frames <= 2
        assert abs(last.trues - first.trues) <= 100 + ITEMS // 50
        # Decisions and items that are kept in memory refer to None for what they do not say, some eight times each.
        # What nothing holds grows by what the binding keeps (PySide6 6.11): six references for every picture that
        # Python makes and paints on, one for each virtual method that is looked up, fifteen for every widget that was
        # shown. So neither a key, nor an undo, nor a visit to a page may make any: one widget in a hundred items is far
        # more than this. Fewer than before would be worse: None would come to an end one day, and the program with it.
        assert abs(last.loose - first.loose) <= 40 + ITEMS // 100
        sit(KEYS_ONLY, keys_only=True)
        assert abs(weigh(window).loose - last.loose) <= KEYS_ONLY // 5
