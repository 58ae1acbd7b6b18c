"""Projects that were last in other hands: never opened as they are, unless somebody says that they are their own."""

import errno
import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.domain.errors import Cancelled, KnownError, ProjectDamaged, ProjectElsewhere, ProjectRefused
from hitl_desktop.domain.protocols import never_cancelled, no_progress
from hitl_desktop.domain.record_events import Happening
from hitl_desktop.store.backups import make_backup
from hitl_desktop.store.migrate import migrations
from hitl_desktop.store.record_anchors import ANCHORS, own_key
from hitl_desktop.store.record_proof import check_record
from hitl_desktop.store.store import DATABASE, Store
from hitl_desktop.store.trail import FORGED, NO_TRAIL, trail_of
from hitl_desktop.workflow import workplaces
from hitl_desktop.workflow.backing_up import rebuild, restore
from hitl_desktop.workflow.opening import open_here, open_to_work
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.receiving import ReceiveRequest, receive
from hitl_desktop.workflow.review import ReviewSession
from hitl_desktop.workflow.settings import RecentProject, SettingsFile
from hitl_desktop.workflow.verifying import put_on_record
from hitl_desktop.workflow.workplaces import check_here, others_trusted, record_of, trust, trust_no_longer
from tests.on_record import events, happenings
from tests.store.conftest import fill

pytestmark = pytest.mark.strict

NEVER, SINCE, MOVED = "not made on this computer", "worked in on another computer since", "moved, or is a copy"
At = Callable[[str], None]


@pytest.fixture
def at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> At:
    """`at("B")`: from now on at another workplace, with a folder of its own."""

    def go(name: str) -> None:
        monkeypatch.setenv("HITL_DESKTOP_HOME", str(tmp_path / f"home of {name}"))
        monkeypatch.setattr("hitl_desktop.store.record.computer", lambda: name)
        monkeypatch.setattr("hitl_desktop.workflow.workplaces.computer", lambda: name)

    go("A")
    return go


@pytest.fixture
def folder(at: At, tmp_path: Path) -> Path:
    """A closed project, made at A."""
    store = Store.create(tmp_path / "shared" / "P.hitl")
    fill(store)
    store.close()
    return store.folder


def work(folder: Path, value: object, *, is_cut_off: bool = False) -> None:
    """A session that changes something, to its end or killed."""
    store = Store.open(folder)
    with store.transaction():
        store.set_fact("name", value)
    if is_cut_off:
        store._database.close()
        assert store._lock is not None
        store._lock.release()
    else:
        store.close()


