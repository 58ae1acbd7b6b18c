"""What is needed to score new answers: plain values that cross to the worker."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hitl_desktop.domain.answers import Answer, Comparison, to_text
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.sentences import say
from hitl_desktop.workflow.project import Project


@dataclass(frozen=True, slots=True)
class ScoreAnswersRequest:
    """Score the answers of `comparisons` (texts of `domain.answers`) with the reward model in the folder `bundle`."""

    project: Path
    bundle: Path
    comparisons: tuple[str, ...]


def score_answers_request(project: Project, comparisons: tuple[str, ...]) -> ScoreAnswersRequest:
    """The request for the model in use. Raises KnownError without one, and for projects that compare no answers."""
    if not project.kind.compares:
        raise KnownError(say("This project compares no answers."), say("Open one of prompts with answers."))
    if project.model is None:
        raise KnownError(say("There is no reward model yet."), say("Compare some answers and train first."))
    return ScoreAnswersRequest(project.folder, project.folder / project.model.folder, comparisons)


def comparison_text(prompt: str, answers: Sequence[str]) -> str:
    """New answers to a prompt as they are scored. Raises KnownError for what cannot be compared."""
    kept = [answer for answer in answers if answer.strip()]
    if not prompt.strip():
        raise KnownError(say("The prompt is empty."), say("Write what was asked."))
    if not kept:
        raise KnownError(say("There is no answer to score."), say("Write at least one."))
    return to_text(Comparison(prompt, tuple(Answer(answer) for answer in kept)))
