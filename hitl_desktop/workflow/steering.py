"""Steering: what an expert has the next training do, seen on the checks before it is put to use.

Every step is on record and can be taken back.
"""

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from hitl_desktop.assurance.paired import Pair
from hitl_desktop.domain.changes import NOTHING, Changes
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.labels import Task
from hitl_desktop.domain.policy_conditions import Known
from hitl_desktop.domain.policy_words import all_words
from hitl_desktop.domain.sentences import Sentence, say, say_n
from hitl_desktop.domain.steering import IGNORED, MATTERS, NO_PLAN, USUAL, Conditions, SteeringPlan, phrase_of
from hitl_desktop.language import tr
from hitl_desktop.store.second_tables import STEERED_ELSEWHERE
from hitl_desktop.store.steering import SteeringEvent
from hitl_desktop.store.store import Store
from hitl_desktop.workflow.clock import now_utc
from hitl_desktop.workflow.learning_choices import AUTOMATIC, choices_of, choose
from hitl_desktop.workflow.project import Project

CHOICES: Final = ("features", "estimator", "class_weight", "regularisation")
"""What the panel chooses, facts of the project that the settings show too."""

_NO_CLASSES: Final = Known((), None, several=False)
"""Conditions on records speak of no class."""


def names_classes(project: Project) -> bool:
    """True where each item has one class, so that classes can be weighed and phrases can speak for one."""
    return project.task is Task.ONE and not project.kind.compares


def plan_in_force(project: Project) -> SteeringPlan:
    """The plan in force, with the choices as they are now."""
    last = project.store.steering.last_plan()
    plan = NO_PLAN if last is None or last.plan is None else last.plan
    found = choices_of(project.store)
    known = {label.id for label in project.labels}
    return replace(
        plan,
        class_weights={label: weight for label, weight in plan.class_weights.items() if label in known},
        rules=tuple(rule for rule in plan.rules if rule.label_id in known),
        choices={name: getattr(found, name) for name in CHOICES},
    )


def apply(project: Project, by: str, plan: SteeringPlan, takes_back: int | None = None) -> Changes:
    """Put a plan in force from the next training on. `NOTHING` where it is the one in force.

    Raises KnownError for one that cannot be, as `SteeringPlan.checked` and `learning_choices.choose` say.
    """
    before = plan_in_force(project)
    # A plan that was kept before there was a choice is from when everything was automatic.
    plan = replace(plan, choices=dict.fromkeys(CHOICES, AUTOMATIC) | dict(plan.choices))
    if plan.checked().plain() == before.plain():
        return NOTHING
    said = in_words(project, before, plan)
    with project.store.transaction():
        if project.store.steering.last_plan() is None:  # what there was, so that it can be gone back to
            project.store.steering.append_plan(before, now_utc(), by, say("As it was before anything was steered."))
        for name, value in plan.choices.items():
            if value != before.choices[name]:
                choose(project.store, name, value)
        project.store.steering.append_plan(plan, now_utc(), by, said, takes_back)
    return Changes(settings=True, told=str(said))


def follow_replayed(store: Store) -> None:
    """After plans were taken from the second record: have what the last of them chose. What is not there (a model of
    one's own, say) stays as it is.
    """
    if not store.fact(STEERED_ELSEWHERE):
        return
    last = store.steering.last_plan()
    chosen = last.plan.choices if last is not None and last.plan is not None else {}
    with store.transaction():
        for name in CHOICES:
            with suppress(KnownError):
                if name in chosen:
                    choose(store, name, chosen[name])
        store.set_fact(STEERED_ELSEWHERE, None)


def take_back(project: Project, by: str) -> Changes:
    """Take back the last step that was not: the plan before is in force again, or the example counts as before it.
    `NOTHING` where there is none.
    """
    step = last_step(project)
    if step is None:
        return NOTHING
    earlier = [event for event in project.store.steering.all() if event.number < step.number]
    if step.item_index is not None:
        own = [event for event in earlier if event.item_index == step.item_index]
        weight = own[-1].weight if own and own[-1].weight is not None else USUAL
        return _weigh(project, by, step.item_index, weight, step.number)
    plans = [event.plan for event in earlier if event.plan is not None]
    return apply(project, by, plans[-1], step.number) if plans else NOTHING


def last_step(project: Project) -> SteeringEvent | None:
    """The last step that stands and can be taken back; None where there is none."""
    events = project.store.steering.all()
    undone = {event.takes_back for event in events if event.takes_back is not None}
    first_plan = next((event.number for event in events if event.plan is not None), None)
    standing = [e for e in events if e.takes_back is None and e.number not in undone and e.number != first_plan]
    return standing[-1] if standing else None


def weigh(project: Project, by: str, index: int, weight: float) -> Changes:
    """Have an example count so much; once more the same takes that back. Raises KnownError where all count the same."""
    if weight == MATTERS and project.kind.compares:
        raise KnownError(say("Comparisons all count the same. One can be ignored for training."))
    now = project.store.steering.examples().get(index, USUAL)
    return _weigh(project, by, index, USUAL if now == weight else weight, None)


