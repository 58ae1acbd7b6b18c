"""Projects of others, and files of a project or of the program that have come to harm."""

import contextlib
import hashlib
import io
import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import numpy as np
from hypothesis import strategies as st

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.mask_strokes import Stroke
from hitl_desktop.domain.protocols import never_cancelled, no_progress
from hitl_desktop.domain.reviewers import Reviewer
from hitl_desktop.domain.sentences import Sentence
from hitl_desktop.domain.steering import MATTERS, MOST_WEIGHT, ClassRule, SteeringPlan
from hitl_desktop.store.masks import Mask
from hitl_desktop.store.second_tables import SECOND_TABLES
from hitl_desktop.store.signatures import SignatureRow
from hitl_desktop.store.store import Store
from hitl_desktop.store.trail import trail_of
from hitl_desktop.workflow import scores, steering
from hitl_desktop.workflow.opening import open_to_work
from hitl_desktop.workflow.packing import PackRequest, pack
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.receiving import ReceiveRequest, receive
from hitl_desktop.workflow.settings import SettingsFile
from tests.fuzzing import mutations as odd
from tests.fuzzing.of_models import values_in
from tests.fuzzing.room import Inputs, Room, Seeds, Target, said


def _packed(seeds: Seeds) -> Path:
    path = seeds.folder / "seed.zip"
    if not path.exists():
        pack(PackRequest(seeds.project, path), no_progress, never_cancelled)
    return path


def _archives(seeds: Seeds) -> Inputs:
    told = values_in(_packed(seeds))

    def change(name: str, data: bytes) -> Inputs:
        if name.endswith(".sqlite3"):
            return st.just(data)
        return odd.json_like([told[name]]) if name in told else odd.bytes_like([data or b"x"])

    return odd.archives_like(_packed(seeds).read_bytes(), change, _tell_archive)


def _tell_archive(members: dict[str, bytes]) -> None:
    name = next((name for name in members if name.endswith("json") and "/" not in name), "")
    with contextlib.suppress(ValueError, TypeError, KeyError):
        told = json.loads(members[name])
        told["members"] = {
            other: {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
            for other, data in members.items()
            if other != name
        }
        members[name] = odd.written(told)


def _archive(data: bytes, room: Room, _seeds: Seeds) -> None:
    _receive(room.put("p.zip", data), room)


def _receive(source: Path, room: Room) -> None:
    received = receive(ReceiveRequest(source, room.out / "Taken.hitl"), no_progress, never_cancelled)
    said(*received.left_behind)
    with closing(Project.open(received.folder)) as project:
        for item in project.store.items.many(range(len(project.pool))):
            project.suggestion(item.index)


@st.composite
def _statements(draw: st.DrawFn, tables: dict[str, list[str]]) -> list[tuple[str, tuple[Any, ...]]]:
    made: list[tuple[str, tuple[Any, ...]]] = []
    for _ in range(draw(st.integers(1, 3))):
        table = draw(st.sampled_from(sorted(tables)))
        column = draw(st.sampled_from(tables[table]))
        value = draw(
            st.one_of(st.sampled_from(_SQL_VALUES), st.integers(-5, 100), st.text(max_size=10), st.binary(max_size=9))
        )
        match draw(st.integers(0, 6)):
            case 0:
                made.append((f"DELETE FROM {table} WHERE rowid IN (SELECT rowid FROM {table} LIMIT 1)", ()))  # noqa: S608 - names of our tables
            case 1:
                made.append((f"UPDATE {table} SET {column} = ?", (value,)))  # noqa: S608
            case _:
                row = f"SELECT rowid FROM {table} ORDER BY rowid LIMIT 1 OFFSET {draw(st.integers(0, 6))}"  # noqa: S608
                made.append((f"UPDATE {table} SET {column} = ? WHERE rowid = ({row})", (value,)))  # noqa: S608
    return made


_SQL_VALUES: Final = (
    None, 0, 1, -1, 2**62, -(2**62), 0.5, 1e300, float("inf"), "", " ", "1", "nan", b"", b"\0", b"\xff\xfe", "\0",
    "x" * 9000, "[]", "{}", "[1, 2]", "null", "[" * 2000, '{"a": NaN}', "1e999", "decided", "todo", "automatic",
    "../../etc", "/etc/passwd", "2026-01-01T00:00:00.000+00:00", "2026-13-99", "9" * 22, '{"say": "{x}"}', '"\\ud800"',
)  # fmt: skip


def _tables_of(database: Path) -> dict[str, list[str]]:
    with closing(sqlite3.connect(database)) as connection:
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            name: [row[1] for row in connection.execute(f"PRAGMA table_info({name})")]
            for name in names
            if not name.startswith("sqlite_")
        }


