"""The tables of extensions agree: a new row is tested unasked."""

import numpy as np
import pytest

from hitl_desktop.domain.protocols import never_cancelled, no_progress
from hitl_desktop.exchange import EXPORTERS, IMPORTERS
from hitl_desktop.features import EXTRACTORS, PICTURE_SIDE
from hitl_desktop.kinds import KINDS
from hitl_desktop.learning.cards import bundled_models
from hitl_desktop.learning.query_strategies import QUERY_STRATEGIES
from hitl_desktop.learning.representations import REPRESENTATIONS
from hitl_desktop.learning.training import ADAPTING, FROM_SCRATCH
from hitl_desktop.paths import resources
from hitl_desktop.workflow.requests import NO_MODEL
from hitl_desktop.workflow.samples import catalogue
from hitl_desktop.workflow.tasks import TASKS, run_task
from hitl_desktop.workflow.views import parts_of

ITEMS = {
    "image": [np.full((PICTURE_SIDE, PICTURE_SIDE), 90, np.uint8), np.eye(PICTURE_SIDE, dtype=np.uint8) * 200],
    "text": ["hello there", "a second message"],
    "conversation": ['[{"role":"customer","text":"hello there"}]', '[{"role":"agent","text":"a second one"}]'],
    "preference": [
        '{"answers":[{"text":"Yes."},{"text":"No."}],"prompt":"Does it rain?"}',
        '{"answers":[{"text":"Ten."},{"text":"Twelve."}],"prompt":"How many?"}',
    ],
    "record": ['{"fields":[["number","amount",12.5],["text","memo","hello"]]}', '{"fields":[["category","shop","a"]]}'],
}


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_has_an_extractor_of_its_own_sort(name: str) -> None:
    kind = KINDS[name]
    assert kind.name == name
    extractor = EXTRACTORS[kind.extractor]
    assert extractor.kind == name
    assert all(suffix == suffix.lower() and suffix.startswith(".") for suffix in kind.suffixes)
    assert kind.counted(1) == kind.counts[0].format(n=1)


@pytest.mark.parametrize("name", EXTRACTORS)
def test_every_extractor_makes_rows_of_its_blocks(name: str) -> None:
    extractor = EXTRACTORS[name]
    assert extractor.kind in KINDS
    assert extractor.key == f"{name}-v{extractor.version}"
    rows = extractor.extract(ITEMS[extractor.kind])
    assert rows.shape == (2, extractor.dims)
    assert rows.dtype == np.float32


def test_the_tables_of_learning_agree() -> None:
    assert set(FROM_SCRATCH) == set(ADAPTING) == set(REPRESENTATIONS)
    assert "random" in QUERY_STRATEGIES, "the yardstick"


def test_every_format_has_a_name_and_a_function() -> None:
    for table in (IMPORTERS, EXPORTERS):
        assert table
        for name, row in table.items():
            assert row.name == name
            assert row.title
            assert callable(row.function)
    assert {"csv", "jsonl"} <= set(EXPORTERS)
    assert all(row.suffixes for row in EXPORTERS.values())


def test_what_is_in_the_box_fits_the_program() -> None:
    models = bundled_models(resources())
    keys = {extractor.key for extractor in EXTRACTORS.values()}
    assert models
    assert {key for facts in models.values() for key in parts_of(facts["extractor"])} <= keys
    assert {facts["representation"] for facts in models.values()} <= set(REPRESENTATIONS)
    for sample in catalogue():
        assert sample.kind in KINDS
        assert (resources() / "samples" / sample.file).is_file()
        assert sample.model == NO_MODEL or set(sample.classes) == set(models[sample.model]["classes"])


def test_every_task_is_called_the_same_way() -> None:
    assert {"create_project", "score", "train", "simulate"} <= set(TASKS)
    for task in TASKS:
        with pytest.raises(AttributeError):
            run_task(task, object(), no_progress, never_cancelled)
    with pytest.raises(KeyError):
        run_task("no such task", object(), no_progress, never_cancelled)
