"""The marks of the item on screen: changed one by one, taken back and made again, before they go with a decision."""

from hitl_desktop.domain.evidence import NO_EVIDENCE, Evidence


class Marks:
    """What is marked now, and the steps that led there since the item came on screen."""

    def __init__(self, saved: Evidence = NO_EVIDENCE, draft: Evidence | None = None) -> None:
        """`saved` is what the decision that stands has; `draft` what was marked since, None for nothing."""
        self._saved = saved
        self.evidence = saved if draft is None else draft
        self._before: list[Evidence] = []
        self._after: list[Evidence] = []

    def carrying_on(self, before: "Marks") -> "Marks":
        """`before`, with the steps that can be taken back, where both say the same of the same item; else these."""
        return before if (before._saved, before.evidence) == (self._saved, self.evidence) else self

    def copy(self) -> "Marks":
        """The same marks, to be changed and taken once that is saved."""
        marks = Marks(self._saved, self.evidence)
        marks._before, marks._after = list(self._before), list(self._after)
        return marks

    @property
    def draft(self) -> Evidence | None:
        """What has to be kept until a decision; None when the marks are as the decision has them."""
        return None if self.evidence == self._saved else self.evidence

    @property
    def can_undo(self) -> bool:
        """True when a step can be taken back."""
        return bool(self._before)

    @property
    def can_redo(self) -> bool:
        """True when a step was taken back and nothing was marked since."""
        return bool(self._after)

    def change(self, evidence: Evidence) -> bool:
        """One step: a mark was added, changed or removed. False when nothing is different."""
        if evidence == self.evidence:
            return False
        self._before.append(self.evidence)
        self._after.clear()
        self.evidence = evidence
        return True

    def undo(self) -> None:
        """Take back the last step, if there is one."""
        if self._before:
            self._after.append(self.evidence)
            self.evidence = self._before.pop()

    def redo(self) -> None:
        """Make the step again that was taken back last, if there is one."""
        if self._after:
            self._before.append(self.evidence)
            self.evidence = self._after.pop()
