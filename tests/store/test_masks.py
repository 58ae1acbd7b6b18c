"""Masks on disk: the last one of an item holds, with its boxes and its strokes."""

from hitl_desktop.domain.mask_strokes import Stroke
from hitl_desktop.store.masks import NO_MASK, Mask
from hitl_desktop.store.store import Store

BOX, OTHER = (1, 2, 30, 40), (5, 6, 7, 8)
STROKE = Stroke(3.5, ((0.0, 1.0), (9.5, 4.0)))


def test_a_mask_comes_back_as_it_was_painted_and_the_last_one_holds(store: Store) -> None:
    brushed, looked = Mask((BOX,), False, (STROKE,)), Mask((BOX, OTHER), True)
    with store.transaction():
        store.masks.set_many([(0, Mask((OTHER,))), (1, looked), (3, Mask((), False, (STROKE, STROKE)))], "ann")
        store.masks.set_many([(0, brushed)], "b\udce9a")
    held = {0: brushed, 1: looked, 3: Mask((), False, (STROKE, STROKE))}
    assert {index: store.masks.get(index) for index in (0, 1, 3)} == held
    assert store.masks.get(2) == NO_MASK
    assert store.masks.all() == held
    assert store.masks.of([3, 2, 0]) == {0: held[0], 3: held[3]}
    rows = store._database.execute_sql("SELECT number, idx FROM mask ORDER BY number").fetchall()
    assert rows == [(1, 0), (2, 1), (3, 3), (4, 0)]


def test_what_paints_and_what_paints_the_same() -> None:
    boxes, strokes = Mask((BOX,)), Mask((), False, (STROKE,))
    assert [mask.paints for mask in (NO_MASK, Mask(looked=True), boxes, strokes)] == [False, False, True, True]
    assert boxes.same_as(Mask((BOX,), True)), "whether somebody looked is no paint"
    assert not boxes.same_as(strokes)
    assert not boxes.same_as(Mask((BOX,), False, (STROKE,)))
    assert not boxes.same_as(Mask((OTHER,)))
