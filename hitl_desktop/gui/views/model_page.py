"""The model page: reads the open project, shows its report, trains and puts to use through the bridge."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.looked_up import LookedUp
from hitl_desktop.gui.theme.tokens import SPACE_4, SPACE_8
from hitl_desktop.gui.views.model_card_sheet import ModelCardSheet, card_facts
from hitl_desktop.gui.views.model_compare import ModelCompare
from hitl_desktop.gui.views.model_overview import ModelOverview
from hitl_desktop.gui.views.preferences.sheet import PreferenceSheet
from hitl_desktop.gui.views.problems.sheet import ProblemsSheet
from hitl_desktop.gui.views.question import Question
from hitl_desktop.gui.views.refused_page import RefusedPage
from hitl_desktop.gui.widgets.card import rule
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.language import listed, number, percent, tr, trn

if TYPE_CHECKING:  # numpy and the store come with the first project, not with the first paint
    from hitl_desktop.domain.changes import Changes
    from hitl_desktop.workflow.jobs import Job
    from hitl_desktop.workflow.model_facts import ModelFacts
    from hitl_desktop.workflow.model_report import ModelReport
    from hitl_desktop.workflow.version_comparison import VersionComparison


MODEL_SUFFIX: Final = ".hitlmodel"
"""The ending of model files. The library that reads them is not loaded in the window: a test compares the two."""
_OVERVIEW, _PROBLEMS, _ANSWERS = range(3)
_MODEL_FILES: Final = f"(*{MODEL_SUFFIX})"


class ModelPage(QWidget):
    """Overview, comparison and model card, one at a time. Nothing is read while the page is hidden.

    `items_wanted(indexes, words)` asks for some items in review: pool indexes, and what they have in common.
    """

    items_wanted = Signal(object, str)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("model_page")
        self.setAccessibleName(tr("Model"))
        self._context = context
        self._report: ModelReport | None = None
        self._told_job: Job | None = None
        self._learns_from = self._could_learn_from = 0
        self._facts, self._comparing = LookedUp(context.bridge, self), LookedUp(context.bridge, self)
        self._looked_at = 0
        self.sheets = QStackedWidget(self)
        self.overview = ModelOverview(context, self.sheets)
        self.compare = ModelCompare(context, self.sheets)
        self.card = ModelCardSheet(context, self.sheets)
        self.problems = ProblemsSheet(context, self.sheets)
        self.answers = PreferenceSheet(context, self.sheets)
        self.tabs = QTabBar()
        self.tabs.setExpanding(False)
        self.tabs.setDrawBase(False)
        self.tabs.setAccessibleName(tr("Model"))
        self.tabs.addTab(tr("Overview"))
        self.tabs.addTab(tr("Label problems"))
        self.tabs.addTab(tr("Answers"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        row = QHBoxLayout()
        row.setContentsMargins(SPACE_8, SPACE_4, SPACE_8, 0)
        row.addWidget(self.tabs)
        row.addStretch(1)
        column.addLayout(row)
        column.addWidget(rule())
        column.addWidget(self.sheets)
        self._waiting = PlainLabel(tr("Working it out…"), "body", "text2")
        self._waiting.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.refused = RefusedPage(context.theme)
        self._is_refused = False
        sheets = (self.overview, self.compare, self.card, self.problems, self.answers, self._waiting, self.refused)
        for sheet in sheets:
            self.sheets.addWidget(sheet)
        self._connect()
        self._project_changed()

    def refresh(self, changes: "Changes") -> None:
        """Follow a change. Nothing is read while the page is not on screen: showing it reads."""
        concerns = changes.decisions or changes.model or changes.pool or changes.routing or changes.settings
        if concerns and self.isVisible() and self.sheets.currentWidget() is self.answers:
            self.answers.refresh()
        elif concerns and self.isVisible() and self.sheets.currentWidget() is not self.problems:
            self._reload()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._reload()

    def show_comparison(self, version: int) -> None:
        """Compare a version with the one in use; why that is impossible becomes a notice."""
        from hitl_desktop.workflow.snapshot import take_snapshot
        from hitl_desktop.workflow.version_comparison import compare_versions

        model = self._context.bridge.desk.project.model
        if model is None:
            return

        def show(found: "VersionComparison") -> None:
            self.compare.show_comparison(found)
            self._show_sheet(self.compare, version)

        in_use = model.version
        self._comparing.ask(lambda seen: compare_versions(seen, take_snapshot(seen), version, in_use), show)

    def show_card(self, version: int) -> None:
        """Show what a version says of itself."""
        from hitl_desktop.workflow import insight

        project = self._context.bridge.desk.project
        model = next((m for m in project.store.models.all() if m.version == version), None)
        if model is None:
            return
        card = insight.card_of(project, model)
        start = insight.began_from(project, card)
        facts = card_facts(card, tr("nothing") if start == "nothing" else start, model.trained_hash)
        title = str(card.get("title", "")) or tr("Version {version}", version=version)
        self.card.show_card(version, title, facts, can_save=insight.has_files(project, model))
        self._show_sheet(self.card, version)

    def show_problems(self) -> None:
        """Show the labels that are probably wrong."""
        self.tabs.setCurrentIndex(_PROBLEMS)

    def save_model(self, version: int) -> None:
        """Ask for a place and write a version there as one file."""
        project = self._context.bridge.desk.project
        suggested = str(project.folder.parent / f"{project.name} v{version}{MODEL_SUFFIX}")
        chosen, _ = QFileDialog.getSaveFileName(self, tr("Save model as"), suggested, f"{tr('Models')} {_MODEL_FILES}")
        if chosen:
            self._context.bridge.model_errands.save(version, Path(chosen))

    def open_model(self) -> None:
        """Ask for a model file and keep it as a new version."""
        chosen, _ = QFileDialog.getOpenFileName(self, tr("Open a model"), "", f"{tr('Models')} {_MODEL_FILES}")
        if chosen:
            self._context.bridge.model_errands.open(Path(chosen))

    def use(self, version: int) -> None:
        """Put a version to use; one that the comparison held back only after a question."""
        notice = self._report.challenger if self._report is not None else None
        if notice is None or notice.version != version:
            self._context.bridge.put_to_use(version)
            return
        question = Question(
            self._context.theme,
            tr("Use v{version} although it was not put to use?", version=version),
            tr("{why} You can go back to v{version} at any time.", why=notice.words, version=notice.against),
            tr("Use v{version}", version=version),
            tr("Keep v{version}", version=notice.against),
            self,
        )
        question.agreed.connect(lambda: self._context.bridge.put_to_use(version))
        question.open()

    def leave(self) -> None:
        """Back to the overview, to the version that was looked at."""
        self._show_tab(_OVERVIEW)
        self.overview.versions.choose(self._looked_at)
        self.overview.versions.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_sheet(self, sheet: "ModelCompare | ModelCardSheet", version: int) -> None:
        self._looked_at = version
        self.tabs.setCurrentIndex(_OVERVIEW)
        self.sheets.setCurrentWidget(sheet)
        sheet.back.setFocus(Qt.FocusReason.OtherFocusReason)

    def _connect(self) -> None:
        bridge = self._context.bridge
        bridge.changed.connect(self.refresh)
        bridge.project_changed.connect(self._project_changed)
        bridge.job_changed.connect(self._job_changed)
        self.overview.headline.train_wanted.connect(bridge.train_now)
        self.overview.headline.stop_wanted.connect(bridge.cancel_training)
        self.overview.items_wanted.connect(self.items_wanted)
        self.overview.compare_wanted.connect(self.show_comparison)
        self.overview.card_wanted.connect(self.show_card)
        self.overview.use_wanted.connect(self.use)
        self.overview.open_wanted.connect(self.open_model)
        self.card.save_wanted.connect(self.save_model)
        self.compare.items_wanted.connect(self.items_wanted)
        self.compare.left.connect(self.leave)
        self.tabs.currentChanged.connect(self._show_tab)
        self.tabs.tabBarClicked.connect(self._show_tab)
        self.problems.counted.connect(self._count_problems)
        self.card.left.connect(self.leave)
        self.refused.again_wanted.connect(self._reload)

    def _show_tab(self, place: int) -> None:
        front = self._front()
        self.sheets.setCurrentWidget({_PROBLEMS: self.problems, _ANSWERS: self.answers}.get(place, front))

    def _front(self) -> QWidget:
        """What the first tab shows: what is known, else that it is looked for, else why it is not."""
        if self._report is not None:
            return self.overview
        return self._waiting if self._facts.is_busy else self.refused if self._is_refused else self.overview

    def _count_problems(self, count: int) -> None:
        title = tr("Label problems") if count < 0 else tr("Label problems · {n}", n=number(count))
        self.tabs.setTabText(_PROBLEMS, title)

    def _project_changed(self) -> None:
        self._count_problems(-1)
        self._report, self._is_refused = None, False
        bridge = self._context.bridge
        self.tabs.setTabVisible(_ANSWERS, bridge.is_open and bridge.desk.project.kind.compares)
        self.tabs.setCurrentIndex(_OVERVIEW)
        self._show_tab(_OVERVIEW)
        if self.isVisible():
            self._reload()

    def _reload(self) -> None:
        if not self._context.bridge.is_open:
            return
        from hitl_desktop.workflow.model_facts import model_facts

        self._facts.ask(model_facts, self._take, self._refuse)
        self._show_front()

    def _show_front(self) -> None:
        """Show what the first tab has to say now, where that tab is open."""
        if self.sheets.currentWidget() in (self.overview, self._waiting, self.refused):
            self._show_tab(_OVERVIEW)

    def _refuse(self, error: Exception) -> None:
        """What is known stays, and a notice offers another try; where nothing is, the page itself does."""
        if self._report is None:
            self._is_refused = True
            self.refused.show_error(error)
            self._show_front()
        elif isinstance(error, KnownError):
            self._context.bridge.tell(error, tr("Try again"), self._reload)

    def _take(self, found: "ModelFacts") -> None:
        self._report, self._is_refused = found.report, False
        self._could_learn_from = found.learns_from
        threshold = self._context.bridge.desk.project.pool.threshold
        self.overview.show_report(found.report, threshold, found.decided)
        self.overview.following.show_following(found.following, found.led)
        self._show_front()
        self._show_training()

    def _show_training(self) -> None:
        bridge = self._context.bridge
        job, headline = bridge.training, self.overview.headline
        hindrance = bridge.desk.retraining.hindrance()
        self.overview.need.setText(self._needed(hindrance))
        if job is not None:
            headline.show_training(job, self._progress(job), can_train=False)
            return
        every = bridge.desk.project.retrain_every
        since = bridge.desk.retraining.decisions_since()
        words = trn(
            "{done} of {n} decision to the next training",
            "{done} of {n} decisions to the next training",
            every,
            done=number(since),
        )
        headline.show_training(None, hindrance.message if hindrance else words, can_train=hindrance is None)

    def _progress(self, job: "Job") -> str:
        if job.cancel_asked:
            return tr("Stopping the training…")
        if job is not self._told_job:  # decisions made meanwhile are not part of it
            self._told_job = job
            self._learns_from = self._could_learn_from
        words = trn("Training from {n} decision", "Training from {n} decisions", self._learns_from)
        return listed((words, percent(job.done / job.total) if job.total else ""))

    def _needed(self, hindrance: Exception | None) -> str:
        from hitl_desktop.workflow.insight import decided_per_class

        decided = [items for _, items in decided_per_class(self._context.bridge.desk.project) if items]
        classes = trn("{n} class", "{n} classes", len(decided))
        have = trn(
            "So far {n} item is decided, in {classes}.",
            "So far {n} items are decided, in {classes}.",
            sum(decided),
            classes=classes,
        )
        if hindrance is None:
            return tr(
                "There is enough to begin with. {have} Train now, and every other item gets a suggestion.", have=have
            )
        return tr("Decide items of two classes, then train. {have}", have=have)

    def _job_changed(self, job: "Job") -> None:
        if self._context.bridge.is_open and job.name == "train" and self.isVisible():
            self._show_training()
