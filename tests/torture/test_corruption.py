"""Damaged databases: each is refused with a reason, or opens and says the same. No crash, no hang, no silence."""

import shutil
import time
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.store.rebuilding import differences
from hitl_desktop.store.store import DATABASE, Store
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.review import ReviewSession
from tests.torture.sizes import size

CORRUPTIONS = size("CORRUPTIONS", 60)
WITHIN_SECONDS = 10.0
PAGE = 4096


def spoiled(data: bytes, rng: np.random.Generator) -> bytes:
    """The file with some damage of a sort that disks, cables and people do."""
    spoiled = bytearray(data)
    pages = len(data) // PAGE
    page = int(rng.integers(pages)) * PAGE
    match int(rng.integers(7)):
        case 0:
            for _ in range(int(rng.integers(1, 9))):
                spoiled[int(rng.integers(len(data)))] ^= 1 << int(rng.integers(8))
        case 1:
            spoiled[page : page + PAGE] = rng.bytes(PAGE)
        case 2:
            spoiled[page : page + PAGE] = bytes(PAGE)
        case 3:
            del spoiled[int(rng.integers(1, len(data))) :]
        case 4:
            other = int(rng.integers(pages)) * PAGE
            spoiled[page : page + PAGE], spoiled[other : other + PAGE] = (
                data[other : other + PAGE],
                data[page : page + PAGE],
            )
        case 5:
            at = int(rng.integers(len(data) - 64))
            spoiled[at : at + 64] = rng.bytes(64)
        case _:
            spoiled[int(rng.integers(100))] = int(rng.integers(256))
    return bytes(spoiled)


def look(folder: Path) -> tuple[Any, ...]:
    """Everything a person would see of the decisions, by the way the window goes."""
    project = Project.open(folder)
    try:
        with project.store.understood():
            session = ReviewSession(project, "ann")
            items = project.store.items
            for item in items.many(range(items.count())):
                items.text(item.index)
            items.notes()
            session.waiting()
            project.store.models.all()
            project.pool.ledger()
            return project.store.decisions.all(), project.labels, project.store.classes.operations()
    finally:
        project.close()


@pytest.fixture
def sound(text_project_folder: Path) -> Path:
    """A project with decisions of every sort, closed."""
    project = Project.open(text_project_folder)
    session = ReviewSession(project, "ann")
    verdicts = [Verdict.CORRECTED, Verdict.SKIPPED, Verdict.FLAGGED, Verdict.UNSURE]
    for turn in range(30):
        verdict = verdicts[turn % 4]
        label = project.offered[turn % len(project.offered)].id if verdict is Verdict.CORRECTED else None
        session.decide(verdict, label, note="a note " * (turn % 5))
        if turn % 7 == 6:
            session.undo()
    project.close()
    return text_project_folder


def test_damage_is_refused_or_harmless(
    sound: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture, watched_log: Any
) -> None:
    before = look(sound)
    data = (sound / DATABASE).read_bytes()
    seen: Counter[str] = Counter()
    slowest = 0.0
    for seed in range(CORRUPTIONS):
        folder = tmp_path / "Damaged.hitl"
        shutil.copytree(sound, folder)
        bad = spoiled(data, np.random.default_rng(seed))
        (folder / DATABASE).write_bytes(bad)
        began = time.monotonic()
        try:
            outcome = "the same" if look(folder) == before else "other"
        except KnownError as error:
            outcome = "refused" if error.message and error.remedy else f"refused without a word at seed {seed}"
        slowest = max(slowest, time.monotonic() - began)
        assert slowest < WITHIN_SECONDS, f"seed {seed}"
        if outcome == "other":
            store = Store.open(folder)
            found = differences(store)
            store.close()
            aside = list(folder.glob("*-set-aside-*"))
            assert found or aside, f"seed {seed}: decisions changed, and nothing says so"
            outcome = "opened, and the second record tells"
        seen[outcome] += 1
        shutil.rmtree(folder)
    watched_log.records.clear()  # what was refused is logged
    print(f"\n{CORRUPTIONS:,} corruptions: {dict(seen)}; slowest {slowest:.2f} s")
    assert not any("without" in outcome for outcome in seen)
    assert seen["refused"] > CORRUPTIONS / 4
