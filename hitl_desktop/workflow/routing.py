"""Routing a project's items by its policy: what is in force, what another would do, and what was decided by which.

`Preview` and `Previewer` work beside the window; everything else belongs to the thread that opened the project.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from hitl_desktop.domain.changes import NOTHING, Changes
from hitl_desktop.domain.class_changes import NOWHERE
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.labels import Task
from hitl_desktop.domain.policy import (
    ROUTES,
    Route,
    RoutingPolicy,
    gate_policy,
    limit,
    policy_of,
    starting_policy,
    with_limit,
)
from hitl_desktop.domain.policy_checks import Oddity, RuleCount, oddities
from hitl_desktop.domain.policy_conditions import Condition, Known
from hitl_desktop.domain.policy_match import CODE, ItemFacts, Mask, Predicted, Routes, match, matching
from hitl_desktop.domain.pool import TO_DO
from hitl_desktop.domain.predictions import FloatArray
from hitl_desktop.domain.routing import DEFAULT_THRESHOLD
from hitl_desktop.domain.sentences import say
from hitl_desktop.store.policies import PolicyVersion
from hitl_desktop.store.store import Store
from hitl_desktop.workflow import record_facts
from hitl_desktop.workflow.clock import now_utc
from hitl_desktop.workflow.looking import Looking
from hitl_desktop.workflow.record_facts import Asked, Found
from hitl_desktop.workflow.scores import read_array, write_array

if TYPE_CHECKING:  # the project has its routes made here
    from hitl_desktop.workflow.project import Project

_WATCH: Final = 0x77617463
_BINS: Final = 20
_NEAR_EACH: Final = 4
_COLUMNS_FROM: Final = 5_000
"""The columns offered are those of so many items at the beginning; any other may be typed."""


# ---- what is in force ----------------------------------------------------------------------------------------------


def policy_in_force(store: Store) -> RoutingPolicy:
    """The last version on record; the policy that every project starts with where there is none."""
    last = store.policies.last()
    return first_policy(store) if last is None else last.policy


def first_policy(store: Store) -> RoutingPolicy:
    """The policy of a project before anybody changed it."""
    return starting_policy(float(store.fact("threshold", DEFAULT_THRESHOLD)))


def policy_at(store: Store, version: int) -> RoutingPolicy:
    """One version; 0 is the first policy. Raises KnownError for a version that there is not."""
    found = store.policies.get(version)
    if found is None and version != 0:
        raise KnownError(say("There is no policy {version} in this project.", version=str(version)))
    return first_policy(store) if found is None else found.policy


def known_of(project: "Project", *, columns: bool = True) -> Known:
    """What a policy of the project may speak of; without looking its columns up if not `columns`."""
    offered = project.offered
    return Known(
        tuple((label.id, label.name) for label in offered),
        frozenset(columns_of(project.store, len(project.pool))) if columns else None,
        project.task is Task.SEVERAL,
        tuple((label.id, label.name) for label in project.labels if label.retired),
    )


def columns_of(store: Store, items: int) -> list[str]:
    """The columns of the records, as far as the first items have them."""
    return store.records.columns(range(min(items, _COLUMNS_FROM)))


def checked(project: "Project", plain: object) -> RoutingPolicy:
    """The policy that a file's JSON stands for. Raises KnownError with the place for what the project has not."""
    known = known_of(project)
    columns = known.columns or frozenset()
    rare = frozenset(c for c in _columns_in(plain) if c not in columns and project.store.records.has_column(c))
    return policy_of(plain, replace(known, columns=columns | rare))


def _columns_in(plain: object) -> set[str]:
    """The columns that a file speaks of, as far as it has the form of a policy."""
    rules = plain.get("rules") if isinstance(plain, dict) else None
    whens = [rule.get("when") for rule in rules if isinstance(rule, dict)] if isinstance(rules, list) else []
    conditions = [one for when in whens if isinstance(when, list) for one in when if isinstance(one, dict)]
    return {column for one in conditions if isinstance(column := one.get("column"), str)}


