"""What is mistaken for what."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ids = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Confusion:
    """Checks by what they are and what the model said: `truth` and `predicted` (n,), class columns of `classes`.

    `predicted` is −1 for a check that the model could not read; it belongs to no cell and counts as wrong.
    """

    truth: Ids
    predicted: Ids
    classes: int

    def counts(self) -> Ids:
        """Checks per cell, (k, k): rows are what they are, columns what the model said."""
        read = self.predicted >= 0
        cells = self.truth[read] * self.classes + self.predicted[read]
        return np.bincount(cells, minlength=self.classes**2).reshape(self.classes, self.classes)

    def unscored(self) -> Ids:
        """Checks of each class that the model could not read, (k,)."""
        return np.bincount(self.truth[self.predicted < 0], minlength=self.classes)

    def members(self, truth: int, predicted: int) -> Ids:
        """Which checks are in a cell: places in `truth`, ascending."""
        return np.flatnonzero((self.truth == truth) & (self.predicted == predicted))
