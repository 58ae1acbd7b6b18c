"""The plan being edited: tried in the worker, seen on the checks, and only then applied."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, Signal

from hitl_desktop.domain.changes import NOTHING, Changes
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.steering import NO_PLAN, USUAL, ClassRule, SteeringPlan
from hitl_desktop.gui.bridge import Bridge, Message
from hitl_desktop.language import tr
from hitl_desktop.workflow.jobs import Job, JobState

if TYPE_CHECKING:  # numpy and the store come with the first project, not with the first paint
    from hitl_desktop.workflow.steering import Effect
    from hitl_desktop.workflow.training_beside import Finished


class Draft(QObject):
    """`changed()` when the plan is edited; `tried()` when a trial begins, ends, or no longer belongs to the plan."""

    changed = Signal()
    tried = Signal()

    def __init__(self, bridge: Bridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self.plan: SteeringPlan = NO_PLAN
        self._in_force: SteeringPlan = NO_PLAN
        self.job: Job | None = None
        self.effect: Effect | None = None
        self._made: Finished | None = None
        bridge.closing.connect(self._let_go)

    @property
    def is_changed(self) -> bool:
        """True while the plan differs from the one in force."""
        return self.plan.plain() != self._in_force.plain()

    def start_over(self) -> None:
        """Take the plan in force, without what was edited."""
        from hitl_desktop.workflow.steering import plan_in_force

        self._in_force = plan_in_force(self._bridge.desk.project) if self._bridge.is_open else NO_PLAN
        self._take(self._in_force)

    def follow(self) -> None:
        """Something has changed elsewhere: an edited plan stays, else the one in force is shown."""
        if not self.is_changed:
            self.start_over()
            return
        from hitl_desktop.workflow.steering import plan_in_force

        self._in_force = plan_in_force(self._bridge.desk.project)
        self.changed.emit()

    def choose(self, name: str, value: str) -> None:
        """Choose features, estimator, class_weight or regularisation."""
        self._take(replace(self.plan, choices={**self.plan.choices, name: value}))

    def weigh_class(self, label_id: int, weight: float) -> None:
        """Have a class count so much."""
        rest = {label: w for label, w in self.plan.class_weights.items() if label != label_id}
        self._take(replace(self.plan, class_weights=rest | ({label_id: weight} if weight != USUAL else {})))

    def put_rule(self, rule: ClassRule, instead: ClassRule | None = None) -> bool:
        """Add a rule, or have it stand `instead` of another; False (with a notice) when it cannot be one."""
        rules = self.plan.rules
        places = (*(rule if one == instead else one for one in rules),) if instead in rules else (*rules, rule)
        plan = replace(self.plan, rules=places)
        try:
            plan.checked()
        except KnownError as error:
            self._bridge.notified.emit(Message(str(error), "warn"))
            return False
        self._take(plan)
        return True

    def turn_rule(self, place: int) -> None:
        """Turn a rule on or off."""
        rules = list(self.plan.rules)
        rules[place] = replace(rules[place], is_on=not rules[place].is_on)
        self._take(replace(self.plan, rules=tuple(rules)))

    def remove_rule(self, place: int) -> None:
        """Take a rule out."""
        rules = self.plan.rules
        self._take(replace(self.plan, rules=(*rules[:place], *rules[place + 1 :])))

    def turn_mark(self, key: str) -> None:
        """Have a mark teach no longer, or again."""
        off = set(self.plan.marks_off) ^ {key}
        self._take(replace(self.plan, marks_off=tuple(sorted(off))))

    def try_it(self) -> None:
        """Train with the plan beside the one in force, and measure both on the checks."""
        bridge = self._bridge
        if self.job is not None or not bridge.is_open:
            return
        from hitl_desktop.workflow.training_beside import WorkBeside

        try:
            plan = self.plan.checked()
            bridge.desk.retraining.check_possible()
        except KnownError as error:
            bridge.notified.emit(Message(str(error), "warn"))
            return
        self._forget_trial()
        beside = WorkBeside(bridge.desk.project)

        def ended(job: Job) -> None:
            if self.job is not job:  # the project was closed meanwhile
                return
            self.job = None
            if job.state is JobState.DONE:
                self._made = cast("Finished", job.result)
                self.effect = self._made.effect()
            elif isinstance(job.error, KnownError):
                bridge.tell(job.error)
            self.tried.emit()

        self.job = bridge.start("try", lambda p, c: beside.train(bridge.worker, p, c, plan), ended)
        self.tried.emit()

    def stop(self) -> None:
        """Stop the trial that runs."""
        if self.job is not None:
            self.job.cancel()

    def apply(self) -> None:
        """Put the plan in force, and what was tried with it to use, unless the checks speak against it."""
        bridge = self._bridge
        plan, made = self.plan, self._made
        self._made = None

        def put() -> Changes:
            from hitl_desktop.workflow import steering

            desk = bridge.desk
            changes = steering.apply(desk.project, desk.session.reviewer, plan)
            if changes is NOTHING:
                return changes
            version = desk.project.model.version if desk.project.model else None
            if made is None or made.ready.in_use != version:
                return changes
            committed, _ = desk.retraining.commit(made.snapshot, made.trained, made.ready)
            if committed.order:
                desk.session.replan()
            return changes | committed

        changes = bridge.perform(put, self)
        if changes is None or changes is NOTHING:
            self._made = made
            return
        self.start_over()
        bridge.notified.emit(Message(changes.told, "ok", tr("Take back"), self.take_back))
        if not changes.model:  # what was not tried takes effect with a training
            bridge.train_now()

    def take_back(self) -> None:
        """Take back the last step that stands."""
        from hitl_desktop.workflow import steering

        bridge = self._bridge
        desk = bridge.desk
        if bridge.perform(lambda: steering.take_back(desk.project, desk.session.reviewer), self) not in (None, NOTHING):
            self.start_over()

    def choices(self) -> Mapping[str, str]:
        """What is chosen now."""
        return self.plan.choices

    def _take(self, plan: SteeringPlan) -> None:
        self.plan = plan
        self._forget_trial()
        self.changed.emit()
        self.tried.emit()

    def _forget_trial(self) -> None:
        self.effect = None
        made, self._made = self._made, None
        if made is not None and self._bridge.is_open:
            self._bridge.desk.retraining.forget(made.trained)

    def _let_go(self) -> None:
        """The project is to be closed."""
        self.stop()
        self.job = None
        self._forget_trial()
        self.plan = self._in_force = NO_PLAN