def set_policy(
    project: "Project",
    policy: RoutingPolicy,
    *,
    by: str = "",
    why: str = "",
    takes_back: int | None = None,
    read: Found | None = None,
) -> Changes:
    """Put a policy in force as a new version, and route all items by it. `NOTHING` when it is in force already. `read`
    is what a preview has read for it: what is missing is read now.

    Raises KnownError that names the place for a column or class that there is not; nothing has changed then.
    """
    store = project.store
    if policy.same_as(project.policy):
        return NOTHING
    checked(project, policy.plain(known_of(project, columns=False)))
    facts = facts_of(project, policy, read)
    with store.transaction():
        version = store.policies.append(PolicyVersion(policy, now_utc(), by, why, takes_back))
    project.pool.set_policy(version.policy, facts)
    record_facts.keep(store.folder, Found(facts.masks, facts.amounts))
    remember(project)
    return Changes(routing=True, order=True)


def move_limit(project: "Project", value: float, *, by: str = "") -> Changes:
    """Put the smallest confidence limit of the policy elsewhere, as a new version. Raises KnownError outside 0–1, and
    where no automatic rule has one.
    """
    if not 0.0 <= value <= 1.0:
        raise KnownError(say("The threshold must lie between 0 and 1."))
    return set_policy(project, with_limit(project.policy, value), by=by)


def take_back(project: "Project", *, by: str = "") -> Changes:
    """Undo the last change of the policy: the version before becomes a new version. What was undone can be undone
    further, change by change. Raises KnownError when there is none left.
    """
    at = change_to_undo(project.store.policies.all())
    if not at:
        raise KnownError(say("No change of the policy is left to take back."))
    return set_policy(project, policy_at(project.store, at - 1), by=by, takes_back=at)


def change_to_undo(versions: Sequence[PolicyVersion]) -> int:
    """The version that taking back would undo: the last one that is not undone yet; 0 for none."""
    undone = {version.number: version.takes_back for version in versions}
    at = max(undone, default=0)
    while at and (before := undone[at]) is not None:
        at = before - 1
    return at


# ---- where items go ------------------------------------------------------------------------------------------------


def gate(project: "Project") -> Mask:
    """Items that would be on an automatic route if the smallest limit were 0: see `domain/policy.py`. Shape (n,)."""
    return match(gate_policy(project.policy), project.pool.told(), project.pool.facts).automatic


def facts_of(project: "Project", policy: RoutingPolicy, read: Found | None = None) -> ItemFacts:
    """What a policy needs to know of the records, read where it is not known yet."""
    asked, items = Asked.by(policy), len(project.pool)
    known = (read or Found()) | known_facts(project, asked)
    found = known | record_facts.read(project.store.records, asked, known, items)
    return _facts(project, policy, found.only(asked))


def known_facts(project: "Project", asked: Asked) -> Found:
    """What is known of it: in memory, or kept beside the scores."""
    facts = project.pool.facts
    known = Found(facts.masks, facts.amounts)
    missing = known.missing(asked, len(project.pool))
    return known | record_facts.load(project.folder, missing) if missing else known


def _facts(project: "Project", policy: RoutingPolicy, found: Found) -> ItemFacts:
    draws = watch_draws(project.seed, len(project.pool)) if policy.audit_every is not None else None
    return ItemFacts(positions_of(project), found.masks, found.amounts, draws, recalled(project))


def recalled(project: "Project") -> Mask | None:
    """Items that wait for a person, as their automatic decision was taken back: by itself, or with others that the
    model in use had made. Shape (n,), None for none.
    """
    if project.model is None or not project.store.automation.last_taken_back():
        return None
    mask = np.zeros(len(project.pool), bool)
    mask[project.store.automation.taken_back(project.model.version)] = True
    return mask


