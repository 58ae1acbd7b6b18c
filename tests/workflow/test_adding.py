"""Adding items later: what is new comes, everything else stays, and it comes whole or not at all."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hitl_desktop.domain import pool
from hitl_desktop.domain.batches import Batch
from hitl_desktop.domain.decisions import Slot, Verdict
from hitl_desktop.domain.errors import Cancelled, KnownError
from hitl_desktop.domain.protocols import never_cancelled, no_progress
from hitl_desktop.store import batches as batches_module
from hitl_desktop.store.record_proof import check_record
from hitl_desktop.store.store import Store
from hitl_desktop.workflow import many_at_once, record_facts, routing
from hitl_desktop.workflow.adding import add_request, clear_staged, take, taking, told
from hitl_desktop.workflow.many_at_once import Made
from hitl_desktop.workflow.measuring import measured_each, measuring_sample
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.requests import Gathered, LabelUse, Scored
from hitl_desktop.workflow.retraining import Retraining
from hitl_desktop.workflow.review import ReviewSession
from hitl_desktop.workflow.snapshot import take_snapshot
from hitl_desktop.workflow.worker import InlineRunner
from tests.conftest import MakeImages, MakeProject, MakeTable, Retrain
from tests.dicom_files import write_series

RUNNER = InlineRunner()


def gather(project: Project, *sources: Path) -> Gathered:
    found = RUNNER.run("add", add_request(project, sources), no_progress, never_cancelled)
    assert isinstance(found, Gathered)
    return found


def add(project: Project, *sources: Path) -> Gathered:
    found = gather(project, *sources)
    take(project, found, "Ada")
    return found


def score(project: Project) -> None:
    scored = RUNNER.run("score", project.score_request(), no_progress, never_cancelled)
    assert isinstance(scored, Scored)
    project.take_scores(dict(scored.unreadable), scored.checks)


def decide(project: Project, times: int) -> None:
    session = ReviewSession(project, "Ada")
    for _ in range(times):
        assert session.item is not None
        session.decide(Verdict.CORRECTED, session.item.truth_id)


@pytest.fixture
def growing(make_images: MakeImages, make_project: MakeProject, tmp_path: Path) -> Iterator[tuple[Project, Path]]:
    """A project of 60 pictures with hidden truth, and its folder, which may be changed."""
    data = make_images(tmp_path / "data")
    make_project(tmp_path / "P.hitl", data, use_labels=LabelUse.TRUTH)
    project = Project.open(tmp_path / "P.hitl")
    yield project, data
    project.close()


def test_new_files_of_the_folder_come_as_a_batch(growing: tuple[Project, Path], make_images: MakeImages) -> None:
    project, data = growing
    decide(project, 5)
    before, states = project.store.items.digests(), project.pool.states.copy()
    make_images(data / "more", each=2, seed=8)
    for picture in (data / "more").rglob("*.png"):
        shutil.move(picture, data / picture.parent.name / f"new_{picture.name}")
    shutil.copy(data / "lines" / "lines_00.png", data / "dots" / "copy.png")
    (data / "dots" / "broken.png").write_bytes(b"no picture")
    found = add(project)
    assert (found.items, found.counts.known) == (6, 60)
    assert [note.same_as for note in found.listed_duplicates] == ["lines/lines_00.png"]
    assert [note.file for note in found.listed_unreadable] == ["dots/broken.png"]
    assert told(found) == "6 items were added. 1 is the same as another. 1 cannot be read."
    assert project.store.items.digests()[:60] == before
    assert (project.pool.states[:60] == states).all()
    assert len(project.pool) == 66 == project.pool.ledger().items
    (batch,) = project.store.batches.all()
    assert (batch.number, batch.first, batch.items, batch.by, batch.source) == (1, 60, 6, "Ada", "data")
    truth = project.store.items.truth_ids()[60:]
    assert sorted(truth.tolist()) == [1, 1, 2, 2, 3, 3]
    assert add(project).is_empty, "what was told is not told again"
    assert len(project.store.batches.all()) == 1


def test_it_is_the_same_project_after_reopening(growing: tuple[Project, Path], make_images: MakeImages) -> None:
    project, data = growing
    make_images(data / "deep", each=20, seed=9)
    add(project)
    reserve, queue = project.reserve, ReviewSession(project, "Ada").waiting()
    folder = project.folder
    project.close()
    again = Project.open(folder)
    assert (again.reserve.order == reserve.order).all()
    assert (ReviewSession(again, "Ada").waiting() == queue).all()
    assert len(again.pool) == 120
    again.close()


def test_files_of_another_place_keep_their_whole_path(
    growing: tuple[Project, Path], make_images: MakeImages, tmp_path: Path
) -> None:
    project, _ = growing
    inbox = make_images(tmp_path / "inbox", each=1, classes=("dots", "squares"), seed=11)
    found = add(project, inbox)
    items = project.store.items.many([60, 61])
    assert {item.path for item in items} == {p.absolute().as_posix() for p in inbox.rglob("*.png")}
    assert all(project.item_file(item).is_file() for item in items)
    assert found.counts.unknown_labels == 1
    assert "1 new item has a label that is no class of this project, and came without it: squares." in told(found)
    assert [label.name for label in project.labels] == ["dots", "lines", "plain"], "no class is added by itself"
    score_request = project.feature_request()
    assert score_request.items == 62


def test_of_many_sources_the_first_are_named_and_that_there_are_more(
    growing: tuple[Project, Path], make_images: MakeImages, tmp_path: Path
) -> None:
    project, _ = growing
    pictures = sorted(make_images(tmp_path / "others", each=3, seed=9).rglob("*.png"))
    assert add(project, *pictures[:5]).source == ", ".join(picture.name for picture in pictures[:5])
    assert add(project, *pictures).source == ", ".join(picture.name for picture in pictures[:5]) + ", …"


def test_the_kind_of_source_must_fit(growing: tuple[Project, Path], text_table: Path, text_project: Project) -> None:
    with pytest.raises(KnownError, match="not a picture"):
        gather(growing[0], text_table)
    with pytest.raises(KnownError, match="made of a table"):
        gather(text_project, growing[1])
    assert not list(growing[0].folder.glob(".adding-*"))


def test_rows_of_a_table_that_grew(make_table: MakeTable, make_project: MakeProject, tmp_path: Path) -> None:
    table = make_table(tmp_path / "messages.csv")
    make_project(tmp_path / "P.hitl", table, use_labels=LabelUse.TRUTH)
    project = Project.open(tmp_path / "P.hitl")
    lines = table.read_text("utf-8").splitlines()
    assert lines[1].startswith("m00,")
    lines[1] = "m00,m00 says more now,bill"
    table.write_text("\n".join([*lines, "m40,a new message,login", "m41,another one,ship"]) + "\n", "utf-8")
    found = add(project)
    assert (found.items, found.counts.known) == (3, 39)
    assert project.store.items.texts_of([40, 41, 42]) == ["m00 says more now", "a new message", "another one"]
    assert [item.path for item in project.store.items.many([40, 41])] == ["m00 (messages.csv)", "m40"]
    assert project.store.items.truth_ids()[40:].tolist() == [1, 2, -1]
    words = told(found)
    assert "came without it: ship." in words
    assert "1 row has another text than when it was imported." in words
    project.close()


def test_rows_of_another_table(text_project: Project, make_table: MakeTable, tmp_path: Path, text_table: Path) -> None:
    other = make_table(tmp_path / "later.csv", rows=10, seed=3)
    lines = other.read_text("utf-8").splitlines()
    twice = text_table.read_text("utf-8").splitlines()[1]
    other.write_text("\n".join([lines[0] + ",city", *(line + ",Bonn" for line in [*lines[1:], twice])]) + "\n", "utf-8")
    found = add(text_project, other)
    assert found.items == 10
    assert [(n.file, n.same_as) for n in found.listed_duplicates] == [("later.csv: m00 (row 11)", "m00")]
    assert "The new rows have further columns: city." in told(found)
    assert text_project.store.items.get(40).path == "m00 (later.csv)"
    (tmp_path / "odd.csv").write_text("id,words,label\nx,some words here,bill\n", "utf-8")
    with pytest.raises(KnownError, match="lacks columns that the project is made of: text"):
        gather(text_project, tmp_path / "odd.csv")


def test_labels_of_the_data_count_as_they_did(make_table: MakeTable, make_project: MakeProject, tmp_path: Path) -> None:
    table = make_table(tmp_path / "messages.csv", rows=100)
    make_project(tmp_path / "P.hitl", table, use_labels=LabelUse.DECISIONS)
    project = Project.open(tmp_path / "P.hitl")
    for number in range(5):
        add(project, make_table(tmp_path / f"more{number}.csv", rows=4, seed=50 + number))
    assert project.pool.ledger().decided == 120
    later = [d for d in project.store.decisions.all() if d.item_index >= 100]
    checks = [d for d in later if d.slot is Slot.IMPORTED_CHECK]
    assert len(later) == 20
    assert len(checks) == 2, "a tenth over all of them, not one of each batch"
    assert {d.probability for d in checks} == {0.1}
    assert [d.number for d in project.store.decisions.all()] == list(range(1, 121))
    assert (project.folder / "decisions.jsonl").read_text("ascii").count("\n") == 120
    sample = measuring_sample(project, take_snapshot(project))
    assert sample.strata.sizes.tolist() == [0, 0, 120]
    assert set(sample.rows.tolist()) >= {d.item_index for d in checks}
    project.close()


def test_a_series_is_one_item_and_items_do_not_change(make_project: MakeProject, tmp_path: Path) -> None:
    data, rng = tmp_path / "data", np.random.default_rng(4)
    slices = rng.integers(0, 900, (12, 24, 24)).astype(np.int16)
    write_series(data / "first", slices[:3], SeriesInstanceUID="1.2.3")
    make_project(tmp_path / "P.hitl", data, labels=("a", "b"))
    project = Project.open(tmp_path / "P.hitl")
    write_series(data / "second", slices[3:7], SeriesInstanceUID="1.2.4")
    found = add(project)
    assert (found.items, found.counts.stacked) == (1, 3)
    assert len(project.store.item_files.of(1)) == 4
    write_series(tmp_path / "late", slices[7:9], SeriesInstanceUID="1.2.3")
    for file in (tmp_path / "late").iterdir():
        shutil.move(file, data / "first" / f"late_{file.name}")
    late = add(project)
    assert late.items == 0
    assert late.counts.others == 2
    assert "is an item already" in late.listed_others[0].reason
    assert len(project.store.item_files.of(0)) == 3
    project.close()


class BrokenError(RuntimeError):
    """What goes wrong in the middle of taking over."""


def test_what_goes_wrong_in_the_middle_leaves_the_project_as_it_was(
    growing: tuple[Project, Path], make_images: MakeImages, monkeypatch: pytest.MonkeyPatch
) -> None:
    project, data = growing
    make_images(data / "deep", each=4, seed=9)
    late = replace(gather(project), first=59)
    with pytest.raises(KnownError, match="meanwhile"):
        take(project, late, "Ada")
    found = gather(project)
    with monkeypatch.context() as patch:
        patch.setattr(batches_module, "_TAKEN", (*batches_module._TAKEN[:2], (Breaking(), "idx")))
        with pytest.raises(BrokenError):
            take(project, found, "Ada")
    assert len(project.pool) == 60 == project.store.items.count()
    assert project.store.batches.all() == []
    assert not list(project.folder.glob(".adding-*"))
    assert add(project).items == 12


def test_in_parts_it_is_there_at_once_and_who_changes_something_has_it_finished_first(
    growing: tuple[Project, Path], make_images: MakeImages, monkeypatch: pytest.MonkeyPatch
) -> None:
    project, data = growing
    for module, name in ((batches_module, "_PART"), (many_at_once, "LINES")):
        monkeypatch.setattr(module, name, 5)
    make_images(data / "deep", each=4, seed=9)
    batches: list[Batch] = []
    dropped = taking(project, gather(project), "Ada", batches.append)
    assert next(dropped)[0] == 5
    dropped.close()
    assert project.store.items.count() == 60, "what is not made to its end is not there"

    making = taking(project, gather(project), "Ada", batches.append)
    made: list[Made] = []

    def finish() -> None:
        try:
            while True:
                next(making)
        except StopIteration as ended:
            made.append(ended.value)

    project.store.finish_parts = finish
    assert [next(making)[0] for _ in range(2)] == [5, 10]
    beside = Store.reader(project.folder)
    assert beside.items.count() == 60, "others see nothing of it before the end"
    beside.close()
    with project.store.transaction():
        assert project.store._database.transaction_depth() == 1
        project.store.set_fact("note", "somebody else’s")
    assert (len(made), len(batches), len(project.pool)) == (1, 1, 72)
    assert is_intact(project)
    assert made[0].changes.pool


def test_labels_that_come_with_new_items_reach_the_second_record_part_by_part(
    make_table: MakeTable, make_project: MakeProject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(many_at_once, "LINES", 3)
    first, more = tmp_path / "first.csv", tmp_path / "more.csv"
    for path, start, count in ((first, 0, 20), (more, 20, 10)):
        rows = [f"hello number {n},{'ab'[n % 2]}" for n in range(start, start + count)]
        path.write_text("\n".join(["text,label", *rows]), "utf-8")
    make_project(tmp_path / "P.hitl", first, use_labels=LabelUse.DECISIONS, text_column="text")
    project = Project.open(tmp_path / "P.hitl")
    try:
        making = taking(project, gather(project, more), "Ada", lambda _: None)
        lines = [len((project.folder / "decisions.jsonl").read_text().splitlines()) for _ in making]
        assert lines[0] == 20
        assert {23, 26, 29} <= set(lines)
        assert (
            len((project.folder / "decisions.jsonl").read_text().splitlines()) == project.store.decisions.count() == 30
        )
        assert is_intact(project)
    finally:
        project.close()


def is_intact(project: Project) -> bool:
    """Whether the record of changes is whole, as somebody beside it sees it."""
    beside = Store.reader(project.folder)
    try:
        return check_record(beside, is_in_use=True).is_intact
    finally:
        beside.close()


class Breaking(str):
    """A name of a table that cannot be said."""

    def __format__(self, spec: str) -> str:
        raise BrokenError


def test_a_kill_in_the_middle_leaves_nothing_by_half(growing: tuple[Project, Path], make_images: MakeImages) -> None:
    project, data = growing
    make_images(data / "deep", each=4, seed=9)
    found = gather(project)
    folder = project.folder
    project.close()
    child = os.fork()
    if child == 0:
        try:

            class Dying(str):
                def __format__(self, spec: str) -> str:
                    os._exit(7)

            batches_module._TAKEN = (*batches_module._TAKEN[:2], (Dying(), "idx"))  # type: ignore[assignment, misc]
            take(Project.open(folder), found, "Ada")
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
    again = Project.open(folder)
    assert len(again.pool) == 60
    assert again.store.batches.all() == []
    assert len(list(folder.glob(".adding-*"))) == 1
    clear_staged(folder)
    assert add(again).items == 12
    assert not list(folder.glob(".adding-*"))
    again.close()


def test_it_can_be_cancelled(growing: tuple[Project, Path], make_images: MakeImages) -> None:
    project, data = growing
    make_images(data / "deep", each=4, seed=9)
    with pytest.raises(Cancelled):
        RUNNER.run("add", add_request(project, ()), no_progress, lambda: True)
    assert not list(project.folder.glob(".adding-*"))
    assert add(project).items == 12


def test_only_the_new_ones_are_scored(growing: tuple[Project, Path], make_images: MakeImages, retrain: Retrain) -> None:
    project, data = growing
    decide(project, 30)
    retrain(project)
    assert project.is_scored
    before = np.array(project.pool.probabilities)
    make_images(data / "deep", each=10, seed=9)
    add(project)
    assert not project.is_scored
    assert np.isnan(project.pool.confidence[60:]).all()
    assert project.score_request().keep == 60
    score(project)
    assert project.is_scored
    assert (np.asarray(project.pool.probabilities)[:60] == before).all()
    assert np.isfinite(project.pool.confidence).all()
    truth = project.store.items.truth_ids()[60:] - 1
    assert (project.pool.predicted[60:] == truth).mean() > 0.8


def test_a_grown_pool_is_routed_once_and_nothing_else_is_done_in_that_part(
    growing: tuple[Project, Path], make_images: MakeImages, retrain: Retrain, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Routing a million items takes the window longer than a frame; so do copying what a model says and writing."""
    project, data = growing
    decide(project, 30)
    retrain(project)
    before = np.array(project.pool.probabilities)
    make_images(data / "deep", each=10, seed=9)
    done: list[str] = []

    def noted(module: Any, name: str) -> None:
        whole = getattr(module, name)
        monkeypatch.setattr(module, name, lambda *what: (done.append(name), whole(*what))[1])

    noted(pool, "match")
    noted(routing, "remember")
    noted(record_facts, "keep")
    noted(Store, "settle_pages")
    parts: list[list[str]] = []
    for _ in taking(project, gather(project), "Ada", lambda _batch: None):
        parts.append(list(done))
        done.clear()
    assert [part for part in parts if part] == [["match"], ["keep", "remember"], ["settle_pages"]]
    assert project.pool.probabilities is not None
    assert type(project.pool.probabilities) is np.ndarray, "its file is written anew soon"
    assert (project.pool.probabilities == before).all()
    assert project.pool.novel is None
    assert project.quick is None
    routes, ledger = project.pool.routes.rule.tolist(), project.pool.ledger()
    project.load_scores()
    assert (project.pool.routes.rule.tolist(), project.pool.ledger()) == (routes, ledger)


