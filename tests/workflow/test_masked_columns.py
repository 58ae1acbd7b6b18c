"""A masked column leaves the project in no way that it was not asked for."""

import json
from pathlib import Path

from hitl_desktop.domain.changes import NOTHING
from hitl_desktop.domain.protocols import never_cancelled, no_progress
from hitl_desktop.workflow.exporting import export
from hitl_desktop.workflow.masked_columns import mask_column, masked_columns
from hitl_desktop.workflow.project import Project
from tests.conftest import MakeProject


def test_a_column_is_masked_for_the_project_and_can_be_shown_again(text_project: Project) -> None:
    store = text_project.store
    assert masked_columns(store) == frozenset()
    assert mask_column(store, "plan", masked=True).settings
    assert mask_column(store, "plan", masked=True) is NOTHING
    assert masked_columns(Project.reader(text_project.folder).store) == {"plan"}
    mask_column(store, "plan", masked=False)
    assert masked_columns(store) == frozenset()


def test_exports_leave_masked_columns_out_unless_asked(tmp_path: Path, make_project: MakeProject) -> None:
    table = tmp_path / "records.csv"
    table.write_text(
        "id,text,name,plan\n1,one two three,Secret Person,yearly\n2,four five six,Other,monthly\n", "utf-8"
    )
    make_project(tmp_path / "Records.hitl", table, text_column="text", labels=("a", "b"))
    project = Project.open(tmp_path / "Records.hitl")
    mask_column(project.store, "name", masked=True)
    for form in ("csv", "jsonl"):
        out = tmp_path / f"out.{form}"
        export(project, out, form, no_progress, never_cancelled)
        said = out.read_text("utf-8-sig")
        assert "yearly" in said
        assert "Secret Person" not in said
        assert (
            "name" not in [json.loads(said.splitlines()[0])["fields"] if form == "jsonl" else said.splitlines()[0]][0]
        )
        export(project, out, form, no_progress, never_cancelled, with_masked=True)
        assert "Secret Person" in out.read_text("utf-8-sig")
    project.close()
