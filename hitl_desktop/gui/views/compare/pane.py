"""One of the items that stand side by side: its name and what is known of it, the item, and the way to it."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from hitl_desktop.domain.items import Item, ItemState
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.media import Media
from hitl_desktop.gui.theme.tokens import SPACE_4, SPACE_8, SPACE_12, STRONG
from hitl_desktop.gui.views.browse.words import STATES
from hitl_desktop.gui.views.item_viewer import viewer_for
from hitl_desktop.gui.views.review.item_views import item_view
from hitl_desktop.gui.widgets.badge import Badge
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.language import listed, percent, tr
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.suggesting import keeps_back

_TONES = {ItemState.DECIDED: "ok", ItemState.FLAGGED: "warn", ItemState.AUTOMATIC: "ok"}


class ComparePane(QFrame):
    """`open_wanted()` asks for the item on the review page, `close_wanted()` to take it away from the others."""

    open_wanted = Signal()
    close_wanted = Signal()

    def __init__(self, context: Context, media: Media, item: Item, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("pane", "surface")
        project = context.bridge.desk.project
        self.item = item
        self.viewer = viewer_for(context, media)
        self.setAccessibleName(item.name)
        word, icon, _ = STATES[item.state]
        self.badge = Badge(context.theme, icon, tr(word), _TONES.get(item.state, "neutral"))  # type: ignore[arg-type]
        self.words = PlainLabel(what_is_known(project, item), "small", "text2", elide=True, cut="end")
        opening = Button(context.theme, tr("Review"), "secondary", icon="scan-eye", size="small")
        opening.setAccessibleName(tr("Open {name} for review", name=item.name))
        opening.clicked.connect(self.open_wanted)
        closing = Button(context.theme, "", "quiet", icon="x", size="small")
        closing.setAccessibleName(tr("Take {name} away", name=item.name))
        closing.clicked.connect(self.close_wanted)
        head = QHBoxLayout()
        head.setContentsMargins(SPACE_12, SPACE_8, SPACE_8, SPACE_4)
        head.setSpacing(SPACE_8)
        head.addWidget(PlainLabel(item.name, "body", weight=STRONG, elide=True), 1)
        head.addWidget(opening)
        head.addWidget(closing)
        known = QHBoxLayout()
        known.setContentsMargins(SPACE_12, 0, SPACE_12, SPACE_8)
        known.setSpacing(SPACE_8)
        known.addWidget(self.badge)
        known.addWidget(self.words, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addLayout(known)
        column.addWidget(self.viewer, 1)

    def show_item(self, project: Project) -> None:
        """Show the item: once the pane has its size."""
        self.viewer.show_item(item_view(project, self.item))


def what_is_known(project: Project, item: Item) -> str:
    """What it was decided as and by whom, or what is suggested, unless that has to wait for the reviewer's answer."""
    live = project.store.decisions.live(item.index)
    if item.state is not ItemState.TO_DO and live:
        said = listed(label.name for label in project.decided_labels(item))
        return listed((said, tr("by {name}", name=live[-1].reviewer)))
    if keeps_back(project, item):
        return tr("Hidden until you decide")
    shown = project.suggestion(item.index)
    return "" if shown is None else listed((tr("suggested {name}", name=shown.words), percent(shown.confidence)))
