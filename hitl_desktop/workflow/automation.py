"""The automatic: what the routing policy accepts with nobody looking, on what permission, and how it is stopped.

One gate: an item is decided automatically when the policy sends it on an automatic route, and a valid certificate
covers it or somebody's explicit permission stands. `tick` decides a few of them in one transaction; who calls it says
when. Decisions are events like all others, so history, export and undo know them; `recall` takes them back.
"""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from hitl_desktop.domain.automation import (
    BY_ITSELF,
    AutomationAction,
    AutomationEvent,
    AutomationState,
    Scope,
    state_of,
)
from hitl_desktop.domain.changes import NOTHING, Changes
from hitl_desktop.domain.decisions import AUTOPILOT, Decision, Slot, Verdict
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.items import ItemState
from hitl_desktop.domain.labels import Task
from hitl_desktop.domain.past_answers import TAKEN_BACK
from hitl_desktop.domain.pool import TO_DO
from hitl_desktop.domain.sentences import NOTHING_TO_SAY, Sentence, say, say_n
from hitl_desktop.language import tr, trn
from hitl_desktop.workflow import certifying
from hitl_desktop.workflow.certifying import Coverage
from hitl_desktop.workflow.clock import now_utc
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.steps import retractions

Mask = npt.NDArray[np.bool_]

CHECKS_KEPT: Final = 500
"""So many random checks are always left to a person: the next of the reserve, which measures the model."""
_PART: Final = 400
"""So many events are one transaction of a recall."""


@dataclass(frozen=True, slots=True)
class Permission:
    """What may be decided automatically now: `rows` (n,), of which `covered` (n,) by the certificate of that number and
    the others by the override of that number. Where it is nothing, `why_not` says why.
    """

    rows: Mask
    covered: Mask
    certificate: int | None = None
    override: int | None = None
    why_not: Sentence = NOTHING_TO_SAY

    @property
    def is_given(self) -> bool:
        """True where there is a certificate or an override, whether or not items wait for it."""
        return self.certificate is not None or self.override is not None


def state(project: Project) -> AutomationState:
    """Whether the automatic runs, and who or what paused it."""
    return state_of(project.store.automation.events())


def override_of(project: Project, now: AutomationState) -> AutomationEvent | None:
    """The permission without a certificate that stands: given for the model and the policy in force."""
    given = now.override
    if given is None or project.model is None:
        return None
    fits = given.scope == Scope(project.model.version, project.policy.version)
    return given if fits else None


def permitted(project: Project, coverage: Coverage | None = None) -> Permission:
    """What the policy accepts, and what allows it. Whether the automatic is paused does not matter here.

    Where a certificate and an override stand, each item goes by the certificate if that covers it. `coverage` as in
    `tick`.
    """
    nothing = np.zeros(len(project.pool), bool)
    if project.model is None or not project.is_scored:
        return Permission(nothing, nothing, why_not=say("No model in use has scored the items."))
    given = override_of(project, state(project))
    found = certifying.coverage(project) if coverage is None else coverage
    certificate = found.certificate if found.why_not is None else None
    if certificate is None and given is None:
        return Permission(nothing, nothing, why_not=found.why_not or NOTHING_TO_SAY)
    rows = accepted(project)
    covered = found.rows & rows if certificate is not None else nothing
    return Permission(covered if given is None else rows, covered, certificate, given.number if given else None)


@dataclass(frozen=True, slots=True)
class Basis:
    """What permits it, whether or not items wait: the number of a certificate, of an override, or neither."""

    certificate: int | None = None
    override: int | None = None

    @property
    def is_given(self) -> bool:
        """True where there is either."""
        return self.certificate is not None or self.override is not None


def basis(project: Project) -> Basis:
    """What permits it now, found without looking at the items."""
    if project.model is None or not project.is_scored:
        return Basis()
    given = override_of(project, state(project))
    record = project.store.audits.certified() if certifying.holds(project) else None
    return Basis(record.certificate if record else None, given.number if given else None)


def is_permitted(project: Project) -> bool:
    """True where a certificate or an override stands, whether or not items wait for it."""
    return basis(project).is_given


def why_not(project: Project) -> Sentence:
    """Why nothing is permitted. Only to be asked then."""
    return permitted(project).why_not


def watched(project: Project) -> Mask | None:
    """Items to do that the policy keeps from an automatic route to watch it: they are asked blind. Shape (n,), None
    where nothing is permitted: then there is nothing to watch.
    """
    found: Mask = project.routes.watched & (project.pool.states == TO_DO)
    return found if found.any() and is_permitted(project) else None


def is_watched(project: Project, index: int) -> bool:
    """The same for one item."""
    waits = bool(project.routes.watched[index]) and project.pool.states[index] == TO_DO
    return waits and is_permitted(project)