def test_every_version_can_be_measured_on_checks_that_came_after_it(
    growing: tuple[Project, Path], make_images: MakeImages, retrain: Retrain
) -> None:
    project, data = growing
    project.set_threshold(1.0)
    decide(project, 16)
    retrain(project)
    decide(project, 6)
    retrain(project)
    make_images(data / "deep", each=40, seed=9)
    add(project)
    score(project)
    new = [int(i) for i in project.reserve.order if i >= 60]
    assert len(new) in (11, 12, 13)
    session = ReviewSession(project, "Ada")
    for index in new:
        session.go_to(index)
        session.decide(Verdict.CORRECTED, project.store.items.get(index).truth_id)
    sample = measuring_sample(project, take_snapshot(project))
    assert set(new) <= set(sample.rows.tolist())
    assert sample.strata.sizes.tolist() == [60, 120, 0]
    assert len(measured_each(project, sample, project.store.models.all())) == 2


def test_a_training_that_began_before_is_kept(growing: tuple[Project, Path], make_images: MakeImages) -> None:
    """It scored the items there were: the others follow when the pool is scored."""
    project, data = growing
    decide(project, 30)
    retraining = Retraining(project)
    snapshot = retraining.snapshot()
    trained = RUNNER.run("train", retraining.request(snapshot), no_progress, never_cancelled)
    make_images(data / "deep", each=40, seed=9)
    add(project)
    retraining.commit(snapshot, trained)  # type: ignore[arg-type]
    assert project.model is not None
    assert not project.is_scored
    score(project)
    assert project.is_scored
