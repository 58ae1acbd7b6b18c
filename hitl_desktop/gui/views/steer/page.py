"""The page that steers the model: what it learns from, what counts, what speaks for a class; and what that would do."""

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from hitl_desktop.domain.steering import USUAL
from hitl_desktop.gui.beside import Beside
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.theme.tokens import SPACE_16
from hitl_desktop.gui.views.page_column import page_column
from hitl_desktop.gui.views.steer.cards import ClassesCard, ExamplesCard, LearnCard
from hitl_desktop.gui.views.steer.draft import Draft
from hitl_desktop.gui.views.steer.effect_card import APPLY, TRY, EffectCard
from hitl_desktop.gui.views.steer.marks_card import MarksCard
from hitl_desktop.gui.views.steer.rules_card import RulesCard
from hitl_desktop.gui.views.two_columns import TwoColumns
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.card import Card
from hitl_desktop.gui.widgets.labels import PlainLabel, plain_tooltip
from hitl_desktop.gui.widgets.moments import day_and_time
from hitl_desktop.gui.widgets.plain_table import Cell, Column, PlainTable
from hitl_desktop.language import explained, number, percent, tr, trn

if TYPE_CHECKING:  # numpy and the store come with the first project, not with the first paint
    from hitl_desktop.domain.changes import Changes
    from hitl_desktop.domain.steering import Conditions

_SIDE: Final = 400
_RECORD_SHOWN: Final = 50