def accepted(project: Project) -> Mask:
    """What the policy accepts with nobody looking, were it permitted. Shape (n,)."""
    waiting: Mask = project.pool.states == TO_DO
    return waiting & project.routes.automatic & ~kept_for_people(project)


def kept_for_people(project: Project) -> Mask:
    """Items that stay with a person whatever is allowed: an open audit, the next random checks, what is begun. (n,)."""
    kept = np.zeros(len(project.pool), bool)
    open_checks = project.reserve.order[project.pool.unanswered()[project.reserve.order]]
    kept[open_checks[:CHECKS_KEPT]] = True
    kept[project.store.automation.begun()] = True
    kept[list(project.store.audits.open_items())] = True
    return kept


def tick(project: Project, limit: int, spare: Iterable[int] = (), coverage: Coverage | None = None) -> Changes:
    """Decide up to `limit` items, in one transaction; `spare` are on screen. First a recall that is not done goes on.

    `coverage` is what `certifying.coverage` said since the last change of routing, model or certificate, None to ask it
    now. `NOTHING` where nothing is permitted, or it is paused. Raises KnownError when the disk refuses: then nothing
    has changed.
    """
    if project.store.fact("recalling") is not None:
        return recall_on(project, limit)
    now = state(project)
    if now.override is not None and override_of(project, now) is None:
        _end_override(project)
        now = state(project)
    if not now.is_running:
        return NOTHING
    permission = permitted(project, coverage)
    permission.rows[list(spare)] = False
    rows = np.flatnonzero(permission.rows)[:limit]
    if not len(rows):
        return NOTHING
    events = automatic_decisions(project, rows, permission)
    project.store.record_automatic(events)
    _follow(project, events)
    touched = frozenset(int(row) for row in rows)
    return Changes(
        items=touched,
        decisions=True,
        told=trn("{n} item decided automatically.", "{n} items decided automatically.", len(rows)),
    )


def automatic_decisions(
    project: Project, rows: Sequence[int] | npt.NDArray[np.int64], permission: Permission
) -> list[Decision]:
    """The events that decide these items as the model suggests, not numbered yet. Every item must have a suggestion."""
    assert project.model is not None  # noqa: S101 - who permits has looked
    now, version = now_utc(), project.model.version
    pool, routes = project.pool, project.routes
    several = project.task is Task.SEVERAL
    events = []
    for row in rows:
        index = int(row)
        said = tuple(sorted(label.id for label in project.labels_in(int(pool.predicted[index]))))
        covered = bool(permission.covered[index])
        events.append(
            Decision(
                number=0,
                event_id=str(uuid.uuid4()),
                item_index=index,
                verdict=Verdict.AUTOMATIC,
                label_id=None if several else said[0],
                reviewer=AUTOPILOT,
                at_utc=now,
                slot=Slot.AUTOMATIC,
                predicted_id=None if several else said[0],
                confidence=float(pool.confidence[index]),
                model_version=version,
                findings=said if several else None,
                predicted_findings=said if several else None,
                policy_version=project.policy.version,
                rule=int(routes.rule[index]) + 1,
                route=routes.route_of(index).value,
                certificate=permission.certificate if covered else None,
                override=None if covered else permission.override,
            )
        )
    return events


# ---- stopping and going on -----------------------------------------------------------------------------------------


def pause(project: Project, by: str, reason: Sentence | str = "") -> Changes:
    """Stop deciding automatically, at once. `NOTHING` when it is paused already."""
    if not state(project).is_running:
        return NOTHING
    _record(project, AutomationAction.PAUSED, by, reason)
    return Changes(automation=True, told=tr("Automatic decisions are paused."))


def pause_by_itself(project: Project, reason: Sentence) -> Changes:
    """The same, where something has left its limits: `reason` says what."""
    return pause(project, BY_ITSELF, reason)


def resume(project: Project, by: str, note: str) -> Changes:
    """Go on. Raises KnownError without a note: whoever lets it go on says why. `NOTHING` when it is not paused."""
    if state(project).is_running:
        return NOTHING
    if not note.strip():
        raise KnownError(say("Automatic decisions go on with a note."), say("Say in a few words why they may."))
    _record(project, AutomationAction.RESUMED, by, note.strip())
    return Changes(automation=True, told=tr("Automatic decisions go on."))


def override(project: Project, by: str, reason: str) -> Changes:
    """Allow automatic decisions without a certificate, until the model or the policy changes.

    It is on record with its reason. Raises KnownError without a reason, and without a model.
    """
    if not reason.strip():
        raise KnownError(say("Without a certificate a reason is needed."), say("Say in a few words why."))
    if project.model is None:
        raise KnownError(say("There is no model yet that could decide."), say("Train one first."))
    _record(project, AutomationAction.OVERRIDDEN, by, reason.strip())
    return Changes(automation=True, told=tr("Automatic decisions are allowed without a certificate."))


