"""The two sorts of error: the world's fault (`KnownError`) and ours (anything else)."""

from pathlib import Path

from hitl_desktop.domain.sentences import Sentence, say, say_n


class KnownError(Exception):
    """Something outside the program is not as needed: a broken file, a full disk, a missing column.

    `message` says what happened and what it means, in a person's words; `remedy` says what to do. Both are made as a
    `Sentence` (or a text in the reader's language) and said when they are read; `sentence` and `advice` are what can be
    kept or sent. The window shows both as a notice; the command line prints them on one line.
    """

    def __init__(self, message: str | Sentence, remedy: str | Sentence = "") -> None:
        super().__init__(message, remedy)
        self.is_template = isinstance(message, Sentence)
        """False for a text whose values are filled in: names, of which none may stand in a log."""
        self.sentence = message if isinstance(message, Sentence) else Sentence(message)
        self.advice = remedy if isinstance(remedy, Sentence) else Sentence(remedy)

    @property
    def message(self) -> str:
        """What happened, in the language in use."""
        return str(self.sentence)

    @property
    def remedy(self) -> str:
        """What to do, in the language in use; "" where nothing helps."""
        return str(self.advice)

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".strip()


class UnreadableItem(KnownError):  # noqa: N818 - a state of the item, shown as such
    """One item cannot be decoded; the others are not concerned."""


class NotAPicture(Exception):  # noqa: N818 - no error: such objects are in their place, and are only listed
    """A DICOM object that holds no picture; `sentence` says what it is."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class ProjectRefused(KnownError):  # noqa: N818 - the project is left untouched
    """A project cannot be opened: missing, damaged, in use, or made by a newer version. Nothing was changed."""


class ProjectInUse(ProjectRefused):
    """Another window or program has the project open; it can still be opened to read."""


class ProjectNotWritable(ProjectRefused):
    """The folder takes no changes, or no lock; the project can still be opened to read."""


class ProjectDamaged(ProjectRefused):
    """The database of the project in `folder` is damaged or gone. Nothing was changed; a backup may be restored."""

    def __init__(self, message: str | Sentence, remedy: str | Sentence, folder: Path) -> None:
        super().__init__(message, remedy)
        self.folder = folder

    def __reduce__(self) -> tuple[type["ProjectDamaged"], tuple[Sentence, Sentence, Path]]:
        return type(self), (self.sentence, self.advice, self.folder)


class ProjectStrange(ProjectRefused):
    """The database of the project in `folder` holds what this program did not make; it can be taken over without."""

    def __init__(self, message: str | Sentence, remedy: str | Sentence, folder: Path) -> None:
        super().__init__(message, remedy)
        self.folder = folder

    def __reduce__(self) -> tuple[type["ProjectStrange"], tuple[Sentence, Sentence, Path]]:
        return type(self), (self.sentence, self.advice, self.folder)


class ProjectElsewhere(ProjectRefused):
    """The project in `folder` was last in other hands than ours; it is taken over as a copy, unless it is trusted."""

    def __init__(self, message: str | Sentence, remedy: str | Sentence, folder: Path) -> None:
        super().__init__(message, remedy)
        self.folder = folder

    def __reduce__(self) -> tuple[type["ProjectElsewhere"], tuple[Sentence, Sentence, Path]]:
        return type(self), (self.sentence, self.advice, self.folder)


class DiskTrouble(KnownError):  # noqa: N818 - the world's fault, told as such
    """The disk is full, fails or refuses to be written to: nothing of the step was saved, and it can be tried again."""


class ReasonNeeded(KnownError):  # noqa: N818 - nothing failed: the person is asked
    """A past decision is to be changed, and nobody said why. Nothing was changed: do it again, with a reason."""

    def __init__(self, items: int) -> None:
        super().__init__(
            say_n(
                "{n} item is decided already, and a past decision is changed with a reason.",
                "{n} items are decided already, and a past decision is changed with a reason.",
                items,
            ),
            say("Say why in a few words."),
        )
        self.items = items

    def __reduce__(self) -> tuple[type["ReasonNeeded"], tuple[int]]:
        return type(self), (self.items,)


class DataMoved(KnownError):  # noqa: N818 - the decisions are safe, the files are elsewhere
    """The data set is not where it was; decisions and history stay usable until it is found."""


class Cancelled(Exception):  # noqa: N818 - a person's wish, not a failure
    """The running job was cancelled by the user; nothing of it was kept."""
