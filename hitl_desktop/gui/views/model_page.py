"""The model page: which model is in use, how it was measured, what came before it, and training."""

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from hitl_desktop.gui.context import Context
from hitl_desktop.gui.theme.tokens import SPACE_8, SPACE_12, SPACE_16
from hitl_desktop.gui.views.fact_rows import FactRows
from hitl_desktop.gui.views.figure import Figure
from hitl_desktop.gui.views.figures_in_words import count, counted, interval, percent
from hitl_desktop.gui.views.model_versions import ModelVersionView
from hitl_desktop.gui.views.page_column import page_column
from hitl_desktop.gui.views.two_columns import TwoColumns
from hitl_desktop.gui.widgets.badge import Badge
from hitl_desktop.gui.widgets.busy_line import BusyLine
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.card import Card
from hitl_desktop.gui.widgets.class_count_bars import ClassCount, ClassCountBars
from hitl_desktop.gui.widgets.interval_plot import IntervalPlot, IntervalPoint
from hitl_desktop.gui.widgets.labels import PlainLabel

if TYPE_CHECKING:
    from hitl_desktop.domain.changes import Changes
    from hitl_desktop.store.models import ModelVersion
    from hitl_desktop.workflow.jobs import Job

_SIDE = 432
_CLASSES_SHOWN = 10


