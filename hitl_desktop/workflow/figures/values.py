"""The figures of a project as plain values: what the page, the report and the command line all show."""

from dataclasses import dataclass
from enum import StrEnum

from hitl_desktop.assurance.estimates import Estimate, Score
from hitl_desktop.domain.labels import Label
from hitl_desktop.domain.routing import Ledger
from hitl_desktop.workflow.figures.asked import Asked
from hitl_desktop.workflow.figures.cost_values import Costs, FewerReviews
from hitl_desktop.workflow.figures.measured import VersionPoint


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """One of the five. `value`, and `low` and `high` of its interval, are None where they cannot be told.

    A count has no interval. `detail` and `sample` say in words where it comes from: the first what it is made of, the
    second which sample, of `of` things. The unit is that of its definition.
    """

    id: str
    value: float | None
    low: float | None
    high: float | None
    detail: str
    sample: str
    of: int = 0


@dataclass(frozen=True, slots=True)
class Work:
    """What some people did: `decisions` made one by one, `active_seconds` spent on those, `seconds` per decision with
    its interval, and how many of the suggestions `seen` were `changed`. `automatic` items were decided without anybody,
    and `by_people` are those that a person has decided one by one and that stand: each once, however often it was seen.
    """

    decisions: int
    active_seconds: float
    seconds: Score | None
    changed: int
    seen: int
    automatic: int = 0
    by_people: int = 0

    @property
    def finished(self) -> int:
        """Items that need nobody any more, as far as this work goes."""
        return self.by_people + self.automatic

    @property
    def mean_seconds(self) -> float:
        """Active seconds per decision, all of them counted: what money is made of."""
        return self.active_seconds / self.decisions if self.decisions else 0.0

    @property
    def per_hour(self) -> float | None:
        """Decisions per hour of active time."""
        return 3600 * self.decisions / self.active_seconds if self.active_seconds > 0 else None


@dataclass(frozen=True, slots=True)
class Day:
    """The work of one local day, the ordinal of a `date`; `cost_per_item` is None without a price for an hour."""

    ordinal: int
    work: Work
    cost_per_item: float | None


@dataclass(frozen=True, slots=True)
class ReviewerRow:
    """The work of one person."""

    name: str
    work: Work


@dataclass(frozen=True, slots=True)
class ClassRow:
    """One class: items `decided` as it, how often its suggestion was seen and changed, seconds per decision, and on the
    random checks how much of it is found (`recall`) and how often it is said rightly (`precision`).
    """

    label: Label
    decided: int
    seen: int
    changed: int
    seconds: Score | None
    recall: Estimate | None
    precision: Estimate | None


@dataclass(frozen=True, slots=True)
class GroupRow:
    """The checks of the items that have one value in a column."""

    value: str
    accuracy: Estimate


@dataclass(frozen=True, slots=True)
class Groups:
    """Accuracy by the values of a column. `low` and `high` are the rows that differ most, by `gap` (0–1).

    `p`: how often chance alone makes some two groups differ as clearly; `p_all` the same over all columns looked at,
    of which there are `columns`. `more` checks in the smaller group would tell, which takes about `more_in_all` random
    checks; 0 where it is told already.
    """

    column: str
    rows: tuple[GroupRow, ...]
    low: int
    high: int
    gap: float
    p: float
    p_all: float
    columns: int
    more: int
    more_in_all: int


@dataclass(frozen=True, slots=True)
class Pace:
    """`seconds` per decision lately, on `decisions` of them, `is_today` when all are; `left` items to go.

    `seconds_left` of active time; `done_at` is the moment, in seconds since 1970, that this ends when nobody pauses, if
    that is before midnight; else `days` of work like the last ones, of `daily_seconds` each.
    """

    seconds: float
    decisions: int
    is_today: bool
    left: int
    seconds_left: float
    done_at: float | None
    days: int | None
    daily_seconds: float


class WatchState(StrEnum):
    """Whether somebody has to look."""

    OK = "ok"
    LOOK = "look"
    UNKNOWN = "unknown"
    """There is too little to tell."""


@dataclass(frozen=True, slots=True)
class Watch:
    """One row of the watch list: a value against its limit. `id` names what is watched.

    `value` and `limit` are what is compared, None where it cannot be told; `value_words` and `limit_words` are for
    people; `log_words` is English, and names no group, class or person.
    """

    id: str
    state: WatchState
    value: float | None
    limit: float
    value_words: str
    limit_words: str
    log_words: str


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything about a project in figures. `five` are in the order of their definitions; `checks_left` items of the
    reserve are still to be answered; `costs` None for the reason `why_no_costs`; `fewer` is how the share that needs a
    person is likely to fall, None when it is too early to say.
    """

    asked: Asked
    ledger: Ledger
    five: tuple[KeyFigure, ...]
    work: Work
    versions: tuple[VersionPoint, ...]
    days: tuple[Day, ...]
    reviewers: tuple[ReviewerRow, ...]
    classes: tuple[ClassRow, ...]
    groups: Groups | None
    columns: tuple[str, ...]
    pace: Pace | None
    watch: tuple[Watch, ...]
    checks_left: int
    currency: str
    costs: Costs | None
    why_no_costs: str
    fewer: FewerReviews | None

    def figure(self, figure_id: str) -> KeyFigure:
        """One of the five. Raises StopIteration for one that does not exist."""
        return next(figure for figure in self.five if figure.id == figure_id)
