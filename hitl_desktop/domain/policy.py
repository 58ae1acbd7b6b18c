"""The routing policy: ordered rules, the first that matches an item says where it goes."""

import hashlib
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final, TypeGuard

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.policy_conditions import (
    Condition,
    ConfidenceAtLeast,
    Known,
    PredictedIs,
    ProbabilityAtLeast,
    condition_of,
)
from hitl_desktop.domain.sentences import AtStart, Sentence, listed, say

FORMAT: Final = 1
"""The version of the JSON form. A file of a newer one is refused."""
MOST_RULES: Final = 200
_FORMAT_KEY: Final = "hitl_policy"
_KEYS: Final = frozenset({_FORMAT_KEY, "rules", "otherwise", "daily_capacity", "audit_every"})
_RULE_KEYS: Final = frozenset({"name", "when", "then"})
_MORE_THAN_HALF: Final = 0.500001
"""From here on also in float32: a class that is so probable is the one suggested."""


class Route(StrEnum):
    """Where an item goes."""

    REVIEW = "review"
    """A person decides."""
    ACCEPT = "accept"
    """What the model suggests is taken."""
    REMOVE = "remove"
    """What the model suggests is taken, and the item is to be removed where it came from."""
    ESCALATE = "escalate"
    """A person decides, who is told that it was escalated."""
    SECOND_READER = "second_reader"
    """A person decides, who is told that it is to be read by somebody else."""


ROUTES: Final = tuple(Route)
"""The order in which `Routes.route` codes the routes."""
AUTOMATIC_ROUTES: Final = frozenset({Route.ACCEPT, Route.REMOVE})
"""No person is needed, where a certificate or a logged override permits it."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Items of which all `conditions` hold go to `route`. Without conditions it is every item that comes so far."""

    conditions: tuple[Condition, ...]
    route: Route
    name: str = ""

    @property
    def is_automatic(self) -> bool:
        """True where no person is needed."""
        return self.route in AUTOMATIC_ROUTES

    @property
    def limit(self) -> float:
        """The least confidence of an item that the rule can match, as far as its conditions say so; 0 for none.

        The probability of a class counts from above one half: only then it is that of the suggested class.
        """
        return max((limit_in(c) for c in self.conditions), default=0.0)


def is_limit(condition: Condition) -> TypeGuard[ConfidenceAtLeast | ProbabilityAtLeast]:
    """True for a condition that bounds the confidence from below."""
    if isinstance(condition, ProbabilityAtLeast):
        return condition.limit >= _MORE_THAN_HALF
    return isinstance(condition, ConfidenceAtLeast)


def limit_in(condition: Condition) -> float:
    """The bound that a condition is to the confidence, 0 for none."""
    if is_limit(condition):
        return condition.limit
    return 0.0


@dataclass(frozen=True, slots=True)
class RoutingPolicy:
    """Rules in their order; what none of them matches goes `otherwise`.

    `daily_capacity`: so many items a person can decide in a day, None for no limit; the cut is drawn in the queue.
    `audit_every`: one in so many of those on an automatic route, drawn at random, stays with the person to keep watch;
    None for none. `version` is that of the project's record, 0 for the policy that a project starts with.
    """

    rules: tuple[Rule, ...] = ()
    otherwise: Route = Route.REVIEW
    daily_capacity: int | None = None
    audit_every: int | None = None
    version: int = 0

    def route_of(self, rule: int) -> Route:
        """The route of a rule by its place (0-based); that of everything else for `len(rules)`."""
        return self.rules[rule].route if rule < len(self.rules) else self.otherwise

    def same_as(self, other: "RoutingPolicy") -> bool:
        """True when both send every item the same way, and under the same names."""
        return replace(self, version=0) == replace(other, version=0)

    def plain(self, known: Known | None = None) -> dict[str, Any]:
        """As JSON; `known` as in `Condition.plain`. The version of the record is not part of it."""
        return {
            _FORMAT_KEY: FORMAT,
            "rules": [
                {"name": r.name, "when": [c.plain(known) for c in r.conditions], "then": r.route.value}
                for r in self.rules
            ],
            "otherwise": self.otherwise.value,
            "daily_capacity": self.daily_capacity,
            "audit_every": self.audit_every,
        }


def starting_policy(threshold: float) -> RoutingPolicy:
    """The policy of a project without one: what the model is at least so sure of is proposed, all else reviewed."""
    return RoutingPolicy((Rule((ConfidenceAtLeast(threshold),), Route.ACCEPT),))


# ---- reading -------------------------------------------------------------------------------------------------------


def policy_of(plain: object, known: Known | None = None) -> RoutingPolicy:
    """The policy that a JSON value stands for; `known` as in `condition_of`.

    Raises KnownError that names the place, such as "Rule 2, condition 1", for anything that is not understood or not
    there, and for the form of a newer version of the program.
    """
    if not isinstance(plain, dict) or _FORMAT_KEY not in plain:
        raise KnownError(
            say("This is not a routing policy: it does not begin with “{key}”.", key=_FORMAT_KEY),
            say("Write one with “route --write” and change it."),
        )
    form = plain[_FORMAT_KEY]
    if not isinstance(form, int) or isinstance(form, bool) or form < 1:
        raise KnownError(say("The version of the policy’s form is not a number."))
    if form > FORMAT:
        raise KnownError(
            say(
                "This policy was written by a newer version of the program (form {found}, here {known}).",
                found=str(form),
                known=str(FORMAT),
            ),
            say("Install a newer version."),
        )
    _only(plain, _KEYS, say("the policy"))
    rules = plain.get("rules")
    if not isinstance(rules, list) or len(rules) > MOST_RULES:
        raise at(say("the policy"), KnownError(say("“rules” is a list of at most {n} rules.", n=MOST_RULES)))
    return RoutingPolicy(
        tuple(_rule(rule, number, known) for number, rule in enumerate(rules, 1)),
        _route(plain.get("otherwise"), say("otherwise")),
        _count(plain.get("daily_capacity"), say("daily_capacity"), 1),
        _count(plain.get("audit_every"), say("audit_every"), 2),
    )


