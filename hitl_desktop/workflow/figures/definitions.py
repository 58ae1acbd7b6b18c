"""The five figures of the field: what each is called, what it says, and its formula."""

from dataclasses import dataclass
from typing import Final, Literal

from hitl_desktop.language import mark

Unit = Literal["share", "seconds", "money"]


@dataclass(frozen=True, slots=True)
class Definition:
    """All marked for the catalogues: say them with `tr`."""

    title: str
    meaning: str
    formula: str
    unit: Unit


DEFINITIONS: Final[dict[str, Definition]] = {
    "accuracy": Definition(
        mark("Model accuracy, before you"),
        mark(
            "How often the model in use is right by itself. It is measured on random checks alone, never on items that "
            "were chosen because the model was unsure. The interval is a 95 % Wilson interval."
        ),
        mark("right checks ÷ random checks"),
        "share",
    ),
    "intervention": Definition(
        mark("Human intervention"),
        mark(
            "The share of the items that a person has decided, has set aside, or still has to look at. It is a count. "
            "Items whose label came with the data need nobody and are left out."
        ),
        mark("(decided + set aside + to do) ÷ (all items − labels of the data)"),
        "share",
    ),
    "reduction": Definition(
        mark("Error reduction"),
        mark(
            "Of the items that the model gets wrong, the share that comes before a person at the limit in force, if "
            "that person is right. It is measured on random checks; the interval is a 95 % Wilson interval."
        ),
        mark("1 − wrong afterwards ÷ wrong before"),
        "share",
    ),
    "time": Definition(
        mark("Review time per item"),
        mark(
            "Active seconds per decision: the clock stops while nobody works. The shortest and the longest tenth are "
            "left out, so that one forgotten item does not move it. Items decided many at once have no time."
        ),
        mark("mean of the active seconds without the outer tenths"),
        "seconds",
    ),
    "cost": Definition(
        mark("Cost per item"),
        mark(
            "What reviewing has cost until now for each item that is finished, by a person or automatically. The "
            "set-up and mistakes are not in it: “What all items cost” has both."
        ),
        mark("active hours × money per hour ÷ finished items"),
        "money",
    ),
}
