"""A project made anew from its second record, with its database gone."""

import json
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hitl_desktop.domain.class_changes import ClassAction, ClassOperation
from hitl_desktop.domain.decisions import Verdict, fold, live_in
from hitl_desktop.domain.errors import KnownError, ProjectRefused
from hitl_desktop.domain.evidence import Box, Evidence
from hitl_desktop.domain.items import FoundItem
from hitl_desktop.domain.responses import Response
from hitl_desktop.store import rebuilding
from hitl_desktop.store.backups import make_backup
from hitl_desktop.store.models import ModelVersion
from hitl_desktop.store.rebuilding import differences, rebuild
from hitl_desktop.store.record_proof import check_record
from hitl_desktop.store.store import DATABASE, Store
from tests.store.conftest import MakeDecision


def seen(folder: Path) -> dict[str, Any]:
    store = Store.open(folder)
    try:
        return {
            "decisions": store.decisions.all(),
            "items": store.items.many(range(store.items.count())),
            "texts": list(store.items.texts()),
            "classes": store.labels(),
            "operations": store.classes.operations(),
            "models": store.models.all(),
            "in use": store.models.active(),
            "name": store.fact("name"),
        }
    finally:
        store.close()


@pytest.fixture
def worked(tmp_path: Path, decision: MakeDecision) -> Path:
    """A closed project with decisions of every sort, a class that was renamed, and a model; backed up on the way."""
    store = Store.create(tmp_path / "Worked.hitl")
    with store.transaction():
        store.add_labels(["cat", "dog"])
        store.items.add([FoundItem(f"{i:064x}", f"a/{i}.txt", f"text {i}", None, {"n": str(i)}) for i in range(6)], {})
        store.set_fact("name", "Worked")
    store.record(decision(0), current=1)
    with store.transaction():
        store.models.add(ModelVersion(1, "trained", "one", "now", 1, 1))
        store.models.activate(1, "now", "ann")
    make_backup(store.folder)
    store.record(
        decision(1, label_id=2, evidence=Evidence((Box(1, 2, 3, 4, label_id=1),), 9, 9), response=Response(((0, 1),))),
        current=2,
    )
    with store.transaction():
        (bird,) = store.add_labels(["bird"])
        store.classes.append(ClassOperation(0, "e1", "now", "ann", ClassAction.ADDED, bird.id, "", "bird"))
    store.record(decision(2, label_id=bird.id, note="seen"), current=3)
    store.record_many([decision(3, batch="b"), decision(4, batch="b")], current=None, slot=None)
    store.record(decision(0, Verdict.RETRACTED, retracts=1), current=0)
    store.close()
    (store.folder / "models" / "v1").mkdir()
    (store.folder / "models" / "v1" / "card.json").write_text("{}", "utf-8")
    return store.folder


def test_with_the_database_gone_everything_comes_back(worked: Path, tmp_path: Path) -> None:
    before = seen(worked)
    (worked / DATABASE).unlink()
    made = rebuild(worked, tmp_path / "Anew.hitl")
    assert (made.decisions, made.unplaced, made.differing, made.loose) == (6, 0, (), 0)
    assert len(made.compared_with) == 1, "the backup"
    assert seen(tmp_path / "Anew.hitl") == before
    assert (tmp_path / "Anew.hitl" / "models" / "v1" / "card.json").is_file()


def test_it_says_the_same_as_a_sound_database(worked: Path, tmp_path: Path) -> None:
    made = rebuild(worked, tmp_path / "Anew.hitl")
    assert made.compared_with[1:] == (DATABASE,)
    assert made.differing == ()


def test_a_decision_that_was_changed_behind_our_back_is_named(worked: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(worked / DATABASE)) as raw:
        raw.execute("DROP TRIGGER decision_never_updated")
        raw.execute("UPDATE decision SET label_id = 1 WHERE number = 3")
        raw.execute(
            "CREATE TRIGGER decision_never_updated BEFORE UPDATE ON decision"
            " BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END"
        )
        raw.commit()
    assert rebuild(worked, tmp_path / "Anew.hitl").differing == (3,)
    store = Store.open(worked)
    assert differences(store) == [3]
    store.close()


