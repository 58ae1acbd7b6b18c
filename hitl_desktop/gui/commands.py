"""What the menu commands do: asks for files, and hands on to the bridge and the pages."""

from functools import partial, partialmethod
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.record_events import Happening
from hitl_desktop.gui.archive_errands import ArchiveErrands
from hitl_desktop.gui.bridge import Message
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.item_jump import ItemJump, Place
from hitl_desktop.gui.jump import JumpDialog
from hitl_desktop.gui.on_record import put_on_record
from hitl_desktop.gui.views import VIEWS
from hitl_desktop.gui.views.review.rounds import read_second, settle_readings
from hitl_desktop.gui.weighing import weigh_shown
from hitl_desktop.language import tr, trn
from hitl_desktop.workflow.jobs import Job, JobState

if TYPE_CHECKING:
    from hitl_desktop.gui.main_window import MainWindow
    from hitl_desktop.gui.views.figures.page import FiguresPage
    from hitl_desktop.gui.views.masks.page import MasksPage


class Commands(QObject):
    """One method per row of `ACTIONS`, named like its id."""

    def __init__(self, window: "MainWindow", context: Context) -> None:
        super().__init__(window)
        self._window = window
        self._context = context
        self._bridge = context.bridge
        self.archives = ArchiveErrands(window, context)

    def _show(self, page: str, *_: object) -> None:
        """Show a page. What a signal says besides is not asked for."""
        self._window.show_page(page)

    def _weigh(self, is_wanted: bool, *_: object) -> None:
        """Have the item on screen matter in trainings, or be left out of them; or count as usual again."""
        from hitl_desktop.domain.steering import IGNORED, MATTERS

        weigh_shown(self._bridge, MATTERS if is_wanted else IGNORED)

    page_review = partialmethod(_show, "review")
    page_gallery = partialmethod(_show, "gallery")
    page_model = partialmethod(_show, "model")
    page_routing = partialmethod(_show, "routing")
    page_figures = partialmethod(_show, "figures")
    page_history = partialmethod(_show, "history")
    page_map = partialmethod(_show, "map")
    steer = partialmethod(_show, "steer")
    matters = partialmethod(_weigh, True)
    ignore_training = partialmethod(_weigh, False)

    def new_project(self) -> None:
        """The start page: everything in the open project is saved."""
        self._bridge.close_project()

    def open_folder(self) -> None:
        """Choose a folder of images and begin the wizard."""
        self._bridge.expect("look")
        chosen = QFileDialog.getExistingDirectory(self._window, tr("Folder of images"))
        if chosen:
            self.begin(Path(chosen))

    def open_table(self) -> None:
        """Choose a table of texts and begin the wizard."""
        from hitl_desktop.exchange import IMPORTERS

        self._bridge.expect("look")
        endings = " ".join(f"*{suffix}" for suffix in sorted(IMPORTERS["table"].suffixes))
        tables = f"{tr('Tables')} ({endings});;{tr('All files')} (*)"
        chosen, _ = QFileDialog.getOpenFileName(self._window, tr("Table of texts"), "", tables)
        if chosen:
            self.begin(Path(chosen))

    def begin(self, path: Path) -> None:
        """Begin the wizard with a folder or a table; a project is opened."""
        if path.is_dir() and (path / "project.sqlite3").exists():
            self._bridge.open_project(path)
            return
        self._window.show_wizard(path)

    def open_project(self) -> None:
        """Choose a project folder and open it."""
        chosen = QFileDialog.getExistingDirectory(self._window, tr("Project folder (its name ends in .hitl)"))
        if chosen:
            self._bridge.open_project(Path(chosen))

    def receive_project(self) -> None:
        """Take over a project that somebody sent: it is checked and copied, never opened as it is."""
        self.archives.receive()

    def pack_project(self) -> None:
        """Write the open project as one file to carry."""
        self.archives.pack()

    def masks(self) -> None:
        """Look at pictures before they are given away, and paint over what is written in them."""
        self._window.show_page("masks")

    def deidentify(self) -> None:
        """Copy the pictures of the project without their patients."""
        self.archives.deidentify()

    def restore_backup(self) -> None:
        """Choose a backup of the open project, or of one that was open before, and put it back."""
        recent = [(Path(r.folder), r.name) for r in self._context.settings.value.recent if Path(r.folder).is_dir()]
        if self._bridge.is_open:
            project = self._bridge.desk.project
            recent = [(project.folder, project.name), *(r for r in recent if r[0] != project.folder)]
        self._ask_for_backup(recent)

    def restore_backup_of(self, folder: Path) -> None:
        """Choose a backup of a project that cannot be opened, and put it back."""
        self._ask_for_backup([(folder, folder.stem)])

    def verify(self) -> None:
        """Look whether the open project is as its record says."""
        from hitl_desktop.gui.views.record_sheet import RecordSheet

        RecordSheet(self._context, self._window).open()

    def _ask_for_backup(self, projects: list[tuple[Path, str]]) -> None:
        from hitl_desktop.gui.views.restore_sheet import RestoreSheet

        sheet = RestoreSheet(self._context, projects, self._window)
        sheet.chosen.connect(self._restore)
        sheet.open()

    def _restore(self, folder: Path, file: Path) -> None:
        if self._bridge.is_open and self._bridge.desk.project.folder == folder:
            self._bridge.close_project()
        self._window.set_busy(True)
        self._window.backups.restore(folder, file)

    def restored(self, folder: Path, result: object) -> None:
        """A backup was put back, or could not be: then that was told already."""
        from hitl_desktop.workflow.backing_up import Restored, told_of

        self._window.set_busy(False)
        if isinstance(result, Restored) and self._bridge.open_project(folder):
            self._window.notices.clear()  # what was said of the damage is over
            self._bridge.notified.emit(Message(str(told_of(result)), "ok"))

    def export(self) -> None:
        """Choose a file and write the export in the background."""
        from hitl_desktop.exchange import EXPORTERS, MARK_EXPORTERS, TRAINING_EXPORTERS

        project = self._bridge.desk.project
        suiting = [
            row for row in (EXPORTERS | MARK_EXPORTERS | TRAINING_EXPORTERS).values() if row.suits(project.kind.name)
        ]
        forms = ";;".join(f"{tr(row.title)} (*{min(row.suffixes)})" for row in suiting)
        suggested = str(project.folder.parent / f"{project.name}.csv")
        chosen, _ = QFileDialog.getSaveFileName(self._window, tr("Export"), suggested, forms)
        if chosen:
            self.export_to(Path(chosen))

    def export_to(self, out: Path) -> None:
        """Write the export to a file in the background and tell when it is there."""
        form = {".jsonl": "jsonl", ".json": "coco"}.get(out.suffix, "csv")
        if out.name.endswith(".marks.csv"):
            form = "marks"
        if out.name.endswith(".messages.jsonl"):
            form = "messages"
        folder = self._bridge.desk.project.folder

        def ended(job: Job) -> None:
            if job.state is JobState.DONE:
                put_on_record(self._bridge, folder, Happening.EXPORTED, format=form)
            self._exported(job, out, is_marks=form in ("coco", "marks"))

        self._bridge.export(out, form, ended)

    def report(self) -> None:
        """Write a report of the figures: shows their page, which asks for a place once they are there."""
        self._window.show_page("figures")
        cast("FiguresPage", self._window.desk.page("figures")).report_when_ready()

    def add_items(self) -> None:
        """Add items to the open project, or watch its folder."""
        self._window.show_page("batches")

    def find_folder(self) -> None:
        """Point the project at the folder its images are in now."""
        chosen = QFileDialog.getExistingDirectory(self._window, tr("Where the images are now"))
        if chosen and self._bridge.relink(Path(chosen)):
            self._window.notices.clear()  # what was said of the missing folder is over
            self._bridge.notified.emit(
                Message(tr("The images were found in {folder}.", folder=Path(chosen).name), "ok")
            )
            self._window.review.show_again()

    def find_folder_of(self, project: Path) -> None:
        """Open a project whose images have moved and ask where they are."""
        if self._bridge.open_project(project):
            self.find_folder()

    def classes(self) -> None:
        """Add, rename, merge, split or retire classes."""
        self._window.show_page("classes")

    def close_project(self) -> None:
        """Back to the start page."""
        self._bridge.close_project()
        self._window.show_what_is_open()

    def switch_reviewer(self) -> None:
        """Ask who is reviewing from now on."""
        self._window.door.switch()

    def lock(self) -> None:
        """Ask for the password before anything else is done."""
        self._window.door.lock()

    def signatures(self) -> None:
        """Show who signed what and whether it holds; sign."""
        from hitl_desktop.gui.views.reviewers.signatures_sheet import SignaturesSheet

        SignaturesSheet(self._context, self._window).open()

    def quit(self) -> None:
        """Close the window."""
        self._window.close()

    def undo(self) -> None:
        """Take back the last decision; on the page of masks, what was done there."""
        if self._window.page_id == "masks":
            cast("MasksPage", self._window.desk.page("masks")).undo()
            return
        self._window.review.undo()

    def redo(self) -> None:
        """Make the last taken back decision again."""
        self._window.review.redo()

    def look_again(self) -> None:
        """Go through what was set aside."""
        self._window.show_page("review")
        self._window.review.look_again()

    def read_second(self) -> None:
        """Go through what waits for this reviewer as the second one."""
        self._window.show_page("review")
        self._window.review.keep_draft()
        read_second(self._bridge, self._context.browsing)

    def settle_readings(self) -> None:
        """Go through the items where two readers differ."""
        self._window.show_page("review")
        self._window.review.keep_draft()
        settle_readings(self._bridge, self._context.browsing)

    def train(self) -> None:
        """Train on the decisions now."""
        self._bridge.train_now()

    def cancel_training(self) -> None:
        """Stop the training that runs."""
        self._bridge.cancel_training()

    def automatic(self) -> None:
        """Pause automatic decisions at once; or let them go on, with a note; or show what they need."""
        from hitl_desktop.gui.views.automatic_dialogs import ask_to_resume

        autopilot = self._bridge.autopilot
        if not autopilot.state().is_running:
            ask_to_resume(self._context, self._window)
        elif autopilot.basis().is_given:
            autopilot.pause()
        else:
            self._window.show_page("routing")

    def recall(self) -> None:
        """Take back what a model, a policy or a rule decided automatically."""
        from hitl_desktop.gui.views.automatic_dialogs import ask_to_recall

        ask_to_recall(self._context, self._window)

    def queue(self) -> None:
        """Strip or list."""
        self._window.review.toggle_queue()

    def panel(self) -> None:
        """Hide or show the panel."""
        self._window.review.toggle_panel()

    def item_only(self) -> None:
        """Nothing but the item, or everything again."""
        self._window.toggle_item_only()

    def clear_filter(self) -> None:
        """Show the whole queue, or the whole pool, again; on the history page, the whole history."""
        self._window.desk.clear_filter()

    def compare(self) -> None:
        """What is chosen in the gallery, or the item on screen beside the last one decided."""
        self._window.desk.compare_chosen()

    def problems(self) -> None:
        """Show the labels that are probably wrong, on the model page."""
        from hitl_desktop.gui.views.model_page import ModelPage

        self._window.show_page("model")
        page = self._window.desk.page("model")
        if isinstance(page, ModelPage):
            page.show_problems()

    def page_settings(self) -> None:
        """Show the settings; they need no project."""
        self._window.show_settings()

    def go_to(self) -> None:
        """Find an item by its name, number, id or words."""
        JumpDialog(self._context.theme, [], self._items(), self._window).open()

    def jump(self) -> None:
        """Pages, commands and items by a few letters."""
        caption = self._context.keymap.caption
        pages: list[Place] = [
            (tr(view.title), partial(self._window.show_page, view.id), caption(f"page_{view.id}"))
            for view in VIEWS.values()
            if not view.in_menu  # a command leads there
        ]
        names = {name for name, *_ in pages}
        commands = [place for place in self._window.triggers() if place[0] not in names]
        JumpDialog(self._context.theme, [*pages, *commands], self._items(), self._window).open()

    def keys(self) -> None:
        """Show the keys in force."""
        from hitl_desktop.gui.views.keys_page import KeysSheet

        sheet = KeysSheet(self._context, self._window)
        sheet.change_wanted.connect(self.change_keys)
        sheet.open()

    def change_keys(self) -> None:
        """Choose another profile of keys, or other keys."""
        self._window.show_settings("keys")

    def settings(self) -> None:
        """Show the settings; they need no project."""
        self._window.show_settings()

    def about(self) -> None:
        """Show what this program is."""
        self._window.show_settings()

    def use_sample(self, sample_id: str) -> None:
        """Open the project of a sample; the first time it is made."""
        from hitl_desktop.workflow import samples

        try:
            sample = samples.sample_named(sample_id)
        except KnownError as error:
            self._bridge.tell(error)
            return
        folder = samples.project_folder(sample)
        if (folder / "project.sqlite3").exists():
            self._bridge.open_project(folder)
            return
        self._window.set_busy(True)
        self._bridge.create_sample(sample, lambda job: self._sample_made(job, folder))

    def _sample_made(self, job: Job, folder: Path) -> None:
        self._window.set_busy(False)
        if job.state is JobState.DONE:
            self._bridge.open_project(folder)
        elif isinstance(job.error, KnownError):
            self._bridge.tell(job.error)

    def _exported(self, job: Job, out: Path, *, is_marks: bool = False) -> None:
        from hitl_desktop.workflow.masked_columns import masked_columns

        if job.state is JobState.DONE:
            count = int(str(job.result))
            words = trn("{n} items written to {file}.", "{n} items written to {file}.", count, file=out.name)
            masked = len(masked_columns(self._bridge.desk.project.store)) if self._bridge.is_open else 0
            if is_marks:
                words = trn("{n} mark written to {file}.", "{n} marks written to {file}.", count, file=out.name)
            elif masked:
                left_out = trn("{n} hidden column was left out.", "{n} hidden columns were left out.", masked)
                words = f"{words} {left_out}"
            self._bridge.notified.emit(Message(words, "ok"))
        elif isinstance(job.error, KnownError):
            self._bridge.tell(job.error)

    def _items(self) -> ItemJump:
        return ItemJump(self._bridge, self._open_item)

    def _open_item(self, index: int) -> None:
        self._window.show_page("review")
        self._window.review.open_item(index)