def _weigh(project: Project, by: str, index: int, weight: float, takes_back: int | None) -> Changes:
    name = project.store.items.get(index).name
    if weight == IGNORED:
        said = say("{name} is ignored for training.", name=name)
    elif weight == MATTERS:
        said = say("{name} matters: it counts three times.", name=name)
    else:
        said = say("{name} counts as usual.", name=name)
    with project.store.transaction():
        project.store.steering.append_example(index, weight, now_utc(), by, said, takes_back)
    return Changes(items=frozenset({index}), settings=True, told=str(said))


def weights_for(
    project: Project, plan: SteeringPlan, rows: npt.NDArray[np.int64], labels: npt.NDArray[np.int64]
) -> npt.NDArray[np.float64] | None:
    """How much decided items (m,) count in a training under a plan; None where all count the same."""
    examples = project.store.steering.examples()
    weights = np.array([examples.get(int(row), USUAL) for row in rows], np.float64)
    if names_classes(project):
        weights *= np.array([plan.class_weights.get(int(label), USUAL) for label in labels], np.float64)
    return None if (weights == USUAL).all() else weights


def rules_for(project: Project, plan: SteeringPlan) -> tuple[tuple[Conditions, int], ...]:
    """The rules of a plan that teach: those that are on, for classes that are in use; none for several findings."""
    if not names_classes(project):
        return ()
    offered = {label.id for label in project.offered}
    return tuple(rule.key for rule in plan.rules if rule.is_on and rule.label_id in offered)


def rules_now(project: Project) -> tuple[tuple[Conditions, int], ...]:
    """The rules in force that teach."""
    return rules_for(project, plan_in_force(project))


def when_words(conditions: Conditions) -> Sentence | str:
    """What a rule asks: its phrase as it is, or its conditions in words."""
    phrase = phrase_of(conditions)
    return all_words(conditions, _NO_CLASSES) if phrase is None else phrase


def in_words(project: Project, before: SteeringPlan, after: SteeringPlan) -> Sentence:
    """What a step changes, the first of it named."""
    parts: list[Sentence] = []
    fresh = [rule for rule in after.rules if rule not in before.rules]
    gone = [rule for rule in before.rules if rule not in after.rules]
    asked = {rule.conditions for rule in fresh}
    parts += [
        say("“{phrase}” speaks for {name}", phrase=when_words(rule.conditions), name=project.label(rule.label_id).name)
        if rule.is_on
        else say("“{phrase}” is off", phrase=when_words(rule.conditions))
        for rule in fresh
    ]
    parts += [
        say("“{phrase}” is removed", phrase=when_words(rule.conditions))
        for rule in gone
        if rule.conditions not in asked
    ]
    for label in project.labels:
        now = after.class_weights.get(label.id, USUAL)
        if now != before.class_weights.get(label.id, USUAL):
            parts.append(say("{name} counts {weight} times", name=label.name, weight=f"{now:g}"))
    off = len(set(after.marks_off) - set(before.marks_off))
    on = len(set(before.marks_off) - set(after.marks_off))
    if off:
        parts.append(say_n("{n} mark no longer teaches", "{n} marks no longer teach", off))
    if on:
        parts.append(say_n("{n} mark teaches again", "{n} marks teach again", on))
    if dict(after.choices) != dict(before.choices):
        parts.append(say("another way to learn"))
    if not parts:
        return say("Nothing is changed.")
    if len(parts) == 1:
        return say("{first}.", first=parts[0])
    return say_n("{first}, and {n} more change.", "{first}, and {n} more changes.", len(parts) - 1, first=parts[0])


@dataclass(frozen=True, slots=True)
class Effect:
    """What a plan would do, seen on the checks before it is put to use.

    `pair` compares with the version in use, None where there is nothing to compare; `low` to `high` is where the
    difference of the share that is right lies, in 95 of 100 such samples. `speaks_against` and `words` are what the
    rule of a training says (`workflow/promotion.py`).
    """

    pair: Pair | None
    low: float
    high: float
    speaks_against: bool
    words: Sentence
    version_before: int | None


def difference_interval(pair: Pair) -> tuple[float, float]:
    """Where new − old, as shares of the checks, lies with 95 % confidence, by the pairs that differ.

    Source: Newcombe, "Improved confidence intervals for the difference between binomial proportions based on paired
    data", Statistics in Medicine 1998; here in the simpler adjusted form of Agresti and Min, 2005: half a pair is added
    to each of the four cells.
    """
    n = pair.checks + 2
    gained, lost = pair.gained + 0.5, pair.lost + 0.5
    middle = (gained - lost) / n
    spread = 1.96 * np.sqrt(max(gained + lost - (gained - lost) ** 2 / n, 0.0)) / n
    return max(-1.0, float(middle - spread)), min(1.0, float(middle + spread))


def words_of(step: SteeringEvent) -> str:
    """A step as the record shows it."""
    return tr("Taken back: {what}", what=str(step.said)) if step.takes_back is not None else str(step.said)
