"""The last sections of the settings: where everything lies, and what this program is."""

from pathlib import Path

from PySide6.QtCore import QUrl, Signal, qVersion
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QHBoxLayout, QWidget

from hitl_desktop import __version__, paths
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.theme.tokens import SPACE_8
from hitl_desktop.gui.views.fact_rows import FactRows
from hitl_desktop.gui.views.setting_rows import Section
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.sizes import size_in_words
from hitl_desktop.language import from_the_left, tr


class StorageSection(Section):
    """Where the settings, the samples and the open project lie. `check_wanted()` when its record is to be looked at."""

    check_wanted = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context.theme, tr("Storage"), can_reset=False, parent=parent)
        self._context = context
        self._facts = FactRows()
        self.body.addWidget(self._facts)
        row = QHBoxLayout()
        row.setSpacing(SPACE_8)
        for label, folder in (
            (tr("Open the settings folder"), paths.user_config),
            (tr("Open the data folder"), paths.user_data),
        ):
            button = Button(context.theme, label, icon="folder-open")
            button.clicked.connect(lambda folder=folder: _open(folder()))
            row.addWidget(button)
        self.check_button = Button(context.theme, tr("Check the record…"), icon="shield-check")
        self.check_button.clicked.connect(self.check_wanted)
        row.addWidget(self.check_button)
        row.addStretch(1)
        self.body.addLayout(row)

    def facts(self) -> list[tuple[str, str]]:
        """What is said now, as pairs."""
        return self._facts.facts()

    def show_facts(self) -> None:
        """Say where everything lies."""
        facts = [
            (tr("Settings"), from_the_left(str(paths.user_config()))),
            (tr("Samples and their projects"), from_the_left(str(paths.user_data()))),
        ]
        self.check_button.setEnabled(self._context.bridge.is_open)
        if self._context.bridge.is_open:
            folder = self._context.bridge.desk.project.folder
            size = size_in_words(_size_of(folder / "features"))
            facts += [
                (tr("This project"), from_the_left(str(folder))),
                (tr("Its feature cache"), tr("{size}. It can be computed again at any time.", size=size)),
            ]
        self._facts.show_facts(facts)


class AboutSection(Section):
    """What this program is, and what it is made with."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context.theme, tr("About"), can_reset=False, parent=parent)
        from hitl_desktop.store.library import sqlite_version

        facts = FactRows()
        facts.show_facts(
            [
                (tr("Program"), f"{paths.APP_NAME} {__version__}"),
                (tr("Licence"), "Apache License 2.0"),
                (
                    tr("Made with"),
                    tr(
                        "Qt {qt} and PySide6 under LGPL-3.0, SQLite {sqlite}, Python",
                        qt=qVersion(),
                        sqlite=sqlite_version(),
                    ),
                ),
                (
                    tr("And with"),
                    tr("NumPy, SciPy and scikit-learn (BSD-3-Clause), Pillow (MIT-CMU), peewee, platformdirs (MIT)"),
                ),
                (tr("Fonts and icons"), tr("Inter, Noto Sans Arabic and JetBrains Mono (OFL-1.1), Lucide (ISC)")),
                (tr("Network"), tr("This program opens no network connection, ever.")),
                (tr("Use"), tr("It is not a medical device, and must not be used for diagnosis.")),
            ]
        )
        self.body.addWidget(facts)


def _size_of(folder: Path) -> int:
    """Bytes of all files below a folder; files that vanish meanwhile do not count."""
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size if path.is_file() else 0
        except OSError:
            continue
    return total


def _open(folder: Path) -> None:
    """Show a local folder in the system's file manager; it is made when nothing was kept there yet."""
    folder.mkdir(parents=True, exist_ok=True)
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
