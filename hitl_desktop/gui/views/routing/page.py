"""The routing page: the rules, what they do to the items, the way into force and back, and the order of asking.

What is edited is a draft. Every edit is previewed beside the window on all items; only "Apply" puts it in force.
"""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.policy import ROUTES, RoutingPolicy, is_limit, limit, with_limit
from hitl_desktop.gui.beside import Beside
from hitl_desktop.gui.bridge import Message
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.keymaps import printed
from hitl_desktop.gui.theme.tokens import SPACE_4, SPACE_16
from hitl_desktop.gui.views.batches.drift_card import DriftCard
from hitl_desktop.gui.views.confidence_histogram import ConfidenceHistogram
from hitl_desktop.gui.views.figures_in_words import percent
from hitl_desktop.gui.views.near_items import NearItems
from hitl_desktop.gui.views.page_column import page_column
from hitl_desktop.gui.views.routing.certificate_sheet import CertificateSheet
from hitl_desktop.gui.views.routing.draft_bar import KEY, DraftBar
from hitl_desktop.gui.views.routing.effect_card import EffectCard
from hitl_desktop.gui.views.routing.feed import AutomaticFeed
from hitl_desktop.gui.views.routing.history_card import HistoryCard
from hitl_desktop.gui.views.routing.meaning import Meaning
from hitl_desktop.gui.views.routing.order_card import OrderCard
from hitl_desktop.gui.views.routing.rules_card import RulesCard, in_force_words
from hitl_desktop.gui.views.routing.words import ROUTES as LOOKS
from hitl_desktop.gui.views.two_columns import TwoColumns
from hitl_desktop.gui.widgets.badge import Badge
from hitl_desktop.gui.widgets.card import Card
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.language import listed, number, tr, trn

if TYPE_CHECKING:
    from hitl_desktop.domain.changes import Changes
    from hitl_desktop.domain.policy_conditions import Known
    from hitl_desktop.workflow.project import Project
    from hitl_desktop.workflow.record_facts import Found
    from hitl_desktop.workflow.routing import Preview

_SIDE = 448
_NEAR_EACH = 4


