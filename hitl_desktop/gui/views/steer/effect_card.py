"""What the plan would do: tried beside the version in use, measured on the same checks, and then applied."""

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from hitl_desktop.gui.context import Context
from hitl_desktop.gui.keymaps import printed
from hitl_desktop.gui.theme.tokens import SPACE_8
from hitl_desktop.gui.views.steer.draft import Draft
from hitl_desktop.gui.widgets.busy_line import BusyLine
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.card import Card
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.language import decimal, number, tr
from hitl_desktop.workflow.jobs import Job

TRY: Final = "Ctrl+Return"
APPLY: Final = "Ctrl+Shift+Return"


class EffectCard(Card):
    """Try, the comparison with its interval, Apply."""

    def __init__(self, context: Context, draft: Draft, parent: QWidget | None = None) -> None:
        super().__init__(tr("Effect on the checks"), parent=parent)
        self._context, self._draft = context, draft
        theme = context.theme
        self.headline = PlainLabel("", "lead", weight=600, wrap=True)
        self.difference = PlainLabel("", "body", wrap=True)
        self.verdict = PlainLabel("", "body", "text2", wrap=True)
        self.busy = BusyLine(theme)
        self.busy.cancel_requested.connect(draft.stop)
        self.try_it = Button(theme, tr("Try"), icon="play", key=printed(TRY))
        self.try_it.clicked.connect(draft.try_it)
        self.apply = Button(theme, tr("Apply"), "primary", icon="check", key=printed(APPLY))
        self.apply.clicked.connect(draft.apply)
        self.discard = Button(theme, tr("Discard"), "quiet", size="small")
        self.discard.clicked.connect(draft.start_over)
        self.head.addWidget(self.discard)
        buttons = QVBoxLayout()  # one below the other: keys have long names in some languages
        buttons.setSpacing(SPACE_8)
        for part in (self.try_it, self.apply):
            buttons.addWidget(part)
        for label in (self.headline, self.difference, self.verdict):
            label.setAlignment(Qt.AlignmentFlag.AlignTop)
            self.body.addWidget(label)
        self.body.addWidget(self.busy)
        self.body.addLayout(buttons)
        context.bridge.job_changed.connect(self._show_job)
        draft.tried.connect(self.refresh)
        draft.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Say what is known of the plan now."""
        draft, effect = self._draft, self._draft.effect
        is_running = draft.job is not None
        is_open = self._context.bridge.is_open
        self.busy.setVisible(is_running)
        self.try_it.setEnabled(is_open and not is_running)
        self.apply.setEnabled(is_open and draft.is_changed and not is_running)
        self.discard.setEnabled(draft.is_changed and not is_running)
        self.difference.setVisible(effect is not None and effect.pair is not None)
        self.verdict.setVisible(effect is not None and (effect.speaks_against or effect.pair is None))
        if is_running:
            self.headline.setText(tr("Trying it beside the version in use. You can go on deciding."))
            return
        if effect is None:
            changed = tr("Not tried yet. Try it to see what it does before it is put to use.")
            same = tr("This is what holds now. Change something, and try it before it is put to use.")
            self.headline.setText(changed if draft.is_changed else same)
            return
        pair = effect.pair
        if pair is None:
            self.headline.setText(tr("There is nothing to compare it with yet."))
        else:
            self.headline.setText(
                tr(
                    "Right on {now} of {checks} random checks, v{version} on {before}.",
                    now=number(pair.new_right),
                    checks=number(pair.checks),
                    version=effect.version_before,
                    before=number(pair.old_right),
                )
            )
            self.difference.setText(
                tr(
                    "Difference {points} points, between {low} and {high} in 95 of 100 such samples.",
                    points=_points((pair.new_right - pair.old_right) / max(1, pair.checks)),
                    low=_points(effect.low),
                    high=_points(effect.high),
                )
            )
        against = tr("The checks speak against it: applied, it stays a challenger.")
        self.verdict.setText(f"{effect.words} {against}" if effect.speaks_against else str(effect.words))

    def _show_job(self, job: Job) -> None:
        if job is self._draft.job:
            self.busy.show_progress(tr("Trying it"), job.done, job.total, job.what)


def _points(share: float) -> str:
    """A difference of shares in points, with its sign."""
    figure = decimal(abs(100 * share), 1)
    return f"−{figure}" if share < 0 else f"+{figure}"
