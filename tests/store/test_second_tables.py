"""Signatures, masks, profiles and steering in the second record: what is made anew from it is what was there."""

import json
import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hitl_desktop.domain.record_events import Part
from hitl_desktop.domain.reviewers import Reviewer
from hitl_desktop.domain.sentences import NOTHING_TO_SAY, Sentence
from hitl_desktop.domain.steering import IGNORED, MATTERS, MOST_RULES, USUAL, WEIGHTS, ClassRule, SteeringPlan
from hitl_desktop.store import second_tables
from hitl_desktop.store.backups import make_backup
from hitl_desktop.store.masks import Mask
from hitl_desktop.store.rebuilding import rebuild
from hitl_desktop.store.record_proof import check_record
from hitl_desktop.store.second_tables import SECOND_TABLES, STEERED_ELSEWHERE
from hitl_desktop.store.signatures import SignatureRow
from hitl_desktop.store.store import DATABASE, Store
from tests.store.conftest import fill

TEXT = st.text(st.characters(exclude_categories=()), max_size=8)
"""Lone surrogates, too: names that are not UTF-8."""
BOXES = st.lists(st.tuples(*[st.integers(0, 10**6)] * 4), max_size=3).map(tuple)
STEPS = st.lists(
    st.one_of(
        st.tuples(
            st.just("mask"), st.dictionaries(st.integers(0, 4), st.tuples(BOXES, st.booleans()), min_size=1), TEXT
        ),
        st.tuples(st.just("signature"), TEXT, TEXT),
        st.tuples(st.just("reviewer"), st.integers(0, 1), TEXT),
        st.tuples(st.just("plan"), st.dictionaries(st.integers(1, 2), st.sampled_from(WEIGHTS), max_size=2), TEXT),
        st.tuples(st.just("example"), st.integers(0, 4), st.sampled_from((IGNORED, USUAL, MATTERS))),
        st.just(("open",)),
    ),
    max_size=8,
)


def act(store: Store, step: tuple[Any, ...], number: int) -> None:
    with store.transaction():
        match step:
            case "mask", masks, by:
                store.masks.set_many([(index, Mask(*mask)) for index, mask in masks.items()], by)
            case "signature", body, key:
                store.signatures.append(
                    SignatureRow(f"{number}", "now", "ann-id", body, key.encode("utf-8", "replace").hex(), "aa")
                )
            case "reviewer", who, name:
                store.reviewers.note(Reviewer(f"id-{who}", name, "role"))
            case "plan", weights, phrase:
                rules = (ClassRule.of_phrase(phrase, 1),) if phrase.strip() else ()
                store.steering.append_plan(
                    SteeringPlan(weights, rules, {"estimator": "mlp"}), "now", phrase, Sentence("said")
                )
            case "example", index, weight:
                last = store.steering.all()[-1:]
                store.steering.append_example(index, weight, "now", "ann", NOTHING_TO_SAY, *(e.number for e in last))


def rows(folder: Path) -> dict[str, list[tuple[Any, ...]]]:
    with closing(Store.reader(folder)) as store:
        return {
            table: store._database.execute_sql(f"SELECT * FROM {table} ORDER BY number").fetchall()  # noqa: S608
            for table in SECOND_TABLES
        }


def is_intact(folder: Path) -> bool:
    with closing(Store.reader(folder)) as store:
        return check_record(store).is_intact


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("second tables") / "Made.hitl"
    store = Store.create(folder)
    fill(store)
    store.close()
    make_backup(folder)
    return folder


@given(STEPS)
@settings(max_examples=8)
def test_what_is_made_anew_is_what_was_there(
    made: Path, tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[Any, ...]]
) -> None:
    place = tmp_path_factory.mktemp("case")
    folder = place / "P.hitl"
    shutil.copytree(made, folder)
    store = Store.open(folder)
    for number, step in enumerate(steps):
        if step == ("open",):
            store.close()
            store = Store.open(folder)
        else:
            act(store, step, number)
    store.close()
    before = rows(folder)
    (folder / DATABASE).unlink()
    rebuild(folder, place / "Anew.hitl")
    assert rows(place / "Anew.hitl") == before
    lines = {name: (folder / name).read_bytes() for name in SECOND_TABLES.values() if (folder / name).exists()}
    for _ in range(2):  # again and again: nothing is taken twice
        Store.open(place / "Anew.hitl").close()
    assert rows(place / "Anew.hitl") == before
    assert {name: (place / "Anew.hitl" / name).read_bytes() for name in lines} == lines
    assert is_intact(place / "Anew.hitl")
    shutil.rmtree(place)


