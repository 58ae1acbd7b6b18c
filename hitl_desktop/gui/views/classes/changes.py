"""What can be done to a class: one literal table of forms, and what each of them asks for and says."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from hitl_desktop.language import mark, tr, trn

if TYPE_CHECKING:  # numpy and the store come with the first project, not with the first paint
    from hitl_desktop.domain.changes import Changes
    from hitl_desktop.domain.labels import Label
    from hitl_desktop.workflow.classes import ClassEditor, ClassStep


@dataclass(frozen=True, slots=True)
class Filled:
    """What was filled in: a name, new names, another class, whether items return to the queue, and why."""

    name: str = ""
    names: tuple[str, ...] = ()
    target: int = 0
    give_back: bool = False
    reason: str = ""


Operation = Callable[["ClassEditor", int, Filled], "Changes | ClassStep"]
Words = Callable[["Label", int], str]


@dataclass(frozen=True, slots=True)
class ClassForm:
    """One row: its title and verb, which fields it has, the sentence on what follows, and what it does.

    `fields` are of "name", "names", "target", "items" and "reason".
    """

    title: str
    verb: str
    fields: tuple[str, ...]
    follows: Words
    operate: Operation


def _renamed(_label: "Label", decided: int) -> str:
    return trn(
        "{n} decision follows the new name. Models keep working.",
        "{n} decisions follow the new name. Models keep working.",
        decided,
    )


def _merged(label: "Label", decided: int) -> str:
    return trn(
        "{n} item is decided as {name}. It is decided as the other class, on record, and {name} is retired.",
        "{n} items are decided as {name}. Each is decided as the other class, on record, and {name} is retired.",
        decided,
        name=label.name,
    )


def _split(label: "Label", decided: int) -> str:
    return trn(
        "{n} item decided as {name} returns to the queue, to be decided as one of the new classes.",
        "{n} items decided as {name} return to the queue, to be decided as one of the new classes.",
        decided,
        name=label.name,
    )


def _retired(label: "Label", decided: int) -> str:
    return trn(
        "{name} is no longer offered or suggested. {n} item is decided as {name}.",
        "{name} is no longer offered or suggested. {n} items are decided as {name}.",
        decided,
        name=label.name,
    )


def _brought_back(label: "Label", _decided: int) -> str:
    return tr("{name} is offered again. Decisions made since stay as they are.", name=label.name)


FORMS: Final[dict[str, ClassForm]] = {
    "add": ClassForm(
        mark("Add a class"),
        mark("Add"),
        ("name",),
        lambda _label, _decided: tr("It comes last. The model learns it once items are decided as it."),
        lambda editor, _id, filled: editor.add(filled.name),
    ),
    "rename": ClassForm(
        mark("Rename {name}"),
        mark("Rename"),
        ("name", "reason"),
        _renamed,
        lambda editor, label_id, filled: editor.rename(label_id, filled.name, filled.reason),
    ),
    "merge": ClassForm(
        mark("Merge {name} into another class"),
        mark("Merge"),
        ("target", "reason"),
        _merged,
        lambda editor, label_id, filled: editor.merging(label_id, filled.target, filled.reason),
    ),
    "split": ClassForm(
        mark("Split {name}"),
        mark("Split"),
        ("names", "reason"),
        _split,
        lambda editor, label_id, filled: editor.splitting(label_id, filled.names, filled.reason),
    ),
    "retire": ClassForm(
        mark("Retire {name}"),
        mark("Retire"),
        ("items", "reason"),
        _retired,
        lambda editor, label_id, filled: editor.retiring(label_id, give_back=filled.give_back, reason=filled.reason),
    ),
    "bring_back": ClassForm(
        mark("Bring {name} back"),
        mark("Bring back"),
        (),
        _brought_back,
        lambda editor, label_id, _filled: editor.bring_back(label_id),
    ),
}
