"""Making a project: everything that was looked at is accounted for, and a failure leaves nothing behind."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from hitl_desktop.domain.decisions import Slot
from hitl_desktop.domain.errors import Cancelled, KnownError
from hitl_desktop.domain.holdout import Holdout
from hitl_desktop.domain.items import Duplicate, Other, Unreadable
from hitl_desktop.domain.protocols import never_cancelled, no_progress
from hitl_desktop.workflow.ingest import create_project
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.requests import NO_MODEL, LabelUse, NewProject
from tests.conftest import MakeImages, MakeProject, MakeTable


def entries(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir())


@pytest.fixture
def messy(tmp_path: Path, make_images: MakeImages) -> Path:
    """12 pictures, a copy in the same class, a copy in another, two that cannot be read, and two other files."""
    root = make_images(tmp_path / "messy", each=4)
    shutil.copyfile(root / "dots" / "dots_00.png", root / "dots" / "copy.png")
    shutil.copyfile(root / "dots" / "dots_01.png", root / "lines" / "moved.png")
    (root / "plain" / "empty.png").write_bytes(b"")
    (root / "plain" / "cut.png").write_bytes((root / "plain" / "plain_00.png").read_bytes()[:200])
    (root / "notes.txt").write_text("not a picture", "utf-8")
    (root / "dots" / "thumbs.db").write_bytes(b"\0")
    return root


def test_every_file_is_accounted_for(messy: Path, tmp_path: Path, make_project: MakeProject) -> None:
    report = make_project(tmp_path / "P.hitl", messy)
    assert (report.items, report.duplicates, report.unreadable, report.others) == (12, 2, 2, 2)
    assert report.files == sum(1 for p in messy.rglob("*") if p.is_file()) == 18
    assert report.disagreements == 1
    assert report.classes == ("dots", "lines", "plain")
    assert report.class_counts == {"dots": 4, "lines": 4, "plain": 4}
    project = Project.open(tmp_path / "P.hitl")
    notes = project.store.items.notes()
    project.close()
    assert {(n.file, n.same_as, n.disagrees) for n in notes if isinstance(n, Duplicate)} == {
        ("dots/dots_00.png", "dots/copy.png", False),
        ("lines/moved.png", "dots/dots_01.png", True),
    }
    assert {n.file for n in notes if isinstance(n, Unreadable)} == {"plain/empty.png", "plain/cut.png"}
    assert all(n.reason for n in notes if isinstance(n, Unreadable | Other))


def test_the_data_set_is_only_read(messy: Path, tmp_path: Path, make_project: MakeProject) -> None:
    before = {p: (p.stat().st_mtime_ns, p.stat().st_size) for p in messy.rglob("*")}
    make_project(tmp_path / "P.hitl", messy)
    assert {p: (p.stat().st_mtime_ns, p.stat().st_size) for p in messy.rglob("*")} == before


def test_folders_not_named_in_utf8_are_classes_too(
    tmp_path: Path, make_images: MakeImages, make_project: MakeProject
) -> None:
    odd = os.fsdecode(b"caf\xe9")
    root = make_images(tmp_path / "data", each=2)
    (root / "dots").rename(root / odd)
    report = make_project(tmp_path / "P.hitl", root, use_labels=LabelUse.DECISIONS)
    assert odd in report.classes
    project = Project.open(tmp_path / "P.hitl")
    assert odd in [label.name for label in project.labels]
    assert project.pool.ledger().decided == 6
    project.close()


@pytest.mark.parametrize("use", LabelUse)
def test_labels_of_the_data_are_used_as_asked(
    image_folder: Path, tmp_path: Path, make_project: MakeProject, use: LabelUse
) -> None:
    report = make_project(tmp_path / "P.hitl", image_folder, use_labels=use)
    project = Project.open(tmp_path / "P.hitl")
    log, truth, ledger = project.store.decisions.all(), project.store.items.truth_ids(), project.pool.ledger()
    named = {label.name: label.id for label in project.labels}
    classes = [named[path.split("/")[0]] for path in project.store.items.paths()]
    project.close()
    assert ledger.adds_up
    if use is LabelUse.TRUTH:
        assert truth.tolist() == classes
    else:
        assert set(truth.tolist()) == {-1}
    if use is not LabelUse.DECISIONS:
        assert not log
        assert ledger.decided == report.decisions == 0
        return
    assert [event.label_id for event in log] == classes
    assert ledger.decided == report.decisions == 60
    checks = [event for event in log if event.slot is Slot.IMPORTED_CHECK]
    assert len(checks) == report.decisions_aside == report.set_aside == 6, "a tenth measures"
    assert {event.probability for event in checks} == {0.1}
    assert {event.slot for event in log} == {Slot.IMPORTED, Slot.IMPORTED_CHECK}


@pytest.mark.parametrize(("asked", "aside", "every"), [("10%", 6, 10), ("20%", 12, 5), ("5%", 3, 10), ("25", 25, 2)])
@pytest.mark.parametrize("use", [LabelUse.NO, LabelUse.DECISIONS])
def test_as_much_is_set_aside_as_was_asked_for(
    image_folder: Path, tmp_path: Path, make_project: MakeProject, asked: str, aside: int, every: int, use: LabelUse
) -> None:
    report = make_project(tmp_path / "P.hitl", image_folder, use_labels=use, holdout=Holdout.parse(asked))
    assert report.set_aside == aside
    for _ in range(2):  # and the same after opening it again
        project = Project.open(tmp_path / "P.hitl")
        assert (len(project.measuring_items()), project.check_every) == (aside, every)
        assert project.holdout == Holdout.parse(asked)
        if use is LabelUse.NO:
            assert project.reserve.probability == aside / 60
        project.close()


def test_a_holdout_of_more_than_half_is_refused(image_folder: Path, tmp_path: Path, make_project: MakeProject) -> None:
    with pytest.raises(KnownError, match="31 of 60 items"):
        make_project(tmp_path / "P.hitl", image_folder, holdout=Holdout(items=31))
    assert not (tmp_path / "P.hitl").exists()


def test_texts_are_read_from_a_table(text_table: Path, tmp_path: Path, make_project: MakeProject) -> None:
    report = make_project(tmp_path / "P.hitl", text_table)
    assert (report.kind, report.items, report.classes) == ("text", 40, ("bill", "login"))
    project = Project.open(tmp_path / "P.hitl")
    assert project.store.items.get(0).path == "m00"
    assert project.store.items.text(3).endswith(" 3")
    project.close()


def test_classes_given_by_hand_stay_in_their_order(
    image_folder: Path, tmp_path: Path, make_project: MakeProject
) -> None:
    labels = ("plain", "odd", " dots ", "plain", "")
    assert make_project(tmp_path / "A.hitl", image_folder, labels=labels).classes == ("plain", "odd", "dots")
    report = make_project(tmp_path / "B.hitl", image_folder, labels=labels, use_labels=LabelUse.TRUTH)
    assert report.classes == ("plain", "odd", "dots", "lines"), "none of the data's classes is lost"


def test_the_same_seed_gives_the_same_project(image_folder: Path, tmp_path: Path, make_project: MakeProject) -> None:
    slots = []
    for name in ("A", "B"):
        make_project(tmp_path / f"{name}.hitl", image_folder, use_labels=LabelUse.DECISIONS, seed=4)
        project = Project.open(tmp_path / f"{name}.hitl")
        slots.append([event.slot for event in project.store.decisions.all()])
        project.close()
    assert slots[0] == slots[1]


def unknown_model(tmp_path: Path, data: Path) -> NewProject:
    return NewProject(tmp_path / "P.hitl", data, model="no-such-model")


def no_data(tmp_path: Path, data: Path) -> NewProject:
    return NewProject(tmp_path / "P.hitl", tmp_path / "absent")


def no_classes(tmp_path: Path, data: Path) -> NewProject:
    return NewProject(tmp_path / "P.hitl", data / "dots")


def unknown_kind(tmp_path: Path, data: Path) -> NewProject:
    return NewProject(tmp_path / "P.hitl", data, kind="sound")


def in_a_file(tmp_path: Path, data: Path) -> NewProject:
    (tmp_path / "file").write_text("in the way", "utf-8")
    return NewProject(tmp_path / "file" / "P.hitl", data)


def no_column(tmp_path: Path, data: Path) -> NewProject:
    (tmp_path / "t.csv").write_text("id,text\n1,hello\n2,world\n", "utf-8")
    return NewProject(tmp_path / "P.hitl", tmp_path / "t.csv", text_column="body", labels=("a", "b"))


@pytest.mark.parametrize("case", [unknown_model, no_data, no_classes, unknown_kind, in_a_file, no_column])
def test_a_failed_import_leaves_nothing_behind(
    image_folder: Path, tmp_path: Path, case: Callable[[Path, Path], NewProject]
) -> None:
    request = case(tmp_path, image_folder)
    before = entries(tmp_path)
    with pytest.raises(KnownError) as failure:
        create_project(request, no_progress, never_cancelled)
    assert failure.value.message.endswith(".")
    assert failure.value.remedy
    assert entries(tmp_path) == before


def test_a_cancelled_import_leaves_nothing_behind(image_folder: Path, tmp_path: Path) -> None:
    asked: list[str] = []

    def cancelled() -> bool:
        asked.append("?")
        return len(asked) > 3

    with pytest.raises(Cancelled):
        create_project(NewProject(tmp_path / "P.hitl", image_folder), no_progress, cancelled)
    assert entries(tmp_path) == []


def test_a_folder_in_use_is_not_overwritten(image_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "P.hitl").mkdir()
    (tmp_path / "P.hitl" / "letter.txt").write_text("dear", "utf-8")
    with pytest.raises(KnownError, match="already exists"):
        create_project(NewProject(tmp_path / "P.hitl", image_folder), no_progress, never_cancelled)
    assert entries(tmp_path / "P.hitl") == ["letter.txt"]


def test_a_folder_of_broken_pictures_is_refused_with_the_reason(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / "data" / name).mkdir(parents=True)
        (tmp_path / "data" / name / "x.png").write_bytes(b"no picture")
    with pytest.raises(KnownError, match="2 files could not be read"):
        create_project(NewProject(tmp_path / "P.hitl", tmp_path / "data"), no_progress, never_cancelled)
    assert entries(tmp_path) == ["data"]


def test_a_model_in_the_box_is_taken_when_its_classes_fit(tmp_path: Path, make_table: MakeTable) -> None:
    table = make_table(tmp_path / "t.csv")
    request = NewProject(tmp_path / "P.hitl", table, labels=("ham", "spam"))
    report = create_project(request, no_progress, never_cancelled)
    assert report.model == "sms-spam"
    project = Project.open(tmp_path / "P.hitl")
    assert project.model is not None
    assert (project.model.version, project.model.origin) == (1, "bundled")
    assert project.is_scored
    project.close()
    cold = create_project(
        NewProject(tmp_path / "Q.hitl", table, labels=("ham", "spam"), model=NO_MODEL), no_progress, never_cancelled
    )
    assert cold.model is None


@pytest.mark.data
def test_odd_files_are_imported_or_named(shared_data: Path, tmp_path: Path, make_project: MakeProject) -> None:
    odd = shared_data / "odd_files"
    report = make_project(tmp_path / "P.hitl", odd, kind="image", labels=("a", "b"))
    assert report.items > 5
    assert report.unreadable > 0
    visible = [p for p in odd.rglob("*") if not p.is_dir() and not any(x.startswith(".") for x in p.parts[-2:])]
    assert report.files == len(visible)
