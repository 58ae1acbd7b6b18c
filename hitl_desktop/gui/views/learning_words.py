"""What each choice about learning means, in one sentence: a table beside the ones that say which choices there are."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from hitl_desktop.language import mark, number, tr

if TYPE_CHECKING:
    from hitl_desktop.workflow.project import Project


START: Final[Mapping[str, str]] = {
    "random": mark("Drawn by chance. The plainest start, and usually the slowest."),
    "k_centre": mark("Each as unlike the ones before as possible. Finds odd items early."),
    "kmeans_start": mark("One from the middle of every group: the first items are spread over all your data."),
    "typiclust_start": mark("The one with most others like it, of every group: few answers speak for many items."),
}
STRATEGY: Final[Mapping[str, str]] = {
    "random": mark("Drawn by chance. For comparison: it usually takes the most decisions."),
    "least_confidence": mark("Items of whose first class the model is least sure."),
    "margin": mark("Items for which the two best classes are nearly level."),
    "entropy": mark("Items that could be of most classes. Slow to begin with when there are many classes."),
    "expected_loss": mark("What would lose most if it were missed: probability times the amount of the record."),
    "cluster_margin": mark("The closest calls, but only one of each group of items that are alike."),
    "information_gain": mark("Items whose answers narrow down most what the model does not know yet."),
    "badge": mark("Items that would change the model most, and each in another way."),
    "k_centre": mark("Items most unlike all that are decided, whatever the model says of them."),
}
ESTIMATOR: Final[Mapping[str, str]] = {
    "auto": mark("What does best on your decisions in cross-validation. The model card says why."),
    "logistic_regression": mark("Straight borders between classes. Fast, and good from few decisions on."),
    "linear_svm": mark("Straight borders, as far as possible from the items on both sides."),
    "rbf_kernel": mark("Curved borders. Often better for images, and slower from thousands of decisions on."),
    "mlp": mark("A small network with one hidden layer. Takes more decisions than the others."),
    "bradley_terry": mark("A score for each answer, from which the preferred one follows."),
    "gradient_boosting": mark("Many small trees of questions. Takes many decisions, and cannot read counted words."),
}
_HELD: Final = mark("The model is kept simpler: it follows single decisions less, which helps where some are wrong.")
_FREE: Final = mark("The model follows single decisions more, which helps where they are many and right.")
REGULARISATION: Final[Mapping[str, str]] = {
    "auto": mark("The usual strength; from 60 decisions on, what does best in cross-validation."),
    "much_stronger": _HELD,
    "stronger": _HELD,
    "usual": mark("What was measured to be best for features like yours, whatever cross-validation says."),
    "weaker": _FREE,
    "much_weaker": _FREE,
}
CLASS_WEIGHT: Final[Mapping[str, str]] = {
    "auto": mark("What was measured to be best for features like yours."),
    "none": mark("Every decision counts the same, so common classes weigh more."),
    "balanced": mark(
        "Every class counts the same, so rare classes are found more often, and called wrongly more often."
    ),
}
TEXT_FEATURES: Final[Mapping[str, str]] = {
    "auto": mark("Words, or words and meaning: what does better on your decisions in cross-validation."),
    "words": mark("Words and parts of words, counted. Each word's part in a suggestion can be shown."),
    "meaning": mark("What a sentence says, by a small language model that lies in the program."),
    "both": mark("Both side by side."),
}
IMAGE_FEATURES: Final[Mapping[str, str]] = {
    "auto": mark("Shape, texture and colour, and small parts learned from your own images."),
}
RECORD_FEATURES: Final[Mapping[str, str]] = {
    "auto": mark("All columns together, and what earlier rows of the same key say."),
}
STAKES: Final = mark("Missing this class loses the “{column}” of the record: “Most to lose” asks by what is expected.")
NO_STAKES: Final = mark("Of records with an amount: which class loses it when it is missed.")
TALK_FEATURES: Final = {
    "auto": mark("What does better in cross-validation: the whole conversation, or its last turns beside it."),
    "whole": mark("The words of all turns, each counting the same."),
    "words": mark("The words of all turns, and once more those of what the customer said last."),
    "both": mark("As before, and what the last turns mean. It takes longer once."),
}
FEATURES: Final = {
    "text": TEXT_FEATURES,
    "image": IMAGE_FEATURES,
    "conversation": TALK_FEATURES,
    "record": RECORD_FEATURES,
    "preference": TEXT_FEATURES,
}
"""What each choice of features means, by kind of item."""
OWN_FEATURES: Final = mark("Your own model, alone or beside the features above: what does better in cross-validation.")
ADD_MODEL: Final = mark(
    "An ONNX file that makes features, with a JSON file of the same name beside it. It is checked before it is used."
)
GROUP_COLUMN: Final = mark(
    "Items that say the same there are never used to learn from and to judge at the same time, such as images of one "
    "patient."
)
AT_ONCE: Final = mark("How items are asked changes at once. All else takes effect at the next training.")


def pace(every: int) -> str:
    """How often a random check comes."""
    return tr("One item in {n}", n=number(every))


def holdout(project: "Project") -> str:
    """What was set aside to measure, and why that stays so."""
    aside, items = len(project.measuring_items()), len(project.pool)
    return tr(
        "{aside} of {items} items are set aside to measure, drawn when the items came. That stays so: items drawn "
        "later would be no fair sample. How often one of them comes can be changed.",
        aside=number(aside),
        items=number(items),
    )
