"""What the user chose about learning in one project: how to ask, what to learn with, and from which features."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from hitl_desktop.domain.changes import Changes
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.holdout import RAREST
from hitl_desktop.domain.sentences import listed, say
from hitl_desktop.kinds import KINDS
from hitl_desktop.language import mark
from hitl_desktop.learning.query_strategies import QUERY_STRATEGIES
from hitl_desktop.store.store import Store

AUTOMATIC: Final = "auto"
BY_FOLDER: Final = "(folder)"
"""As a group column: images of one folder belong together."""

# The table of estimators loads the libraries that train, which the window never does: a test compares the two.
ESTIMATOR_TITLES: Final = {
    AUTOMATIC: mark("Automatic"),
    "logistic_regression": mark("Logistic regression"),
    "linear_svm": mark("Linear support vector machine"),
    "rbf_kernel": mark("RBF kernel"),
    "mlp": mark("Neural network"),
    "gradient_boosting": mark("Gradient boosting"),
    "bradley_terry": mark("Bradley–Terry"),
}


def estimators_offered(kind: str) -> dict[str, str]:
    """The ways to train for items of a kind, by key, with what people read: comparisons have one of their own."""
    compares = KINDS[kind].compares
    return {
        name: title
        for name, title in ESTIMATOR_TITLES.items()
        if name == AUTOMATIC or (name == "bradley_terry") == compares
    }


CLASS_WEIGHTS: Final = {
    AUTOMATIC: mark("Automatic"),
    "none": mark("As they come"),
    "balanced": mark("Every class the same"),
}

REGULARISATIONS: Final = {
    AUTOMATIC: mark("Automatic"),
    "much_stronger": mark("Much stronger than usual"),
    "stronger": mark("Stronger than usual"),
    "usual": mark("The usual"),
    "weaker": mark("Weaker than usual"),
    "much_weaker": mark("Much weaker than usual"),
}
"""How simple a model is kept: the stronger, the less it follows single decisions."""

FEATURES: Final[dict[str, dict[str, str]]] = {
    "text": {
        AUTOMATIC: mark("Automatic"),
        "words": mark("Words"),
        "meaning": mark("Meaning"),
        "both": mark("Words and meaning"),
    },
    "image": {AUTOMATIC: mark("Automatic")},
    "preference": {
        AUTOMATIC: mark("Automatic"),
        "words": mark("Words"),
        "meaning": mark("Meaning"),
        "both": mark("Words and meaning"),
    },
    "record": {AUTOMATIC: mark("Automatic")},
    "conversation": {
        AUTOMATIC: mark("Automatic"),
        "whole": mark("Words of the whole"),
        "words": mark("Words, the last turns twice"),
        "both": mark("Words, and meaning of the last turns"),
    },
}
"""By kind of item: what may be chosen, and what people read, said with `tr`."""

CHECK_PACES: Final = (2, 3, 5, 10)
"""One item in so many that are asked may be a random check, beside what follows from the holdout."""

START_STRATEGIES: Final = tuple(name for name, row in QUERY_STRATEGIES.items() if not row.needs_model)

STRATEGIES: Final = tuple(name for name in QUERY_STRATEGIES if not name.endswith("_start"))

_DEFAULT_START: Final = dict.fromkeys(FEATURES, "typiclust_start") | {"preference": "random"}
_DEFAULT_STRATEGY: Final = dict.fromkeys(FEATURES, "cluster_margin") | {"preference": "information_gain"}
"""By kind of item, as measured (docs/LEARNING.md): plain closest calls needed more labels on pictures of waste."""


@dataclass(frozen=True, slots=True)
class LearningChoices:
    """The choices of one project.

    `start` and `strategy` are keys of `QUERY_STRATEGIES`: what is asked before there is a model, and after.
    `estimator` is a key of `ESTIMATOR_TITLES`; `class_weight` one of `CLASS_WEIGHTS`; `features` one of
    `features_offered`; `regularisation` one of `REGULARISATIONS`; `group_column` names the column whose equal values
    belong together ("" none).
    """

    start: str
    strategy: str
    estimator: str
    class_weight: str
    features: str
    group_column: str
    regularisation: str = AUTOMATIC


OWN: Final = "own-"
"""How the keys of a user's own models begin, as features."""
_MOST_CARD_BYTES: Final = 1_000_000
"""A description that somebody else wrote is read by the window too: more of it is none."""
BACKBONES: Final = "backbones"
"""The folder of a project that holds them."""


def features_offered(folder: Path, kind: str) -> dict[str, str]:
    """What may be chosen as features in the project `folder`, by key, with what people read."""
    own = {path.name: _name_of(path) for path in sorted((folder / BACKBONES).glob(f"{OWN}*"))}
    return FEATURES[kind] | own


def _name_of(backbone: Path) -> str:
    """What a user's own model calls itself; its key when it says nothing that can be read."""
    try:
        with (backbone / "backbone.json").open("rb") as file:
            name = json.loads(file.read(_MOST_CARD_BYTES).decode("utf-8"))["name"]
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return backbone.name
    return str(name)[:80]


def choices_of(store: Store) -> LearningChoices:
    """What holds in a project; what nobody chose is the default of its kind of item."""
    kind = str(store.fact("kind"))
    return LearningChoices(
        start=str(store.fact("start_strategy", _DEFAULT_START[kind])),
        strategy=str(store.fact("strategy", _DEFAULT_STRATEGY[kind])),
        estimator=str(store.fact("estimator", AUTOMATIC)),
        class_weight=str(store.fact("class_weight", AUTOMATIC)),
        features=str(store.fact("features", AUTOMATIC)),
        group_column=str(store.fact("group_column", "")),
        regularisation=str(store.fact("regularisation", AUTOMATIC)),
    )


def choose(store: Store, fact: str, value: str) -> Changes:
    """Change one choice: start_strategy, strategy, estimator, class_weight, features, regularisation, group_column or
    check_every.

    What concerns training takes effect at the next one. Raises KnownError for a value that does not exist.
    """
    allowed = _allowed(fact, store)
    if allowed is not None and value not in allowed:
        raise KnownError(
            say("There is no {choice} named {name}.", choice=fact.replace("_", " "), name=value),
            say("Use one of: {names}.", names=listed(allowed)),
        )
    with store.transaction():
        store.set_fact(fact, value)
    return Changes(settings=True, order=fact in ("strategy", "start_strategy", "check_every"))


def _allowed(fact: str, store: Store) -> Sequence[str] | None:
    """The values a choice may have; None for any. Raises KeyError for a choice that does not exist."""
    return {
        "start_strategy": START_STRATEGIES,
        "strategy": STRATEGIES,
        "estimator": tuple(estimators_offered(str(store.fact("kind")))),
        "class_weight": tuple(CLASS_WEIGHTS),
        "features": tuple(features_offered(store.folder, str(store.fact("kind")))),
        "regularisation": tuple(REGULARISATIONS),
        "group_column": None,
        "check_every": [str(n) for n in range(2, RAREST + 1)],
    }[fact]
