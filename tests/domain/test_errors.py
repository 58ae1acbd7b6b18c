"""Errors that the program knows are said in words, and cross from the worker whole."""

import pickle
from pathlib import Path

import pytest

from hitl_desktop.domain.errors import KnownError, ProjectDamaged, ProjectElsewhere, ProjectStrange, ReasonNeeded
from hitl_desktop.domain.sentences import say


def sent(error: KnownError) -> KnownError:
    made: KnownError = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
    return made


def test_what_happened_and_what_to_do_are_said_one_after_the_other() -> None:
    error = KnownError(say("{name} is gone.", name="a"), say("Look for it."))
    assert (error.message, error.remedy, str(error)) == ("a is gone.", "Look for it.", "a is gone. Look for it.")
    assert str(KnownError("Nothing helps.")) == "Nothing helps."
    assert (sent(error).sentence, sent(error).advice) == (error.sentence, error.advice)


def test_a_missing_reason_knows_how_many_items_it_is_about() -> None:
    assert "1 item is decided" in ReasonNeeded(1).message
    error = sent(ReasonNeeded(3))
    assert isinstance(error, ReasonNeeded)
    assert error.items == 3
    assert "3 items are decided already" in error.message
    assert error.remedy == "Say why in a few words."


@pytest.mark.parametrize("sort", [ProjectDamaged, ProjectStrange, ProjectElsewhere])
def test_a_refused_project_says_why_and_knows_its_folder(
    sort: type[ProjectDamaged | ProjectStrange | ProjectElsewhere],
) -> None:
    error = sort(say("{n} is refused.", n="B"), "Restore it.", Path("a/B.hitl"))
    for one in (error, sent(error)):
        assert isinstance(one, sort)
        assert (one.message, one.remedy, one.folder) == ("B is refused.", "Restore it.", Path("a/B.hitl"))
        assert str(one) == "B is refused. Restore it."