class RoutingPage(QWidget):
    """Holds the draft and its preview. Nothing is read while the page is not on screen: showing it reads.

    `item_wanted(int)`: an item is wanted on the review page. `answering_wanted()`: that page is, with what waits there.
    """

    item_wanted = Signal(int)
    answering_wanted = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("routing_page")
        self.setAccessibleName(tr("Routing"))
        self._context = context
        theme = context.theme
        self._draft: RoutingPolicy | None = None
        self._shown_version = -1
        self._preview: Preview | None = None
        self._read: Found | None = None
        self._known: Known | None = None
        self._is_whole = True
        self._meaning = Meaning(context, self)
        self._beside = Beside(self)
        self._beside.answered.connect(self._take)
        self.badge = Badge(theme, "route", "", "neutral")
        self.bar = DraftBar(theme, printed(KEY))
        self.rules = RulesCard(theme)
        self.effect = EffectCard(theme)
        self.histogram = ConfidenceHistogram(theme)
        self._histogram_card = Card(tr("How sure the model is"))
        self._near = NearItems(theme, _NEAR_EACH)
        self.drift = DriftCard(context)
        self._near_card = Card(tr("Just on each side of the line"))
        self.feed = AutomaticFeed(context)
        self.certificate = CertificateSheet(context)
        self.certificate.answering_wanted.connect(self.answering_wanted)
        self.order = OrderCard(context)
        self.history = HistoryCard(theme)
        self.left, self.right = QVBoxLayout(), QVBoxLayout()
        self._build()
        self._connect()
        self._reload()

    @property
    def draft(self) -> RoutingPolicy | None:
        """The policy as it is edited; None without a project."""
        return self._draft

    @property
    def is_busy(self) -> bool:
        """True while a preview is worked out."""
        return self._beside.is_busy

    def refresh(self, changes: "Changes") -> None:
        """Follow a change."""
        if changes.classes or changes.pool:
            self._known = None
        if not self.isVisible():
            return
        if changes.model or changes.routing or changes.pool or changes.settings or changes.classes:
            self._reload()
        elif changes.decisions and self._context.bridge.is_open:  # also those that rules make, many a minute
            self._look()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._reload()

    # ---- the draft -------------------------------------------------------------------------------------------------

    def edit(self, policy: RoutingPolicy) -> None:
        """Take a policy as the draft, and preview it."""
        self._is_whole = True
        self._draft = policy
        self._show_limit(policy)
        self._show_bar()
        self._look()

    def _reload(self) -> None:
        """Follow the project: the policy in force where another one came into force, else the draft stays."""
        if not self._context.bridge.is_open:
            self._draft, self._preview, self._read, self._shown_version = None, None, None, -1
            return
        from hitl_desktop.workflow import routing

        project = self._context.bridge.desk.project
        if self._draft is None or project.policy.version != self._shown_version:
            self._draft, self._shown_version, self._is_whole = project.policy, project.policy.version, True
            self.bar.why.clear()
        self._meaning.look_up()
        if self._known is None:  # it looks at the columns of many items
            self._known = routing.known_of(project)
        self.rules.show_policy(self._draft, self._known)
        self.badge.show_badge("route", in_force_words(project.policy.version), "neutral")
        versions = project.store.policies.all()
        self.history.show_versions(versions, can_take_back=routing.change_to_undo(versions) > 0)
        self.order.show_order()
        self._show_limit(self._draft)
        self._show_bar()
        self._look()

    def _look(self) -> None:
        """Preview the draft: at once where that is quick, else beside the window."""
        if self._draft is None:
            return
        from hitl_desktop.workflow import routing
        from hitl_desktop.workflow.finding import AT_ONCE

        asked = routing.question(self._context.bridge.desk.project, self._draft, self._read)
        previewer = routing.Previewer()
        if len(asked.told) <= AT_ONCE and not routing.must_read(asked):
            self._beside.stop()
            self._take(previewer.answer(asked))
        else:
            self._beside.look(previewer, partial(previewer.answer, asked))

    def _take(self, answer: object) -> None:
        if isinstance(answer, KnownError):
            self._context.bridge.tell(answer)
            return
        if isinstance(answer, Exception):
            raise answer
        if not self._context.bridge.is_open or self._draft is None:
            return
        preview: Preview = answer  # type: ignore[assignment]
        self._preview = preview
        self._read = preview.read if self._read is None else self._read | preview.read
        self._show_preview(preview)
        self._show_bar()

    def _rules_incomplete(self) -> None:
        self._is_whole = False
        self._show_bar()

    def _limit_moved(self, value: float) -> None:
        if self._draft is None:
            return
        moved = with_limit(self._draft, value)
        self.rules.show_policy(moved, self.rules.known)
        self.edit(moved)

    def _apply(self, why: str) -> None:
        from hitl_desktop.workflow.asking import change_policy

        bridge, draft = self._context.bridge, self._draft
        if not bridge.is_open or draft is None or not self.bar.isVisibleTo(self) or not self.bar.apply.isEnabled():
            return
        session, read = bridge.desk.session, self._read
        if bridge.perform(lambda: change_policy(session, draft, why, read), self) is not None:
            self._reload()
            self._tell()

    def _drop(self) -> None:
        self._draft = None
        self._reload()
        self.rules.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _tell(self) -> None:
        """Say what is in force now, and offer the way back."""
        bridge = self._context.bridge
        project = bridge.desk.project
        folder, version, ledger = project.folder, project.policy.version, project.pool.ledger()
        text = tr(
            "{policy} is in force. {need} need you, {proposed} are proposed.",
            policy=in_force_words(version),
            need=number(ledger.needs_review),
            proposed=number(ledger.proposed),
        )

        def undo() -> None:
            # The notice may outlive the project or the policy it speaks of.
            if bridge.is_open and (bridge.desk.project.folder, bridge.desk.project.policy.version) == (folder, version):
                self._take_back()

        bridge.notified.emit(Message(text, "ok", tr("Undo"), undo))

    def _take_back(self) -> None:
        from hitl_desktop.workflow.asking import take_back_policy

        bridge = self._context.bridge
        if bridge.is_open:
            bridge.perform(lambda: take_back_policy(bridge.desk.session), self)
            self._reload()

    # ---- versions and files ----------------------------------------------------------------------------------------

    def _look_at_version(self, version: int) -> None:
        from hitl_desktop.workflow import routing

        project = self._context.bridge.desk.project
        policy = routing.policy_at(project.store, version)
        self.rules.show_policy(policy, self.rules.known)
        self.edit(policy)

    def load(self, path: Path) -> None:
        """Take the policy in a file as the draft; a notice says what does not fit, and where."""
        from hitl_desktop.exchange.policy_file import read_policy_file
        from hitl_desktop.workflow import routing

        try:
            policy = routing.checked(self._context.bridge.desk.project, read_policy_file(path))
        except KnownError as error:
            self._context.bridge.tell(error)
            return
        self.rules.show_policy(policy, self.rules.known)
        self.edit(policy)

    def save(self, path: Path) -> None:
        """Write the policy shown to a file."""
        from hitl_desktop.exchange.policy_file import write_policy_file
        from hitl_desktop.workflow import routing
        from hitl_desktop.workflow.targets import check_target

        if self._draft is None:
            return
        known = routing.known_of(self._context.bridge.desk.project, columns=False)
        try:
            check_target(self._context.bridge.desk.project, path)
            write_policy_file(path, self._draft.plain(known))
        except KnownError as error:
            self._context.bridge.tell(error)
            return
        self._context.bridge.notified.emit(Message(tr("The policy was saved as {name}.", name=path.name), "ok"))

    def _choose_file(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(self, tr("Load a policy"), "", tr("Policies (*.json)"))
        if chosen and self._context.bridge.is_open:
            self.load(Path(chosen))

    def _choose_place(self) -> None:
        chosen, _ = QFileDialog.getSaveFileName(
            self, tr("Save the policy as"), tr("policy.json"), tr("Policies (*.json)")
        )
        if chosen and self._context.bridge.is_open:
            self.save(Path(chosen))

    # ---- what is shown ---------------------------------------------------------------------------------------------

    def _show_limit(self, policy: RoutingPolicy) -> None:
        value = limit(policy)
        smallest = [rule for rule in policy.rules if rule.is_automatic and rule.limit == value]
        can_move = any(is_limit(condition) for rule in smallest for condition in rule.conditions)
        self.effect.show_limit(min(value, 1.0), can_move=can_move)

    def _show_bar(self) -> None:
        project = self._context.bridge.desk.project
        is_draft = self._draft is not None and not self._draft.same_as(project.policy)
        self.bar.setVisible(is_draft or not self._is_whole)
        if not self.bar.isVisibleTo(self):
            return
        versions = project.store.policies.last()
        is_current = self._preview is not None and self._preview.policy == self._draft and not self._beside.is_busy
        self.bar.show_draft(
            self._difference(project) if is_current else tr("Not in force yet. Counting…"),
            project.policy.version,
            1 + (versions.number if versions else 0),
            can_apply=is_draft and is_current and self._is_whole,
        )

    def _difference(self, project: "Project") -> str:
        """What the draft would change for the items to do, in words."""
        assert self._preview is not None  # noqa: S101 - checked by the caller
        if not self._is_whole:
            return tr("Not in force yet. A rule is not complete.")
        now, then = project.pool.to_do_by_route(), self._preview.to_do
        moved = [
            tr("{route} {now} → {then}", route=tr(LOOKS[route].word), now=number(now[route]), then=number(then[route]))
            for route in ROUTES
            if now[route] != then[route]
        ]
        if not moved:
            return tr("Not in force yet. It sends as many items each way as now.")
        return tr("Not in force yet. Items to do: {changes}.", changes=listed(moved))

    def _show_preview(self, preview: "Preview") -> None:
        from hitl_desktop.workflow import certifying, insight

        project = self._context.bridge.desk.project
        proved, stopped = certifying.reach(project, preview.policy)
        self.rules.show_preview(preview, proved)
        self.effect.show_effect(preview, project.pool.ledger(), self._meaning.words(), proved, stopped)
        line = min(preview.limit, 1.0)
        self.histogram.show_bins(preview.bins, line)
        scored = sum(map(sum, preview.bins))
        aside = trn("{n} undecided item by confidence", "{n} undecided items by confidence", scored)
        self._histogram_card.set_title(tr("How sure the model is"), aside if scored else "")
        self._near_card.setVisible(scored > 0)
        below, above = (insight.near_items(project, items) for items in preview.near)
        words = tr("{threshold} and above: proposed", threshold=percent(line))
        self._near.show_items(above, below, words, project.kind.from_rows)

    def _connect(self) -> None:
        bridge = self._context.bridge
        bridge.changed.connect(self.refresh)
        bridge.project_changed.connect(self._project_changed)
        bridge.closing.connect(self._beside.stop)
        self.destroyed.connect(self._beside.close)
        self._meaning.known.connect(self.effect.show_meaning)
        self.rules.changed.connect(self.edit)
        self.feed.item_wanted.connect(self.item_wanted)
        self.rules.incomplete.connect(self._rules_incomplete)
        self.effect.limit_moved.connect(self._limit_moved)
        self.bar.applied.connect(self._apply)
        self.bar.dropped.connect(self._drop)
        self.history.version_chosen.connect(self._look_at_version)
        self.history.take_back.clicked.connect(self._take_back)
        self.history.load.clicked.connect(self._choose_file)
        self.history.save.clicked.connect(self._choose_place)
        shortcut = QShortcut(QKeySequence(KEY), self)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(self.bar.apply.click)

    def _project_changed(self) -> None:
        self._draft, self._preview, self._read, self._known = None, None, None, None
        self._reload()

    def _build(self) -> None:
        column = page_column(self)
        head = QHBoxLayout()
        head.setSpacing(SPACE_16)
        head.addWidget(PlainLabel(tr("Routing"), "claim"))
        head.addWidget(self.badge, 0, Qt.AlignmentFlag.AlignVCenter)
        head.addStretch(1)
        top = QVBoxLayout()
        top.setSpacing(SPACE_4)
        top.addLayout(head)
        words = tr("The first rule that matches says where an item goes. What is automatic has to be permitted.")
        top.addWidget(PlainLabel(words, "body", "text2", wrap=True))
        column.addLayout(top)
        self._histogram_card.body.addWidget(self.histogram)
        self._near_card.body.addWidget(self._near)
        main, side = QWidget(), QWidget()
        column.addWidget(TwoColumns(self._context.theme, main, side, side_width=_SIDE))
        for host, part, cards in (
            (main, self.left, (self.bar, self.rules, self.effect, self.feed, self._histogram_card)),
            (side, self.right, (self.drift, self.certificate, self._near_card, self.order, self.history)),
        ):
            host.setLayout(part)
            part.setContentsMargins(0, 0, 0, 0)
            part.setSpacing(SPACE_16)
            for card in cards:
                part.addWidget(card)
            part.addStretch(1)
        column.addStretch(1)
