"""Nothing that a person asks for is written over a project, or over what it was made from."""

from pathlib import Path

import pytest

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.store.store import DATABASE
from hitl_desktop.workflow.model_files import save_request
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.targets import check_target
from tests.made_up_model import give_model


def test_no_file_of_this_or_another_project_or_of_its_data_is_written_over(
    text_project: Project, tmp_path: Path
) -> None:
    other = tmp_path / "Other.hitl"
    (other / "models").mkdir(parents=True)
    (other / DATABASE).touch()
    for inside in (text_project.folder / DATABASE, other / DATABASE, other / "models" / "new.json"):
        with pytest.raises(KnownError, match="would lie inside the project"):
            check_target(text_project, inside)
    with pytest.raises(KnownError, match="would lie in your data"):
        check_target(text_project, text_project.data_root)
    with pytest.raises(KnownError, match="not a file that can be written to"):
        check_target(text_project, tmp_path)
    check_target(text_project, tmp_path / "new.json")


def test_a_model_is_not_saved_over_its_project(text_project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    give_model(text_project)
    with pytest.raises(KnownError, match="would lie inside the project"):
        save_request(text_project, None, text_project.folder / DATABASE)