class ModelPage(QWidget):
    """Reads the open project; trains and puts to use through the bridge."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("model_page")
        self.setAccessibleName("Model")
        self._context = context
        theme = context.theme
        self._title = PlainLabel("Model", "claim")
        self._badge = Badge(theme, "check", "In use", "ok")
        self._story = PlainLabel("", "small", "text2", wrap=True)
        self._checks = Figure("Random checks")
        self._held_out = Figure("On held-out data")
        self._train = Button(theme, "Train now", "primary", icon="refresh-cw", key=context.keymap.caption("train"))
        self._state = PlainLabel("", "small", "text2", elide=True)
        self._busy = BusyLine(theme)
        self._told_job: Job | None = None
        self._learns_from = 0
        self._training = QStackedWidget()
        self._plot = IntervalPlot(theme)
        self._plot_source = PlainLabel("", "small", "text2", wrap=True)
        self._classes = ClassCountBars(theme)
        self._classes_card = Card("Decided, by class")
        self._classes_note = PlainLabel("", "small", "text2", wrap=True)
        self._versions = ModelVersionView(theme)
        self._card = Card("Version")
        self._facts = FactRows()
        self._use = Button(theme, "Put to use", icon="rotate-ccw")
        self._empty = Card("There is no model yet")
        self._need = PlainLabel("", "body", "text", wrap=True)
        self._learning = Card("Is it still learning?", "right on random checks")
        self._build()
        self._connect()
        self._reload()

    def story(self) -> str:
        """The line below the headline."""
        return self._story.text()

    def need(self) -> str:
        """What training needs, while there is no model."""
        return self._need.text()

    def state(self) -> str:
        """The line about the next training."""
        return self._state.text()

    def checks(self) -> Figure:
        """The figure made of the random checks."""
        return self._checks

    def versions(self) -> ModelVersionView:
        """The table."""
        return self._versions

    def card_facts(self) -> list[tuple[str, str]]:
        """What the card of the selected version says."""
        return self._facts.facts()

    def train_button(self) -> Button:
        """The button that trains."""
        return self._train

    def use_button(self) -> Button:
        """The button that puts the selected version to use."""
        return self._use

    def busy(self) -> BusyLine:
        """The line that shows a training at work."""
        return self._busy

    def refresh(self, changes: "Changes") -> None:
        """Follow a change. Nothing is read while the page is not on screen: showing it reads."""
        concerns = changes.decisions or changes.model or changes.pool or changes.settings
        if concerns and self.isVisible():
            self._reload()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._reload()

    def _connect(self) -> None:
        bridge = self._context.bridge
        bridge.changed.connect(lambda changes, _: self.refresh(changes))
        bridge.project_changed.connect(self._reload)
        bridge.job_changed.connect(self._job_changed)
        self._train.clicked.connect(bridge.train_now)
        self._busy.cancel_requested.connect(bridge.cancel_training)
        self._versions.chosen.connect(lambda _: self._show_card())
        self._use.clicked.connect(self._put_to_use)

    def _build(self) -> None:
        column = page_column(self)
        column.addLayout(self._headline())
        column.addWidget(self._training)
        self._training.addWidget(self._state)
        self._training.addWidget(self._busy)
        self._training.setFixedHeight(self._busy.sizeHint().height())
        first = QWidget()
        either = QHBoxLayout(first)
        either.setContentsMargins(0, 0, 0, 0)
        either.addWidget(self._empty_card())
        either.addWidget(self._learning_card())
        theme = self._context.theme
        column.addWidget(TwoColumns(theme, first, self._classes_side(), side_width=_SIDE))
        self._lower = TwoColumns(theme, self._versions_card(), self._card_side(), side_width=_SIDE)
        column.addWidget(self._lower)
        column.addStretch(1)

    def _headline(self) -> QHBoxLayout:
        head = QHBoxLayout()
        head.setSpacing(SPACE_16)
        names = QVBoxLayout()
        names.setSpacing(0)
        first = QHBoxLayout()
        first.setSpacing(SPACE_12)
        first.addWidget(self._title)
        first.addWidget(self._badge)
        first.addStretch(1)
        names.addLayout(first)
        names.addWidget(self._story)
        names.addStretch(1)
        head.addLayout(names)
        head.addSpacing(SPACE_8)
        for figure in (self._checks, self._held_out):
            head.addWidget(figure)
            head.addSpacing(SPACE_8)
        head.addStretch(1)
        head.addWidget(self._train, 0, Qt.AlignmentFlag.AlignVCenter)
        return head

    def _empty_card(self) -> Card:
        words = "Until then the order of asking is by chance, and there is no suggestion to confirm: choose a class."
        self._empty.body.addWidget(self._need)
        self._empty.body.addWidget(PlainLabel(words, "body", "text2", wrap=True))
        self._empty.body.addStretch(1)
        return self._empty

    def _learning_card(self) -> Card:
        self._learning.body.addWidget(self._plot)
        self._learning.body.addWidget(self._plot_source)
        self._learning.body.addStretch(1)
        return self._learning

    def _classes_side(self) -> Card:
        self._classes_card.body.addWidget(self._classes)
        self._classes_card.body.addWidget(self._classes_note)
        self._classes_card.body.addStretch(1)
        return self._classes_card

    def _versions_card(self) -> Card:
        card = Card("Versions", "every version is kept")
        card.body.addWidget(self._versions)
        card.body.addStretch(1)
        return card

    def _card_side(self) -> Card:
        self._card.body.addWidget(self._facts)
        row = QHBoxLayout()
        row.setSpacing(SPACE_8)
        row.addWidget(self._use)
        row.addStretch(1)
        self._card.body.addLayout(row)
        self._card.body.addStretch(1)
        return self._card

    def _reload(self) -> None:
        if not self._context.bridge.is_open:
            return
        project = self._context.bridge.desk.project
        self._show_headline()
        self._show_training()
        has_model = project.model is not None
        self._lower.setVisible(has_model)
        self._learning.setVisible(has_model)
        self._empty.setVisible(not has_model)
        self._checks.setVisible(has_model)
        self._show_versions()
        self._show_classes()
        self._show_card()

    def _show_headline(self) -> None:
        from hitl_desktop.workflow import insight

        desk = self._context.bridge.desk
        model = desk.project.model
        self._title.setText(f"Model v{model.version}" if model else "Model")
        self._badge.setVisible(model is not None)
        self._story.setText(self._told(model))
        measured = insight.checks_now(desk.project, desk.retraining.snapshot()) if model else None
        if measured:
            source = f"{interval(measured)} · {count(measured.right)} of {count(measured.of)} random checks"
            self._checks.show_figure(percent(measured.share, measured.of), source)
        else:
            self._checks.show_figure("–", "no random checks yet")
        before = insight.held_out(model) if model else None
        self._held_out.setVisible(before is not None)
        if before:
            source = f"{interval(before)} · {count(before.right)} of {count(before.of)} held-out items"
            self._held_out.show_figure(percent(before.share, before.of), source)

    def _told(self, model: "ModelVersion | None") -> str:
        from hitl_desktop.workflow.insight import title_of

        if model is None:
            return "Not trained yet"
        project = self._context.bridge.desk.project
        if model.origin == "bundled":
            return f"Came with the program: {title_of(project, model)}"
        first = next((m for m in project.store.models.all() if m.origin == "bundled"), None)
        start = f", starting from {title_of(project, first)}" if first else ""
        return f"Trained on {counted(model.trained_on, 'decision', 'decisions')} of this project{start}"

    def _show_training(self) -> None:
        bridge = self._context.bridge
        job = bridge.training
        self._training.setCurrentWidget(self._state if job is None else self._busy)
        self._train.setEnabled(job is None and bridge.desk.retraining.hindrance() is None)
        if job is not None:
            self._show_progress(job)
            return
        hindrance = bridge.desk.retraining.hindrance()
        every = bridge.desk.project.retrain_every
        since = bridge.desk.retraining.decisions_since()
        words = f"{count(since)} of {counted(every, 'decision', 'decisions')} to the next training."
        self._state.setText(str(hindrance) if hindrance else words)
        self._need.setText(self._needed(hindrance))

    def _needed(self, hindrance: Exception | None) -> str:
        from hitl_desktop.workflow.insight import decided_per_class

        decided = [number for _, number in decided_per_class(self._context.bridge.desk.project) if number]
        items = counted(sum(decided), "item is", "items are")
        have = f"So far {items} decided, in {counted(len(decided), 'class', 'classes')}."
        if hindrance is None:
            return f"There is enough to begin with. {have} Train now, and every other item gets a suggestion."
        return f"Decide items of two classes, then train. {have}"

    def _show_progress(self, job: "Job") -> None:
        if job.cancel_asked:
            self._busy.show_progress("Stopping the training…", job.done, job.total)
            return
        if job is not self._told_job:  # decisions made meanwhile are not part of it
            self._told_job = job
            self._learns_from = len(self._context.bridge.desk.retraining.snapshot().training[0])
        text = f"Training from {counted(self._learns_from, 'decision', 'decisions')}. You can go on."
        self._busy.show_progress(text, job.done, job.total, job.what)

    def _show_versions(self) -> None:
        from hitl_desktop.workflow.insight import checks_when_made

        project = self._context.bridge.desk.project
        rows = [(model, checks_when_made(model)) for model in project.store.models.all()]
        self._versions.show_versions(rows, project.model.version if project.model else None)
        measured = [(m, e) for m, e in rows if e is not None]
        self._plot.setVisible(bool(measured))
        self._plot.show_points([IntervalPoint(f"v{m.version}", e.share, e.low, e.high) for m, e in measured])
        self._plot_source.setText(
            "With 95 % intervals. Each version was measured on the checks there were when it was made; checks "
            "never train."
            if measured
            else "No version has been measured on this project yet. Every tenth item is drawn at random, to measure."
        )

    def _show_classes(self) -> None:
        from hitl_desktop.workflow.insight import decided_per_class

        every = decided_per_class(self._context.bridge.desk.project)
        most = sorted(every, key=lambda row: -row[1])[:_CLASSES_SHOWN]
        shown = [row for row in every if row in most]
        self._classes.show_counts([ClassCount(label.position, label.name, number) for label, number in shown])
        total = sum(number for _, number in every)
        self._classes_card.set_title("Decided, by class", counted(total, "item", "items"))
        hidden = len(every) - len(shown)
        rest = total - sum(number for _, number in shown)
        self._classes_note.setVisible(hidden > 0)
        self._classes_note.setText(f"{counted(hidden, 'more class', 'more classes')} with {count(rest)} decided.")

    def _show_card(self) -> None:
        from hitl_desktop.workflow import insight

        if not self._context.bridge.is_open:
            return
        project = self._context.bridge.desk.project
        model = self._versions.chosen_version()
        self._card.setVisible(model is not None)
        if model is None:
            return
        is_in_use = project.model is not None and model.version == project.model.version
        card = insight.card_of(project, model)
        self._card.set_title(f"About v{model.version}", str(card.get("title", "")))
        self._facts.show_facts(_facts(card, insight.began_from(project, card)))
        is_there = insight.has_files(project, model)
        self._use.setVisible(not is_in_use)
        self._use.setEnabled(is_there)
        self._use.set_label(f"Put v{model.version} to use")
        self._use.setToolTip("" if is_there else "The files of this version are gone.")

    def _put_to_use(self) -> None:
        model = self._versions.chosen_version()
        if model is not None:
            self._context.bridge.put_to_use(model.version)

    def _job_changed(self, job: "Job") -> None:
        if self._context.bridge.is_open and job.name == "train" and self.isVisible():
            self._show_training()


def _facts(card: dict[str, Any], began_from: str) -> list[tuple[str, str]]:
    """The card in the words of the page; only what it says."""
    per_class = card.get("decisions_per_class", {})
    trained_on = card.get("trained_on")
    return [
        ("Learned from", str(card.get("data", ""))),
        ("Began from", began_from),
        ("Items", count(int(trained_on)) if trained_on else ""),
        ("For", str(card.get("for", ""))),
        ("Not for", str(card.get("not_for", ""))),
        ("Licence", str(card.get("licence", ""))),
        ("Calibration", str(card.get("calibration", ""))),
        ("Per class", ", ".join(f"{name} {count(int(n))}" for name, n in _most(per_class))),
    ]


def _most(per_class: dict[str, Any]) -> list[tuple[str, Any]]:
    """At most as many classes as the page shows elsewhere, those with most decisions first."""
    return sorted(per_class.items(), key=lambda row: -int(row[1]))[:_CLASSES_SHOWN]
