"""The chips that say what the filter asks for, and the button that takes all of them away."""

from PySide6.QtWidgets import QSizePolicy, QWidget

from hitl_desktop.gui.context import Context
from hitl_desktop.gui.views.browse.words import chips_of, preset_of
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.chip import Chip
from hitl_desktop.gui.widgets.flow import Flow
from hitl_desktop.language import tr


class ChipRow(QWidget):
    """Hidden while nothing is asked for. With `beside_presets` what a preset says is not said again."""

    def __init__(self, context: Context, parent: QWidget | None = None, *, beside_presets: bool = False) -> None:
        super().__init__(parent)
        self._context = context
        self._beside_presets = beside_presets
        self.setAccessibleName(tr("What the filter asks for"))
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._flow = Flow(self)
        self._flow.setContentsMargins(0, 0, 0, 8)
        self._chips: list[Chip] = []
        key = context.keymap.caption("clear_filter")
        self.clear_button = Button(context.theme, tr("Clear"), "link", key=key, size="small")
        self.clear_button.setAccessibleName(tr("Clear the filter"))
        self.clear_button.clicked.connect(context.browsing.clear)
        self._flow.addWidget(self.clear_button)
        context.browsing.wanted_changed.connect(self.show_chips)
        self.show_chips()

    def texts(self) -> list[str]:
        """What the chips say."""
        return [chip.label() for chip in self._chips]

    def chip(self, text: str) -> Chip:
        """The chip with these words. Raises StopIteration when there is none."""
        return next(chip for chip in self._chips if chip.label() == text)

    def show_chips(self) -> None:
        """Follow the filter."""
        browsing, bridge = self._context.browsing, self._context.bridge
        for chip in self._chips:
            self._flow.removeWidget(chip)
            chip.hide()
            chip.deleteLater()
        self._chips = []
        self._flow.removeWidget(self.clear_button)
        if bridge.is_open:
            is_said = self._beside_presets and preset_of(browsing.wanted) is not None
            words = chips_of(browsing.wanted, browsing.title, bridge.desk.project)
            for one in (
                words[len(browsing.wanted.filter.states) + len(browsing.wanted.filter.routes) :] if is_said else words
            ):
                chip = Chip(self._context.theme, one.text, self)
                chip.clicked.connect(lambda _checked=False, one=one: browsing.ask(one.without, browsing.title))
                self._flow.addWidget(chip)
                self._chips.append(chip)
        self._flow.addWidget(self.clear_button)
        self.setVisible(bridge.is_open and browsing.is_filtered)
        self.updateGeometry()