class SteerPage(QWidget):
    """Everything here is a draft until it is applied; every step is on record, and can be taken back.

    `items_wanted(indexes, words)` asks to see some items in the queue.
    """

    items_wanted = Signal(list, str)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("steer_page")
        self.setAccessibleName(tr("Steer"))
        self._context = context
        theme, bridge = context.theme, context.bridge
        self.draft = Draft(bridge, self)
        self._covered = ""
        self._looking, self._covering = Beside(self), Beside(self)
        self.learn = LearnCard(context, self.draft)
        self.classes = ClassesCard(context, self.draft)
        self.rules = RulesCard(context, self.draft)
        self.marks = MarksCard(context, self.draft)
        self.examples = ExamplesCard(context)
        self.effect = EffectCard(context, self.draft)
        self.at_once = QCheckBox(tr("Answer at once while I decide"))
        self.at_once_words = PlainLabel("", "small", "text2", wrap=True)
        self.record = PlainTable(
            theme, tr("What was steered"), [Column(tr("When")), Column(tr("What"))], stretch=(1,), most=8
        )
        self.no_record = PlainLabel(tr("Nothing was steered yet."), "body", "text2")
        self.take_back = Button(theme, tr("Take back"), icon="undo-2", size="small")
        self._lay_out()
        self._connect()
        self.refresh()

    def refresh(self) -> None:
        """Show what holds now; what is being edited stays."""
        if self._context.bridge.is_open:
            self.draft.follow()
            self._show_rest()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()
        first = next((one for one in (self.rules.phrase, self.classes.table) if one.isVisible()), self.learn.first)
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_plan(self) -> None:
        bridge = self._context.bridge
        if not bridge.is_open:
            return
        from hitl_desktop.workflow.steering import names_classes

        project = bridge.desk.project
        is_one = names_classes(project)
        self.classes.setVisible(is_one)
        self.learn.show_plan()
        self.marks.show_plan()
        if is_one:
            self.classes.show_plan()
            self.rules.show_plan()
        # Of pictures without columns there is nothing that words could be looked for in.
        self.rules.setVisible(is_one and (project.kind.from_rows or self.rules.form.has_columns))

    def _show_rest(self) -> None:
        """What is no part of the draft: examples, quick answers, the record."""
        from hitl_desktop.workflow import quick, steering

        project = self._context.bridge.desk.project
        self.marks.refresh()
        self.examples.refresh()
        self.at_once.setChecked(quick.is_wanted(project))
        self._say_quick()
        steps = project.store.steering.all()
        said = [(step, steering.words_of(step)) for step in reversed(steps[-_RECORD_SHOWN:])]
        rows = [
            [Cell(day_and_time(step.at_utc), tone="text2"), Cell(words, tooltip=explained(step.by, words))]
            for step, words in said
        ]
        self.record.show_rows(rows)
        self.record.setVisible(bool(rows))
        self.no_record.setVisible(not rows)
        last = steering.last_step(project)
        self.take_back.setEnabled(last is not None and project.store.is_writer)
        what = tr("Take back: {what}", what=str(last.said)) if last else tr("Take back")
        self.take_back.setAccessibleName(what)
        self.take_back.setToolTip(plain_tooltip(what))

    def _follow_quick(self) -> None:
        """After every decision: what nobody sees is said when the page is shown."""
        if self.isVisible():
            self._say_quick()

    def _say_quick(self) -> None:
        """What quick answers do now, and how far they agreed with the last full fit."""
        bridge = self._context.bridge
        if not bridge.is_open:
            return
        from hitl_desktop.workflow import quick

        project = bridge.desk.project
        parts = []
        if not quick.is_wanted(project):
            parts.append(tr("Suggestions change with the next training only."))
        elif not quick.can_answer(project):
            parts.append(tr("Off for now: what it needs is made with the next training, for up to 300,000 items."))
        elif project.quick is None:
            parts.append(tr("Each decision changes what is suggested next, within a moment."))
        else:
            made = trn("{n} decision since v{version}", "{n} decisions since v{version}", project.quick.updates,
                       version=project.quick.version)  # fmt: skip
            changed = bridge.quick.changed
            said = "" if changed is None else trn("{n} suggestion differs", "{n} suggestions differ", changed)
            parts.append(tr("{made}: {changed}.", made=made, changed=said) if said else tr("{made}.", made=made))
        found = quick.last_agreement(project)
        if found is not None:
            parts.append(
                tr(
                    "Quick answers before v{version} agree with it on {share} of {items}, v{before} alone on {alone}.",
                    version=found.version,
                    share=percent(found.same / found.items, 1),
                    items=number(found.items),
                    before=found.before,
                    alone=percent(found.same_before / found.items, 1),
                )
            )
        parts.append(tr("Certificates, routes and automatic decisions follow the versions alone."))
        self.at_once_words.setText(" ".join(parts))

    def _look_up_rules(self) -> None:
        """Find out beside the window what each rule covers, and how often it is right on the checks."""
        bridge = self._context.bridge
        if not bridge.is_open:
            return
        from hitl_desktop.workflow import rule_figures
        from hitl_desktop.workflow.looking import Looking

        looking = Looking()
        asked = rule_figures.ask(bridge.desk.project, self.draft.plan)
        self._looking.look(looking, partial(rule_figures.answer, asked, looking))

    def _look_up_items(self, conditions: "Conditions") -> None:
        """Find out beside the window which items a rule covers, and show them."""
        bridge = self._context.bridge
        if not bridge.is_open:
            return
        from hitl_desktop.workflow import rule_figures
        from hitl_desktop.workflow.looking import Looking
        from hitl_desktop.workflow.steering import when_words

        looking, project = Looking(), bridge.desk.project
        self._covered = str(when_words(conditions))
        work = partial(rule_figures.covered, project.folder, conditions, len(project.pool), looking)
        self._covering.look(looking, work)

    def _take_items(self, answer: object) -> None:
        if isinstance(answer, list) and self._context.bridge.is_open:
            self.items_wanted.emit(answer, self._covered)

    def _take_figures(self, answer: object) -> None:
        if isinstance(answer, dict) and self._context.bridge.is_open:
            self.rules.show_figures(answer)

    def _set_quick(self, wanted: bool) -> None:
        from hitl_desktop.workflow import quick

        bridge = self._context.bridge
        bridge.perform(lambda: quick.want(bridge.desk.project, wanted=wanted), self)
        self._say_quick()

    def _set_usual(self, index: int) -> None:
        from hitl_desktop.workflow import steering

        bridge = self._context.bridge
        desk = bridge.desk
        bridge.perform(lambda: steering.weigh(desk.project, desk.session.reviewer, index, USUAL), self)
        self._show_rest()

    def _follow(self, changes: "Changes") -> None:
        if self.isVisible() and (changes.settings or changes.model or changes.classes or changes.decisions):
            self.refresh()

    def _project_changed(self) -> None:
        self.marks.forget()
        self.draft.start_over()
        self.refresh()

    def _connect(self) -> None:
        bridge = self._context.bridge
        bridge.changed.connect(self._follow)
        bridge.project_changed.connect(self._project_changed)
        bridge.closing.connect(self._looking.close)
        bridge.closing.connect(self._covering.close)
        bridge.quick.answered.connect(self._follow_quick)
        bridge.quick.counted.connect(self._follow_quick)
        self.draft.changed.connect(self._show_plan)
        self.rules.figures_wanted.connect(self._look_up_rules)
        self._looking.answered.connect(self._take_figures)
        self.rules.items_wanted.connect(self._look_up_items)
        self._covering.answered.connect(self._take_items)
        self.at_once.clicked.connect(self._set_quick)
        for key, button in ((TRY, self.effect.try_it), (APPLY, self.effect.apply)):
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(button.click)
        self.take_back.clicked.connect(self.draft.take_back)
        self.marks.shown.connect(lambda items: self.items_wanted.emit(items, tr("Items with marks that teach")))
        self.examples.usual.connect(self._set_usual)
        self.examples.shown.connect(
            lambda items: self.items_wanted.emit(items, tr("Examples that do not count as usual"))
        )

    def _lay_out(self) -> None:
        column = page_column(self)
        column.addWidget(PlainLabel(tr("Steer"), "claim"))
        words = tr("Change what the model learns from. Nothing is put to use before you have seen what it does.")
        column.addWidget(PlainLabel(words, "body", "text2", wrap=True))
        main, side = QWidget(), QWidget()
        column.addWidget(TwoColumns(self._context.theme, main, side, side_width=_SIDE))
        left, right = QVBoxLayout(main), QVBoxLayout(side)
        for layout in (left, right):
            layout.setContentsMargins(0, 0, 0, 0)
            layout.setSpacing(SPACE_16)
        for card in (self.rules, self.marks, self.classes, self.learn, self.examples):
            left.addWidget(card)
        left.addStretch(1)
        quick = Card(tr("Quick answers"))
        quick.body.addWidget(self.at_once)
        quick.body.addWidget(self.at_once_words)
        record = Card(tr("What was steered"))
        record.head.addWidget(self.take_back)
        record.body.addWidget(self.record)
        record.body.addWidget(self.no_record)
        for part in (self.effect, quick, record):
            right.addWidget(part)
        right.addStretch(1)
        column.addStretch(1)
