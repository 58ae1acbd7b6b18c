"""Backups: whole, checked, thinned; and putting one back."""

import errno
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hitl_desktop.domain.errors import Cancelled, DiskTrouble, KnownError, ProjectDamaged, ProjectRefused
from hitl_desktop.store import backups, migrate, restoring
from hitl_desktop.store.backups import backups_in, check_backup, make_backup, newest_good, thin
from hitl_desktop.store.restoring import restore
from hitl_desktop.store.store import DATABASE, Store
from tests.store.conftest import MakeDecision, fill


def damage(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[4096 * 3 : 4096 * 8] = b"\xa5" * (4096 * 5)
    file.write_bytes(data)


def test_a_backup_is_made_beside_the_writer_and_holds_what_was_committed(store: Store, decision: MakeDecision) -> None:
    store.record(decision(0), current=1)
    seen: list[tuple[int, int]] = []
    made = make_backup(store.folder, lambda done, total, _: seen.append((done, total)))
    store.record(decision(1), current=2)
    assert check_backup(made.file).decisions == 1
    assert seen[-1][0] == seen[-1][1] > 0
    assert [(b.file, b.decisions) for b in backups_in(store.folder)] == [(made.file, 1)]
    assert [f.name for f in (store.folder / "backups").iterdir()] == [made.file.name], "one file, nothing beside it"
    assert store.decisions.count() == 2


def test_what_is_decided_while_it_is_made_waits_for_nothing_and_is_not_in_it(
    store: Store, decision: MakeDecision, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backups, "_PAGES_AT_ONCE", 5)
    turns: list[int] = []

    def meanwhile(done: int, total: int, _what: str) -> None:
        assert 0 < done <= total
        if len(turns) < 3:
            turns.append(store.record(decision(len(turns)), current=None).number)

    made = make_backup(store.folder, meanwhile)
    assert turns == [1, 2, 3]
    assert check_backup(made.file).decisions == 0


def test_a_backup_that_is_stopped_or_has_no_room_leaves_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Cancelled):
        make_backup(store.folder, cancelled=lambda: True)
    usage = shutil.disk_usage(store.folder)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=1_000_000))
    with pytest.raises(DiskTrouble, match="no room") as told:
        make_backup(store.folder)
    assert told.value.remedy
    assert list((store.folder / "backups").iterdir()) == []


def test_a_copy_that_is_not_the_same_does_not_count(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backups, "check_backup", lambda *_: backups.Counts(1, 2, 3))
    with pytest.raises(KnownError, match="not the same"):
        make_backup(store.folder)
    assert backups_in(store.folder) == []


def test_a_damaged_database_is_not_backed_up(closed: Path) -> None:
    damage(closed / DATABASE)
    with pytest.raises(ProjectRefused):
        make_backup(closed)
    assert backups_in(closed) == []


def test_thinning_deletes_what_is_old_and_never_what_a_migration_made(closed: Path) -> None:
    now = datetime(2026, 3, 15, 12, tzinfo=UTC)
    first = make_backup(closed).file
    for minutes in range(0, 60 * 24 * 5, 240):
        stamp = (now - timedelta(minutes=minutes)).strftime("%Y%m%dT%H%M%S%fZ")
        shutil.copyfile(first, first.with_name(f"backup-{stamp}-3.sqlite3"))
    first.rename(first.with_name("before-migration-20200101T000000000000Z.sqlite3"))
    before = backups_in(closed)
    gone = thin(closed, now)
    assert {b.file for b in backups_in(closed)} == {b.file for b in before} - {b.file for b in gone}
    assert len(backups_in(closed)) == 13 + 4 + 1, "two days all, one of each of four days, the migration's"
    assert list(gone) == sorted(gone, key=lambda backup: backup.made), "the newest last"
    assert thin(closed, now) == []


def test_the_newest_that_is_sound_is_restored_and_the_journal_gives_the_rest(
    closed: Path, decision: MakeDecision
) -> None:
    make_backup(closed)
    store = Store.open(closed)
    store.record(decision(3), current=4)
    store.close()
    bad = make_backup(closed).file
    damage(bad)
    store = Store.open(closed)
    store.record(decision(4), current=None)
    log, items = store.decisions.all(), store.items.many(range(5))
    store.close()
    damage(closed / DATABASE)
    damaged = (closed / DATABASE).read_bytes()
    (closed / f"{DATABASE}-wal").write_bytes(b"an old log")
    with pytest.raises(ProjectDamaged) as refusal:
        Store.open(closed)
    assert refusal.value.folder == closed
    done = restore(closed)
    assert done.file == backups_in(closed)[1].file
    assert (done.decisions, done.replayed.decisions) == (5, 2)
    assert done.kept is not None
    assert (done.kept / DATABASE).read_bytes() == damaged
    assert (done.kept / f"{DATABASE}-wal").read_bytes() == b"an old log"
    store = Store.open(closed)
    assert (store.decisions.all(), store.items.many(range(5))) == (log, items)
    assert store.fact("restored")[0]["replayed"] == 2
    store.close()