@pytest.fixture
def worked(made: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "P.hitl"
    shutil.copytree(made, folder)
    with closing(Store.open(folder)) as store:
        act(store, ("mask", {0: (((1, 2, 3, 4),), False), 3: ((), True)}, "ann"), 0)
        act(store, ("signature", "body", "key"), 1)
        act(store, ("plan", {1: 2.0}, "stolen card"), 2)
        act(store, ("example", 3, IGNORED), 3)
    return folder


def change(file: Path, number: int, **values: Any) -> None:
    lines = [json.loads(line) for line in file.read_text("ascii").splitlines()]
    lines[number - 1] |= values
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), "ascii")


def test_a_line_that_says_something_else_is_told_by_verify(worked: Path) -> None:
    assert is_intact(worked)
    change(worked / "masks.jsonl", 1, boxes="[]")
    with closing(Store.reader(worked)) as store:
        (fault,) = check_record(store).faults
    assert (fault.part, fault.what.english()) == (Part.SECOND_RECORD, "Mask 1 is another one in masks.jsonl.")
    (worked / "signatures.jsonl").unlink()
    Store.open(worked).close()
    assert (worked / "signatures.jsonl").exists(), "made again"


def test_steering_is_compared_and_made_anew(worked: Path, tmp_path: Path) -> None:
    change(worked / "steering.jsonl", 2, weight=1.0)
    with closing(Store.reader(worked)) as store:
        (fault,) = check_record(store).faults
    assert fault.part is Part.SECOND_RECORD
    assert fault.what.english() == "Steering 2 is another one in steering.jsonl."
    change(worked / "steering.jsonl", 2, weight=IGNORED)
    (worked / DATABASE).unlink()
    rebuild(worked, tmp_path / "Anew.hitl")
    with closing(Store.open(tmp_path / "Anew.hitl")) as store:
        assert store.fact(STEERED_ELSEWHERE), "what the plan chooses is followed by the workflow"
        assert store.steering.examples() == {3: IGNORED}
        last = store.steering.last_plan()
        assert last is not None
        assert last.plan == SteeringPlan({1: 2.0}, (ClassRule.of_phrase("stolen card", 1),), {"estimator": "mlp"})


def test_steps_that_nothing_could_be_learned_with_are_left(worked: Path, expected_log: Callable[[str], None]) -> None:
    expected_log("steering.jsonl did not fit")
    before = rows(worked)["steering_event"]
    file = worked / "steering.jsonl"
    plan, example = (json.loads(line) for line in file.read_text("ascii").splitlines())
    body = json.loads(plan["body"])
    far_too_many = [[f"word {n}", 1, True] for n in range(MOST_RULES + 1)]
    strange = (
        *(example | {"weight": weight} for weight in (-1.0, 1e200, float("nan"), "much", None, True)),
        *(example | values for values in ({"item": None}, {"item": "f" * 64}, {"takes_back": 99}, {"action": "both"})),
        *(plan | {"body": text} for text in (None, "", "[]", "{", 7, {"x": "zz"})),
        *(plan | {"body": json.dumps(body | {"class_weights": {"1": weight}})} for weight in (0, -1, float("inf"))),
        *(plan | {"body": json.dumps(body | {"rules": rules})} for rules in ([["", 1, True]], far_too_many, [[]])),
        {"number": 1},
    )
    with file.open("a") as lines:
        for number, line in enumerate(strange, 3):
            lines.write(json.dumps(line | {"number": number, "event_id": f"e{number}"}) + "\n")
        again = {"number": 3 + len(strange), "event_id": plan["event_id"]}
        lines.write(json.dumps(plan | again) + "\n")
    with closing(Store.open(worked)) as store:
        assert (store.replayed.further, store.replayed.left) == (0, len(strange) + 1)
        assert store.fact(STEERED_ELSEWHERE) is None
    assert rows(worked)["steering_event"] == before
    assert is_intact(worked)


