"""The reasons of a project."""

from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.reasons import reasons_of, set_reasons


def test_a_project_has_none_until_somebody_writes_some(text_project: Project) -> None:
    assert reasons_of(text_project.store) == ()


def test_they_are_cleaned_and_at_most_nine(text_project: Project) -> None:
    changes = set_reasons(text_project.store, ["  hate   speech ", "", "hate speech", "a; b", *map(str, range(20))])
    assert changes.settings
    kept = reasons_of(text_project.store)
    assert kept[:3] == ("hate speech", "a, b", "0")
    assert len(kept) == 9
