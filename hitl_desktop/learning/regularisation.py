"""How simple a model is kept: the strength of every way to train, moved by one word that an expert chooses."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from hitl_desktop.learning.estimators import Estimator, Settings

AUTOMATIC: Final = "auto"
"""Cross-validation chooses, from the usual strength on."""
FREEDOM: Final[Mapping[str, float]] = MappingProxyType(
    {"much_stronger": 0.1, "stronger": 0.1**0.5, "usual": 1.0, "weaker": 10**0.5, "much_weaker": 10.0}
)
"""Times the usual freedom to follow the decisions: steps of half a power of ten, as the grids of the estimators."""
_FREE: Final = frozenset({"C", "strength"})
"""Settings that let a model follow its decisions the more, the larger they are."""
_HELD: Final = frozenset({"ridge", "alpha"})
"""Settings that hold it back the more, the larger they are."""
_LEAVES: Final = "leaves"
"""Of trees: each step is a factor of about 1.8, at least two leaves."""


def moved(settings: Settings, regularisation: str) -> Settings:
    """Settings of an estimator, regularised as is chosen; for "auto" as they are. Raises KeyError for no choice."""
    if regularisation == AUTOMATIC:
        return settings
    freedom = FREEDOM[regularisation]
    found = dict(settings)
    for name, value in settings.items():
        if name in _FREE:
            found[name] = value * freedom
        elif name in _HELD:
            found[name] = value / freedom
        elif name == _LEAVES:
            found[name] = float(max(2, round(value * freedom**0.5)))
    return found


def held(estimator: Estimator, usual: Settings, regularisation: str) -> tuple[Estimator, Settings]:
    """An estimator and its settings with the regularisation chosen: its grid has no other, only what is no strength."""
    if regularisation == AUTOMATIC:
        return estimator, usual
    mine = moved(usual, regularisation)
    strength = {name: value for name, value in mine.items() if name in _FREE | _HELD | {_LEAVES}}
    grid = [dict(mine)]
    for settings in estimator.grid:
        other = {**settings, **strength}
        if other not in grid:
            grid.append(other)
    return replace(estimator, grid=tuple(grid)), mine