def _databases(seeds: Seeds) -> Inputs:
    return _statements(_tables_of(seeds.project / "project.sqlite3"))


def _change(database: Path, statements: list[tuple[str, tuple[Any, ...]]]) -> None:
    with closing(sqlite3.connect(database)) as connection, connection:
        triggers = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("PRAGMA ignore_check_constraints = 1")
        for statement, values in statements:
            with contextlib.suppress(sqlite3.Error, UnicodeError, OverflowError):
                connection.execute(statement, values)
        for _, sql in triggers:
            connection.execute(sql)


def _copied(seeds: Seeds, room: Room) -> Path:
    folder = room.given / "P.hitl"
    folder.mkdir()
    for name in ("project.sqlite3", "decisions.jsonl", "classes.jsonl"):
        if (seeds.project / name).exists():
            shutil.copyfile(seeds.project / name, folder / name)
    shutil.copytree(seeds.project / "models", folder / "models")
    return folder


def _database(statements: list[tuple[str, tuple[Any, ...]]], room: Room, seeds: Seeds) -> None:
    folder = _copied(seeds, room)
    _change(folder / "project.sqlite3", statements)
    with contextlib.suppress(KnownError):
        trail_of(folder)  # whatever it says, it is looked at first
    _receive(folder, room)


def _second_records(seeds: Seeds) -> Inputs:
    lines = (seeds.project / "decisions.jsonl").read_bytes().splitlines(keepends=True)
    values = [json.loads(line) for line in lines]
    whole = st.lists(st.one_of(odd.values_like(values).map(odd.written), st.sampled_from(lines)), max_size=12)
    further = odd.values_like(
        [value | {"number": len(values) + 1, "event_id": f"new-{n}"} for n, value in enumerate(values)]
    )
    return st.one_of(
        whole.map(lambda parts: b"".join(part.rstrip(b"\n") + b"\n" for part in parts)),
        odd.bytes_like([b"".join(lines)]),
        further.map(lambda value: b"".join(lines) + odd.written(value) + b"\n"),
    )


def _second_record(data: bytes, room: Room, seeds: Seeds) -> None:
    folder = _copied(seeds, room)
    (folder / "decisions.jsonl").write_bytes(data)
    (folder / "backups").mkdir()
    with closing(Store.open(folder)) as store:
        with closing(Store.reader(seeds.project)) as before:
            there = before.decisions.all()
        assert store.decisions.all()[: len(there)] == there, "what the database holds is never changed by it"


def _further(seeds: Seeds) -> Path:
    """The project with a mask, a signature and steps of steering; made once."""
    folder = seeds.folder / "Further.hitl"
    if not folder.exists():
        shutil.copytree(seeds.project, folder)
        with closing(Store.open(folder)) as store, store.transaction():
            store.masks.set_many([(1, Mask(((1, 2, 3, 4),), strokes=(Stroke(2.0, ((1.0, 2.0), (3.0, 4.0))),)))], "ann")
            store.reviewers.note(Reviewer("ann-id", "Ann", "nurse"))
            store.signatures.append(SignatureRow("s", "now", "ann-id", "body", "00" * 32, "00" * 64))
            plan = SteeringPlan({1: 2.0}, (ClassRule.of_phrase("refund", 2),), {"estimator": "mlp"}, ("mark",))
            store.steering.append_plan(plan, "now", "ann", Sentence("said"))
            store.steering.append_example(3, MATTERS, "now", "ann", Sentence("said"), 1)
    return folder


