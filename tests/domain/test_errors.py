"""Errors that the program knows are said in words, and cross from the worker whole."""

import pickle
from pathlib import Path

from hitl_desktop.domain.errors import KnownError, ProjectDamaged, ReasonNeeded
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


def test_a_damaged_project_knows_its_folder() -> None:
    error = sent(ProjectDamaged(say("It is damaged."), "Restore it.", Path("a/B.hitl")))
    assert isinstance(error, ProjectDamaged)
    assert (error.message, error.remedy, error.folder) == ("It is damaged.", "Restore it.", Path("a/B.hitl"))
