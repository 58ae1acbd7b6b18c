"""One path to the schema."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from hitl_desktop.domain.errors import ProjectRefused
from hitl_desktop.domain.evidence import NO_EVIDENCE
from hitl_desktop.domain.responses import NO_RESPONSE
from hitl_desktop.store import migrate as module
from hitl_desktop.store.database import connect
from hitl_desktop.store.migrate import backup, current_version, migrate, migrations, version_of
from hitl_desktop.store.store import DATABASE, Store


def schema(path: Path) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(path)) as raw:
        rows = raw.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name")
        return [(name, sql) for name, sql in rows]


def test_versions_count_from_one_without_a_gap() -> None:
    assert [version for version, _ in migrations()] == list(range(1, current_version() + 1))


def test_a_new_project_has_the_schema_that_the_files_spell(store: Store, tmp_path: Path) -> None:
    by_hand = tmp_path / "by_hand.sqlite3"
    with closing(sqlite3.connect(by_hand)) as raw:
        for _, sql in migrations():
            raw.executescript(sql)
    made = schema(store.folder / DATABASE)
    assert made == schema(by_hand)
    assert {"decision_never_updated", "decision_never_deleted"} <= {name for name, _ in made}


def test_migrating_twice_changes_nothing(closed: Path) -> None:
    database = connect(closed / DATABASE)
    before = schema(closed / DATABASE)
    migrate(database, closed / DATABASE)
    assert version_of(database) == current_version()
    assert schema(closed / DATABASE) == before
    database.close()


def test_an_older_project_is_backed_up_and_brought_forward(closed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steps = migrations()
    later = [*steps, (current_version() + 1, "CREATE TABLE later(id INTEGER PRIMARY KEY);\n")]
    monkeypatch.setattr(module, "migrations", lambda: later)
    opened = Store.open(closed)
    assert opened.decisions.count() == 3
    opened.close()
    assert ("later", "CREATE TABLE later(id INTEGER PRIMARY KEY)") in schema(closed / DATABASE)
    (copy,) = (closed / "backups").iterdir()
    with closing(sqlite3.connect(copy)) as raw:
        assert raw.execute("PRAGMA user_version").fetchone() == (len(steps),)
        assert raw.execute("SELECT count(*) FROM decision").fetchone() == (3,)


def test_a_migration_that_fails_leaves_the_version_before(
    closed: Path, monkeypatch: pytest.MonkeyPatch, expected_log: Callable[[str], None]
) -> None:
    expected_log("WARNING .*cannot be understood")
    before = schema(closed / DATABASE)
    broken = [*migrations(), (current_version() + 1, "CREATE TABLE half(id);\nCREATE TABLE item(id);\n")]
    monkeypatch.setattr(module, "migrations", lambda: broken)
    with pytest.raises(Exception, match="damaged"):
        Store.open(closed)
    assert schema(closed / DATABASE) == before


def test_a_backup_holds_what_was_committed(closed: Path) -> None:
    with closing(sqlite3.connect(backup(closed / DATABASE))) as raw:
        assert raw.execute("SELECT count(*) FROM decision").fetchone() == (3,)


def at_first_version(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project as the first version of the program made it, with one model in use."""
    first = migrations()[:1]
    Store.create(folder).close()
    (folder / DATABASE).unlink()
    with monkeypatch.context() as older:
        older.setattr(module, "migrations", lambda: first)
        database = connect(folder / DATABASE)
        migrate(database, folder / DATABASE)
        database.close()
    with closing(sqlite3.connect(folder / DATABASE)) as raw:
        raw.execute("INSERT INTO model VALUES (1, 'trained', '', '2026-01-02', 12, 14, '{\"checks\": 2}')")
        raw.execute("INSERT INTO activation VALUES (1, 1, '2026-01-02', 'retraining')")
        raw.commit()
    return folder


def test_a_project_of_the_first_version_keeps_its_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    upgraded = Store.open(at_first_version(tmp_path / "Old.hitl", monkeypatch))
    model = upgraded.models.active()
    activations = upgraded.models.activations()
    upgraded.close()
    assert model is not None
    assert (model.version, model.trained_on, model.metrics) == (1, 12, {"checks": 2})
    assert (model.trained_hash, model.verdict) == ("", {})
    assert [(a.version, a.by, str(a.why)) for a in activations] == [(1, "retraining", "")]


