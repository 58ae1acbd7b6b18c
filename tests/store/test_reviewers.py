"""Who decided is on record: stamped by the store, carried by the second record, and never changed."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import peewee
import pytest

from hitl_desktop.domain.decisions import Decision, Verdict
from hitl_desktop.domain.reviewers import Auth, Reviewer, Sitting
from hitl_desktop.store.rebuilding import rebuild
from hitl_desktop.store.signatures import SignatureRow
from hitl_desktop.store.store import Store

ADA = Reviewer("u1", "ada", "radiologist", has_password=True, public_key="ab")
PROVED = Sitting("ada", "u1", Auth.PASSWORD)


def touch(store: Store) -> None:
    """Change something, so that there is something to put on record."""
    with store.transaction():
        store.set_fact("task", "single")


def known(event: Decision) -> tuple[str, str]:
    return event.reviewer_id, event.auth


def test_every_event_says_who_it_was_and_how_that_was_known(store: Store, decision: Callable[..., Any]) -> None:
    store.record(decision(0, reviewer="ada"), current=None)
    store.sit(PROVED, ADA)
    store.record(decision(1, reviewer="ada"), current=None)
    # Whoever writes it cannot say otherwise.
    store.record(decision(2, reviewer="bob", reviewer_id="u1", auth="password"), current=None)
    store.record_many(
        [decision(3, reviewer="ada"), decision(4, Verdict.AUTOMATIC, reviewer="x")][:1], current=0, slot=None
    )
    store.sit(Sitting("ada"))
    store.record(decision(4, reviewer="ada"), current=None)
    assert [known(event) for event in store.decisions.all()] == [
        ("", ""), ("u1", "password"), ("", ""), ("u1", "password"), ("", "none"),
    ]  # fmt: skip


def test_the_second_record_and_a_rebuilt_project_have_it(
    store: Store, decision: Callable[..., Any], tmp_path: Path
) -> None:
    store.sit(PROVED, ADA)
    store.record(decision(1, reviewer="ada"), current=None)
    store.close()
    line = json.loads((store.folder / "decisions.jsonl").read_text("utf-8").splitlines()[-1])
    assert (line["reviewer_id"], line["auth"]) == ("u1", "password")
    rebuild(store.folder, tmp_path / "Again.hitl")
    again = Store.open(tmp_path / "Again.hitl")
    assert [known(event) for event in again.decisions.all()] == [("u1", "password")]
    assert again.reviewers.all() == [ADA]
    again.close()


def test_renames_keep_old_names_on_record(store: Store) -> None:
    for name in ("ada", "ada", "Ada L.", "ada"):
        store.sit(Sitting(name, "u1"), Reviewer("u1", name))
        touch(store)
    store.sit(Sitting("bob", "u2"), Reviewer("u2", "bob"))
    touch(store)
    assert store.reviewers.names("u1") == ["ada", "Ada L."]
    assert [reviewer.name for reviewer in store.reviewers.all()] == ["ada", "bob"]
    assert store._database.execute_sql("SELECT count(*) FROM sitting").fetchone()[0] == 4


def test_nobody_who_has_not_signed_in_is_on_record(store: Store) -> None:
    store.sit(Sitting("ada", "u1", is_locked=True), ADA)
    touch(store)
    store.sit(Sitting(""))
    touch(store)
    assert store.reviewers.all() == []


def test_who_changes_nothing_leaves_no_trace(closed: Path) -> None:
    before = (closed / "project.sqlite3").read_bytes()
    store = Store.open(closed)
    store.sit(PROVED, ADA)
    assert store.reviewers.all() == []
    store.close()
    assert (closed / "project.sqlite3").read_bytes() == before


def test_a_mask_of_somebody_else_never_reaches_around_a_picture(store: Store) -> None:
    store._database.execute_sql(
        "INSERT INTO mask(number, idx, at_utc, by, boxes, looked) VALUES (1, 0, '', 'x', '[[-5, 2, 30, 4]]', 1)"
    )
    assert store.masks.get(0).boxes == ((0, 2, 30, 4),)
    assert store.masks.all() == store.masks.of([0]) == {0: store.masks.get(0)}


@pytest.mark.parametrize("table", ["reviewer", "sitting", "signature", "mask"])
@pytest.mark.parametrize("change", ["DELETE FROM {}", "UPDATE {} SET at_utc = 'x'"])
def test_rows_are_never_changed(store: Store, table: str, change: str) -> None:
    store.sit(PROVED, ADA)
    touch(store)
    with store.transaction():
        store.signatures.append(SignatureRow("e", "now", "u1", "{}", "ab", "cd"))
        store.masks.set_many([(0, store.masks.get(0))], "ada")
    with pytest.raises(peewee.DatabaseError, match="append-only"):
        store._database.execute_sql(change.format(table))


def test_the_keys_that_somebody_has_had_stay_known(store: Store) -> None:
    for key in ("", "ab", "cd", "ab"):
        store.sit(Sitting("ada", "u1"), Reviewer("u1", "ada", public_key=key))
        touch(store)
    assert store.reviewers.keys_of("u1") == {"ab", "cd"}
    assert store.reviewers.keys_of("u2") == set()
    assert store.reviewers.get("u2") is None


def test_who_sits_down_again_changes_nothing_on_record(store: Store) -> None:
    store.sit(PROVED, ADA)
    touch(store)
    before = store.record_head()
    store.sit(PROVED)
    store.set_fact("looked_at", 1)
    with store.transaction():
        pass
    assert store.record_head() == before
    store.sit(PROVED, Reviewer("u1", "ada", "chief"))
    touch(store)
    assert store.reviewers.get("u1") == Reviewer("u1", "ada", "chief")
