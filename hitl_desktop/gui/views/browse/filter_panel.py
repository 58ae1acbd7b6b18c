"""What an item must be to be listed: status, route, class, confidence, who decided, note."""

from collections.abc import Iterable
from typing import Any, Final

import numpy as np
from PySide6.QtCore import QSignalBlocker, Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QScrollArea, QSpinBox, QVBoxLayout, QWidget

from hitl_desktop.domain.changes import Changes
from hitl_desktop.domain.findings import flags_of
from hitl_desktop.domain.item_filter import RouteFacet
from hitl_desktop.domain.items import ItemState
from hitl_desktop.domain.labels import Label, Task
from hitl_desktop.domain.steering import IGNORED, USUAL, SteeredFacet
from hitl_desktop.domain.suggesting import SuggestionMode
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.theme.tokens import SPACE_4, SPACE_8, SPACE_12, SPACE_16, STRONG
from hitl_desktop.gui.views.browse.words import NOTES, ROUTES, STATES, STEERED
from hitl_desktop.gui.views.wheel_guard import WheelGuard
from hitl_desktop.gui.widgets.check_row import CheckRow
from hitl_desktop.gui.widgets.labels import PlainLabel, plain_tooltip
from hitl_desktop.language import number, tr
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.suggesting import suggesting_of

_COUNTED_AFTER_MS: Final = 30