def positions_of(project: "Project") -> dict[int, int]:
    """The column in which each class counts now, by its id; without those that count nowhere."""
    now = {label.id: project.columns_now[label.position] for label in project.labels}
    return {label_id: column for label_id, column in now.items() if column != NOWHERE}


def watch_draws(seed: int, items: int) -> FloatArray:
    """A uniform number for each item: those below 1/n are the one in n that keeps watch. Further items change none."""
    return np.random.default_rng([seed, _WATCH]).random(items, np.float32)


# ---- what is remembered --------------------------------------------------------------------------------------------


def remember(project: "Project") -> None:
    """Keep which rule of the policy in force sent each item where, for the model in use."""
    if project.store.is_writer and project.model is not None and project.pool.probabilities is not None:
        path = _routes_file(project.folder, project.policy.version, project.model.version)
        kept = read_array(path, np.int16)
        if kept is None or not np.array_equal(kept, project.pool.routes.rule):
            with suppress(OSError):  # what it is beside is saved: nothing waits for this
                write_array(path, project.pool.routes.rule)


def remembered(folder: Path, policy_version: int, model_version: int) -> npt.NDArray[np.int16] | None:
    """The place of the rule that matched each item then (n,), as in `Routes.rule`; None where it was not kept."""
    return read_array(_routes_file(folder, policy_version, model_version), np.int16)


def _routes_file(folder: Path, policy_version: int, model_version: int) -> Path:
    return folder / "scores" / "routes" / f"p{policy_version}.v{model_version}.npy"


# ---- what another policy would do ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Question:
    """Everything a preview needs, as it was when it was asked: it may be worked on in another thread."""

    folder: Path
    policy: RoutingPolicy
    told: Predicted
    states: npt.NDArray[np.uint8]
    known: Found
    positions: dict[int, int]
    seed: int
    recalled: Mask | None = None


def question(project: "Project", policy: RoutingPolicy, also: Found | None = None) -> Question:
    """Ask what a policy would do to the project now; `also` is what an earlier preview has read."""
    facts = project.pool.facts
    known = (also or Found()) | Found(facts.masks, facts.amounts)
    pool = project.pool
    positions = positions_of(project)
    return Question(
        project.folder, policy, pool.told(), pool.states.copy(), known, positions, project.seed, facts.recalled
    )


def must_read(asked: Question) -> bool:
    """True when records have to be read before it can be answered."""
    return bool(asked.known.missing(Asked.by(asked.policy), len(asked.told)))


@dataclass(frozen=True, slots=True)
class Preview:
    """What a policy does to the items: each rule and everything else in `counts`, each route in `items` (all items)
    and `to_do`. `odd` is what is odd about it. `limit` is the smallest, as `domain/policy.py` has it. `read` is what
    was read for it. `bins` counts the items to do that are scored, by confidence in equal parts of 0–1, as (need a
    person, on an automatic route). `near` are the items to do that a little more of the limit would change: those just
    below it that nothing else keeps back, and those just above, the nearest first.
    """

    policy: RoutingPolicy
    counts: tuple[RuleCount, ...]
    items: dict[Route, int]
    to_do: dict[Route, int]
    odd: tuple[Oddity, ...]
    limit: float
    read: Found
    bins: tuple[tuple[int, int], ...]
    near: tuple[tuple[int, ...], tuple[int, ...]]

    @property
    def watched(self) -> int:
        """How many are on an automatic route and stay with the person, to keep watch."""
        return sum(count.watched for count in self.counts)


class Previewer(Looking):
    """Says what a policy would do, beside the window."""

    def answer(self, asked: Question) -> Preview:
        """Raises Cancelled when it was stopped, ProjectRefused."""
        items = len(asked.told)
        needed = Asked.by(asked.policy)
        known = asked.known
        if missing := known.missing(needed, items):
            known = record_facts.load(asked.folder, missing) | known
            with self.reading(asked.folder) as store:
                known = known | record_facts.read(store.records, needed, known, items, self.check)
        draws = watch_draws(asked.seed, items) if asked.policy.audit_every is not None else None
        facts = ItemFacts(asked.positions, known.masks, known.amounts, draws, asked.recalled)
        return preview_of(asked.policy, asked.told, facts, asked.states, self.check)


