"""The item on the review page: one viewer per kind, made when it is first needed, and what all of them are told."""

from PySide6.QtCore import QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QStackedWidget, QWidget

from hitl_desktop.domain.items import Item
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.cover import COVERS, NO_COVER
from hitl_desktop.gui.viewers import VIEWERS
from hitl_desktop.gui.viewers.image_viewer import ImageViewer
from hitl_desktop.gui.viewers.record_viewer import RecordViewer
from hitl_desktop.gui.viewers.reveal import Reveal
from hitl_desktop.gui.viewers.text_viewer import TextViewer
from hitl_desktop.gui.viewers.viewer import ItemViewer, ToolAction
from hitl_desktop.gui.views.review.flash import Flash
from hitl_desktop.gui.views.review.item_views import item_view
from hitl_desktop.gui.views.review.talking import Talking
from hitl_desktop.language import tr
from hitl_desktop.workflow.item_files import middle_file, paths_of
from hitl_desktop.workflow.masked_columns import mask_column

_AHEAD = 3
_FLASH_MS = 100


class ItemPane(QStackedWidget):
    """Shows the session's item. `viewer_made` tells of a new viewer, `viewer_changed` that its tools answer anew."""

    viewer_made = Signal(QWidget)
    viewer_changed = Signal(QWidget)
    skip_wanted = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.viewers: dict[str, ItemViewer] = {}
        self._flash = Flash(context, self)
        self._ahead = QTimer(self)  # once the item is painted
        self._ahead.setSingleShot(True)
        self._ahead.setInterval(0)
        self._ahead.timeout.connect(self._prefetch)
        self._talking = Talking(context, self)
        # Not with the first viewer: lists of a project that has nothing to review show pictures, too.
        context.media.set_cover(COVERS.get(context.settings.value.cover, NO_COVER))

    @property
    def viewer(self) -> ItemViewer | None:
        """The viewer of the open project's kind; None before its first item was shown."""
        bridge = self._context.bridge
        return self.viewers.get(bridge.desk.project.kind.name) if bridge.is_open else None

    @property
    def is_broken(self) -> bool:
        """True while a reason stands in place of the item."""
        return self.viewer is not None and self.viewer.has_error

    def viewer_of(self, kind: str) -> ItemViewer:
        """The viewer of a kind, in front."""
        if kind not in self.viewers:
            self._make(kind)
        viewer = self.viewers[kind]
        self.setCurrentWidget(viewer)
        self._flash.raise_()
        return viewer

    def show_item(self, item: Item) -> None:
        """Show an item of the open project; those that come next are decoded once it is painted."""
        project = self._context.bridge.desk.project
        viewer = self.viewer_of(project.kind.name)
        if isinstance(viewer, ImageViewer):
            viewer.digits_choose_presets = self._context.keymap.digits == "presets"
        viewer.show_item(item_view(project, item))
        self._talking.show()
        self._ahead.start()

    def go_on_from(self, before: "ItemPane") -> None:
        """Show the item as the pane did that this one stands in for."""
        if self.viewer is not None and before.viewer is not None:
            self.viewer.go_on_from(before.viewer)

    def flash(self) -> None:
        """The edge that says: saved."""
        self._flash.show_for(_FLASH_MS)

    def set_canvas(self, canvas: str) -> None:
        """The ground around images."""
        for viewer in self.viewers.values():
            if isinstance(viewer, ImageViewer):
                viewer.set_canvas(canvas)

    def set_text_points(self, points: int) -> None:
        """The reading size of texts."""
        for viewer in self.viewers.values():
            if isinstance(viewer, TextViewer):
                viewer.set_text_points(points)

    def _make(self, kind: str) -> None:
        viewer = VIEWERS[kind](self._context.theme, self._context.media)
        viewer.state_changed.connect(lambda: self.viewer_changed.emit(viewer))
        self.viewers[kind] = viewer
        self.addWidget(viewer)
        self._set_up(viewer)
        self._talking.viewer_made(viewer)
        self.viewer_made.emit(viewer)

    def _set_up(self, viewer: ItemViewer) -> None:
        settings = self._context.settings
        skip = self._context.keymap.caption("skip")
        viewer.set_error_actions(
            [
                ToolAction("skip", tr("Skip for now"), "skip-forward", skip, self.skip_wanted.emit),
                ToolAction("show", tr("Show in folder"), "folder-open", "", self._show_in_folder),
            ]
        )
        if isinstance(viewer, TextViewer):
            viewer.set_text_points(settings.value.text_points)
            viewer.text_points_changed.connect(lambda points: settings.change(text_points=points))
        if isinstance(viewer, TextViewer | RecordViewer):
            viewer.mask_wanted.connect(lambda name, masked: self._mask(viewer, name, masked=masked))
        if isinstance(viewer, ImageViewer):
            viewer.set_canvas(settings.value.canvas)
            viewer.add_part(Reveal(viewer, lambda: COVERS.get(settings.value.cover, NO_COVER)))

    def set_cover(self, name: str) -> None:
        """Cover pictures, thumbnails too; the one on screen is covered when it is shown again."""
        self._context.media.set_cover(COVERS.get(name, NO_COVER))
        for viewer in self.viewers.values():
            if isinstance(viewer, ImageViewer):
                viewer.canvas.set_cover(COVERS.get(name, NO_COVER))
                viewer.state_changed.emit()

    def _mask(self, viewer: TextViewer | RecordViewer, name: str, *, masked: bool) -> None:
        """Mask a column of the records for the whole project, or show it again."""
        desk = self._context.bridge.desk
        changes = self._context.bridge.perform(lambda: mask_column(desk.project.store, name, masked=masked), self)
        item = desk.session.item
        if changes is not None and item is not None:
            viewer.show_fields(item_view(desk.project, item))

    def _prefetch(self) -> None:
        if not self._context.bridge.is_open:
            return
        desk = self._context.bridge.desk
        if desk.project.kind.from_rows or not desk.project.data_is_there:
            return
        items = desk.project.store.items.many(desk.session.upcoming(_AHEAD))
        self._context.media.prefetch([(item.digest, desk.project.item_source(item)) for item in items])

    def _show_in_folder(self) -> None:
        desk = self._context.bridge.desk
        item = desk.session.item
        if item is not None:
            folder = middle_file(desk.project.data_root, paths_of(desk.project.store, item)).parent
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
