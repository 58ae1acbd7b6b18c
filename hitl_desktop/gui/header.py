"""The header: menu, project, the ledger that always adds up, and the way to everywhere."""

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QWidget

from hitl_desktop.domain.changes import Changes
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.theme.tokens import HEADER
from hitl_desktop.gui.widgets.badge import Badge
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.labels import plain_tooltip
from hitl_desktop.gui.widgets.ledger import LedgerWidget
from hitl_desktop.language import number, tr
from hitl_desktop.workflow.jobs import Job

_NAME_SHOWN = 18


class Header(QFrame):
    """44 high. `jump_wanted()` opens the way to everywhere, `reviewer_wanted()` asks who is there."""

    jump_wanted = Signal()
    reviewer_wanted = Signal()

    def __init__(self, context: Context, menu: QMenu, projects: QMenu, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("bar", "header")
        self.setAccessibleName(tr("Header"))
        self._context = context
        theme = context.theme
        self.setFixedHeight(theme.px(HEADER))
        self._menu_button = Button(theme, "", "quiet", icon="menu", size="small")
        self._menu_button.setAccessibleName(tr("Menu"))
        self._menu_button.clicked.connect(lambda: menu.popup(self._below(self._menu_button)))
        self._project = Button(theme, "", "quiet", size="small", opens=True)
        self._project.setAccessibleName(tr("Project"))
        self._project.clicked.connect(lambda: projects.popup(self._below(self._project)))
        self.read_only = Badge(theme, "lock", tr("Read only"), "neutral")
        self.read_only.setToolTip(tr("Nothing can be decided or changed in this project here."))
        self.safe_mode = Badge(theme, "shield-alert", tr("Safe mode"), "warn")
        self.safe_mode.setToolTip(tr("No training or scoring starts by itself."))
        self.reviewer = Button(theme, "", "quiet", icon="users", size="small")
        self.reviewer.clicked.connect(self.reviewer_wanted)
        self.ledger = LedgerWidget(theme)
        self._jump = Button(
            theme, tr("Go to…"), "secondary", icon="search", key=context.keymap.caption("jump"), size="small"
        )
        self._jump.clicked.connect(self.jump_wanted)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 12, 0)
        row.setSpacing(8)
        row.addWidget(self._menu_button)
        row.addWidget(self._project)
        row.addWidget(self.read_only)
        row.addWidget(self.safe_mode)
        row.addWidget(self.ledger, 1)
        row.addWidget(self.reviewer)
        row.addWidget(self._jump)
        context.bridge.reviewer_changed.connect(self._show_reviewer)
        context.bridge.changed.connect(self.refresh)
        context.bridge.project_changed.connect(self._show_all)
        context.bridge.job_changed.connect(self._show_job)
        self._show_all()
        if context.bridge.scoring is not None:
            self._show_job(context.bridge.scoring)

    def refresh(self, changes: Changes) -> None:
        """Follow decisions, routing and another project."""
        bridge = self._context.bridge
        if not bridge.is_open:
            return
        if bridge.scoring is None and (changes.decisions or changes.routing or changes.pool or changes.order):
            self.ledger.show_ledger(bridge.desk.project.pool.ledger())
        if changes.settings or changes.pool:
            self._project.set_label(bridge.desk.project.name)
            self._project.setAccessibleName(tr("Project {name}", name=bridge.desk.project.name))

    def _show_all(self) -> None:
        bridge = self._context.bridge
        self.read_only.setVisible(bridge.is_open and not bridge.desk.project.store.is_writer)
        self.safe_mode.setVisible(not bridge.works_by_itself)
        self._show_reviewer()
        self.refresh(Changes(pool=True))

    def _show_reviewer(self) -> None:
        """Who is at work, where that could be somebody else."""
        reviewers = self._context.bridge.reviewers
        is_worth_saying = self._context.bridge.is_open and (len(reviewers.active()) > 1 or reviewers.can_lock)
        self.reviewer.setVisible(is_worth_saying)
        if is_worth_saying:
            name = reviewers.sitting.name
            self.reviewer.set_label(name if len(name) <= _NAME_SHOWN else f"{name[: _NAME_SHOWN - 1]}…")
            self.reviewer.setAccessibleName(tr("Reviewer: {name}", name=name))
            self.reviewer.setToolTip(plain_tooltip(tr("Reviewer: {name}", name=name)))

    def _show_job(self, job: Job) -> None:
        bridge = self._context.bridge
        if job.name != "score" or not bridge.is_open:
            return
        if job.ended:
            self.refresh(Changes(pool=True))
        elif job is bridge.scoring:
            text = tr("Scoring")
            if job.total:
                text = tr("Scoring {done} of {total}", done=number(job.done), total=number(job.total))
            self.ledger.show_progress(text, job.done, job.total)

    def _below(self, button: Button) -> QPoint:
        return button.mapToGlobal(button.rect().bottomLeft())
