"""A filter and an order become a list of items, also in a thread, and follow what changes."""

import threading
from dataclasses import replace

import pytest

from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.domain.errors import Cancelled
from hitl_desktop.domain.history import HistoryFilter, HistoryOrder
from hitl_desktop.domain.item_filter import ItemFilter, SortOrder
from hitl_desktop.domain.items import ItemState
from hitl_desktop.domain.steering import IGNORED, MATTERS, ClassRule, SteeredFacet
from hitl_desktop.workflow import steering
from hitl_desktop.workflow.finding import Finder, Wanted, question, still_wanted, words_of
from hitl_desktop.workflow.past_decisions import Asked, HistoryFinder, rules_asked
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.review import ReviewSession


@pytest.fixture
def session(text_project: Project) -> ReviewSession:
    session = ReviewSession(text_project, "ann")
    for note in ("first note", "", "", "last note"):
        session.decide(Verdict.CORRECTED, text_project.labels[0].id, note=note)
    return session


def found(session: ReviewSession, wanted: Wanted) -> list[int]:
    return Finder().answer(question(session.project, wanted, session.queue.planned())).tolist()


def decided(session: ReviewSession) -> list[int]:
    return [event.item_index for event in session.project.store.decisions.all()]


def test_the_store_and_the_pool_answer_together(session: ReviewSession) -> None:
    first, *_, last = decided(session)
    assert set(found(session, Wanted(ItemFilter(has_note=True)))) == {first, last}
    assert len(found(session, Wanted(ItemFilter(has_note=False)))) == 38
    aside = ItemFilter(states=frozenset({ItemState.DECIDED}), has_note=False)
    assert set(found(session, Wanted(aside))) == set(decided(session)[1:3])
    assert set(found(session, Wanted(ItemFilter(reviewer="ann")))) == set(decided(session))
    assert found(session, Wanted(ItemFilter(reviewer="bob"))) == []
    words = found(session, Wanted(ItemFilter(words="INVOICE")))
    texts = session.project.store.items.texts_of(range(40))
    assert sorted(words) == [i for i in range(40) if "invoice" in texts[i]]


def test_what_is_asked_next_comes_first(session: ReviewSession) -> None:
    everything = found(session, Wanted(ItemFilter(everything=True)))
    waiting = session.waiting().tolist()
    assert [i for i in everything if i in waiting] == waiting
    assert sorted(everything) == list(range(40))


def test_names_are_ordered_as_people_count_and_decisions_by_the_last(session: ReviewSession) -> None:
    paths = session.project.store.items.paths()
    names = [paths[i] for i in found(session, Wanted(order=SortOrder.NAME))]
    assert names == sorted(names)
    assert found(session, Wanted(order=SortOrder.LAST_DECIDED))[:4] == decided(session)[::-1]


def test_picked_items_keep_their_order(session: ReviewSession) -> None:
    picked = Wanted(picked=(9, 3, 5, 3, 999))
    assert found(session, picked) == [9, 3, 5]
    assert found(session, Wanted(picked=(9, 3, 5), order=SortOrder.NAME)) == [3, 5, 9]
    assert picked.is_filtered
    assert not Wanted(order=SortOrder.NAME).is_filtered


def test_a_few_changed_items_are_looked_at_alone(session: ReviewSession) -> None:
    wanted = Wanted(ItemFilter(has_note=True))
    asked = question(session.project, wanted, session.queue.planned())
    first = decided(session)[0]
    assert still_wanted(session.project, asked, [first, 39]) == {first: True, 39: 39 in decided(session)[3:]}
    session.go_to(first)
    session.decide(Verdict.SKIPPED, reason="too small to tell")
    assert still_wanted(session.project, asked, [first]) == {first: False}, "the one that stands has no note"


def test_a_question_can_be_stopped_from_another_thread(session: ReviewSession) -> None:
    finder = Finder()
    asked = question(session.project, Wanted(ItemFilter(words="x")), session.queue.planned())
    told: list[object] = []

    def look() -> None:
        try:
            finder.answer(asked, progress=lambda _: finder.stop())
            told.append("answered")
        except Cancelled:
            told.append("stopped")

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    # A pool of 40 is one part: stopping after it still answers, and one that is stopped before does not begin.
    assert told == ["answered"]
    with pytest.raises(Cancelled):
        finder.answer(asked)


def test_words_are_parted_by_blanks_and_kept_together_by_quotation_marks() -> None:
    assert words_of('  late "two words"  parcel parcel " "') == ("late", "two words", "parcel")
    assert words_of("") == ()


def test_examples_and_what_rules_say_against_are_found(session: ReviewSession) -> None:
    project = session.project
    first, second, *_ = decided(session)
    steering.weigh(project, "ann", first, MATTERS)
    steering.weigh(project, "ann", second, IGNORED)
    texts = project.store.items.texts_of(range(40))
    word = max(texts[first].split(), key=len)
    rule = ClassRule.of_phrase(word, project.labels[1].id)
    steering.apply(project, "ann", replace(steering.plan_in_force(project), rules=(rule,)))

    def steered(*facets: SteeredFacet) -> Wanted:
        return Wanted(ItemFilter(steered=frozenset(facets)))

    assert found(session, steered(SteeredFacet.MATTERS)) == [first]
    assert set(found(session, steered(SteeredFacet.MATTERS, SteeredFacet.IGNORED))) == {first, second}
    against = {i for i in decided(session) if word.casefold() in texts[i].casefold()}
    asked = question(project, steered(SteeredFacet.RULED_OTHERWISE), session.queue.planned())
    assert set(Finder().answer(asked).tolist()) == against >= {first}
    events = [event.number for event in project.store.decisions.all() if event.item_index in against]
    for facet, numbers in ((SteeredFacet.RULED_OTHERWISE, events), (SteeredFacet.MATTERS, [1])):
        for order in (HistoryOrder.TIME, HistoryOrder.ITEM):
            history = HistoryFilter(steered=facet)
            past = Asked(project.folder, 4, history, order, True, rules_asked(project, history))
            assert sorted(HistoryFinder().answer(past).tolist()) == numbers
    steering.take_back(project, "ann")
    session.decide(Verdict.CORRECTED, project.labels[1].id)
    assert still_wanted(project, asked, [first, decided(session)[-1]]) == {first: True, decided(session)[-1]: False}
