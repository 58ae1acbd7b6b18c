"""Model versions come back as they went in, and so does the record of which were in use."""

import pytest

from hitl_desktop.domain.sentences import NOTHING_TO_SAY, say
from hitl_desktop.store.models import Activation, ModelVersion
from hitl_desktop.store.store import Store


def test_a_version_comes_back_as_it_went_in(store: Store) -> None:
    model = ModelVersion(1, "trained", "", "2026-01-02", 12, 14, {"checks": 2}, "ab12", {"is_promoted": True})
    with store.transaction():
        store.models.add(model)
    assert store.models.all() == [model]
    assert store.models.active() is None, "adding is not using"
    assert store.models.next_version() == 2


def test_the_last_activation_is_the_one_in_use_and_all_keep_their_reason(store: Store) -> None:
    with store.transaction():
        for version in (1, 2):
            store.models.add(ModelVersion(version, "trained", "", "", 0, 0))
        store.models.activate(1, "t1", "retraining", say("It is right on {n}.", n=1))
        store.models.activate(2, "t2", "retraining", say("It is not worse."))
        store.models.activate(1, "t3", "reviewer")
    active = store.models.active()
    assert active is not None
    assert active.version == 1
    assert store.models.activations() == [
        Activation(1, "t1", "retraining", say("It is right on {n}.", n=1)),
        Activation(2, "t2", "retraining", say("It is not worse.")),
        Activation(1, "t3", "reviewer", NOTHING_TO_SAY),
    ]


def test_versions_of_a_transaction_that_failed_are_not_kept(store: Store) -> None:
    made = ModelVersion(1, "trained", "m", "now", 3, 3)

    def fail() -> None:
        with store.transaction():
            store.models.add(made)
            assert [model.version for model in store.models.all()] == [1]
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert store.models.all() == []
    with store.transaction():
        store.models.add(made)
    assert [model.version for model in store.models.all()] == [1]


def test_a_reader_beside_the_writer_meets_a_version_that_came_since(store: Store) -> None:
    """An export that begins while a training is taken over must not find that no model is in use."""
    with store.transaction():
        store.models.add(ModelVersion(1, "trained", "", "", 0, 0))
        store.models.activate(1, "t1", "retraining")
    reader = Store.reader(store.folder)
    assert [model.version for model in reader.models.all()] == [1]
    with store.transaction():
        store.models.add(ModelVersion(2, "trained", "", "", 0, 0))
        store.models.activate(2, "t2", "retraining")
    active = reader.models.active()
    reader.close()
    assert active is not None
    assert active.version == 2