def test_what_cannot_be_placed_is_left_and_the_file_made_anew(
    worked: Path, expected_log: Callable[[str], None]
) -> None:
    expected_log("masks.jsonl did not fit")
    before = rows(worked)
    last = json.loads((worked / "masks.jsonl").read_text("ascii").splitlines()[-1])
    strange = (
        {"item": "f" * 64}, {"boxes": "rubbish"}, {"looked": None}, {"by": [1]}, {"at_utc": 1e9}, {"number": 2**70},
    )  # fmt: skip
    with (worked / "masks.jsonl").open("a") as file:
        for number, values in enumerate(strange, 3):
            file.write(json.dumps(last | {"number": number} | values) + "\n")
        file.write("torn")
    with closing(Store.open(worked)) as store:
        assert (store.replayed.further, store.replayed.left) == (0, len(strange))
        act(store, ("mask", {1: ((), True)}, "ann"), 2)
    assert [row[0] for row in rows(worked)["mask"]] == [1, 2, 3]
    assert rows(worked)["mask"][:2] == before["mask"]
    assert [json.loads(line)["number"] for line in (worked / "masks.jsonl").read_text("ascii").splitlines()] == [
        1,
        2,
        3,
    ]
    assert len(list(worked.glob("masks-set-aside-*.jsonl"))) == 1
    assert is_intact(worked)


def test_a_file_of_another_project_is_set_aside(worked: Path, expected_log: Callable[[str], None]) -> None:
    expected_log("masks.jsonl did not fit")
    before = rows(worked)
    change(worked / "masks.jsonl", 2, item=f"{1:064x}")
    Store.open(worked).close()
    assert rows(worked) == before
    assert len(list(worked.glob("masks-set-aside-*.jsonl"))) == 1
    assert is_intact(worked)


def test_a_file_that_cannot_be_written_is_caught_up(worked: Path, expected_log: Callable[[str], None]) -> None:
    expected_log("second record")
    (worked / "masks.jsonl").rename(worked / "kept")
    (worked / "masks.jsonl").mkdir()
    with closing(Store.open(worked)) as store:
        act(store, ("mask", {2: ((), True)}, "ann"), 0)
        assert store.second_record_is_behind
        (worked / "masks.jsonl").rmdir()
        (worked / "kept").rename(worked / "masks.jsonl")
        act(store, ("mask", {2: ((), False)}, "ann"), 0)
        assert not store.second_record_is_behind
    assert is_intact(worked)


def masks(folder: Path, *lines: str) -> None:
    (folder / "masks.jsonl").write_text("".join(lines), "ascii")


@pytest.fixture
def five(made: Path, tmp_path: Path) -> Path:
    """A project with five masks, and with the lines that they have."""
    folder = shutil.copytree(made, tmp_path / "Five.hitl")
    with closing(Store.open(folder)) as store:
        for index in range(5):
            act(store, ("mask", {index: (((index, 2, 3, 4),), False)}, "l\udce9a"), index)
    return folder


def lines_of(folder: Path) -> list[str]:
    return (folder / "masks.jsonl").read_text("ascii").splitlines(keepends=True)


def moved(line: str, **values: Any) -> str:
    return json.dumps(json.loads(line) | values) + "\n"