def _further_records(seeds: Seeds) -> Inputs:
    def of(name: str) -> Inputs:
        lines = (_further(seeds) / name).read_bytes().splitlines(keepends=True)
        values = [json.loads(line) for line in lines]
        inside = [value | {"body": json.loads(value["body"])} for value in values if str(value.get("body"))[:1] == "{"]
        odd_inside = odd.values_like(inside or values).map(_written_inside)
        later = st.one_of(odd.values_like(values), odd_inside).map(
            lambda value: (
                odd.written(value | {"number": len(lines) + 1, "event_id": "new"})
                if isinstance(value, dict)
                else odd.written(value)
            )
        )
        whole = odd.bytes_like([b"".join(lines)])
        return st.tuples(st.just(name), st.one_of(later.map(lambda line: b"".join(lines) + line + b"\n"), whole))

    return st.sampled_from(tuple(SECOND_TABLES.values())).flatmap(of)


def _written_inside(value: Any) -> Any:
    """With what is JSON in a column again written as that."""
    inside = isinstance(value, dict) and isinstance(value.get("body"), dict | list)
    return value | {"body": odd.written(value["body"]).decode("utf-8", "replace")} if inside else value


def _further_record(given: tuple[str, bytes], room: Room, seeds: Seeds) -> None:
    folder = room.given / "P.hitl"
    shutil.copytree(_further(seeds), folder)
    (folder / given[0]).write_bytes(given[1])
    with closing(open_to_work(folder)) as project:  # every row that was taken can be read
        said(*(event.said for event in project.store.steering.all()))
        steering.plan_in_force(project)
        assert all(0 <= weight <= MOST_WEIGHT for weight in project.store.steering.examples().values())
        project.store.masks.all()
        project.store.signatures.all()


def _settings(data: bytes, room: Room, _seeds: Seeds) -> None:
    room.put("settings.json", data)
    file = SettingsFile(room.given)
    file.change(reviewer="ann")
    assert SettingsFile(room.given).value.reviewer == "ann"


def _numbers(_seeds: Seeds) -> Inputs:
    rows = np.random.default_rng(2).random((5, 3)).astype(np.float32)
    npy, npz = io.BytesIO(), io.BytesIO()
    np.save(npy, rows)
    np.savez(npz, utilities=rows[:, 0], reasons=np.zeros(5, np.uint8), novelty=rows[:, 1])
    return st.one_of(odd.bytes_like([npy.getvalue()]), odd.bytes_like([npz.getvalue()]))


def _number_file(data: bytes, room: Room, _seeds: Seeds) -> None:
    path = room.put("f.npz", data)
    scores.read_scores(path)
    scores.read_ranked(path)
    scores.read_novelty(path)
    scores.read_array(path, np.float32)


_SETTINGS: Final[tuple[Any, ...]] = (
    {"theme": "dark", "text_points": 18, "recent": [{"folder": "/a", "name": "A", "kind": "text", "opened_utc": "x"}],
     "told_places": ["a"], "keys": {"general": {"skip": ["S"]}}},
)  # fmt: skip


ROWS: Final[dict[str, Target]] = {
    "archive": Target(_archives, _archive, share=0.3),
    "received database": Target(_databases, _database, share=0.3),
    "second record": Target(_second_records, _second_record, share=0.3),
    "further record": Target(_further_records, _further_record, share=0.4),
    "settings": Target(lambda _: odd.json_like(_SETTINGS), _settings, ()),
    "number files": Target(_numbers, _number_file, ()),
}