def contents(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def change(folder: Path, *statements: str, values: tuple[Any, ...] = ()) -> None:
    with closing(sqlite3.connect(folder / DATABASE)) as raw, raw:
        triggers = raw.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            raw.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            raw.execute(statement, values)
        for _, sql in triggers:
            with suppress(sqlite3.OperationalError):  # its table may have gone
                raw.execute(sql)


@contextmanager
def refused(folder: Path, why: str) -> Iterator[None]:
    before = contents(folder)
    with pytest.raises(ProjectElsewhere, match=why) as refusal:
        yield
    assert refusal.value.folder == folder
    assert "not opened as it is" in str(refusal.value)
    assert contents(folder) == before, "it was looked at, and nothing more"


def test_what_was_made_here_opens_here(folder: Path, at: At) -> None:
    check_here(folder)
    for number in range(3):
        work(folder, number)
        check_here(folder)
    work(folder, "a session that was cut off", is_cut_off=True)
    check_here(folder)
    renamed = folder.rename(folder.with_name("Renamed.hitl"))
    check_here(renamed)
    (renamed / "lock").unlink()
    before = contents(renamed)
    check_here(renamed)
    assert contents(renamed) == before


def test_a_session_is_anchored_from_its_beginning(folder: Path) -> None:
    work(folder, 1, is_cut_off=True)
    trail = trail_of(folder)
    assert (trail.keys, trail.unsigned) == (frozenset(), frozenset())
    key = own_key()
    assert key is not None
    assert trail.last_key == key.hex()
    opened = max(event["n"] for event in events(folder) if event["do"] == "opened")
    assert trail.left_at > opened


def test_what_was_made_elsewhere_is_not_opened_as_it_is(folder: Path, at: At) -> None:
    at("B")
    for way in (check_here, open_here, open_to_work):
        with refused(folder, NEVER):
            way(folder)
    put_on_record(folder, Happening.COPIED)
    assert "copied" not in happenings(folder)
    at("A")
    check_here(folder)


@pytest.mark.parametrize("is_cut_off", [False, True])
def test_two_workplaces_take_turns_once_each_trusts_the_other(folder: Path, at: At, *, is_cut_off: bool) -> None:
    at("B")
    assert trust(folder) == 1
    check_here(folder)
    work(folder, "by B", is_cut_off=is_cut_off)
    at("A")
    with refused(folder, SINCE):
        check_here(folder)
    assert trust(folder) == 1
    for number in range(3):
        for name in ("A", "B"):
            at(name)
            check_here(folder)
            work(folder, f"{name} {number}", is_cut_off=is_cut_off)
    at("C")
    with refused(folder, NEVER):
        check_here(folder)
    trust(folder)
    work(folder, "by C", is_cut_off=is_cut_off)
    for name in ("A", "B"):
        at(name)
        with refused(folder, SINCE):
            check_here(folder)


def test_trust_is_taken_back_for_what_others_do_from_then_on(folder: Path, at: At) -> None:
    at("B")
    assert others_trusted(folder) is None
    trust(folder)
    assert others_trusted(folder) == 1
    work(folder, "by B")
    with closing(Store.open(folder)) as store:
        assert trust_no_longer(folder, record_of(store)) == 1, "while it is open, too"
    assert others_trusted(folder) is None
    check_here(folder)  # B worked in it last: what was done before is B's own by now
    at("A")
    trust(folder)
    work(folder, "by A")
    at("B")
    with refused(folder, SINCE):
        check_here(folder)
    assert trust_no_longer(folder) is None


def test_trust_that_is_taken_back_at_once_leaves_it_as_it_was(folder: Path, at: At, tmp_path: Path) -> None:
    other = Store.create(tmp_path / "shared" / "Other.hitl")
    fill(other)
    other.close()
    at("B")
    trust(folder)
    trust(other.folder)
    assert trust_no_longer(folder) == 1
    with refused(folder, NEVER):
        check_here(folder)
    check_here(other.folder)


def test_of_projects_without_a_record_the_others_stay_trusted(folder: Path, at: At, tmp_path: Path) -> None:
    other = Path(shutil.copytree(folder, tmp_path / "other" / "P.hitl"))
    places = {one: workplaces.place_of(one) for one in (folder, other)}
    both = workplaces.Trusted(
        places=frozenset(p for p, _ in places.values()), folders=frozenset(n for _, n in places.values())
    )
    with workplaces._changing() as kept:
        kept["unbegun"] = both
    assert trust_no_longer(folder, "") == 0
    assert (others_trusted(folder, ""), others_trusted(other, "")) == (None, 0)


def test_trusting_one_project_trusts_no_other(folder: Path, at: At, tmp_path: Path) -> None:
    other = Store.create(tmp_path / "shared" / "Other.hitl")
    fill(other)
    other.close()
    at("B")
    trust(folder)
    with refused(other.folder, NEVER):
        check_here(other.folder)
    away = Path(shutil.copytree(folder, tmp_path / "elsewhere" / "P.hitl"))
    with refused(away, NEVER):
        check_here(away)


def test_a_folder_that_is_not_where_it_was_left_is_asked_about_once(folder: Path, at: At, tmp_path: Path) -> None:
    away = Path(shutil.copytree(folder, tmp_path / "stick" / "P.hitl"))
    with refused(away, MOVED):
        check_here(away)
    assert trust(away) == 0
    check_here(away)
    work(away, 1)
    assert "moved" in happenings(away)
    check_here(away)
    check_here(folder)
    shutil.rmtree(folder)
    shutil.copytree(away, folder)
    with refused(folder, MOVED):  # the copy is a record of its own, and never lay there
        check_here(folder)


def test_what_was_put_back_by_hand_is_still_ours(folder: Path, tmp_path: Path) -> None:
    earlier = (folder / DATABASE).read_bytes()
    work(folder, 1)
    (folder / DATABASE).write_bytes(earlier)
    check_here(folder)
    work(folder, 2)
    check_here(folder)


LAST = "UPDATE record_anchor SET {} WHERE number = (SELECT max(number) FROM record_anchor)"
FORGERIES = {
    "a signature": "signature = zeroblob(64)",
    "another hash": "hash = zeroblob(32)",
    "a key": "key = zeroblob(32)",
    "a text for a key": "key = 'ours'",
    "no record at all": "DROP TABLE record_event",
    "a view": "DROP TABLE record_event; CREATE VIEW record_event AS SELECT 1 AS number, '' AS body, x'00' AS hash",
    "another id": """UPDATE project SET value = '{"id": "../../settings"}' WHERE key = 'record'""",
    "rubbish for an id": "UPDATE project SET value = '[' WHERE key = 'record'",
    "no id": "DELETE FROM project WHERE key = 'record'",
}


@pytest.mark.parametrize("what", FORGERIES)
def test_a_claim_to_be_ours_is_not_enough(folder: Path, at: At, what: str) -> None:
    own = own_key()
    at("B")
    trust(folder)
    work(folder, "by B")
    at("A")
    assert own is not None
    change(folder, "UPDATE record_anchor SET key = ?", values=(own,))
    if what != "a key":
        statements = FORGERIES[what].split("; ")
        change(folder, *(statements if statements[0][0].isupper() else [LAST.format(statements[0])]))
    with refused(folder, f"{NEVER}|{SINCE}"):
        check_here(folder)


def test_a_record_that_answers_for_ever_is_of_somebody_else(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hitl_desktop.store.trail._SECONDS", -1.0)
    monkeypatch.setattr("hitl_desktop.store.trail._STEPS", 1)
    assert trail_of(folder) == NO_TRAIL


def test_a_chain_that_was_written_anew_is_not_ours(folder: Path, at: At, tmp_path: Path) -> None:
    """With a key of their own, from the first event on, under the id of our record."""
    record = json.loads(_fact(folder, "record"))["id"]
    at("B")
    forged = Store.create(tmp_path / "B" / "P.hitl")
    fill(forged)
    forged.close()
    change(forged.folder, "UPDATE project SET value = ? WHERE key = 'record'", values=(json.dumps({"id": record}),))
    at("A")
    shutil.copyfile(forged.folder / DATABASE, folder / DATABASE)
    assert FORGED in trail_of(folder).keys, "it was signed for another record"
    with refused(folder, NEVER):
        check_here(folder)


def _fact(folder: Path, key: str) -> str:
    with closing(sqlite3.connect(folder / DATABASE)) as raw:
        return str(raw.execute("SELECT value FROM project WHERE key = ?", (key,)).fetchone()[0])


@pytest.mark.parametrize("version", [1, 11])
def test_a_project_from_before_records_is_known_by_the_list_of_recent_ones(
    at: At, tmp_path: Path, version: int
) -> None:
    folder = tmp_path / "Old.hitl"
    folder.mkdir()
    with closing(sqlite3.connect(folder / DATABASE)) as raw:
        for number, sql in migrations()[:version]:
            raw.executescript(sql)
            raw.execute("PRAGMA application_id = 0x4849544C")
            raw.execute(f"PRAGMA user_version = {number}")
    with refused(folder, NEVER):
        check_here(folder)
    SettingsFile(tmp_path / "home of A" / "config").remember(RecentProject(str(folder), "Old", "text", ""))
    check_here(folder)
    at("B")
    with refused(folder, NEVER):
        check_here(folder)
    trust(folder)
    check_here(folder)
    Store.open(folder).close()
    check_here(folder)
    work(folder, 1)
    check_here(folder)


def test_a_record_that_was_taken_away_is_no_older_project(folder: Path, tmp_path: Path) -> None:
    SettingsFile(tmp_path / "home of A" / "config").remember(RecentProject(str(folder), "P", "text", ""))
    change(folder, "DELETE FROM record_event", "DELETE FROM record_anchor", "DELETE FROM project WHERE key = 'record'")
    assert trail_of(folder).is_unbegun
    with refused(folder, NEVER):
        check_here(folder)


def test_where_no_key_can_be_kept_projects_are_known_by_what_their_sessions_say(
    at: At, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, expected_log: Callable[[str], None]
) -> None:
    expected_log("could not be anchored")
    (tmp_path / "home of A").write_text("a file, so nothing can be made in it")
    store = Store.create(tmp_path / "P.hitl")
    fill(store)
    store.close()
    check_here(store.folder)
    with pytest.raises(KnownError, match="could not be written"):
        trust(store.folder)
    at("B")
    with refused(store.folder, NEVER):
        check_here(store.folder)


def test_what_is_no_sound_project_is_told_as_before(folder: Path, at: At) -> None:
    change(folder, "PRAGMA user_version = 99")
    with pytest.raises(ProjectRefused, match="newer version"):
        check_here(folder)
    (folder / DATABASE).write_bytes(b"a letter " * 100)
    with pytest.raises(ProjectDamaged):
        check_here(folder)
    (folder / DATABASE).unlink()
    with pytest.raises(ProjectDamaged, match="missing"):
        open_to_work(folder)


def test_what_lies_in_the_programs_own_folder_needs_no_look(at: At, tmp_path: Path) -> None:
    store = Store.create(tmp_path / "home of A" / "data" / "projects" / "Sample.hitl")
    fill(store)
    store.close()
    shutil.rmtree(tmp_path / "home of A" / "data" / "records")
    check_here(store.folder)


def test_trust_that_cannot_be_read_for_now_is_not_written_over(
    folder: Path, at: At, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at("B")
    trust(folder)
    file = tmp_path / "home of B" / "data" / "records" / "trusted.json"
    before = file.read_bytes()
    other = shutil.copytree(folder, tmp_path / "Other.hitl")

    def fails(_: Path) -> bytes:
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "read_bytes", fails)
        for change in (trust, lambda of: trust_no_longer(of) or trust(of)):
            with pytest.raises(KnownError, match="Nothing was changed"):
                change(other)
    assert file.read_bytes() == before


def test_trust_that_cannot_be_read_is_none(folder: Path, at: At, tmp_path: Path) -> None:
    at("B")
    trust(folder)
    file = tmp_path / "home of B" / "data" / "records" / "trusted.json"
    said = json.loads(file.read_text("ascii"))
    (name,) = said
    for odd in ("", "[]", '{"a": 1}', json.dumps({name: said[name] | {"sessions": [["a"]]}}), "[" * 5000):
        file.write_text(odd, "ascii")
        with refused(folder, NEVER):
            check_here(folder)
    assert trust(folder) == 1, "it is written anew"
    check_here(folder)


def test_a_backup_of_somebody_else_is_not_put_back(folder: Path, at: At) -> None:
    make_backup(folder)
    (folder / DATABASE).write_bytes(b"damaged")
    at("B")
    with refused(folder, NEVER):
        restore(folder)
    at("A")
    restore(folder)
    check_here(folder)
    at("B")
    (folder / DATABASE).write_bytes(b"damaged again")
    assert trust(folder) == 1, "its backup tells who had it"
    restore(folder)
    check_here(folder)
    for backup in (folder / "backups").iterdir():
        backup.unlink()
    (folder / DATABASE).write_bytes(b"and again")
    with pytest.raises(ProjectDamaged):
        trust(folder)


@pytest.mark.parametrize("gone", ["", DATABASE])
def test_a_project_of_somebody_else_is_not_made_anew(
    folder: Path, at: At, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, gone: str
) -> None:
    make_backup(folder)
    Store.open(folder).close()
    if gone:
        (folder / gone).unlink()
    at("B")
    monkeypatch.setattr("os.access", lambda *_: False)  # on a medium that only gives
    with refused(folder, NEVER):
        rebuild(folder, tmp_path / "Anew.hitl")
    own = Store.create(tmp_path / "Own.hitl")
    fill(own)
    own.close()
    with refused(folder, NEVER):
        rebuild(own.folder, tmp_path / "Anew.hitl", folder)
    assert not (tmp_path / "Anew.hitl").exists()
    at("A")
    rebuild(folder, tmp_path / "Anew.hitl")


def test_no_id_of_a_record_names_a_file_outside(folder: Path, at: At, tmp_path: Path) -> None:
    change(folder, "UPDATE project SET value = ? WHERE key = 'record'", values=(json.dumps({"id": "../../../x"}),))
    with closing(Store.open(folder)) as store:
        store.note(Happening.REPORTED)
    with closing(Store.reader(folder)) as store:
        check_record(store)
    outside = tmp_path / "home of A" / "data" / "records"
    assert not list(tmp_path.rglob("x.jsonl"))
    assert len(list(outside.glob("*.jsonl"))) == 2
    assert ANCHORS in contents(folder)


def test_what_lies_in_lines_beside_the_database_comes_along(
    at: At, text_project_folder: Path, tmp_path: Path, expected_log: Callable[[str], None]
) -> None:
    """What only the second record has is taken from it, and what does not fit is set aside and told."""
    folder = text_project_folder
    earlier = (folder / DATABASE).read_bytes()
    with closing(Project.open(folder)) as project:
        session = ReviewSession(project, "ann")
        for _ in range(3):
            session.decide(Verdict.CORRECTED, project.labels[0].id)
        decided = project.store.decisions.all()
    (folder / DATABASE).write_bytes(earlier)  # a backup that was put back by hand
    (folder / "masks.jsonl").write_text("rubbish\n", "ascii")
    (folder / "steering.jsonl").symlink_to("/etc/hostname")
    anchors = (folder / ANCHORS).read_text("ascii")
    expected_log("masks.jsonl did not fit")
    taken = receive(ReceiveRequest(folder, tmp_path / "Taken.hitl"), no_progress, never_cancelled)
    said = [str(word) for word in taken.left_behind]
    assert "3 decisions that the database did not have were taken from the second record." in said
    assert "What does not fit its database was set aside: masks." in said
    assert not (taken.folder / "steering.jsonl").exists()
    assert (taken.folder / ANCHORS).read_text("ascii").startswith(anchors)
    with closing(open_to_work(taken.folder, or_read=False)) as project:
        assert project.store.decisions.all() == decided


def test_a_second_record_that_says_something_else_is_told(at: At, text_project_folder: Path, tmp_path: Path) -> None:
    folder = text_project_folder
    with closing(Project.open(folder)) as project:
        session = ReviewSession(project, "ann")
        for _ in range(3):
            session.decide(Verdict.CORRECTED, project.labels[0].id)
    lines = (folder / "decisions.jsonl").read_text("ascii").splitlines()
    (folder / "decisions.jsonl").write_text(
        "\n".join([lines[0].replace('"note": ""', '"note": "another"'), *lines[1:]]) + "\n", "ascii"
    )
    taken = receive(ReceiveRequest(folder, tmp_path / "Taken.hitl"), no_progress, never_cancelled)
    assert any("record is not intact" in str(word) for word in taken.left_behind)
    with closing(open_to_work(taken.folder)) as project:
        assert not project.store.is_writer


def test_receiving_stops_when_it_is_told_to(at: At, text_project_folder: Path, tmp_path: Path) -> None:
    with pytest.raises(Cancelled):
        receive(ReceiveRequest(text_project_folder, tmp_path / "Taken.hitl"), no_progress, lambda: True)
    assert not list(tmp_path.glob("*Taken*"))


@pytest.mark.parametrize("went_on", [False, True])
def test_a_project_that_came_back_can_be_copied_beside_ours(
    folder: Path, at: At, tmp_path: Path, *, went_on: bool
) -> None:
    """It holds our record up to a point, and goes on from there in the name of somebody else. Where ours went on as
    well, its anchors tell of other events than those that came back.
    """
    with closing(Store.open(folder)) as store, store.transaction():
        for key, value in {"kind": "text", "extractor": "text-ngrams-v1", "name": "P"}.items():
            store.set_fact(key, value)
    away = Path(shutil.copytree(folder, tmp_path / "away" / "P.hitl"))
    at("B")
    trust(away)
    work(away, "by B")
    at("A")
    if went_on:
        work(folder, "by A")
    with refused(away, SINCE):
        check_here(away)
    taken = receive(ReceiveRequest(away, tmp_path / "back" / "Copy.hitl"), no_progress, never_cancelled)
    assert any("is not intact" in str(word) for word in taken.left_behind) == went_on
    check_here(taken.folder)
    check_here(folder)
    for place in (taken.folder, folder):
        with closing(Store.reader(place)) as store:
            assert check_record(store).is_intact == (place == folder or not went_on)