@pytest.mark.parametrize("at_once", [1, 2, 5, 2000])
def test_rows_and_lines_are_compared_one_with_the_other(
    five: Path, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    """While somebody works, one of the two may be ahead: that alone is no difference then."""
    monkeypatch.setattr(second_tables, "_AT_ONCE", at_once)
    lines = lines_of(five)
    other = [moved(line, by="bob") for line in lines]
    cases: list[tuple[list[str], list[int], list[int]]] = [
        (lines, [], []),
        ([], [1, 2, 3, 4, 5], []),
        (lines[:3], [4, 5], []),
        ([*lines, moved(lines[0], number=6), moved(lines[0], number=7)], [6, 7], []),
        ([*lines[:2], other[2], *lines[3:]], [3], [3]),
        ([*lines[:4], other[4]], [5], [5]),
        ([lines[0], *lines[2:]], [2], [2]),
        ([lines[0], lines[0], *lines[1:]], [1], [1]),
        ([moved(line, later="x") for line in lines], [], []),
    ]
    with closing(Store.reader(five)) as store:
        for said, at_rest, in_use in cases:
            masks(five, *said)
            found = {use: list(store.second_tables.differences(is_in_use=use)) for use in (False, True)}
            assert found == {False: [("mask", n) for n in at_rest], True: [("mask", n) for n in in_use]}, said
        (five / "masks.jsonl").unlink()
        assert list(store.second_tables.differences(is_in_use=False)) == [], "made when the project is opened"


def test_a_column_that_came_later_is_in_no_older_line(five: Path) -> None:
    lines = [json.loads(line) for line in lines_of(five)]
    for line in lines:
        del line["looked"]
    masks(five, *(json.dumps(line) + "\n" for line in lines))
    with closing(Store.reader(five)) as store:
        assert list(store.second_tables.differences(is_in_use=False)) == []
    with closing(Store.open(five)) as store:
        act(store, ("mask", {0: ((), True)}, "ann"), 0)
        number = store.masks.get(0).looked
    assert number
    masks(five, *(json.dumps({name: v for name, v in json.loads(line).items() if name != "looked"}) + "\n"
                  for line in lines_of(five)))  # fmt: skip
    with closing(Store.reader(five)) as store:
        assert list(store.second_tables.differences(is_in_use=False)) == [("mask", 6)], "that one was not nothing"


@pytest.mark.parametrize("at_once", [1, 2, 5, 2000])
def test_files_that_are_behind_are_caught_up_and_rows_that_are_behind_taken(
    five: Path, made: Path, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(second_tables, "_AT_ONCE", at_once)
    whole, there = lines_of(five), rows(five)["mask"]
    for kept in (0, 1, 4):
        masks(five, *whole[:kept])
        with closing(Store.open(five)) as store:
            assert not store.replayed
            assert lines_of(five) == whole
    shutil.copyfile(made / DATABASE, five / DATABASE)
    masks(five, whole[0], *whole)  # one of them twice
    with closing(Store.open(five)) as store:
        assert (store.replayed.further, store.replayed.left) == (5, 0)
        assert store.second_tables.taken == {"mask"}
        assert [store.masks.get(index).boxes for index in range(5)] == [((index, 2, 3, 4),) for index in range(5)]
    assert [row[:2] + row[3:] for row in rows(five)["mask"]] == [row[:2] + row[3:] for row in there]


@pytest.mark.parametrize("says", ["nothing", "rubbish", "another", "a gap", "one is missing"])
def test_a_file_that_does_not_fit_is_kept_beside_the_one_that_is_made_anew(
    five: Path, says: str, allowed_log: Callable[[str], None]
) -> None:
    allowed_log("masks.jsonl did not fit")
    whole = lines_of(five)
    spoiled = {
        "nothing": "",
        "rubbish": "".join(whole) + "rubbish\n",
        "another": "".join([*whole[:4], moved(whole[4], by="bob")]),
        "a gap": "".join([*whole[:4], moved(whole[4], number=6)]),
        "one is missing": "".join([*whole[:1], *whole[2:]]),
    }[says]
    masks(five, spoiled)
    Store.open(five).close()
    assert lines_of(five) == whole
    kept = [path.read_text("ascii") for path in five.glob("masks-set-aside-*.jsonl")]
    assert kept == ([] if says == "nothing" else [spoiled])
    assert is_intact(five)


def test_a_name_that_is_no_text_comes_back_as_it_was(worked: Path, tmp_path: Path) -> None:
    with closing(Store.open(worked)) as store:
        act(store, ("reviewer", 1, "l\udce9a"), 0)
        act(store, ("signature", "b\udce9dy", "k"), 5)
    before = rows(worked)
    assert json.loads((worked / "reviewers.jsonl").read_text("ascii").splitlines()[-1])["name"] == {"x": "6cedb3a961"}
    (worked / DATABASE).unlink()
    rebuild(worked, tmp_path / "Anew.hitl")
    assert rows(tmp_path / "Anew.hitl") == before
