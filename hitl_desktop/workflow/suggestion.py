"""What the model in use says of one item, in the words of the project."""

from dataclasses import dataclass

from hitl_desktop.domain.findings import PRESENT
from hitl_desktop.domain.labels import Label, in_words


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What the model in use says of one item: probabilities by label position, and the two numbers made of them.

    `predicted` is the class suggested; None where the task is several findings per item, `findings` are then those
    suggested, in class order. `lead` is the distance of the first from the second, or of the most doubtful finding's
    two answers.
    """

    probabilities: tuple[float, ...]
    confidence: float
    uncertainty: float
    predicted: Label | None
    lead: float
    model_version: int
    findings: tuple[Label, ...] | None = None

    @property
    def most_doubtful(self) -> int:
        """The position of the finding that the model is least sure of."""
        return min(range(len(self.probabilities)), key=lambda place: abs(self.probabilities[place] - PRESENT))

    @property
    def words(self) -> str:
        """The suggestion as people read it: the class, or the findings."""
        return self.predicted.name if self.predicted else in_words(label.name for label in self.findings or ())
