"""The card that says how far the reviewers follow the model."""

import pytest
from pytestqt.qtbot import QtBot

from hitl_desktop.assurance.following import Difference, share
from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.views.following_card import FollowingCard
from hitl_desktop.workflow.following_report import Arm, Changed, Following, LedChecks, Mixed

NONE = Arm(None, None, None)
NOTHING_CHANGED = Changed(None, None, None)


@pytest.fixture
def card(theme: Theme, qtbot: QtBot) -> FollowingCard:
    card = FollowingCard(theme)
    qtbot.addWidget(card)
    return card


def cells(card: FollowingCard) -> list[list[str]]:
    model = card.table.model()
    return [
        [str(model.index(row, column).data()) for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


def test_without_an_answer_it_says_so(card: FollowingCard) -> None:
    card.show_following(Following(NONE, NONE, None, NOTHING_CHANGED, 0, 0), None)
    assert card.words.text() == "No answer yet to an item with a suggestion."
    assert card.table.isHidden()


def test_answers_in_view_alone_say_what_they_cannot_tell(card: FollowingCard) -> None:
    seen = Arm(share(45, 50), None, None)
    card.show_following(Following(seen, NONE, None, NOTHING_CHANGED, 0, 1), LedChecks(share(11, 12), share(22, 28)))
    assert cells(card) == [["All items", "45 of 50 · 90 % · 79–96 %", "–", "–"]]
    assert card.subtitle() == "First answers of 1 reviewer, with 95 % intervals; no random checks"
    said = card.words.text()
    assert "cannot tell whether it led you" in said
    assert "no measure of it" in said
    assert "12 of the random checks were answered with a suggestion in view" in said
    assert "it was right on 11 of them. Of the other 28 on 22." in said


def test_a_mix_with_truth_shows_all_three_rows(card: FollowingCard) -> None:
    seen = Arm(share(45, 50), share(40, 40), share(5, 10))
    unseen = Arm(share(40, 50), share(38, 40), share(2, 10))
    mixed = Mixed(0.5, Difference(0.1, -0.04, 0.24), Difference(0.05, 0.01, 0.1), None, share(5, 10))
    changed = Changed(share(3, 9), share(2, 3), share(1, 6))
    card.show_following(Following(seen, unseen, mixed, changed, 100, 2), None)
    rows = cells(card)
    assert [row[0] for row in rows] == ["All items", "Where it was right", "Where it was wrong"]
    assert rows[0][3] == "10 points · −4 to 24"
    assert rows[2][1:] == ["5 of 10 · 50 % · 24–76 %", "2 of 10 · 20 % · 6–51 %", "–"]
    said = card.words.text()
    assert "went along with the model on about 50 %" in said
    assert "you changed to it in 3 of 9" in said
    assert "Where it was right: 2 of 3; where it was wrong: 1 of 6." in said
    assert "hidden truth" in said