def test_with_nothing_left_but_the_second_record_the_items_come_from_the_data(worked: Path, tmp_path: Path) -> None:
    before = seen(worked)
    (worked / DATABASE).unlink()
    shutil.rmtree(worked / "backups")
    with pytest.raises(KnownError, match="neither a backup nor") as told:
        rebuild(worked, tmp_path / "Anew.hitl")
    assert "--items" in told.value.remedy
    other = Store.create(tmp_path / "Imported.hitl")
    with other.transaction():
        other.add_labels(["whale", "dog"])
        found = [FoundItem(f"{i:064x}", f"b/{i}.txt", f"text {i}", None, {"n": str(i)}) for i in (4, 0, 1, 2, 3)]
        found[1] = replace(found[1], label="dog")
        found[2] = replace(found[2], label="whale")
        other.items.add(found, {"whale": 1, "dog": 2})
    other.close()
    made = rebuild(worked, tmp_path / "Anew.hitl", tmp_path / "Imported.hitl")
    assert (made.decisions, made.unplaced, made.compared_with) == (6, 0, ())
    anew = seen(tmp_path / "Anew.hitl")
    assert [label.name for label in anew["classes"]] == ["cat", "dog", "bird"]
    assert [item.truth_id for item in anew["items"]] == [None, 2, None, None, None]
    assert [e.event_id for e in anew["decisions"]] == [e.event_id for e in before["decisions"]]


def test_a_folder_without_a_second_record_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KnownError, match=r"no decisions\.jsonl"):
        rebuild(tmp_path, tmp_path / "Anew.hitl")


