"""What is told of a table before a project is made of it stays small, whatever lies in the table."""

import pickle
from pathlib import Path

from hitl_desktop.domain.protocols import never_cancelled, no_progress
from hitl_desktop.workflow.first_look import look_at_table

LONG = 300_000


def test_huge_cells_do_not_cross_to_the_window(tmp_path: Path) -> None:
    rows = [f"{n},{'word ' * (LONG // 5)},{'a' if n % 2 else 'b'},{'c' * LONG if n == 3 else 'd'}" for n in range(30)]
    table = tmp_path / "table.csv"
    table.write_text("\n".join(["id,text,label,odd", *rows]), "utf-8")
    found = look_at_table(table, no_progress, never_cancelled)
    assert len(pickle.dumps(found)) < table.stat().st_size / 20
    assert (found.count, found.classes_in("label"), found.classes_in("odd")) == (30, {"a": 15, "b": 15}, {})
    assert found.rows[0].values["text"].startswith("word word ")
    assert found.guess.column_names == ("id", "text", "label", "odd")


def test_names_of_findings_are_short_too(tmp_path: Path) -> None:
    rows = [f"{n},some text here,{'x;y' if n % 2 else 'y;z'}" for n in range(40)] + [f"40,more,x;{'w' * LONG}"]
    table = tmp_path / "table.csv"
    table.write_text("\n".join(["id,text,findings", *rows]), "utf-8")
    found = look_at_table(table, no_progress, never_cancelled)
    assert all(len(name) <= 1000 for names in found.findings.values() for name in names)
    assert all(len(name) <= 1000 for names in found.values.values() for name in names)