def preview(project: "Project", policy: RoutingPolicy) -> Preview:
    """The same at once, for commands."""
    return preview_of(policy, project.pool.told(), facts_of(project, policy), project.pool.states)


def preview_of(
    policy: RoutingPolicy,
    told: Predicted,
    facts: ItemFacts,
    states: npt.NDArray[np.uint8],
    between: Callable[[], None] = lambda: None,
) -> Preview:
    """Route and count. `between` is called between two rules."""
    seen: dict[Condition, Mask] = {}
    routes = match(policy, told, facts, seen)
    to_do = states == TO_DO
    rules = len(policy.rules) + 1
    taken = np.bincount(routes.rule, minlength=rules)
    waiting = np.bincount(routes.rule[to_do], minlength=rules)
    unclear = np.bincount(routes.rule[routes.unclear], minlength=rules)
    watched = np.bincount(routes.rule[routes.watched], minlength=rules)
    counts = []
    for place in range(rules):
        between()
        fitting, elsewhere = int(taken[place]), 0
        if place < len(policy.rules):
            fits = matching(policy.rules[place], told, facts, seen)
            fitting = int(np.count_nonzero(fits))
            others = fits & (routes.rule < place) & (routes.route != CODE[policy.rules[place].route])
            elsewhere = int(np.count_nonzero(others))
        counts.append(
            RuleCount(
                int(taken[place]), int(waiting[place]), fitting, elsewhere, int(unclear[place]), int(watched[place])
            )
        )
    return Preview(
        policy,
        tuple(counts),
        _by_route(np.bincount(routes.route, minlength=len(ROUTES))),
        _by_route(np.bincount(routes.route[to_do], minlength=len(ROUTES))),
        oddities(policy, counts),
        limit(policy),
        Found(facts.masks, facts.amounts),
        _bins(told, to_do, routes),
        _near(policy, told, facts, to_do, routes, seen),
    )


def _bins(told: Predicted, to_do: Mask, routes: Routes) -> tuple[tuple[int, int], ...]:
    seen = to_do & np.isfinite(told.confidence)
    places = np.minimum((told.confidence[seen] * _BINS).astype(np.int64), _BINS - 1)
    automatic = routes.automatic[seen]
    below = np.bincount(places[~automatic], minlength=_BINS)
    above = np.bincount(places[automatic], minlength=_BINS)
    return tuple((int(b), int(a)) for b, a in zip(below, above, strict=True))


def _near(
    policy: RoutingPolicy,
    told: Predicted,
    facts: ItemFacts,
    to_do: Mask,
    routes: Routes,
    seen: dict[Condition, Mask],
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    gate = match(gate_policy(policy), told, facts, seen).automatic & to_do
    below = np.flatnonzero(gate & ~routes.automatic)
    above = np.flatnonzero(gate & routes.automatic)
    return _first(below, -told.confidence[below]), _first(above, told.confidence[above])


def _first(items: npt.NDArray[np.int64], by: FloatArray) -> tuple[int, ...]:
    """The items with the smallest values, ties in pool order."""
    if len(items) > _NEAR_EACH:
        kept = np.flatnonzero(by <= np.partition(by, _NEAR_EACH - 1)[_NEAR_EACH - 1])
        items, by = items[kept], by[kept]
    return tuple(int(i) for i in items[np.argsort(by, kind="stable")][:_NEAR_EACH])


def _by_route(counts: Sequence[int] | npt.NDArray[np.int64]) -> dict[Route, int]:
    return {route: int(count) for route, count in zip(ROUTES, counts, strict=True)}
