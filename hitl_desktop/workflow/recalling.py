"""What could be recalled: the automatic decisions that stand, by model, by policy and by rule."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from hitl_desktop.domain.automation import Scope
from hitl_desktop.workflow.looking import Looking


@dataclass(frozen=True, slots=True)
class Recallable:
    """A scope, and how many items stand as it decided them."""

    scope: Scope
    items: int


class RecallFinder(Looking):
    """Counts beside the window: it reads every automatic decision."""

    def answer(self, folder: Path, policy_version: int) -> list[Recallable]:
        """What each version of the model decided, newest first; then each version of the policy; then each rule of the
        one in force. Raises Cancelled when it was stopped.
        """
        with self.reading(folder) as store:
            counts = store.automation.counts()
        return recallable(counts, policy_version)


def recallable(counts: Iterable[tuple[Scope, int]], policy_version: int) -> list[Recallable]:
    """Sum up counts that are apart by model, policy and rule."""
    every = list(counts)
    in_force = [(scope, n) for scope, n in every if scope.policy_version == policy_version]
    return [
        *_summed(every, lambda scope: Scope(model_version=scope.model_version))[::-1],
        *_summed(every, lambda scope: Scope(policy_version=scope.policy_version))[::-1],
        *_summed(in_force, lambda scope: Scope(policy_version=policy_version, rule=scope.rule)),
    ]


def _summed(counts: Iterable[tuple[Scope, int]], by: Callable[[Scope], Scope]) -> list[Recallable]:
    found: Counter[Scope] = Counter()
    for scope, items in counts:
        found[by(scope)] += items
    order = sorted(found, key=lambda s: (s.model_version or 0, s.policy_version or 0, s.rule or 0))
    return [Recallable(scope, found[scope]) for scope in order]
