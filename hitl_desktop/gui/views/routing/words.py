"""Routes as the page shows them: a word, an icon, its colour, and the colour of their bars."""

from dataclasses import dataclass
from typing import Final

from hitl_desktop.domain.policy import Route
from hitl_desktop.domain.policy_words import ROUTE_NAMES


@dataclass(frozen=True, slots=True)
class RouteLook:
    """The word is said when it is shown."""

    word: str
    icon: str
    tone: str
    bar: str


ROUTES: Final[dict[Route, RouteLook]] = {
    Route.REVIEW: RouteLook(ROUTE_NAMES[Route.REVIEW], "scan-eye", "text2", "line_strong"),
    Route.ACCEPT: RouteLook(ROUTE_NAMES[Route.ACCEPT], "check", "ok", "accent"),
    Route.REMOVE: RouteLook(ROUTE_NAMES[Route.REMOVE], "ban", "danger", "accent"),
    Route.ESCALATE: RouteLook(ROUTE_NAMES[Route.ESCALATE], "arrow-up-right", "warn", "line_strong"),
    Route.SECOND_READER: RouteLook(ROUTE_NAMES[Route.SECOND_READER], "users", "audit", "line_strong"),
}