def test_a_missing_database_comes_back(closed: Path) -> None:
    make_backup(closed)
    (closed / DATABASE).unlink()
    with pytest.raises(ProjectDamaged, match="missing"):
        Store.open(closed)
    assert restore(closed).kept is None
    Store.open(closed).close()


def test_without_a_good_backup_everything_stays_as_it_was(closed: Path) -> None:
    damage(make_backup(closed).file)
    damage(closed / DATABASE)
    before = {p.name: p.read_bytes() for p in closed.iterdir() if p.is_file() and p.name != "lock"}
    with pytest.raises(KnownError, match="no backup"):
        restore(closed)
    with pytest.raises(ProjectDamaged):
        restore(closed, backups_in(closed)[0].file)
    assert {p.name: p.read_bytes() for p in closed.iterdir() if p.is_file() and p.name != "lock"} == before
    assert newest_good(closed) is None


def test_an_open_project_is_not_restored(store: Store) -> None:
    make_backup(store.folder)
    with pytest.raises(ProjectRefused, match="open in another"):
        restore(store.folder)


def test_no_room_to_restore_is_told_before_anything_moves(closed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_backup(closed)
    before = (closed / DATABASE).read_bytes()
    usage = shutil.disk_usage(closed)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=1_000_000))
    with pytest.raises(DiskTrouble, match="no room to restore"):
        restore(closed)
    assert (closed / DATABASE).read_bytes() == before


@pytest.mark.parametrize("stop_at", range(3))
def test_a_restore_that_dies_in_the_middle_never_leaves_an_older_state_unsaid(
    closed: Path, monkeypatch: pytest.MonkeyPatch, stop_at: int
) -> None:
    make_backup(closed)
    (closed / f"{DATABASE}-wal").write_bytes(b"log")
    real, moves = Path.rename, iter(range(100))

    def dying(self: Path, target: Path) -> Path:
        if next(moves) == stop_at:
            raise KeyboardInterrupt
        return real(self, target)

    with monkeypatch.context() as patch, suppress(KeyboardInterrupt):
        patch.setattr(Path, "rename", dying)
        restore(closed)
    assert next(moves) > stop_at
    if (closed / DATABASE).exists():
        with closing(sqlite3.connect(f"file:{closed / DATABASE}?mode=ro&immutable=1", uri=True)) as raw:
            assert raw.execute("SELECT max(number) FROM decision").fetchone() == (3,)
    restore(closed)
    store = Store.open(closed)
    assert store.decisions.count() == 3
    store.close()


