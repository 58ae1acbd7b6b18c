"""Every mutation returns what it changed; each view decides whether that concerns it."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Changes:
    """What one operation changed. `items` are item indexes; `told` is a sentence for screen readers and notices."""

    items: frozenset[int] = field(default_factory=frozenset)
    decisions: bool = False
    model: bool = False
    order: bool = False
    routing: bool = False
    pool: bool = False
    settings: bool = False
    classes: bool = False
    automation: bool = False
    problems: bool = False
    told: str = ""

    def __or__(self, other: "Changes") -> "Changes":
        return Changes(
            self.items | other.items,
            self.decisions or other.decisions,
            self.model or other.model,
            self.order or other.order,
            self.routing or other.routing,
            self.pool or other.pool,
            self.settings or other.settings,
            self.classes or other.classes,
            self.automation or other.automation,
            self.problems or other.problems,
            other.told or self.told,
        )


NOTHING = Changes()
