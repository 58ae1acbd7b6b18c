"""The footer: how far it is to the next training, the keys in force, and that everything is saved."""

from PySide6.QtCore import QEvent, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from hitl_desktop.domain.changes import Changes
from hitl_desktop.domain.errors import DiskTrouble
from hitl_desktop.gui.bridge import Message
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.theme.tokens import FOOTER, MEDIUM
from hitl_desktop.gui.views.automatic_words import Standing, Where, in_full, in_short, standing
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.icon_text import IconText
from hitl_desktop.gui.widgets.labels import PlainLabel, plain_tooltip
from hitl_desktop.gui.widgets.painting import text_width
from hitl_desktop.gui.widgets.retrain_chip import RetrainChip
from hitl_desktop.language import number, percent, tr, trn
from hitl_desktop.workflow.jobs import Job, JobState

_MESSAGE_MS = 8000
_GAP = 12
_AROUND = 40
"""Icon, gap and padding beside a word."""


class Footer(QFrame):
    """32 high. `model_wanted()` opens the model page, `keys_wanted()` the list of keys; `automatic_wanted()` pauses the
    automatic, lets it go on, or shows what it needs.
    """

    model_wanted = Signal()
    keys_wanted = Signal()
    automatic_wanted = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("bar", "footer")
        self.setAccessibleName(tr("Footer"))
        self._context = context
        theme, bridge = context.theme, context.bridge
        self.setFixedHeight(theme.px(FOOTER))
        self.chip = RetrainChip(theme)
        self.chip.cancel_requested.connect(bridge.cancel_training)
        self.chip.action_requested.connect(self.model_wanted)
        self.train = Button(theme, tr("Train now"), "link", size="small")
        self.train.clicked.connect(bridge.train_now)
        self._keys = Button(theme, tr(context.keymap.title), "quiet", icon="keyboard", size="small")
        self._keys.clicked.connect(self.keys_wanted)
        # Always there, empty or not, so that the footer keeps its places.
        self._preparing = PlainLabel("", "small", "text2", elide=True)
        self._stop = Button(theme, tr("Stop"), "link", size="small")
        self._stop.setToolTip(tr("Stop making features. It goes on when the project is opened again."))
        self._stop.clicked.connect(bridge.cancel_preparing)
        self._stop.hide()
        self._automatic = Button(theme, "", "quiet", icon="play", size="small")
        self._automatic_words = ""
        self._automatic_shown: tuple[Standing, bool] | None = None
        self._automatic.clicked.connect(self.automatic_wanted)
        self._time = IconText(theme, "clock", "")
        self.saved = IconText(theme, "check", tr("All saved"))
        self._offline = IconText(theme, "unplug", tr("Offline by design"))
        self._offline.setToolTip(tr("This program opens no network connection."))
        row = QHBoxLayout(self)
        row.setContentsMargins(_GAP, 0, _GAP, 0)
        row.setSpacing(_GAP)
        row.addWidget(self.chip)
        row.addWidget(self.train)
        row.addWidget(self._keys)
        row.addWidget(self._preparing, 1)
        row.addWidget(self._stop)
        row.addWidget(self._automatic)
        row.addWidget(self._time)
        row.addWidget(self.saved)
        row.addWidget(self._offline)
        self._back = QTimer(self)
        self._back.setSingleShot(True)
        self._back.timeout.connect(self._collect)
        bridge.changed.connect(self.refresh)
        bridge.notified.connect(self._show_trouble)
        bridge.project_changed.connect(self._collect)
        bridge.project_changed.connect(self._show_saved)
        bridge.project_changed.connect(self._show_automatic)
        bridge.job_changed.connect(self._show_job)
        self._collect()
        self._show_automatic()
        for job in (bridge.training, bridge.preparing):
            if job is not None:
                self._show_job(job)

    def event(self, event: QEvent) -> bool:
        """Find out anew what has room when a part needs more of it."""
        if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Resize):
            self._fit()
        return super().event(event)

    def _fit(self) -> None:
        """Where there is no room for all, first those words go that are the same every day, then those about the
        automatic; their icons stay, with the words as tooltips.
        """
        always = (self.chip, self.train, self._stop, self._time, self.saved)
        needed = sum(part.sizeHint().width() + _GAP for part in always if not part.isHidden()) + 4 * _GAP
        title = tr(self._context.keymap.title)
        daily = self._wide(title, MEDIUM) + self._wide(self._offline.text())
        about = 0 if self._automatic.isHidden() else self._wide(self._automatic_words, MEDIUM)
        has_room = needed + daily + about <= self.width()
        self._keys.set_label(title if has_room else "")
        self._keys.setAccessibleName(title)
        self._keys.setToolTip("" if has_room else plain_tooltip(title))
        self._offline.show_word(has_room)
        self._automatic.set_label(self._automatic_words if needed + about + 2 * _AROUND <= self.width() else "")
        self._automatic.setAccessibleName(self._automatic_words)

    def _wide(self, words: str, weight: int | None = None) -> int:
        theme = self._context.theme
        return text_width(words, theme.font("small", weight)) + theme.px(_AROUND)

    def show_time(self, seconds: float) -> None:
        """Active time on the item on screen."""
        whole = int(seconds)
        text = (
            tr("{seconds} s on this item", seconds=number(whole))
            if whole < 120
            else tr("{minutes} min on this item", minutes=number(whole // 60))
        )
        self._time.set_text(text)

    def set_on_item(self, is_on_item: bool) -> None:
        """Say the time on the item while it is looked at; on other pages nothing is counted for it."""
        self._time.setVisible(is_on_item)

    def refresh(self, changes: Changes) -> None:
        """Follow decisions and trainings. Whatever was changed was saved, but for what the disk refused before."""
        self._show_saved()
        if changes.automation or changes.decisions or changes.routing or changes.model or changes.pool:
            self._show_automatic()
        if changes.model and changes.told:
            self.chip.show_message(self._short(), tr("View"), "check")
            self._back.start(_MESSAGE_MS)
        elif (changes.decisions or changes.settings) and self._context.bridge.training is None:
            self._back.stop()
            self._collect()

    def _show_automatic(self) -> None:
        """How the automatic stands; nothing where the policy accepts nothing and nothing was accepted."""
        bridge = self._context.bridge
        if not bridge.is_open:
            self._automatic.hide()
            self._automatic_shown = None
            return
        now, ledger = standing(bridge), bridge.desk.project.pool.ledger()
        there = bool(ledger.automatic or ledger.proposed or now.where is not Where.NOT_PERMITTED)
        if (now, there) == self._automatic_shown:
            return
        self._automatic_shown = now, there
        self._automatic_words, icon = in_short(now.where)
        self._automatic.set_icon(icon)
        self._automatic.setToolTip(plain_tooltip(in_full(now)))
        self._automatic.setVisible(there)
        self._fit()

    def _show_saved(self) -> None:
        bridge = self._context.bridge
        if bridge.is_open and bridge.desk.project.store.is_refused:
            self.saved.set_text(tr("Not saved"), "triangle-alert")
        else:
            self.saved.set_text(tr("All saved"), "check")

    def _show_trouble(self, message: Message) -> None:
        """Until something is saved again, nothing says that everything is."""
        if isinstance(message.error, DiskTrouble):
            self.saved.set_text(tr("Not saved"), "triangle-alert")

    def _short(self) -> str:
        model = self._context.bridge.desk.project.model
        if model is None:
            return tr("No model in use")
        checks = model.metrics.get("checks")
        if not checks or "right" not in model.metrics:
            return tr("Model v{version} in use", version=model.version)
        right = number(int(model.metrics["right"]))
        if "right_before" in model.metrics:
            right = f"{number(int(model.metrics['right_before']))} → {right}"
        return trn(
            "Model v{version} in use: right on {right} of {n} check",
            "Model v{version} in use: right on {right} of {n} checks",
            int(checks),
            version=model.version,
            right=right,
        )

    def _collect(self) -> None:
        bridge = self._context.bridge
        if not bridge.is_open or bridge.training is not None:
            return
        retraining, project = bridge.desk.retraining, bridge.desk.project
        done = retraining.decisions_since()
        if done >= project.retrain_every and retraining.hindrance() is not None:
            self.chip.show_message(tr("Needs a second class to learn from"))
        else:
            self.chip.show_collecting(done, project.retrain_every)
        self.train.setEnabled(retraining.has_news())

    def _show_job(self, job: Job) -> None:
        if job.name == "prepare":
            self._show_preparing(job)
            return
        if job is self._context.bridge.training and not job.ended:
            self._back.stop()
            self.chip.show_training(round(100 * job.done / job.total) if job.total else 0)
            self.train.setEnabled(False)
        elif job.name == "train" and job.ended and job.state is not JobState.DONE:
            self._collect()

    def _show_preparing(self, job: Job) -> None:
        """How far the features are that later trainings and the order of asking need; nothing waits for them."""
        is_running = job is self._context.bridge.preparing and not job.ended
        share = f"{percent(100 * job.done // job.total / 100)} · " if job.total and job.what else ""
        self._preparing.setText(f"{share}{job.what}" if is_running else "")
        self._stop.setVisible(is_running and bool(job.what))