def _rule(plain: object, number: int, known: Known | None) -> Rule:
    place = say("rule {n}", n=number)
    if not isinstance(plain, dict):
        raise at(place, KnownError(say("A rule is a JSON object.")))
    _only(plain, _RULE_KEYS, place)
    name, when = plain.get("name", ""), plain.get("when")
    if not isinstance(name, str):
        raise at(place, KnownError(say("The name is not a text.")))
    if not isinstance(when, list):
        raise at(place, KnownError(say("“when” is a list of conditions.")))
    conditions = []
    for n, condition in enumerate(when, 1):
        try:
            conditions.append(condition_of(condition, known))
        except KnownError as error:
            raise at(say("rule {rule}, condition {condition}", rule=number, condition=n), error) from error
    return Rule(tuple(conditions), _route(plain.get("then"), place), name.strip())


def _route(value: object, place: Sentence) -> Route:
    if not isinstance(value, str) or value not in ROUTES:
        raise at(
            place,
            KnownError(
                say("There is no route named {name}.", name=str(value)[:60]),
                say("Use one of: {names}.", names=listed(route.value for route in ROUTES)),
            ),
        )
    return Route(value)


def _count(value: object, place: Sentence, least: int) -> int | None:
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= 10**9:
        raise at(place, KnownError(say("A whole number of at least {least} is needed.", least=least)))
    return value


def _only(plain: dict[Any, Any], keys: frozenset[str], place: Sentence) -> None:
    for key in plain:
        if key not in keys:
            raise at(place, KnownError(say("There is nothing named {name}.", name=str(key)[:60])))


def at(place: Sentence, error: KnownError) -> KnownError:
    """The same refusal, with the place before it."""
    return KnownError(say("{place}: {problem}", place=AtStart(place), problem=error.sentence), error.advice)


# ---- the limit, and the gate before it -----------------------------------------------------------------------------


def limit(policy: RoutingPolicy) -> float:
    """The smallest confidence limit of the automatic rules: no item of less confidence is on an automatic route.

    0 where an automatic rule, or everything else, has none; infinity where nothing is automatic.
    """
    if policy.otherwise in AUTOMATIC_ROUTES:
        return 0.0
    return min((rule.limit for rule in policy.rules if rule.is_automatic), default=math.inf)


def with_limit(policy: RoutingPolicy, value: float) -> RoutingPolicy:
    """The policy with its smallest limit at another place; rules with a limit above it keep theirs.

    Raises KnownError where there is no automatic rule with a limit.
    """
    now = limit(policy)
    if not any(_has_smallest(rule, now) for rule in policy.rules):
        raise KnownError(
            say("No automatic rule has a confidence limit."), say("Add the condition “Confidence at least” to one.")
        )
    return replace(policy, rules=tuple(_moved(r, value) if _has_smallest(r, now) else r for r in policy.rules))


def gate_policy(policy: RoutingPolicy) -> RoutingPolicy:
    """The policy without its smallest limit: the items it sends on automatic routes are the gate.

    It holds exactly that an item is on an automatic route if it is in the gate and its confidence is at least
    `limit(policy)`: a limit on the probability of a class, above one half, is one on the confidence where that class
    is suggested, and a rule with a larger limit keeps it as a condition.
    """
    now = limit(policy)
    return replace(policy, rules=tuple(_opened(r) if _has_smallest(r, now) else r for r in policy.rules))


def gate_digest(policy: RoutingPolicy) -> str:
    """SHA-256, in hex, over everything that decides which items can reach an automatic route, but the smallest limit.

    Names, the daily capacity, what comes after the last automatic rule, and which person an item goes to do not count.
    """
    opened = gate_policy(policy)
    is_last = opened.otherwise in AUTOMATIC_ROUTES
    places = [place for place, rule in enumerate(opened.rules) if rule.is_automatic]
    upto = len(opened.rules) if is_last else 1 + max(places, default=-1)
    told = {
        "rules": [[sorted(c.key() for c in rule.conditions), _kind(rule.route)] for rule in opened.rules[:upto]],
        "otherwise": _kind(opened.otherwise),
        "audit_every": opened.audit_every,
    }
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _kind(route: Route) -> str:
    return route.value if route in AUTOMATIC_ROUTES else "person"


def _has_smallest(rule: Rule, smallest: float) -> bool:
    return rule.is_automatic and rule.limit == smallest and any(is_limit(c) for c in rule.conditions)


def _moved(rule: Rule, value: float) -> Rule:
    return replace(rule, conditions=tuple(replace(c, limit=value) if is_limit(c) else c for c in rule.conditions))


def _opened(rule: Rule) -> Rule:
    kept: list[Condition] = []
    for condition in rule.conditions:
        if not is_limit(condition):
            kept.append(condition)
        elif isinstance(condition, ProbabilityAtLeast):
            kept.append(PredictedIs((condition.label,)))
    return replace(rule, conditions=tuple(kept))


def spoken_of(policy: RoutingPolicy) -> Sequence[Condition]:
    """Every condition of the policy, each once, in the order of the rules."""
    return tuple(dict.fromkeys(condition for rule in policy.rules for condition in rule.conditions))
