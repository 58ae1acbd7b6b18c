"""The desk of an open project: header, rail, pages, footer."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QCoreApplication, QEvent, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QStackedWidget, QVBoxLayout, QWidget
from shiboken6 import isValid

from hitl_desktop.gui.adding import add_items, dropped_paths
from hitl_desktop.gui.alerts import Alerts
from hitl_desktop.gui.commands import Commands
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.footer import Footer
from hitl_desktop.gui.header import Header
from hitl_desktop.gui.views import VIEWS
from hitl_desktop.gui.views.automatic_bar import AutomaticBar
from hitl_desktop.gui.views.review.page import ReviewPage
from hitl_desktop.gui.views.settings_page import SettingsPage
from hitl_desktop.gui.watching import FolderWatching
from hitl_desktop.gui.widgets.rail import Rail
from hitl_desktop.language import tr
from hitl_desktop.store.store import is_project

if TYPE_CHECKING:  # made when it is first shown
    from hitl_desktop.domain.batches import Batch
    from hitl_desktop.gui.views.batches.page import BatchesPage
    from hitl_desktop.gui.views.compare.page import ComparePage
    from hitl_desktop.gui.views.figures.page import FiguresPage
    from hitl_desktop.gui.views.gallery.page import GalleryPage
    from hitl_desktop.gui.views.history.page import HistoryPage
    from hitl_desktop.gui.views.keys.page import KeysPage
    from hitl_desktop.gui.views.map.page import MapPage
    from hitl_desktop.gui.views.masks.page import MasksPage
    from hitl_desktop.gui.views.model_page import ModelPage
    from hitl_desktop.gui.views.routing.page import RoutingPage
    from hitl_desktop.gui.views.steer.page import SteerPage
    from hitl_desktop.workflow.folder_watch import Ready


class DeskView(QWidget):
    """Pages are made when they are first shown; the review page is always there."""

    renewal_wanted = Signal()

    def __init__(
        self, context: Context, commands: Commands, menu: QMenu, projects: QMenu, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._context = context
        self._commands = commands
        self.header = Header(context, menu, projects)
        self.header.jump_wanted.connect(commands.jump)
        self.header.reviewer_wanted.connect(commands.switch_reviewer)
        self.rail = Rail(context.theme)
        self.footer = Footer(context)
        self.automatic_bar = AutomaticBar(context)
        self._middle = QWidget(self)
        self.pages = QStackedWidget(self._middle)
        self._made: dict[str, QWidget] = {}
        self._is_item_only = False
        self._compared_from = "review"
        for view in VIEWS.values():
            if not view.in_menu:
                self.rail.add_page(view.id, view.icon, tr(view.title), bottom=view.at_bottom)
        self.rail.page_chosen.connect(self.show_page)
        self.review = cast(ReviewPage, self._page("review"))
        self._connect_review()
        self.setAcceptDrops(True)
        self.alerts = Alerts(context.bridge, lambda: self.page_id == "figures", self)
        self.alerts.wanted.connect(lambda: self.show_page("figures"))
        self.watching = FolderWatching(context.bridge, self)
        self.watching.ready.connect(self._add_watched)
        context.bridge.batch_wanted.connect(self._show_batch)
        self.footer.model_wanted.connect(lambda: self.show_page("model"))
        self.footer.keys_wanted.connect(commands.keys)
        self.footer.automatic_wanted.connect(commands.automatic)
        self.automatic_bar.look_wanted.connect(commands.page_routing)
        self.automatic_bar.resume_wanted.connect(commands.automatic)
        self._lay_out()

    def page(self, page_id: str) -> QWidget:
        """A page by its id; made now if it was never shown. Raises KeyError for one that does not exist."""
        return self._made.get(page_id) or self._page(page_id)

    @property
    def page_id(self) -> str:
        """The page that is shown."""
        return next((name for name, page in self._made.items() if page is self.pages.currentWidget()), "")

    def drop_pages(self) -> None:
        """Delete every page but the item's. Nobody listens to them any more."""
        for page_id in [name for name in self._made if name != "review"]:
            page = self._made.pop(page_id)
            page.deleteLater()
            QCoreApplication.sendPostedEvents(page, QEvent.Type.DeferredDelete)

    def show_page(self, page_id: str) -> None:
        """Bring a page to the front. Without a project only those can be shown that do not belong to one."""
        is_open = self._context.bridge.is_open
        if self._is_item_only and page_id != "review":
            self.toggle_item_only()
        if not is_open and VIEWS[page_id].of_project:
            self._commands.close_project()
            return
        self.pages.setCurrentWidget(self.page(page_id))
        self.rail.set_current(page_id)
        on_item = page_id == "review" or (page_id == "compare" and self._compared_from == "review")
        self.review.time.look_at_item(on_item)
        self.footer.set_on_item(on_item)
        if page_id == "review":
            self.review.focus_item()

    def toggle_item_only(self) -> None:
        """Hide header, rail, footer and queue, or bring them back; other pages than the item's are never bare."""
        self._is_item_only = not self._is_item_only
        for part in (self.header, self.rail, self.footer):
            part.setVisible(not self._is_item_only)
        self.review.set_item_only(self._is_item_only)
        if self._is_item_only:
            self.show_page("review")

    def _page(self, page_id: str) -> QWidget:
        page = VIEWS[page_id].make(self._context, self.pages)
        self._made[page_id] = page
        self.pages.addWidget(page)
        if isinstance(page, SettingsPage):
            self._connect_settings(page)
        if page_id == "keys":
            cast("KeysPage", page).keys_changed.connect(self.renewal_wanted)
        if page_id in ("model", "figures", "steer"):
            cast("ModelPage | FiguresPage | SteerPage", page).items_wanted.connect(self._open_items)
        if page_id == "map":
            item_map = cast("MapPage", page)
            item_map.items_wanted.connect(self._show_in_gallery)
            item_map.item_wanted.connect(self._open_item)
        if page_id == "gallery":
            gallery = cast("GalleryPage", page)
            gallery.item_wanted.connect(self._open_item)
            gallery.compare_wanted.connect(self.compare)
        if page_id == "routing":
            routing = cast("RoutingPage", page)
            routing.item_wanted.connect(self._open_item)
            routing.answering_wanted.connect(lambda: self.show_page("review"))
        if page_id == "batches":
            batches = cast("BatchesPage", page)
            batches.add_wanted.connect(self.add)
            batches.items_wanted.connect(self._open_items)
        if page_id == "history":
            cast("HistoryPage", page).item_wanted.connect(self._open_item)
        self._connect_of_menu(page_id, page)
        return page

    def _connect_of_menu(self, page_id: str, page: QWidget) -> None:
        """Pages that one comes to by the menu, and leaves again."""
        if page_id == "masks":
            masks = cast("MasksPage", page)
            masks.copies_wanted.connect(self._commands.deidentify)
            masks.left.connect(lambda: self.show_page("review"))
        if page_id == "compare":
            comparing = cast("ComparePage", page)
            comparing.item_wanted.connect(self._open_item)
            comparing.left.connect(lambda: self.show_page(self._compared_from))

    def clear_filter(self) -> None:
        """Clear the filter of the page that is shown: of the history, or the one of queue and gallery."""
        if self.page_id == "history":
            cast("HistoryPage", self.page("history")).clear_filter()
        else:
            self._context.browsing.clear()

    def compare_chosen(self) -> None:
        """Compare what is chosen in the gallery; elsewhere, the item on screen with the last one decided."""
        if self.page_id == "gallery":
            cast("GalleryPage", self.page("gallery")).compare()
            return
        session = self._context.bridge.desk.session
        shown = [] if session.current is None else [session.current]
        others = [event.item_index for event in session.recent(3) if event.item_index not in shown]
        if shown and others:
            self.compare([*shown, others[0]])

    def compare(self, indexes: Sequence[int]) -> None:
        """Show items side by side, until one goes back to where they were chosen."""
        if self.page_id != "compare":
            self._compared_from = self.page_id
        self.show_page("compare")
        cast("ComparePage", self.page("compare")).show_items(indexes)

    def add(self, sources: Sequence[Path]) -> None:
        """Add what is new in folders and files, or where the project's data lies."""
        add_items(self._context.bridge, sources)

    def _add_watched(self, ready: "Ready") -> None:
        self.watching.pause()
        add_items(self._context.bridge, ready.files, watched=ready, ended=self._look_again)

    def _look_again(self) -> None:
        if isValid(self):  # another window may have taken its place meanwhile
            self.watching.go_on()

    def _show_batch(self, batch: "Batch", only_shifted: bool) -> None:
        page = cast("BatchesPage", self.page("batches"))
        (page.show_shifted if only_shifted else page.show_items)(batch)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self._context.bridge.is_open and dropped_paths(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = dropped_paths(event)
        if not paths or not self._context.bridge.is_open:
            return
        event.acceptProposedAction()
        if len(paths) == 1 and is_project(paths[0]):
            self._commands.begin(paths[0])
        else:
            self.add(paths)

    def _open_item(self, index: int) -> None:
        self.show_page("review")
        self.review.open_item(index)

    def _show_in_gallery(self, indexes: Sequence[int], words: str) -> None:
        """Show some items in the gallery, all of them chosen, to be looked at and decided together."""
        self.show_page("gallery")
        cast("GalleryPage", self.page("gallery")).show_chosen(indexes, words)

    def _open_items(self, indexes: Sequence[int], words: str) -> None:
        """Show some items in the list of the review page, the first of them on screen."""
        if not indexes:
            return
        self.show_page("review")
        self.review.queue.show_picked(indexes, words)
        self.review.open_item(indexes[0])

    def _connect_settings(self, settings: SettingsPage) -> None:
        """Settings apply at once."""
        settings.theme_chosen.connect(self._context.theme.set_mode)
        settings.text_scale_chosen.connect(self._context.theme.set_scale)
        settings.canvas_chosen.connect(self.review.pane.set_canvas)
        settings.text_points_chosen.connect(self.review.pane.set_text_points)
        settings.care.cover_chosen.connect(self.review.pane.set_cover)
        settings.page_wanted.connect(self.show_page)
        settings.keys_wanted.connect(self._commands.keys)
        settings.storage.check_wanted.connect(self._commands.verify)
        settings.reviewers.reviewer_changed.connect(self._context.bridge.follow_reviewer)
        settings.reviewers.switch_wanted.connect(self._commands.switch_reviewer)
        settings.language_chosen.connect(self.renewal_wanted)

    def _connect_review(self) -> None:
        done = self.review.done
        self.review.tick.connect(self.footer.show_time)
        done.routing_wanted.connect(lambda: self.show_page("routing"))
        done.second_wanted.connect(self._commands.read_second)
        done.settling_wanted.connect(self._commands.settle_readings)
        done.train_wanted.connect(self._commands.train)
        done.export_wanted.connect(self._commands.export)
        done.new_project_wanted.connect(self._commands.new_project)

    def _lay_out(self) -> None:
        row = QHBoxLayout(self._middle)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.rail)
        row.addWidget(self.pages, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(self.automatic_bar)
        column.addWidget(self._middle, 1)
        column.addWidget(self.footer)