def test_upgraded_and_fresh_projects_are_alike(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = at_first_version(tmp_path / "Old.hitl", monkeypatch)
    Store.open(old).close()
    Store.create(tmp_path / "New.hitl").close()
    assert schema(old / DATABASE) == schema(tmp_path / "New.hitl" / DATABASE)


def test_a_decision_of_an_older_version_has_no_marks_and_does_not_say_what_was_in_view(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = at_first_version(tmp_path / "Old.hitl", monkeypatch)
    with closing(sqlite3.connect(folder / DATABASE)) as raw:
        raw.execute("INSERT INTO label(id, name, position) VALUES (1, 'cat', 0)")
        raw.execute("INSERT INTO item(idx, digest, path) VALUES (0, 'aa', 'a.png')")
        raw.execute(
            "INSERT INTO decision(number, event_id, idx, verdict, label_id, reviewer, at_utc, slot, predicted_id)"
            " VALUES (1, 'e', 0, 'confirmed', 1, 'ann', 'now', 'uncertain', 1)"
        )
        raw.commit()
    upgraded = Store.open(folder)
    (event,) = upgraded.decisions.all()
    upgraded.close()
    assert (event.evidence, event.exposure, event.hiding, event.follows) == (NO_EVIDENCE, None, None, None)
    assert event.response == NO_RESPONSE
    assert event.was_in_view, "before this was noted, a suggestion always stood beside the item"


def test_a_project_from_before_policies_has_none_and_its_decisions_name_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = at_first_version(tmp_path / "Old.hitl", monkeypatch)
    with closing(sqlite3.connect(folder / DATABASE)) as raw:
        raw.execute("INSERT INTO label(id, name, position) VALUES (1, 'cat', 0)")
        raw.execute("INSERT INTO item(idx, digest, path) VALUES (0, 'aa', 'a.png')")
        raw.execute(
            "INSERT INTO decision(number, event_id, idx, verdict, label_id, reviewer, at_utc, slot)"
            " VALUES (1, 'e', 0, 'corrected', 1, 'ann', 'now', 'start')"
        )
        raw.commit()
    upgraded = Store.open(folder)
    (event,) = upgraded.decisions.all()
    versions = upgraded.policies.all()
    upgraded.close()
    assert (event.policy_version, event.rule) == (None, None)
    assert versions == []


def test_an_older_project_takes_repeats_with_an_answer_or_none_and_no_other_decision_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = at_first_version(tmp_path / "Old.hitl", monkeypatch)
    Store.open(folder).close()
    add = (
        "INSERT INTO decision(number, event_id, idx, verdict, label_id, reviewer, at_utc, slot)"
        " VALUES ({0}, '{0}', 0, '{1}', {2}, 'ann', 'now', 'repeat')"
    )
    with closing(sqlite3.connect(folder / DATABASE)) as raw:
        raw.execute("INSERT INTO label(id, name, position) VALUES (1, 'cat', 0)")
        raw.execute("INSERT INTO item(idx, digest, path) VALUES (0, 'aa', 'a.png')")
        raw.execute(add.format(1, "repeated", 1))
        raw.execute(add.format(2, "repeated", "NULL"))
        for verdict, label in (("corrected", "NULL"), ("skipped", "1"), ("asked", "NULL")):
            with pytest.raises(sqlite3.IntegrityError, match="CHECK"):
                raw.execute(add.format(3, verdict, label))
        assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_backup_before_a_migration_that_is_not_sound_is_not_kept(
    closed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = bytearray((closed / DATABASE).read_bytes())
    data[4096 * 3 : 4096 * 8] = b"\xa5" * (4096 * 5)
    (closed / DATABASE).write_bytes(data)
    with pytest.raises(sqlite3.DatabaseError):
        backup(closed / DATABASE)
    assert list((closed / "backups").iterdir()) == []


def test_a_backup_of_what_is_no_database_says_so_and_leaves_nothing(
    closed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the copy was taken away before it could be deleted."""
    (closed / DATABASE).write_bytes(b"no database at all" * 500)
    with pytest.raises(sqlite3.DatabaseError, match="not a database"):
        backup(closed / DATABASE)
    assert list((closed / "backups").iterdir()) == []
    unlink = Path.unlink

    def gone(self: Path, missing_ok: bool = False) -> None:
        unlink(self, missing_ok=True)
        unlink(self, missing_ok=missing_ok)

    monkeypatch.setattr(Path, "unlink", gone)
    with pytest.raises(sqlite3.DatabaseError, match="not a database"):
        backup(closed / DATABASE)


def test_a_newer_schema_is_refused_untouched(closed: Path) -> None:
    database = connect(closed / DATABASE)
    database.execute_sql(f"PRAGMA user_version = {current_version() + 3}")
    with pytest.raises(ProjectRefused, match="newer version"):
        migrate(database, closed / DATABASE)
    assert version_of(database) == current_version() + 3
    database.close()


def test_statements_end_where_they_end_and_the_last_one_needs_no_semicolon() -> None:
    trigger = "CREATE TRIGGER t AFTER INSERT ON a BEGIN\n DELETE FROM b; DELETE FROM c;\nEND;\n"
    sql = f"-- first\nCREATE TABLE a(x);\n{trigger}\nINSERT INTO a\nVALUES (';')\n"
    assert [statement.strip() for statement in module._statements(sql)] == [
        "-- first\nCREATE TABLE a(x);", trigger.strip(), "INSERT INTO a\nVALUES (';')",
    ]  # fmt: skip
    assert list(module._statements("CREATE TABLE a(x);\n\n \n")) == ["CREATE TABLE a(x);\n"]
