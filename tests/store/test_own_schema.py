"""What is in the schema of a database and not ours: found whatever it is, and never run."""

from pathlib import Path

import pytest

from hitl_desktop.domain.errors import ProjectStrange
from hitl_desktop.store.database import connect_for_reading
from hitl_desktop.store.migrate import current_version
from hitl_desktop.store.own_schema import strangers
from hitl_desktop.store.store import DATABASE, Store
from tests.store.test_received_rows import changed

FOREIGN = {
    "a table": (["CREATE TABLE theirs(x)"], ("theirs",)),
    "a view and an index": (
        ["CREATE VIEW seen AS SELECT * FROM item", "CREATE INDEX more ON item(state)"], ("more", "seen"),
    ),
    "a trigger": (["CREATE TRIGGER evil AFTER INSERT ON item BEGIN DELETE FROM item; END"], ("evil",)),
    "a table of ours, otherwise": (["DROP TABLE draft", "CREATE TABLE draft(idx INTEGER PRIMARY KEY)"], ("draft",)),
    "a view in the place of a table": (["DROP TABLE draft", "CREATE VIEW draft AS SELECT 1 AS idx"], ("draft",)),
}  # fmt: skip


@pytest.mark.parametrize("case", FOREIGN)
def test_what_our_migrations_do_not_make_is_named(closed: Path, tmp_path: Path, case: str) -> None:
    statements, names = FOREIGN[case]
    source = changed(closed / DATABASE, tmp_path, *statements)
    reader = connect_for_reading(source)
    assert strangers(reader, current_version()) == names
    reader.close()
    (closed / DATABASE).write_bytes(source.read_bytes())
    with pytest.raises(ProjectStrange, match=names[0]):
        Store.open(closed)
    assert (closed / DATABASE).read_bytes() == source.read_bytes(), "left as it was"


def test_a_schema_is_compared_with_that_of_its_version(closed: Path) -> None:
    reader = connect_for_reading(closed / DATABASE)
    assert strangers(reader, current_version()) == ()
    assert "steering_event" in strangers(reader, 1), "the first version had no such table"
    reader.close()