class FilterPanel(QScrollArea):
    """Shows and changes the one filter; what is ticked in a group is joined by "or", groups are joined by "and"."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.setAccessibleName(tr("Filter"))
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.states: dict[ItemState, CheckRow] = {}
        self.routes: dict[RouteFacet, CheckRow] = {}
        self.classes: dict[int, CheckRow] = {}
        self.steered: dict[SteeredFacet, CheckRow] = {}
        self.least, self.most = _percent_box(tr("Lowest confidence")), _percent_box(tr("Highest confidence"))
        self.reviewer, self.note = QComboBox(), QComboBox()
        self._shown_labels: list[Label] = []
        self._counted: tuple[int, tuple[object, ...], dict[int, int]] = (0, (), {})
        self._is_stale = True
        self._build()
        context.browsing.wanted_changed.connect(self._show_wanted)
        # A moment later: at a million items counting is half a frame, and what was found is painted first.
        self._counting = QTimer(self, singleShot=True, interval=_COUNTED_AFTER_MS)
        self._counting.timeout.connect(self._show_counts)
        context.browsing.changed.connect(self._counting.start)
        context.bridge.project_changed.connect(self._reload)
        context.bridge.changed.connect(self._follow)
        self._reload()

    def _follow(self, changes: Changes) -> None:
        if changes.classes:
            self._reload()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._show_counts()

    def _build(self) -> None:
        host = QWidget()
        column = QVBoxLayout(host)
        column.setContentsMargins(SPACE_12, SPACE_12, SPACE_12, SPACE_12)
        column.setSpacing(SPACE_16)
        theme, browsing = self._context.theme, self._context.browsing
        for state, (word, icon, colour) in STATES.items():
            self.states[state] = CheckRow(theme, tr(word), (icon, colour))
            self.states[state].clicked.connect(lambda: browsing.change(states=_ticked(self.states)))
        for route, (word, icon, colour) in ROUTES.items():
            self.routes[route] = CheckRow(theme, tr(word), (icon, colour))
            self.routes[route].clicked.connect(lambda: browsing.change(routes=_ticked(self.routes)))
        self._class_rows = QVBoxLayout()
        self._class_rows.setSpacing(0)
        column.addLayout(_group(tr("Status"), self.states.values()))
        column.addLayout(_group(tr("Route of what is to do"), self.routes.values()))
        classes = _group(tr("Class, decided or suggested"), ())
        classes.addLayout(self._class_rows)
        column.addLayout(classes)
        self.novel = CheckRow(theme, tr("New kind"), ("circle-alert", "warn"))
        self.novel.setToolTip(plain_tooltip(tr("Unlike anything decided")))
        self.novel.clicked.connect(lambda: browsing.change(novel=self.novel.isChecked()))
        column.addLayout(_group(tr("Beside what is decided"), [self.novel]))
        for facet, (word, icon, colour) in STEERED.items():
            self.steered[facet] = CheckRow(theme, tr(word), (icon, colour))
            self.steered[facet].clicked.connect(lambda: browsing.change(steered=_ticked(self.steered)))
        column.addLayout(_group(tr("Steering"), self.steered.values()))
        column.addLayout(self._confidence())
        who = _group(tr("Decided by"), ())
        who.addWidget(self.reviewer)
        column.addLayout(who)
        note = _group(tr("Note"), ())
        note.addWidget(self.note)
        column.addLayout(note)
        column.addStretch(1)
        self.setWidget(host)
        self.reviewer.setAccessibleName(tr("Decided by"))
        self.note.setAccessibleName(tr("Note"))
        for value, words in NOTES.items():
            self.note.addItem(tr(words), value)
        WheelGuard(self).guard(self.least, self.most, self.reviewer, self.note)
        self.reviewer.activated.connect(lambda _: browsing.change(reviewer=self.reviewer.currentData()))
        self.note.activated.connect(lambda _: browsing.change(has_note=self.note.currentData()))
        self.least.valueChanged.connect(self._bound)
        self.most.valueChanged.connect(self._bound)

    def _confidence(self) -> QVBoxLayout:
        group = _group(tr("Confidence"), ())
        row = QHBoxLayout()
        row.setSpacing(SPACE_8)
        row.addWidget(self.least, 1)
        row.addWidget(PlainLabel(tr("to"), "small", "text2"))
        row.addWidget(self.most, 1)
        group.addLayout(row)
        self.most.setValue(100)
        return group

    def _bound(self) -> None:
        low, high = sorted((self.least.value(), self.most.value()))
        self._context.browsing.change(least=low / 100, most=high / 100)

    def _reload(self) -> None:
        """Another project, or other classes."""
        bridge = self._context.bridge
        labels = _filterable(bridge.desk.project) if bridge.is_open else []
        if labels != self._shown_labels:
            self._shown_labels = labels
            for row in self.classes.values():
                self._class_rows.removeWidget(row)
                row.hide()
                row.deleteLater()
            self.classes = {label.id: self._class_row(label) for label in labels}
        self._show_wanted()
        self._show_counts()

    def _class_row(self, label: Label) -> CheckRow:
        row = CheckRow(self._context.theme, label.name, class_index=label.position)
        row.clicked.connect(lambda: self._context.browsing.change(classes=_ticked(self.classes)))
        self._class_rows.addWidget(row)
        return row

    def _show_wanted(self) -> None:
        asked = self._context.browsing.wanted.filter
        for state, row in self.states.items():
            row.setChecked(state in asked.states)
        for route, row in self.routes.items():
            row.setChecked(route in asked.routes)
        for label_id, row in self.classes.items():
            row.setChecked(label_id in asked.classes)
        for facet, row in self.steered.items():
            row.setChecked(facet in asked.steered)
        self.novel.setChecked(asked.novel)
        with QSignalBlocker(self.least), QSignalBlocker(self.most):
            self.least.setValue(round(100 * asked.least))
            self.most.setValue(round(100 * asked.most))
        self._show_reviewers(asked.reviewer)
        self.note.setCurrentIndex(list(NOTES).index(asked.has_note))

    def _show_reviewers(self, chosen: str) -> None:
        names = [self.reviewer.itemData(place) for place in range(self.reviewer.count())]
        bridge = self._context.bridge
        wanted = ["", *(bridge.desk.project.store.search.reviewers() if bridge.is_open and self.isVisible() else [])]
        if chosen and chosen not in wanted:
            wanted.append(chosen)
        if names != wanted:
            self.reviewer.clear()
            for name in wanted:
                self.reviewer.addItem(name or tr("Anybody"), name)
        self.reviewer.setCurrentIndex(max(0, self.reviewer.findData(chosen)))

    def _show_counts(self) -> None:
        """How many items of the pool each row stands for, whatever else is asked."""
        bridge = self._context.bridge
        if not bridge.is_open or not self.isVisible():
            return
        project = bridge.desk.project
        ledger = project.pool.ledger()
        states = {
            ItemState.TO_DO: ledger.needs_review + ledger.proposed,
            ItemState.DECIDED: ledger.decided,
            ItemState.SKIPPED: ledger.skipped,
            ItemState.UNSURE: ledger.unsure,
            ItemState.FLAGGED: ledger.flagged,
            ItemState.AUTOMATIC: ledger.automatic,
        }
        for state, row in self.states.items():
            row.show_count(number(states[state]))
        self.routes[RouteFacet.NEEDS_YOU].show_count(number(ledger.needs_review))
        self.routes[RouteFacet.PROPOSED].show_count(number(ledger.proposed))
        novel = project.pool.novel
        self.novel.show_count("" if novel is None else number(int(np.count_nonzero(novel))))
        weights = project.store.steering.examples().values()
        self.steered[SteeredFacet.MATTERS].show_count(number(sum(weight > USUAL for weight in weights)))
        self.steered[SteeredFacet.IGNORED].show_count(number(sum(weight == IGNORED for weight in weights)))
        is_told = suggesting_of(project.store).mode is SuggestionMode.FIRST
        for route, count in project.pool.to_do_by_route().items():
            self.routes[RouteFacet(route.value)].show_count(number(count) if is_told else "")
        counts = self._class_counts(project) if is_told else {}
        for label_id, row in self.classes.items():
            row.show_count(number(counts[label_id]) if label_id in counts else "")
        self._show_reviewers(self._context.browsing.wanted.filter.reviewer)

    def _class_counts(self, project: Project) -> dict[int, int]:
        """They do not follow from the filter: a million items are counted once, until something becomes of one."""
        pool = project.pool
        basis = (pool, pool.label_ids, pool.predicted, *project.labels)
        moves, before, _ = self._counted
        if moves != pool.moves or [id(one) for one in before] != [id(one) for one in basis]:
            self._counted = pool.moves, basis, class_counts(project)
        return self._counted[2]


def class_counts(project: Project) -> dict[int, int]:
    """How many items are decided as each class or, undecided, suggested to be it, by label id."""
    pool = project.pool
    known = pool.label_ids >= 0
    if project.task is Task.SEVERAL:
        codes = np.where(known, pool.label_ids, pool.predicted)
        there = flags_of(codes, len(project.labels)).sum(axis=0)
        return {label.id: int(there[label.position]) for label in project.labels}
    # Both kinds are counted in one go, without picking out either: the window waits while a million items are counted.
    suggestible = 1 + len(project.labels)
    last = max(label.id for label in project.labels)
    codes = np.where(known, pool.label_ids + suggestible, pool.predicted + 1)
    counts = np.bincount(codes, minlength=suggestible + last + 1)
    return {label.id: int(counts[suggestible + label.id] + counts[1 + label.position]) for label in project.labels}


def _filterable(project: Project) -> list[Label]:
    """The classes that can be decided on, and retired ones that decisions still name."""
    if project.task is not Task.ONE or not any(label.retired for label in project.labels):
        return [label for label in project.labels if not label.retired]
    used = np.bincount(project.pool.label_ids + 1)  # −1 is none; a million ids are counted faster than sorted
    return [label for label in project.labels if not label.retired or used[label.id + 1 : label.id + 2].any()]


def _ticked(rows: dict[Any, CheckRow]) -> frozenset[Any]:
    return frozenset(key for key, row in rows.items() if row.isChecked())


def _group(title: str, rows: Iterable[QWidget]) -> QVBoxLayout:
    group = QVBoxLayout()
    group.setSpacing(0)
    head = PlainLabel(title, "small", "text2", weight=STRONG, wrap=True)
    head.setContentsMargins(SPACE_4, 0, 0, SPACE_4)
    group.addWidget(head)
    for row in rows:
        group.addWidget(row)
    return group


def _percent_box(name: str) -> QSpinBox:
    box = QSpinBox()
    box.setRange(0, 100)
    box.setSuffix(" %")
    box.setKeyboardTracking(False)
    box.setAccessibleName(name)
    box.lineEdit().setTextMargins(SPACE_4, 0, 0, 0)
    return box


WIDTH: Final = 264
