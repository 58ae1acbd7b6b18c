"""The viewer of texts: letter by letter, in a column, whatever the text is."""

import gc

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QGuiApplication, QImage, QKeyEvent, QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from hitl_desktop.gui.media import Media
from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.viewers import ItemView
from hitl_desktop.gui.viewers.finder import Finder
from hitl_desktop.gui.viewers.matches import find_all
from hitl_desktop.gui.viewers.text_viewer import TextViewer
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.kinds.shown_text import plain
from hitl_desktop.kinds.text import LONGEST_LINE


@pytest.fixture
def viewer(theme: Theme, media: Media, qtbot: QtBot) -> TextViewer:
    viewer = TextViewer(theme, media)
    qtbot.addWidget(viewer)
    viewer.resize(852, 688)
    viewer.show()
    return viewer


def key(code: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> QKeyEvent:
    return QKeyEvent(QEvent.Type.KeyPress, code, modifiers)


def ink(image: QImage, left: int, right: int, top: int, bottom: int) -> bool:
    """True when the area has more than its ground."""
    ground = image.pixel(left, top)
    return any(image.pixel(x, y) != ground for y in range(top, bottom) for x in range(left, right))


def selected(viewer: TextViewer) -> list[str]:
    text = viewer.pane.shown_text()
    units = [c for c in text for _ in range(2 if c > "\uffff" else 1)]
    return ["".join(units[first:end]) for first, end in viewer.pane.marks]


def test_markup_is_shown_as_it_is_written(viewer: TextViewer, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded: list[object] = []
    monkeypatch.setattr(viewer.pane, "loadResource", lambda *what: loaded.append(what))
    text = 'Hello <img src=x> <b>bold</b> &amp; <a href="file:///etc/hosts">link</a> **md**'
    viewer.show_item(ItemView("d", "m", text=text))
    viewer.grab()
    assert viewer.pane.toPlainText() == text
    assert loaded == []
    assert not any(f.format.isImageFormat() for f in viewer.pane.document().firstBlock().textFormats())


def test_nothing_stays_behind_of_a_text_that_was_shown(viewer: TextViewer) -> None:
    """Found by a long sitting: a frame of the document was kept for every text."""

    def frames() -> int:
        gc.collect()
        return sum(type(one).__name__ == "QTextFrame" for one in gc.get_objects())

    before = frames()
    for number in range(12):
        viewer.pane.show_text(f"text {number}\nof two lines")
        assert viewer.pane.shown_text() == f"text {number}\nof two lines"
    assert frames() <= before + 1


def test_name_and_number_of_words_are_told(viewer: TextViewer) -> None:
    viewer.show_item(ItemView("d", "MSG-00317", text="one two  three\nfour"))
    assert viewer.accessibleName() == "Text MSG-00317, 4 words"
    viewer.show_item(ItemView("d", "MSG-1", text="one"))
    assert viewer.accessibleName() == "Text MSG-1, 1 word"


def complete(viewer: TextViewer, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: viewer.pane.is_complete and viewer.finder.is_done, timeout=20_000)


def test_a_huge_line_is_laid_out_in_pieces_of_a_window(viewer: TextViewer, qtbot: QtBot) -> None:
    text = "x" * 999_990 + "the end"
    viewer.show_item(ItemView("d", "m", text=text))
    complete(viewer, qtbot)
    assert viewer.pane.shown_text().replace("\n", "") == text
    document = viewer.pane.document()
    lengths = [document.findBlockByNumber(n).length() - 1 for n in range(document.blockCount())]
    assert max(lengths) <= LONGEST_LINE
    assert sum(lengths) < 60_000
    viewer.handle_key(key(Qt.Key.Key_End))
    assert viewer.pane.toPlainText().endswith("the end")
    viewer.handle_key(key(Qt.Key.Key_Home))
    assert viewer.pane.base == 0


def test_the_window_follows_what_is_read(viewer: TextViewer, qtbot: QtBot) -> None:
    """Page after page through a text that is never laid out as a whole: no line is missed, none comes twice."""
    numbers = [f"line {number} of the text" for number in range(4_000)]
    viewer.show_item(ItemView("d", "m", text="\n".join(numbers)))
    complete(viewer, qtbot)
    pane = viewer.pane

    def top() -> int:
        block = pane.cursorForPosition(QPoint(4, 14)).block()
        return int(block.text().split()[1])

    seen = top()
    assert seen == 0
    for _ in range(400):
        pane.scroll_pages(1)
        now = top()
        assert 0 <= now - seen <= pane.viewport().height() // 30 + 1
        assert len(pane.toPlainText()) < 40_000
        seen = now
        if pane.verticalScrollBar().value() == pane.verticalScrollBar().maximum():
            break
    assert pane.toPlainText().endswith(numbers[-1])
    assert pane.whole_bar.value() == pane.whole_bar.maximum()
    while seen > 0:
        pane.scroll_pages(-1)
        assert top() < seen
        seen = top()
    assert pane.whole_bar.value() == 0


def test_a_bar_goes_anywhere_in_a_long_text(viewer: TextViewer, qtbot: QtBot) -> None:
    viewer.show_item(ItemView("d", "m", text="\n".join(f"line {number}" for number in range(20_000))))
    complete(viewer, qtbot)
    bar = viewer.pane.whole_bar
    assert bar.isVisible()
    bar.setSliderDown(True)
    bar.setSliderPosition(bar.maximum() // 2)
    bar.setSliderDown(False)
    block = viewer.pane.cursorForPosition(QPoint(4, 14)).block()
    assert 9_000 < int(block.text().split()[1]) < 12_000
    before = viewer.pane.base
    viewer.resize(600, 500)
    viewer.handle_key(key(Qt.Key.Key_Plus))
    assert viewer.pane.base == before
    viewer.show_item(ItemView("e", "n", text="short"))
    assert not bar.isVisible()


def test_a_new_text_ends_the_one_before(viewer: TextViewer, qtbot: QtBot) -> None:
    viewer.show_item(ItemView("a", "a", text="old line\n" * 40_000))
    viewer.show_item(ItemView("b", "b", text="new"))
    QTest.qWait(0)
    assert viewer.pane.toPlainText() == "new"


def test_each_paragraph_runs_in_its_own_direction(viewer: TextViewer) -> None:
    viewer.show_item(ItemView("d", "m", text="Latin\nمرحبا\nשלום"))
    document = viewer.pane.document()
    directions = [document.findBlockByNumber(n).textDirection() for n in range(3)]
    assert directions == [
        Qt.LayoutDirection.LeftToRight,
        Qt.LayoutDirection.RightToLeft,
        Qt.LayoutDirection.RightToLeft,
    ]
    left, width = viewer.pane.column()
    image = viewer.pane.grab().toImage()
    middle = left + width // 2
    assert ink(image, left, middle, 0, 30)
    assert not ink(image, middle, left + width, 0, 30)
    assert ink(image, middle, left + width, 32, 60)
    assert not ink(image, left, middle, 32, 60)


def test_the_column_has_the_measure_and_lies_in_the_middle(viewer: TextViewer) -> None:
    viewer.show_item(ItemView("d", "m", text="word " * 200))
    left, width = viewer.pane.column()
    assert width == 600
    assert abs(left - (852 - 600) / 2) <= 1
    layout = viewer.pane.document().firstBlock().layout()
    assert layout.lineAt(2).y() - layout.lineAt(1).y() == 30
    viewer.resize(400, 688)
    assert viewer.pane.column()[1] < 400 - 40


def test_plus_and_minus_change_the_size_within_limits(viewer: TextViewer, qtbot: QtBot) -> None:
    viewer.show_item(ItemView("d", "m", text="some words"))
    with qtbot.waitSignal(viewer.text_points_changed) as changed:
        assert viewer.handle_key(key(Qt.Key.Key_Plus))
    assert changed.args == [19]
    for _ in range(20):
        viewer.handle_key(key(Qt.Key.Key_Plus))
    assert viewer.pane.points == 28
    with qtbot.assertNotEmitted(viewer.text_points_changed):
        viewer.set_text_points(3)
    assert viewer.pane.points == 14
    viewer.show_item(ItemView("e", "n", text="other words"))
    assert viewer.pane.document().defaultFont().pixelSize() == 14


def test_a_text_given_before_the_window_opens_has_its_size(theme: Theme, media: Media, qtbot: QtBot) -> None:
    viewer = TextViewer(theme, media)
    qtbot.addWidget(viewer)
    viewer.show_item(ItemView("d", "m", text="some words"))
    viewer.show()
    assert viewer.pane.document().defaultFont().pixelSize() == 18
    theme.set_mode("light")
    assert viewer.pane.document().defaultFont().pixelSize() == 18
    theme.set_mode("dark")


SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
LEFT, RIGHT, UP = Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up


def chosen(viewer: TextViewer, text: str) -> str:
    span = viewer.pane.selected
    return "" if span is None else text[span[0] : span[1]]


def test_words_are_chosen_by_keys_alone(viewer: TextViewer) -> None:
    text = "Alone, “in” the\n\nbig 👩‍👩‍👧 world: 12.5 end."
    viewer.show_item(ItemView("d", "m", text=text))
    steps = [
        (SHIFT, RIGHT, "Alone"), (SHIFT, RIGHT, "Alone, “in"), (SHIFT, RIGHT, "Alone, “in” the"),
        (SHIFT, LEFT, "Alone, “in"),
        (SHIFT, LEFT, "Alone"), (SHIFT, LEFT, "Alone"), (CTRL, RIGHT, "in"), (CTRL, RIGHT, "the"), (CTRL, RIGHT, "big"),
        (CTRL, LEFT, "the"), (CTRL, UP, "the"),
    ]  # fmt: skip
    for modifier, arrow, words in steps:
        assert viewer.handle_key(key(arrow, modifier))
        assert chosen(viewer, text) == words, (modifier, arrow)
    viewer.pane.setTextCursor(QTextCursor(viewer.pane.document()))
    for _ in range(30):
        assert viewer.handle_key(key(RIGHT, SHIFT))
    assert chosen(viewer, text).startswith("Alone")
    assert "👩‍👩‍👧 world" in chosen(viewer, text)
    assert "12.5 end" in chosen(viewer, text)
    assert viewer.handle_key(key(Qt.Key.Key_Escape))
    assert viewer.pane.selected is None
    assert not viewer.handle_key(key(Qt.Key.Key_Escape)), "another Esc is for the page"


def test_an_arrow_goes_the_way_it_points_where_words_run_to_the_left(viewer: TextViewer) -> None:
    text = "مرحبا بالعالم الكبير"
    viewer.show_item(ItemView("d", "m", text=text))
    viewer.handle_key(key(LEFT, SHIFT))
    assert chosen(viewer, text) == "مرحبا"
    viewer.handle_key(key(LEFT, CTRL))
    assert chosen(viewer, text) == "بالعالم"
    viewer.handle_key(key(LEFT, SHIFT))
    assert chosen(viewer, text) == "بالعالم الكبير"
    viewer.handle_key(key(RIGHT, SHIFT))
    viewer.handle_key(key(RIGHT, CTRL))
    assert chosen(viewer, text) == "مرحبا"


def test_words_are_chosen_across_the_window_of_a_long_text(viewer: TextViewer, qtbot: QtBot) -> None:
    text = " ".join(f"word{number}" for number in range(30_000))
    viewer.show_item(ItemView("d", "m", text=text))
    qtbot.waitUntil(lambda: viewer.pane.is_complete)
    viewer.pane.go_to(viewer.pane.shown.starts[viewer.pane._end] - 1500)  # near the end of what is laid out
    viewer.handle_key(key(RIGHT, SHIFT))
    begun = chosen(viewer, text)
    assert begun.startswith("word")
    number = int(begun.removeprefix("word"))
    seen = []
    for _ in range(400):
        viewer.handle_key(key(RIGHT, CTRL))
        seen.append(chosen(viewer, text))
    assert seen == [f"word{number + 1 + step}" for step in range(400)]
    top, page = viewer.pane.top, viewer.pane.selected
    assert page is not None
    assert top <= page[0] < top + 3000, "what is chosen is in sight"


def test_keys_scroll(viewer: TextViewer) -> None:
    viewer.show_item(ItemView("d", "m", text="line\n" * 200))
    bar = viewer.pane.verticalScrollBar()
    viewer.handle_key(key(Qt.Key.Key_Down))
    assert bar.value() == 30
    viewer.handle_key(key(Qt.Key.Key_PageDown))
    assert bar.value() == viewer.pane.viewport().height()
    viewer.handle_key(key(Qt.Key.Key_Home))
    assert bar.value() == 0
    assert not viewer.handle_key(key(Qt.Key.Key_Space))
    assert not viewer.handle_key(key(Qt.Key.Key_U))


def test_find_counts_and_steps_around(viewer: TextViewer) -> None:
    viewer.show_item(ItemView("d", "m", text="🩻 Bill <b> bill\nno\nBILL"))
    assert viewer.handle_key(key(Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier))
    bar = viewer.find_bar
    QTest.keyClicks(bar.field, "bill")
    assert bar.count_text == "1 of 3"
    assert selected(viewer) == ["Bill", "bill", "BILL"]
    QTest.keyClick(bar.field, Qt.Key.Key_Return)
    assert bar.count_text == "2 of 3"
    QTest.keyClick(bar.field, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(bar.field, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert bar.count_text == "3 of 3"
    bar.field.setText("b.ll")
    assert bar.count_text == "Not found"
    assert selected(viewer) == []
    QTest.keyClick(bar.field, Qt.Key.Key_Escape)
    assert not bar.isVisible()


def test_find_reaches_what_is_not_laid_out_yet(viewer: TextViewer, qtbot: QtBot) -> None:
    viewer.show_item(ItemView("d", "m", text="line\n" * 40_000 + "needle"))
    viewer.open_find()
    viewer.find_bar.field.setText("needle")
    complete(viewer, qtbot)
    qtbot.waitUntil(lambda: viewer.find_bar.count_text == "1 of 1")
    assert selected(viewer) == ["needle"]
    assert viewer.pane.toPlainText().endswith("needle")
    (current,) = viewer.pane.extraSelections()
    in_view = viewer.pane.viewport().rect()
    qtbot.waitUntil(lambda: in_view.contains(viewer.pane.cursorRect(current.cursor)))  # type: ignore[attr-defined]


def test_it_is_told_again_when_the_text_has_come_to_its_end(qtbot: QtBot) -> None:
    """The search may have caught up with the lines before the pane knows that no more come."""
    finder, told = Finder(), list[bool]()
    finder.found.connect(lambda: told.append(finder.is_done))
    finder.start(plain("hay and a needle"), "needle")
    assert told == [True]
    finder.more_lines()
    qtbot.waitUntil(lambda: told == [True, True])


def test_places_in_sight_are_tinted(viewer: TextViewer) -> None:
    viewer.show_item(ItemView("d", "m", text="one two one"))
    plain = viewer.pane.viewport().grab().toImage()
    viewer.open_find()
    viewer.find_bar.field.setText("one")
    image = viewer.pane.viewport().grab().toImage()
    soft, accent = (viewer.theme.colour(name) for name in ("accent_soft", "accent"))
    colours = {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(30)}
    assert {soft.name(), accent.name()} <= colours
    assert soft.name() not in {plain.pixelColor(x, y).name() for x in range(plain.width()) for y in range(30)}


CALL = "Agent: Good morning.\nAnna: My parcel is late.\nIt is the second time.\nAgent: I see."


def blocks(viewer: TextViewer) -> list[str]:
    document = viewer.pane.document()
    return [document.findBlockByNumber(n).text() for n in range(document.blockCount())]


def test_a_conversation_is_shown_as_turns_on_two_sides(viewer: TextViewer) -> None:
    viewer.show_item(ItemView("d", "m", text=CALL))
    assert blocks(viewer) == [
        "1 · Agent", "Good morning.", "2 · Anna", "My parcel is late.", "It is the second time.", "3 · Agent", "I see.",
    ]  # fmt: skip
    document = viewer.pane.document()
    margins = [document.findBlockByNumber(n).blockFormat() for n in (1, 3, 6)]
    assert [(m.leftMargin() > 0, m.rightMargin() > 0) for m in margins] == [(False, True), (True, False), (False, True)]
    assert len({m.leftMargin() + m.rightMargin() for m in margins}) == 1, "all turns have one width"
    assert viewer.handle_key(key(Qt.Key.Key_R, Qt.KeyboardModifier.ShiftModifier))
    assert blocks(viewer)[0] == "Agent: Good morning."
    assert "turns" in [tool.id for tool in viewer.tool_actions()]
    viewer.show_item(ItemView("e", "n", text="No talk."))
    assert "turns" not in [tool.id for tool in viewer.tool_actions()]


def test_the_raw_view_shows_what_is_stored(viewer: TextViewer) -> None:
    viewer.show_item(ItemView("d", "m", text=CALL + "\r\n\tx"))
    assert viewer.handle_key(key(Qt.Key.Key_R))
    assert blocks(viewer)[0] == "Agent:·Good·morning.␊"
    assert blocks(viewer)[-2:] == ["Agent:·I·see.␍␊", "␉x"]
    assert next(tool for tool in viewer.tool_actions() if tool.id == "raw_text").checked
    viewer.handle_key(key(Qt.Key.Key_R))
    assert blocks(viewer)[0] == "1 · Agent"


def test_find_goes_on_in_another_view(viewer: TextViewer) -> None:
    viewer.show_item(ItemView("d", "m", text=CALL))
    viewer.open_find()
    viewer.find_bar.field.setText("agent")
    assert viewer.find_bar.count_text == "1 of 2"
    viewer.toggle_raw()
    assert selected(viewer) == ["Agent", "Agent"]


def test_find_is_closed_with_the_next_item(viewer: TextViewer) -> None:
    viewer.show_item(ItemView("d", "m", text="one one"))
    viewer.open_find()
    viewer.find_bar.field.setText("one")
    viewer.show_item(ItemView("e", "n", text="one"))
    assert viewer.find_bar.isHidden()
    assert selected(viewer) == []


def test_places_are_counted_as_qt_counts() -> None:
    assert find_all("aXa", "x") == [(1, 2)]
    assert find_all("🩻x🩻🩻x", "X") == [(2, 3), (7, 8)]
    assert find_all("aaa", "aa") == [(0, 2)]
    assert find_all("a.c abc", "a.c") == [(0, 3)]
    assert find_all("abc", "") == []


def test_words_can_be_selected_and_copied(viewer: TextViewer) -> None:
    viewer.show_item(ItemView("d", "m", text="copy this"))
    copy = key(Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert not viewer.handle_key(copy)
    cursor = viewer.pane.textCursor()
    cursor.movePosition(QTextCursor.MoveOperation.NextWord, QTextCursor.MoveMode.KeepAnchor)
    viewer.pane.setTextCursor(cursor)
    assert viewer.handle_key(copy)
    assert QGuiApplication.clipboard().text().strip() == "copy"


def test_fields_fill_three_lines_and_the_rest_is_in_the_tooltip(viewer: TextViewer) -> None:
    few = {"Plan": "Family", "Empty": " "}
    viewer.show_item(ItemView("d", "m", text="t", fields=few))
    assert viewer.header.left_out == []
    low = viewer.header.sizeHint().height()
    many = {f"Field {number}": f"<b>{number}</b> and a few more words" for number in range(30)}
    viewer.show_item(ItemView("d", "m", text="t", fields=many))
    assert viewer.header.sizeHint().height() == low + 40
    left_out = viewer.header.left_out
    assert 0 < len(left_out) < 30
    assert viewer.header.more_text() == f"+ {len(left_out)} more"
    assert "&lt;b&gt;29&lt;/b&gt;" in viewer.header.toolTip()


def test_the_text_takes_no_focus_so_that_decision_keys_stay_with_the_page(viewer: TextViewer) -> None:
    assert viewer.pane.focusPolicy() == Qt.FocusPolicy.NoFocus
    assert viewer.focusPolicy() == Qt.FocusPolicy.StrongFocus


def test_the_reason_stands_in_place_of_the_text(viewer: TextViewer) -> None:
    viewer.show_item(ItemView("d", "m", text="words"))
    viewer.show_error("MSG-7", "The row is <b>gone</b>.")
    assert viewer.has_error
    assert not viewer.pane.isVisible()
    viewer.show_item(ItemView("e", "n", text="other"))
    assert viewer.pane.isVisible()


def test_all_controls_have_names(viewer: TextViewer) -> None:
    viewer.show_item(ItemView("d", "m", text="words"))
    viewer.open_find()
    focusable = [w for w in viewer.findChildren(QWidget) if w.focusPolicy() != Qt.FocusPolicy.NoFocus and w.isVisible()]
    assert focusable
    assert [type(w).__name__ for w in focusable if not w.accessibleName()] == []


def test_masked_columns_are_named_and_nothing_more(viewer: TextViewer, qtbot: QtBot) -> None:
    fields = {"Plan": "Family", "Name": ""}
    viewer.show_item(ItemView("d", "m", text="t", fields=fields, masked=frozenset({"Name"})))
    assert "Name Hidden" in viewer.header.accessibleDescription()
    assert not viewer.record.isVisible()
    assert viewer.handle_key(key(Qt.Key.Key_C, Qt.KeyboardModifier.ShiftModifier))
    assert viewer.record.isVisible()
    buttons = {b.accessibleName(): b for b in viewer.record.findChildren(Button)}
    assert set(buttons) == {"Hide Plan", "Show Name"}
    with qtbot.waitSignal(viewer.mask_wanted) as wanted:
        buttons["Hide Plan"].click()
    assert wanted.args == ["Plan", True]
    viewer.show_fields(ItemView("d", "m", text="t", fields={"Plan": "", "Name": "Anna"}, masked=frozenset({"Plan"})))
    qtbot.waitUntil(lambda: any(b.isVisible() for b in viewer.record.findChildren(Button)))
    names = {b.accessibleName() for b in viewer.record.findChildren(Button) if b.isVisible()}
    assert names == {"Show Plan", "Hide Name"}
    said = [label.text() for label in viewer.record.findChildren(PlainLabel) if label.isVisible()]
    assert "Anna" in said
    assert "Family" not in said


def test_a_record_of_thousands_of_columns_does_not_stall(viewer: TextViewer) -> None:
    viewer.show_item(ItemView("d", "m", text="t", fields={f"c{n}": f"v{n}" for n in range(3000)}))
    viewer.toggle_record()
    assert len(viewer.record.findChildren(Button)) == 200
