"""The figures of comparisons: the reward model on random pairs, favoured sides, repeated answers, the best sources."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from hitl_desktop.assurance.preferences import Share, Steadiness, Strength, share_of, strengths
from hitl_desktop.domain.answers import of_text
from hitl_desktop.domain.decisions import Decision, Verdict, fold
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.sentences import say
from hitl_desktop.store.store import Store
from hitl_desktop.workflow.comparisons import TIES
from hitl_desktop.workflow.measuring import answers_of, fair_sample
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.repeats import share_of as share_of_repeats
from hitl_desktop.workflow.snapshot import Snapshot

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class PreferenceFigures:
    """`right`: pairs drawn at random on which the reward model agrees with the person, those that people called equal
    or bad left out; None without a model. `first_side`: answers that stood first on screen and were called better, of
    two that were told apart. `again`: what hidden repeats tell of how far reviewers agree with themselves;
    `asked_again`: which share of what is asked they are to be (0–1). `sources`: the leaderboard. `ties`: how many
    decisions said equal, or bad, of `decided`.
    """

    right: Share | None
    version: int | None
    first_side: Share
    again: Steadiness
    asked_again: float
    sources: tuple[Strength, ...]
    ties: int
    decided: int

    def plain(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


def preference_figures(project: Project, snapshot: Snapshot) -> PreferenceFigures:
    """The figures now. Raises KnownError for a project of another kind."""
    if not project.kind.compares:
        raise KnownError(say("This project compares no answers."), say("Open one of prompts with answers."))
    answers = len(project.labels) - TIES
    events = project.store.decisions.all()
    standing = {i: s.decision for i, s in fold(events).items() if s.decision is not None and s.decision.names_answer}
    positions = {label.id: label.position for label in project.labels}
    named = [positions[d.label_id] for d in standing.values() if d.label_id is not None]
    right = _right(project, snapshot, answers)
    return PreferenceFigures(
        right,
        project.model.version if right is not None and project.model is not None else None,
        _first_side(list(standing.values())),
        steadiness(events),
        share_of_repeats(project.store),
        strengths(list(_compared(project.store, standing, answers, positions))),
        sum(position >= answers for position in named),
        len(named),
    )


def _right(project: Project, snapshot: Snapshot, answers: int) -> Share | None:
    """How often the model in use is right on random checks with a preferred answer."""
    if project.model is None:
        return None
    sample = fair_sample(project, snapshot, project.model)
    said = answers_of(project, project.model, sample)
    if said is None:
        return None
    told_apart = (sample.truth >= 0) & (sample.truth < answers)
    best = said.probabilities[:, :answers].argmax(axis=1)
    return share_of(int((best == sample.truth)[told_apart].sum()), int(told_apart.sum()))


def _first_side(decisions: Sequence[Decision]) -> Share:
    """How often the answer on the left, of two, was the better one: sides are shuffled, so half of it is expected."""
    hits = of = 0
    for decision in decisions:
        side = _side(decision)
        hits += side == 0
        of += side is not None
    return share_of(hits, of, against_half=True)


def steadiness(events: Sequence[Decision]) -> Steadiness:
    """What hidden repeats tell, from all events in order: each is held against the answer that stood when it was asked,
    whatever became of that since. Repeats that were taken back do not count.
    """
    retracted = {event.retracts for event in events if event.retracts is not None}
    live: dict[int, list[Decision]] = {}
    same = of = kept_side = unanswered = 0
    for event in events:
        stack = live.setdefault(event.item_index, [])
        if event.verdict is Verdict.RETRACTED:
            stack[:] = [d for d in stack if d.number != event.retracts]
        elif event.verdict is not Verdict.REPEATED:
            stack.append(event)
        elif event.number not in retracted and stack:
            unanswered += event.label_id is None
            of += event.label_id is not None
            same += event.label_id == stack[-1].label_id
            side = _side(event)
            kept_side += side is not None and side == _side(stack[-1])
    return Steadiness(share_of(same, of), kept_side, unanswered)


def _side(decision: Decision) -> int | None:
    """The place on screen, of two, of the answer called better; None where none was."""
    response = decision.response
    if len(response.sides) != 2 or not response.ranking or len(response.ranking[0]) != 1:
        return None
    return response.sides.index(response.ranking[0][0])


def _compared(
    store: Store, standing: dict[int, Decision], answers: int, positions: dict[int, int]
) -> Iterator[tuple[str, str, float]]:
    """(first source, second source, how the first did) of every pair of answers that a decision tells of."""
    indexes = sorted(standing)
    for start in range(0, len(indexes), _AT_ONCE):
        part = indexes[start : start + _AT_ONCE]
        for index, text in zip(part, store.items.texts_of(part), strict=True):
            sources = [answer.source for answer in of_text(text).answers]
            groups = _groups(standing[index], len(sources), answers, positions)
            rank = {answer: place for place, group in enumerate(groups) for answer in group}
            for a in range(len(sources)):
                for b in range(a + 1, len(sources)):
                    if a in rank and b in rank and sources[a] and sources[b]:
                        yield sources[a], sources[b], 0.5 if rank[a] == rank[b] else float(rank[a] < rank[b])


def _groups(decision: Decision, count: int, answers: int, positions: dict[int, int]) -> tuple[tuple[int, ...], ...]:
    """What a decision says of all answers, from its ranking or from its class alone."""
    if decision.response.ranking:
        return decision.response.ranking
    position = positions.get(decision.label_id, answers) if decision.label_id is not None else answers
    if position >= answers:
        return (tuple(range(count)),)
    return ((position,), tuple(i for i in range(count) if i != position))