def test_a_backup_of_an_older_version_of_the_program_is_as_good(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = migrate.migrations()[:6]
    with monkeypatch.context() as older:
        older.setattr(migrate, "migrations", lambda: first)
        store = Store.create(tmp_path / "Older.hitl")
        fill(store)
        made = make_backup(store.folder)
        store.close()
    (store.folder / DATABASE).write_bytes(b"")
    assert newest_good(store.folder) == made
    assert restore(store.folder).file == made.file
    opened = Store.open(store.folder)
    assert opened.items.count() == 5
    opened.close()


def test_what_is_left_of_a_backup_that_broke_off_is_cleared_away_once_it_is_old(closed: Path) -> None:
    make_backup(closed)
    old, young = (closed / "backups" / f".{name}.part" for name in ("old", "young"))
    for file in (old, young):
        file.write_text("half")
    hour_ago = datetime.now(UTC).timestamp() - 3600.2
    os.utime(old, (hour_ago, hour_ago))
    make_backup(closed)
    assert not old.exists()
    assert young.exists(), "perhaps somebody is making it"


@pytest.mark.parametrize(
    "name",
    ["backup-yesterday.sqlite3", "backup-20260101T000000000000Z-many.sqlite3", "copy.sqlite3", "backup-.sqlite3"],
)
def test_a_file_that_is_not_called_like_a_backup_is_none(closed: Path, name: str) -> None:
    made = make_backup(closed)
    shutil.copyfile(made.file, made.file.with_name(name))
    assert backups_in(closed) == [made]


def test_the_name_of_a_backup_says_when_it_was_made_and_how_far_it_goes(closed: Path) -> None:
    folder = closed / "backups"
    folder.mkdir(exist_ok=True)
    for name in ("backup-20260102T030405000006Z-12.sqlite3", "before-migration-20260101T000000000000Z.sqlite3"):
        (folder / name).write_bytes(b"x" * 7)
    newest, oldest = backups_in(closed)
    assert (newest.made, newest.decisions, newest.size) == (datetime(2026, 1, 2, 3, 4, 5, 6, UTC), 12, 7)
    assert (oldest.decisions, oldest.before_migration, newest.before_migration) == (None, True, False)


def test_a_disk_that_fails_is_told_and_leaves_nothing(closed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_: Path) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(backups, "make_file_durable", fails)
    with pytest.raises(DiskTrouble, match=r"Input/output error|reports an error"):
        make_backup(closed)
    assert list((closed / "backups").iterdir()) == []


def test_what_cannot_be_deleted_stays_and_the_others_go(closed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = datetime(2026, 3, 15, 12, tzinfo=UTC)
    source = make_backup(closed).file
    for minutes in range(5):
        stamp = (now - timedelta(days=100, minutes=minutes)).strftime("%Y%m%dT%H%M%S%fZ")
        shutil.copyfile(source, source.with_name(f"backup-{stamp}-3.sqlite3"))
    source.unlink()
    held = backups_in(closed)[-1].file
    unlink = Path.unlink

    def in_use(self: Path, missing_ok: bool = False) -> None:
        if self == held:
            raise PermissionError
        unlink(self, missing_ok)

    monkeypatch.setattr(Path, "unlink", in_use)
    gone = {backup.file for backup in thin(closed, now)}
    assert len(gone) == 3, "of one day the last one stays, and the one that is held"
    assert held.exists()
    assert not any(file.exists() for file in gone)


def test_a_copy_that_differs_is_not_put_in_place(closed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made, before = make_backup(closed), (closed / DATABASE).read_bytes()
    counts = iter([backups.Counts(1, 2, 3), backups.Counts(1, 2, 4)])
    monkeypatch.setattr(restoring, "check_backup", lambda _: next(counts))
    with pytest.raises(KnownError, match="is not the same, and was not used"):
        restore(closed, made.file)
    assert (closed / DATABASE).read_bytes() == before
    assert not list(closed.glob(".*restoring*"))


def test_nothing_is_restored_where_there_is_no_project(tmp_path: Path) -> None:
    with pytest.raises(KnownError, match="no backup of Nowhere that is sound"):
        restore(tmp_path / "Nowhere")
    assert not (tmp_path / "Nowhere").exists()


def test_a_disk_that_fails_while_a_backup_is_put_back_is_told(closed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_backup(closed)
    before = (closed / DATABASE).read_bytes()

    def fails(_: Path) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(backups, "make_file_durable", fails)
    with pytest.raises(DiskTrouble, match="could not be restored: Input/output error") as told:
        restore(closed)
    assert told.value.remedy.startswith("Nothing was deleted.")
    assert (closed / DATABASE).read_bytes() == before
    monkeypatch.undo()
    restore(closed)


def test_room_is_asked_for_to_the_byte_with_what_lies_in_the_log(
    store: Store, decision: MakeDecision, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.record(decision(0), current=1)
    log = store.folder / f"{DATABASE}-wal"
    needed = (store.folder / DATABASE).stat().st_size + log.stat().st_size + 16 * 2**20
    usage, free = shutil.disk_usage(store.folder), [needed - 1]
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=free[0]))
    with pytest.raises(DiskTrouble, match="no room for a backup"):
        make_backup(store.folder)
    free[0] = needed
    made = make_backup(store.folder)
    store.close()
    assert not log.exists()
    free[0] = made.size + 16 * 2**20 - 1
    with pytest.raises(DiskTrouble, match="no room to restore"):
        restore(store.folder)
    free[0] += 1
    assert restore(store.folder).file == made.file
    free[0] = (store.folder / DATABASE).stat().st_size + 16 * 2**20 - 1
    with pytest.raises(DiskTrouble, match="no room for a backup"):
        make_backup(store.folder)


def test_a_backup_reaches_the_disk_before_it_has_its_name_and_its_name_after(
    closed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a power cut leaves behind is a backup, or none. The same where one is put back."""
    steps: list[tuple[str, str]] = []

    def noted(sort: str) -> Callable[[Path], None]:
        return lambda path: steps.append((sort, path.name))

    def rename(self: Path, target: Path) -> Path:
        steps.append(("named", target.name))
        return real(self, target)

    real = Path.rename
    monkeypatch.setattr(Path, "rename", rename)
    monkeypatch.setattr(backups, "make_file_durable", noted("file"))
    for module in (backups, restoring):
        monkeypatch.setattr(module, "make_folder_durable", noted("folder"))
    before = sorted(path.name for path in closed.iterdir())
    made = make_backup(closed)
    assert steps[0][0] == "file"
    assert steps[0][1].endswith(".part")
    assert steps[1:] == [("named", made.file.name), ("folder", "backups")]
    assert sorted(path.name for path in closed.iterdir()) == before, "nothing of the reading is left beside it"
    assert made.file.read_bytes()[18:20] == b"\x01\x01", "it can be opened where nothing may be written"
    steps.clear()
    done = restore(closed)
    assert done.kept is not None
    assert steps == [
        ("file", f".{DATABASE}.restoring"), ("named", DATABASE), ("folder", done.kept.name), ("named", DATABASE),
        ("folder", closed.name),
    ]  # fmt: skip


def test_what_was_restored_is_remembered_time_after_time_and_the_second_record_is_kept(closed: Path) -> None:
    lines, names = (closed / "decisions.jsonl").read_bytes(), []
    for _ in range(2):
        names.append(make_backup(closed).file.name)
        kept = restore(closed).kept
    assert kept is not None
    assert (kept / "decisions.jsonl").read_bytes() == (closed / "decisions.jsonl").read_bytes() == lines
    store = Store.open(closed)
    assert [done["from"] for done in store.fact("restored")] == names
    store.close()


def test_a_project_that_lost_its_folder_of_backups_gets_one(closed: Path) -> None:
    (closed / "backups").rmdir()
    assert backups_in(closed) == []
    made = make_backup(closed)
    assert backups_in(closed) == [made]


def test_a_database_with_its_log_beside_it_is_put_back_with_what_is_in_the_log(closed: Path, tmp_path: Path) -> None:
    """As one is that a restoring moved away, or of a program that was killed."""
    with closing(Store.open(closed)) as store:
        store.set_fact("threshold", 0.25)
        kept = Path(shutil.copytree(closed, tmp_path / "kept"))
    assert (kept / f"{DATABASE}-wal").stat().st_size > 0
    with closing(Store.open(closed)) as store:
        store.set_fact("threshold", 0.75)
    restore(closed, kept / DATABASE)
    with closing(Store.open(closed)) as store:
        assert store.fact("threshold") == 0.25


def test_where_the_clock_was_wrong_the_last_decisions_say_which_is_newest(closed: Path) -> None:
    folder, now = closed / "backups", datetime.now(UTC)
    for backup in backups_in(closed):
        backup.file.unlink()
    folder.mkdir(exist_ok=True)

    def put(days: float, decisions: int) -> str:
        made = (now + timedelta(days=days)).strftime("%Y%m%dT%H%M%S%fZ")
        file = folder / f"backup-{made}-{decisions}.sqlite3"
        file.touch()
        return file.name

    usual = [put(-3, 9), put(-2, 4)]  # an older state was restored in between
    assert [backup.file.name for backup in backups_in(closed)] == usual[::-1]
    ahead, after = put(3650, 5), put(-1, 6)
    assert [backup.file.name for backup in backups_in(closed)] == [usual[0], after, ahead, usual[1]]
    put(-0.5, 12)
    assert [backup.decisions for backup in backups_in(closed)] == [12, 9, 6, 5, 4]


def test_what_does_not_fit_is_met_before_the_database_moves(closed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_backup(closed)
    before = {path.name: path.read_bytes() for path in closed.iterdir() if path.is_file()}

    def is_full(source: Path, target: Path) -> None:
        target.write_bytes(source.read_bytes()[:100])
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "copyfile", is_full)
        with pytest.raises(DiskTrouble, match="could not be restored: No space left"):
            restore(closed)
    assert {path.name: path.read_bytes() for path in closed.iterdir() if path.is_file() and path.name != "lock"} == {
        name: content for name, content in before.items() if name != "lock"
    }
    assert not list(closed.glob("replaced-*"))
    assert restore(closed).kept is not None
