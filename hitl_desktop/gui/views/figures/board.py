"""What stands on the figures page once there are figures: tiles, trends, groups, watch list."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from hitl_desktop.domain.costs import CostSettings
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.theme.tokens import SPACE_16
from hitl_desktop.gui.views.card_row import CardRow
from hitl_desktop.gui.views.figures.cost_card import CostCard
from hitl_desktop.gui.views.figures.group_card import GroupCard
from hitl_desktop.gui.views.figures.pace_words import pace_words
from hitl_desktop.gui.views.figures.tiles import FigureTile
from hitl_desktop.gui.views.figures.trend_card import TrendCard
from hitl_desktop.gui.views.figures.trends import BY_DAY, BY_VERSION, day_picture, nothing_by_day, version_picture
from hitl_desktop.gui.views.figures.watch_card import WatchCard
from hitl_desktop.language import tr
from hitl_desktop.workflow.asking import change_threshold
from hitl_desktop.workflow.figures.compute import costs_of, set_costs
from hitl_desktop.workflow.figures.definitions import DEFINITIONS
from hitl_desktop.workflow.figures.watching import RANGES, WATCHED, set_limits

if TYPE_CHECKING:
    from hitl_desktop.workflow.figures.values import Figures

_FIVE: Final = (1, 1, 1, 1, 1)
_LEAST_FOR_FIVE: Final = 860
_LEAST_FOR_TWO: Final = 760
_LEAST_FOR_THREE: Final = 1000


class Board(QWidget):
    """`column_chosen(str)`: groups by another column are wanted. `more_wanted(int)`: so many more random checks."""

    column_chosen = Signal(str)
    more_wanted = Signal(int)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._figures: Figures | None = None
        self._waiting: list[Callable[[Figures], None]] = []
        self._turn = QTimer(self)
        self._turn.setInterval(0)
        theme = context.theme
        self.tiles = {name: FigureTile(theme, definition) for name, definition in DEFINITIONS.items()}
        self.by_version = TrendCard(theme, BY_VERSION, tr("by model version"))
        self.by_day = TrendCard(theme, BY_DAY, tr("by day"))
        self.costs = CostCard(theme)
        self.groups = GroupCard(theme)
        self.watch = WatchCard(theme, WATCHED, RANGES)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_16)
        self._rows = (
            CardRow(theme, tuple(self.tiles.values()), _FIVE, least=_LEAST_FOR_FIVE),
            CardRow(theme, (self.by_version, self.by_day, self.costs), (8, 8, 7), least=_LEAST_FOR_THREE),
            CardRow(theme, (self.groups, self.watch), (5, 8), least=_LEAST_FOR_TWO),
        )
        for row in self._rows:
            column.addWidget(row)
        self.by_version.series_changed.connect(lambda: self._draw(self._draw_versions))
        self.by_day.series_changed.connect(lambda: self._draw(self._draw_days))
        self._turn.timeout.connect(self._next_part)
        self.groups.column_chosen.connect(self.column_chosen)
        self.groups.more_wanted.connect(self.more_wanted)
        self.watch.limit_changed.connect(self._set_limit)
        self.costs.settings_changed.connect(self._set_costs)
        self.costs.limit_wanted.connect(self._use_limit)

    @property
    def is_busy(self) -> bool:
        """True until all parts show what they were given last."""
        return self._turn.isActive()

    def show_figures(self, figures: "Figures") -> None:
        """Show these: the tiles at once, then one part with every turn of the event loop, so that none is long."""
        self._figures = figures
        for figure in figures.five:
            self.tiles[figure.id].show_figure(figure, figures.currency)
        self._waiting = [self._show_watch, self._show_groups, self._show_costs, self._draw_days, self._draw_versions]
        self._turn.start()

    def _next_part(self) -> None:
        """Show one more part; those of a project that was closed meanwhile are left."""
        if self._waiting and self._figures is not None and self._context.bridge.is_open:
            self._waiting.pop()(self._figures)
        if not self._waiting or not self._context.bridge.is_open:
            self._turn.stop()

    def _show_costs(self, figures: "Figures") -> None:
        project = self._context.bridge.desk.project
        self.costs.show_costs(figures.costs, costs_of(project.store), project.offered, figures.why_no_costs)

    def _show_groups(self, figures: "Figures") -> None:
        has_checks = figures.figure("accuracy").value is not None
        self.groups.show_groups(figures.groups, figures.columns, has_checks=has_checks, left=figures.checks_left)

    def _show_watch(self, figures: "Figures") -> None:
        self.watch.show_watch(figures.watch)
        self.watch.show_pace(pace_words(figures.pace))

    def _draw_versions(self, figures: "Figures") -> None:
        threshold = self._context.bridge.desk.project.pool.threshold
        self.by_version.show_picture(
            version_picture(figures, self.by_version.series(), threshold),
            tr("Nothing measures a model version yet: train one, and answer random checks."),
        )

    def _draw_days(self, figures: "Figures") -> None:
        series = self.by_day.series()
        self.by_day.show_picture(day_picture(figures, series), nothing_by_day(figures, series))

    def _draw(self, part: Callable[["Figures"], None]) -> None:
        if self._figures is not None:
            part(self._figures)

    def _set_costs(self, settings: CostSettings) -> None:
        bridge = self._context.bridge
        bridge.perform(lambda: set_costs(bridge.desk.project.store, settings), self)

    def _use_limit(self, limit: float) -> None:
        bridge = self._context.bridge

        bridge.perform(lambda: change_threshold(bridge.desk.session, limit), self)

    def _set_limit(self, watch_id: str, limit: float) -> None:
        bridge = self._context.bridge
        bridge.perform(lambda: set_limits(bridge.desk.project.store, {watch_id: limit}), self)
