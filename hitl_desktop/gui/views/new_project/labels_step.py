"""Step 2: which columns are read, which classes there are, what the labels are for, the model, and the place."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QRadioButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from hitl_desktop import paths
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.exchange.record_rows import layout_of
from hitl_desktop.exchange.row_kinds import ROW_KINDS, Layout
from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import SPACE_4, SPACE_16
from hitl_desktop.gui.views.new_project.column_choice import ColumnChoice
from hitl_desktop.gui.views.new_project.columns import two_columns
from hitl_desktop.gui.views.new_project.holdout_choice import HoldoutChoice
from hitl_desktop.gui.views.new_project.kind_choice import RECORD, KindChoice
from hitl_desktop.gui.views.new_project.model_offer import ModelOffer
from hitl_desktop.gui.views.new_project.project_place import ProjectPlace
from hitl_desktop.gui.views.new_project.record_types import NAME_WIDTH, RecordTypes
from hitl_desktop.gui.views.new_project.suggesting_choice import SuggestingChoice
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.card import Card
from hitl_desktop.gui.widgets.class_count_bars import ClassCount, ClassCountBars
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.language import mark, tr, trn
from hitl_desktop.learning.cards import bundled_models, matching_model
from hitl_desktop.workflow.first_look import ROWS_LOOKED_AT, Found, FoundFolder, FoundTable
from hitl_desktop.workflow.requests import NO_MODEL, LabelUse, NewProject

_INDENT: Final = 24
_CLASSES_SHOWN: Final = 12
_USES: Final = (
    (LabelUse.NO, mark("Only the names of the classes"), mark("You start with every item undecided.")),
    (
        LabelUse.DECISIONS,
        mark("Earlier decisions"),
        mark("They train the model; what is set aside of them measures it."),
    ),
    (
        LabelUse.TRUTH,
        mark("Hidden truth"),
        mark("They are kept aside, to simulate and to measure. You decide without them."),
    ),
)


class LabelsStep(QWidget):
    """Everything that is chosen before the import. `edited` is sent at the first and every later change by hand."""

    edited = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._found: Found | None = None
        self._models: dict[str, dict[str, Any]] = {}
        self._has_own_names = False
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        content, wide, narrow = QWidget(), QWidget(), QWidget()
        left = QVBoxLayout(wide)
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(SPACE_16)
        self._columns_card = Card(tr("Columns"), tr("Guessed from the first rows"))
        self.columns = ColumnChoice()
        self.columns.changed.connect(self._columns_changed)
        self._columns_card.body.addWidget(self.columns)
        self.types = RecordTypes(theme)
        self.types.changed.connect(self.edited)
        self._columns_card.body.addWidget(self.types)
        self.kind = KindChoice(theme)
        self.kind.changed.connect(self._kind_changed)
        left.addWidget(self.kind)
        left.addWidget(self._columns_card)
        left.addWidget(self._classes(theme))
        left.addWidget(self._uses())
        left.addStretch(1)
        right = QVBoxLayout(narrow)
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(SPACE_16)
        self.model = ModelOffer(theme)
        self.place = ProjectPlace(theme)
        self.place.changed.connect(self.edited)
        self.holdout = HoldoutChoice()
        self.holdout.changed.connect(self.edited)
        self.suggesting = SuggestingChoice()
        self.suggesting.changed.connect(self.edited)
        for card in (self.place, self.model, self.holdout, self.suggesting):
            right.addWidget(card)
        right.addStretch(1)
        content.setLayout(two_columns(theme, wide, narrow))
        area = QScrollArea()
        area.setWidget(content)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        outer.addWidget(area)

    def show_found(self, found: Found) -> None:
        """Offer the choices that fit the data, with the likely ones made."""
        self._found = found
        self._models = bundled_models(paths.resources())
        self._columns_card.setVisible(isinstance(found, FoundTable))
        if isinstance(found, FoundTable):
            self.columns.show_guess(found.guess)
            self.kind.show_guess(found.guess)
            self.types.show_guess(found.guess)
            self._show_kind(found)
        else:
            self.kind.hide()
        self.several_box.setChecked(isinstance(found, FoundTable) and found.holds_several(self.columns.column("label")))
        self.names_field.clear()
        self._has_own_names = isinstance(found, FoundFolder) and found.survey.names_places
        self.use_buttons[LabelUse.NO].setChecked(True)
        self.model.use_button.setChecked(True)
        self.holdout.show_total(found.count)
        self.suggesting.show_usual()
        self.place.suggest(_title_of(found.path))
        self._show_classes()

    def request(self) -> NewProject:
        """What is to be made. Raises KnownError with what is still missing."""
        found, folder = self._found, self.place.folder
        if found is None:
            raise KnownError(tr("No data is chosen yet."), tr("Choose a folder or a table."))
        text = self.columns.column("text") if self._reads_text else None
        if self._reads_text and text is None:
            raise KnownError(tr("No column looks like text."), tr("Choose the column to read."))
        counts = self._counts()
        names = () if counts or self._fixed else self._typed_names()
        layout = self._layout() if isinstance(found, FoundTable) else Layout()
        missing = ROW_KINDS[self.kind.kind].refusal(layout) if self._is_row_kind else None
        if missing is not None:
            raise KnownError(missing, tr("Choose the columns to read."))
        if not counts and not self._fixed and len(names) < self._least_names():
            if self.is_several:
                raise KnownError(tr("At least one finding is needed."), tr("Name the findings, separated by commas."))
            raise KnownError(tr("At least two classes are needed."), tr("Name the classes, separated by commas."))
        if folder is None:
            raise KnownError(tr("The project has no name yet."), tr("Give it one."))
        is_table = isinstance(found, FoundTable)
        return NewProject(
            folder=folder,
            data=found.path,
            name=self.place.name,
            kind=self.kind.kind if is_table else found.kind,
            labels=names,
            labels_from=self.columns.column("label") if is_table and counts else None,
            id_column=(self.columns.column("id") or "") if is_table else None,
            text_column=text,
            use_labels=self.use if counts or (self._fixed and self.kind.names_answers) else LabelUse.NO,
            model=NO_MODEL if self.is_several else self.model.chosen,
            several=self.is_several,
            holdout=self.holdout.chosen,
            suggesting=self.suggesting.chosen,
            roles=layout.roles,
            options=layout.options,
        )

    def _layout(self) -> Layout:
        """How the columns are read, as it is chosen. Raises KnownError with what has still to be said."""
        if self.kind.kind != RECORD:
            return self.kind.layout_chosen
        if self.types.missing() is not None:
            raise KnownError(
                tr("Dates that can be read in two ways are not read."), tr("Say whether the day or the month is first.")
            )
        columns = self.types.columns(self.columns.column("label"), self.columns.column("id"))
        columns.check()
        return layout_of(columns)

    def _show_kind(self, found: FoundTable) -> None:
        """Offer what is chosen of a table of this kind."""
        row_kind = ROW_KINDS.get(self.kind.kind)
        self.types.setVisible(self.kind.kind == RECORD)
        self.columns.keep_titles(self._theme.px(NAME_WIDTH) if self.kind.kind == RECORD else 0)
        self.columns.choose("label", found.guess.label_column if row_kind is None else row_kind.label_of(found.guess))
        self._leave_out()

    def _leave_out(self) -> None:
        self.types.leave_out(self.columns.column("label"), self.columns.column("id"))

    @property
    def _is_row_kind(self) -> bool:
        """True for a table whose rows are of another kind than texts."""
        return isinstance(self._found, FoundTable) and self.kind.kind in ROW_KINDS

    @property
    def _reads_text(self) -> bool:
        """True for a table of texts."""
        return isinstance(self._found, FoundTable) and not self._is_row_kind

    @property
    def _fixed(self) -> tuple[str, ...]:
        """The classes that follow from the kind of row; () where they are named by the data or by hand."""
        return self.kind.classes if isinstance(self._found, FoundTable) else ()

    @property
    def is_several(self) -> bool:
        """True when an item may have several of the classes, or none."""
        return self.several_box.isChecked() and not self.several_box.isHidden()

    def _least_names(self) -> int:
        return 1 if self.is_several else 2

    @property
    def use(self) -> LabelUse:
        """What the labels are to be used for."""
        return next(use for use, button in self.use_buttons.items() if button.isChecked())

    def focus_missing(self) -> bool:
        """Put the focus on what has to be filled in; False when nothing is missing."""
        if self._is_row_kind and self.kind.kind == RECORD and self.types.missing() is not None:
            missing: QWidget | None = self.types.missing()
        elif self._reads_text and self.columns.column("text") is None:
            missing = self.columns.boxes["text"]
        elif not self._counts() and not self._fixed and len(self._typed_names()) < self._least_names():
            missing = self.names_field
        else:
            missing = self.place.name_field if self.place.folder is None else None
        if missing is not None:
            missing.setFocus(Qt.FocusReason.TabFocusReason)
        return missing is not None

    def _classes(self, theme: Theme) -> Card:
        self._classes_card = Card(tr("Classes"))
        self._bars = ClassCountBars(theme)
        self._more = PlainLabel("", "small", "text2", wrap=True)
        self.names_field = QLineEdit()
        self.names_field.setAccessibleName(tr("Names of the classes, separated by commas"))
        self.names_field.setPlaceholderText(tr("For example: normal, nodule, effusion"))
        self.names_field.textEdited.connect(self._names_edited)
        # Folders may stand for patients or days: then their names are no classes.
        self.own_names_button = Button(theme, "", "link", size="small")
        self.own_names_button.clicked.connect(self._toggle_own_names)
        self.several_box = QCheckBox(tr("An item may have several of them, or none"))
        self.several_box.setAccessibleDescription(tr("You then say yes or no to each of them."))
        self.several_box.toggled.connect(lambda _: self._show_classes())
        self.several_box.clicked.connect(lambda _: self.edited.emit())
        for widget in (self._bars, self.names_field, self._more, self.several_box):
            self._classes_card.body.addWidget(widget)
        self._classes_card.body.addWidget(self.own_names_button, 0, Qt.AlignmentFlag.AlignLeading)
        return self._classes_card

    def _uses(self) -> Card:
        self._uses_card = Card(tr("What the labels are used for"))
        self._group = QButtonGroup(self)
        self.use_buttons: dict[LabelUse, QRadioButton] = {}
        for use, title, sentence in _USES:
            button = QRadioButton(tr(title))
            button.setAccessibleDescription(tr(sentence))
            self._group.addButton(button)
            self.use_buttons[use] = button
            box = QVBoxLayout()
            box.setSpacing(0)
            box.addWidget(button)
            line = QHBoxLayout()
            line.setContentsMargins(_INDENT, 0, 0, SPACE_4)
            line.addWidget(PlainLabel(tr(sentence), "small", "text2", wrap=True), 1)
            box.addLayout(line)
            self._uses_card.body.addLayout(box)
        self._uses_card.body.setSpacing(SPACE_4)
        self.use_buttons[LabelUse.NO].setChecked(True)
        self._group.buttonClicked.connect(lambda _: self.edited.emit())
        return self._uses_card

    def _toggle_own_names(self) -> None:
        self._has_own_names = not self._has_own_names
        self._show_classes()
        self.edited.emit()
        self.focus_missing()

    def _kind_changed(self) -> None:
        if isinstance(self._found, FoundTable):
            self._show_kind(self._found)
        self._show_classes()
        self.edited.emit()

    def _columns_changed(self) -> None:
        if isinstance(self._found, FoundTable):
            self.several_box.setChecked(self._found.holds_several(self.columns.column("label")))
        self._leave_out()
        self._show_classes()
        self.edited.emit()

    def _names_edited(self) -> None:
        self._offer_model()
        self.edited.emit()

    def _counts(self) -> Mapping[str, int]:
        """The classes that the data names, with their counts; empty when they have to be named by hand."""
        if isinstance(self._found, FoundFolder):
            return {} if self._has_own_names else self._found.counts
        if isinstance(self._found, FoundTable) and not self._fixed:
            return self._found.classes_in(self.columns.column("label"), several=self.several_box.isChecked())
        return {}

    def _typed_names(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name.strip() for name in self.names_field.text().split(",") if name.strip()))

    def _show_classes(self) -> None:
        counts, fixed = self._counts(), self._fixed
        self.columns.show_roles({"text", "label", "id"} if self._reads_text else {"id"} if fixed else {"label", "id"})
        # Folders name one class per image.
        self.several_box.setVisible(not (isinstance(self._found, FoundFolder) and counts) and not fixed)
        self._uses_card.setVisible(bool(counts) or (bool(fixed) and self.kind.names_answers))
        self.suggesting.setVisible(not fixed)  # comparisons are answered blind
        self._bars.setVisible(bool(counts))
        self.names_field.setVisible(not counts and not fixed)
        if counts:
            rows = [ClassCount(index, name, count) for index, (name, count) in enumerate(counts.items())]
            self._bars.show_counts(rows[:_CLASSES_SHOWN])
            source = (
                trn("{n}, named by the folders", "{n}, named by the folders", len(counts))
                if isinstance(self._found, FoundFolder)
                else trn("{n}, named by the label column", "{n}, named by the label column", len(counts))
            )
            self._classes_card.set_title(tr("Classes"), source)
            self._more.setText(self._more_in_words(len(rows)))
        elif fixed:
            self._classes_card.set_title(tr("Classes"), tr("they follow from the answers"))
            self._more.setText(" · ".join(fixed))
        else:
            self._classes_card.set_title(tr("Name the classes"))
            self._more.setText(tr("Separate them by commas. Their order is that of the keys 1, 2, 3."))
        self._more.setVisible(bool(self._more.text()))
        self.own_names_button.setVisible(isinstance(self._found, FoundFolder) and bool(self._found.counts))
        self.own_names_button.set_label(tr("Use the folders") if self._has_own_names else tr("Name other classes"))
        self._offer_model()

    def _more_in_words(self, classes: int) -> str:
        more = classes - _CLASSES_SHOWN
        said = [trn("And {n} more.", "And {n} more.", more)] if more > 0 else []
        if isinstance(self._found, FoundTable) and not self._found.complete:
            said.append(
                trn(
                    "Counted in the first {n} row; the import reads all.",
                    "Counted in the first {n} rows; the import reads all.",
                    ROWS_LOOKED_AT,
                )
            )
        return " ".join(said)

    def _offer_model(self) -> None:
        names = list(self._counts()) or list(self._typed_names())
        found = self._found
        kind = self.kind.kind if isinstance(found, FoundTable) else found.kind if found is not None else ""
        name = matching_model(self._models, kind, names) if names and not self.is_several else None
        self.model.show_model(name, self._models[name] if name else {}, len(names))


def _title_of(path: Path) -> str:
    """A name for a project made from this data: the name of the folder or file, with blanks and a capital."""
    stem = path.name if path.is_dir() else path.name.split(".")[0]
    if stem.casefold() in ("data", "images", "crops", "train", "test") and path.parent.name:
        stem = f"{path.parent.name} {stem}" if path.is_dir() else path.parent.name
    words = " ".join(stem.replace("_", " ").split())
    return words[:1].upper() + words[1:] or tr("Project")