def end_override(project: Project, by: str) -> Changes:
    """Take the permission without a certificate back. `NOTHING` when there is none."""
    if override_of(project, state(project)) is None:
        return NOTHING
    _record(project, AutomationAction.OVERRIDE_ENDED, by, "")
    return Changes(automation=True, told=tr("Automatic decisions need a certificate again."))


def _end_override(project: Project) -> None:
    """The model or the policy has changed since the permission was given."""
    _record(project, AutomationAction.OVERRIDE_ENDED, BY_ITSELF, say("The model or the routing policy has changed."))


def _record(
    project: Project, action: AutomationAction, by: str, reason: Sentence | str, scope: Scope | None = None
) -> None:
    with project.store.transaction():
        project.store.automation.append(_event(project, action, by, reason, scope))


def _event(
    project: Project, action: AutomationAction, by: str, reason: Sentence | str, scope: Scope | None = None
) -> AutomationEvent:
    words = reason if isinstance(reason, Sentence) else in_their_words(reason)
    in_force = Scope(project.model.version if project.model else None, project.policy.version)
    upto = project.store.decisions.count()
    return AutomationEvent(0, now_utc(), by, action, words, in_force if scope is None else scope, upto=upto)


def in_their_words(text: str) -> Sentence:
    """What a person wrote, as it is."""
    return Sentence("{words}", (("words", text),)) if text.strip() else NOTHING_TO_SAY


# ---- taking back ---------------------------------------------------------------------------------------------------


def take_back(project: Project, index: int, by: str) -> Changes:
    """Take back the automatic decision that an item stands as: it waits for a person, whatever is allowed later.

    Raises KnownError for an item that is not decided automatically.
    """
    live = project.store.decisions.live(index)
    if not live or not live[-1].is_automatic:
        raise KnownError(say("This item is not decided automatically."))
    events = [replace(event, reviewer=by, batch="") for event in retractions(live[-1:], TAKEN_BACK)]
    _take_back(project, events)
    name = project.store.items.get(index).name
    return Changes(
        items=frozenset({index}),
        decisions=True,
        routing=True,
        order=True,
        told=tr("{name} is back in the queue.", name=name),
    )


def recall(project: Project, scope: Scope, by: str, reason: str = "") -> Changes:
    """Begin to take back every automatic decision in the scope, and pause: what was decided so is in doubt.

    The items return to the queue part by part, with every `tick`, also after the program was closed in between. The
    same model does not decide them automatically again. Raises KnownError when there is nothing to take back.
    """
    count = project.store.automation.count_in(scope)
    if not count:
        raise KnownError(say("There are no automatic decisions to take back there."))
    words = (
        in_their_words(reason)
        if reason.strip()
        else say_n("{n} automatic decision was taken back.", "{n} automatic decisions were taken back.", count)
    )
    event = _event(project, AutomationAction.RECALLED, by, words, scope)
    with project.store.transaction():
        number = project.store.automation.append(replace(event, items=count))
        project.store.set_fact("recalling", number)
    return Changes(
        automation=True, told=trn("{n} item goes back to the queue.", "{n} items go back to the queue.", count)
    )


def recall_on(project: Project, limit: int = _PART) -> Changes:
    """Take back the next `limit` decisions of the recall that is not done. `NOTHING` when there is none."""
    store = project.store
    number = store.fact("recalling")
    if number is None:
        return NOTHING
    event = next(event for event in store.automation.events() if event.number == number)
    step = store.automation.standing(event.scope, event.upto, limit)
    if not step:
        with store.transaction():
            store.set_fact("recalling", None)
        return Changes(automation=True, routing=True, order=True)
    batch = str(uuid.uuid5(uuid.NAMESPACE_OID, f"recall {number} of {store.fact('seed', 0)}"))
    _take_back(project, [replace(taken, reviewer=event.by, batch=batch) for taken in retractions(step, TAKEN_BACK)])
    return Changes(items=frozenset(d.item_index for d in step), decisions=True, routing=True, order=True)


def recall_all(project: Project) -> int:
    """Go on with a recall to its end, for commands; returns how many decisions were taken back."""
    done = 0
    while (changes := recall_on(project)) is not NOTHING:
        done += len(changes.items)
    return done


def _take_back(project: Project, events: list[Decision]) -> None:
    with project.store.transaction():
        project.store.decisions.append_many(events)
    touched = sorted({event.item_index for event in events})
    project.follow_standing(touched)
    project.pool.recall(np.asarray(touched, np.int64))


def _follow(project: Project, events: list[Decision]) -> None:
    """Note in the pool what was just decided, without asking the store."""
    for event in events:
        answer = event.label_id if event.findings is None else project.code(event.findings)
        project.pool.set_standing(event.item_index, ItemState.AUTOMATIC, answer)