def test_without_a_record_of_the_classes_their_names_come_from_the_decisions(
    worked: Path, tmp_path: Path, decision: MakeDecision, allowed_log: Callable[[str], None]
) -> None:
    """As of a project from before there was one, whose items come from the data again."""
    allowed_log("was set aside and is made anew")  # with the odd lines that are in it
    other = Store.create(tmp_path / "Imported.hitl")
    with other.transaction():
        other.items.add([FoundItem(f"{i:064x}", f"b/{i}.txt", None, f"text {i}") for i in range(6)], {})
    other.close()
    (worked / "classes.jsonl").unlink()
    lines = [json.loads(line) for line in (worked / "decisions.jsonl").read_text("ascii").splitlines()]
    odd = [lines[0] | change for change in ({"label": None}, {"label": 7}, {"label_id": "1"}, {"label_id": None})]
    (worked / "decisions.jsonl").write_text("".join(json.dumps(line) + "\n" for line in [*lines, *odd]), "ascii")
    rebuild(worked, tmp_path / "Anew.hitl", tmp_path / "Imported.hitl")
    assert [(label.id, label.name) for label in seen(tmp_path / "Anew.hitl")["classes"]] == [
        (1, "cat"), (2, "dog"), (3, "bird"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "classes", [[{"id": 1}], [{"id": 1, "name": "a", "position": 0, "retired": 0, "counts_as": 9}]]
)
def test_classes_that_cannot_be_are_told_and_not_a_failure(
    worked: Path, tmp_path: Path, classes: list[dict[str, Any]]
) -> None:
    with (worked / "classes.jsonl").open("a") as file:
        file.write(json.dumps({"number": 9, "operation": None, "classes": classes}) + "\n")
    with pytest.raises(KnownError, match=r"The classes in classes\.jsonl cannot be understood"):
        rebuild(worked, tmp_path / "Anew.hitl")


@pytest.mark.parametrize(
    "sort", ["TRIGGER evil AFTER INSERT ON item BEGIN DELETE FROM item_text; END", "VIEW evil AS SELECT 1"]
)
def test_of_a_database_with_what_somebody_else_put_there_nothing_is_made(
    worked: Path, tmp_path: Path, sort: str
) -> None:
    """A trigger would run while its rows are brought up to date."""
    shutil.rmtree(worked / "backups")
    with closing(sqlite3.connect(worked / DATABASE)) as raw, raw:
        raw.execute(f"CREATE {sort}")
    before = sorted(path.name for path in worked.iterdir())
    with pytest.raises(ProjectRefused, match="did not make"):
        rebuild(worked, tmp_path / "Anew.hitl")
    assert not (tmp_path / "Anew.hitl").exists()
    assert sorted(path.name for path in worked.iterdir()) == before


def test_lines_that_stand_twice_or_in_another_order_are_no_fault_of_what_is_made_anew(
    worked: Path, tmp_path: Path, allowed_log: Callable[[str], None]
) -> None:
    allowed_log("was set aside and is made anew")
    lines = (worked / "decisions.jsonl").read_text("ascii").splitlines(keepends=True)
    (worked / "decisions.jsonl").write_text("".join([*lines[:2], lines[1], "no line\n", *lines[2:]]), "ascii")
    made = rebuild(worked, tmp_path / "Anew.hitl")
    assert (made.decisions, made.unplaced) == (len(lines), 0)
    with closing(Store.reader(tmp_path / "Anew.hitl")) as store:
        assert differences(store) == []
        assert check_record(store).is_intact
    assert len(list((tmp_path / "Anew.hitl").glob("decisions-set-aside-*.jsonl"))) == 1
    rebuild(tmp_path / "Anew.hitl", tmp_path / "Again.hitl")
    assert not list((tmp_path / "Again.hitl").glob("*-set-aside-*"))


def test_a_link_among_models_or_lines_brings_nothing_in(worked: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret" / "id"
    secret.parent.mkdir()
    secret.write_text("of somebody else", "utf-8")
    (worked / "models" / "v1" / "arrays.npz").symlink_to(secret)
    (worked / "models" / "v2").symlink_to(secret.parent)
    (worked / "masks.jsonl").unlink(missing_ok=True)
    (worked / "masks.jsonl").symlink_to(secret)
    os.mkfifo(worked / "models" / "v1" / "known.npy")
    rebuild(worked, tmp_path / "Anew.hitl")
    models = tmp_path / "Anew.hitl" / "models"
    assert [str(path.relative_to(models)) for path in sorted(models.rglob("*"))] == ["v1", "v1/card.json"]
    assert not (tmp_path / "Anew.hitl" / "masks.jsonl").exists()


def test_what_is_there_already_is_not_touched(worked: Path, tmp_path: Path) -> None:
    (tmp_path / "Anew.hitl").mkdir()
    (tmp_path / "Anew.hitl" / "letter.txt").write_text("dear")
    with pytest.raises(KnownError, match="not empty"):
        rebuild(worked, tmp_path / "Anew.hitl")
    assert [path.name for path in (tmp_path / "Anew.hitl").iterdir()] == ["letter.txt"]


def test_while_somebody_decides_what_is_not_written_yet_is_no_difference(
    worked: Path, decision: MakeDecision, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = (worked / "decisions.jsonl").read_text("ascii").splitlines(keepends=True)
    breaths: list[int] = []
    with closing(Store.reader(worked)) as reader:
        assert differences(reader, breathe=lambda: breaths.append(1)) == []
        assert breaths == [1]
        (worked / "decisions.jsonl").write_text("".join(lines[:-2]), "ascii")
        assert differences(reader) == [5, 6]
        assert differences(reader, is_in_use=True) == []
        (worked / "decisions.jsonl").write_text("".join([*lines, lines[0], lines[1]]), "ascii")
        assert differences(reader) == [1, 2]
        assert differences(reader, is_in_use=True) == []
        (worked / "decisions.jsonl").write_text("".join(reversed(lines)), "ascii")
        assert differences(reader) == [1, 2, 3, 4, 5, 6]
        monkeypatch.setattr(rebuilding, "_NAMED_AT_MOST", 1)
        monkeypatch.setattr(rebuilding, "_COMPARED_AT_ONCE", 2)
        assert differences(reader) == [1, 2], "enough to tell"


def test_the_first_differences_are_enough() -> None:
    pairs = [(None, None)] * 9
    assert rebuilding._differing(pairs, 3) == [1, 2, 3]
    assert rebuilding._differing([], 3) == []


def test_a_long_log_is_read_in_parts_without_losing_one() -> None:
    class Log:
        """A log of that many events, which are their numbers."""

        def count(self) -> int:
            return 4001

        def between(self, first: int, last: int) -> list[int]:
            return list(range(first, last + 1))

    class Long:
        decisions = Log()

    whole: Any = Long()
    assert list(rebuilding._all(whole)) == list(range(1, 4002))
    assert list(rebuilding._all(whole, 2000)) == list(range(1, 2001))
    assert list(rebuilding._all(whole, 0)) == []


def test_items_come_from_what_a_killed_program_left_in_its_log(
    tmp_path: Path, decision: MakeDecision, allowed_log: Callable[[str], None]
) -> None:
    store = Store.create(tmp_path / "Killed.hitl")
    with store.transaction():
        store.add_labels(["cat", "dog"])
        store.items.add([FoundItem(f"{i:064x}", f"a/{i}.txt", None, f"text {i}") for i in range(6)], {})
    store.record(decision(5), current=None)
    killed = shutil.copytree(store.folder, tmp_path / "Copy.hitl")
    store.close()
    assert (killed / f"{DATABASE}-wal").stat().st_size > 0
    before = {
        path.name: path.read_bytes() for path in killed.iterdir() if path.is_file() and path.suffix != ".sqlite3-shm"
    }
    made = rebuild(killed, tmp_path / "Anew.hitl")
    assert (made.decisions, made.unplaced, made.base, made.compared_with) == (1, 0, killed / DATABASE, (DATABASE,))
    anew = Store.open(tmp_path / "Anew.hitl")
    assert [list(anew.items.texts())[5], anew.items.get(5).state] == ["text 5", "decided"]
    anew.close()
    assert not list((tmp_path / "Anew.hitl").glob(".base*")), "nothing of the copy is left"
    assert {path.name: path.read_bytes() for path in killed.iterdir() if path.name in before} == before


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="needs to see which files are open")
def test_the_copy_of_the_base_is_let_go_before_it_is_deleted(
    worked: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some systems do not delete what is open: it would stay behind, with all texts in it."""
    held: dict[str, bool] = {}
    unlink = Path.unlink

    def watched(self: Path, missing_ok: bool = False) -> None:
        if self.name.startswith(".base"):
            held[self.name] = self in [link.readlink() for link in Path("/proc/self/fd").iterdir() if link.is_symlink()]
        unlink(self, missing_ok)

    monkeypatch.setattr(Path, "unlink", watched)
    rebuild(worked, tmp_path / "Anew.hitl")
    assert held == dict.fromkeys((".base.sqlite3", ".base.sqlite3-wal", ".base.sqlite3-shm"), False)


WORDS = st.text(max_size=6) | st.sampled_from(["odd \udcff", "\0", '" \\', "\x1e\n"])
VERDICTS = [Verdict.CONFIRMED, Verdict.CORRECTED, Verdict.SKIPPED, Verdict.UNSURE, Verdict.FLAGGED]
ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("decide"), st.integers(0, 3), st.sampled_from(VERDICTS), WORDS),
        st.tuples(st.just("take back"), st.integers(0, 3), st.integers(0, 99), WORDS),
        st.tuples(st.just("rename"), st.integers(0, 99), st.booleans(), WORDS),
        st.tuples(st.just("add a class"), st.just(0), st.just(0), WORDS),
        st.tuples(st.just("back up"), st.just(0), st.just(0), st.just("")),
    ),
    max_size=14,
)


def act(store: Store, turn: int, decision: MakeDecision, what: str, which: int, how: Any, words: str) -> None:
    """One step of a history that nobody thought out."""
    if what == "decide":
        label = 1 + turn % len(store.labels()) if how in (Verdict.CONFIRMED, Verdict.CORRECTED) else None
        changes = {"note": words, "seconds": turn / 3, "response": Response(reply=words)}
        store.record(decision(which, how, event_id=f"e{turn}", label_id=label, **changes), current=which)
    elif what == "take back":
        if live := live_in(store.decisions.of_item(which)):
            taken = live[how % len(live)].number
            store.record(decision(which, Verdict.RETRACTED, event_id=f"e{turn}", retracts=taken), current=which)
    elif what == "rename":
        labels = store.labels()
        label = labels[which % len(labels)]
        name = f"{turn} {words}"
        operation = ClassOperation(0, f"c{turn}", "now", "ann", ClassAction.RENAMED, label.id, label.name, name)
        with store.transaction():
            store.classes.change(replace(label, name=name, retired=how))
            store.classes.append(operation)
    elif what == "add a class":
        with store.transaction():
            (label,) = store.add_labels([f"{turn} {words}"])
            store.classes.append(
                ClassOperation(0, f"c{turn}", "now", "ann", ClassAction.ADDED, label.id, "", label.name)
            )
    else:
        make_backup(store.folder)


@given(ACTS)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_was_done_the_second_record_alone_has_all_of_it(
    tmp_path_factory: pytest.TempPathFactory, decision: MakeDecision, acts: list[tuple[str, int, Any, str]]
) -> None:
    """What is stored is what is rebuilt, is what an older database catches up with, is what the log folds to."""
    root = tmp_path_factory.mktemp("any")
    folder = root / "Any.hitl"
    with closing(Store.create(folder)) as store, store.transaction():
        store.add_labels(["cat", "dog"])
        store.items.add([FoundItem(f"{i:064x}", f"a/{i}.txt", f"text {i}") for i in range(4)], {})
    shutil.copyfile(folder / DATABASE, root / "older.sqlite3")
    with closing(Store.open(folder)) as store:
        make_backup(folder)
        for turn, step in enumerate(acts, 1):
            act(store, turn, decision, *step)
        assert differences(store) == []
    before = seen(folder)
    standings = fold(before["decisions"])
    for item in before["items"]:
        if item.index in standings:
            standing = standings[item.index]
            assert (item.state, item.label_id) == (standing.state, standing.label_id)
        else:
            assert (item.state, item.label_id) == ("todo", None)
    (folder / DATABASE).unlink()
    made = rebuild(folder, root / "Anew.hitl")
    assert (made.decisions, made.unplaced, made.differing, made.loose) == (len(before["decisions"]), 0, (), 0)
    assert seen(root / "Anew.hitl") == before
    shutil.copyfile(root / "older.sqlite3", folder / DATABASE)
    assert seen(folder) == before, "a database from the beginning that was put back"
    shutil.rmtree(root)
