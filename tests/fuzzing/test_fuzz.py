"""Some inputs for every reader, the same in every run; `make fuzz` tries many more. And what fuzzing has found."""

import io
import json
import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings

from hitl_desktop.domain import evidence, responses
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.sentences import sentence_of
from hitl_desktop.exchange import IMPORTERS
from hitl_desktop.kinds import KINDS
from hitl_desktop.store.store import Store
from hitl_desktop.workflow.scores import read_array, read_novelty, read_ranked
from tests.fuzzing.attempt import attempt
from tests.fuzzing.room import Seeds, Target
from tests.fuzzing.seeds import make_seeds
from tests.fuzzing.targets import TARGETS

EXAMPLES = 12


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> Seeds:
    return make_seeds(tmp_path_factory.mktemp("seeds"))


@pytest.fixture(autouse=True)
def may_warn(watched_log: Any) -> None:
    """What is odd in a file may be logged."""
    watched_log.expected = []
    watched_log.emit = lambda _record: None


@pytest.mark.parametrize("name", TARGETS)
def test_every_reader_refuses_in_words_or_reads(name: str, seeds: Seeds) -> None:
    target = TARGETS[name]
    counts = {True: 0, False: 0}

    @settings(
        max_examples=max(4, round(EXAMPLES * target.share)), derandomize=True, deadline=None, database=None,
        suppress_health_check=list(HealthCheck), phases=[Phase.generate],
    )  # fmt: skip
    @given(target.inputs(seeds))
    def check(value: object) -> None:
        counts[attempt(target, value, seeds)] += 1

    check()
    assert sum(counts.values()) >= 4


def test_every_importer_has_a_fuzzer() -> None:
    assert {name.replace("_", " ") for name in IMPORTERS} <= set(TARGETS)


@pytest.mark.parametrize(
    ("harm", "why"),
    [
        (lambda room: (room.folder / "elsewhere").write_bytes(b""), "outside of its folder"),
        (lambda room: _leave(room.out / "half"), "something is left"),
        (lambda _: {}["no refusal"], "no refusal"),
    ],
)
def test_the_fuzzer_would_notice(harm: Callable[[Any], object], why: str, seeds: Seeds) -> None:
    with pytest.raises((AssertionError, KeyError), match=why):
        attempt(Target(TARGETS["table"].inputs, lambda _given, room, _seeds: harm(room)), b"", seeds)


def _leave(path: Path) -> None:
    path.touch()
    raise KnownError("no")


# ---- found, and mended ----------------------------------------------------------------------------------------------


def test_a_number_of_digits_that_is_no_number_is_said_all_the_same() -> None:
    kept = {"say": "{a} {b}", "values": {"a": {"figure": [1.5, True, False]}, "b": {"share": [0.5, True]}}}
    assert sentence_of(kept).english() == "1.5 50.0 %"
    assert str(sentence_of(kept)) == sentence_of(kept).english()


LONG = "9" * 400


@pytest.mark.parametrize(
    "kept",
    [
        "[" * 3000,
        '{"a":' * 3000,
        f'{{"fields": [["number", "a", {LONG}]]}}',
        f'{{"fields": [], "earlier": {{"a": {LONG}}}}}',
        f'{{"say": "{{a}}", "values": {{"a": {{"figure": [{LONG}, 1, false]}}}}}}',
    ],
)
def test_an_item_that_is_kept_oddly_can_be_listed(kept: str) -> None:
    for kind in KINDS.values():
        assert kind.plain(kept) == kept
        assert kind.without(kept, frozenset({"a"})) == kept
    assert sentence_of(kept).english() in ("", kept)


@pytest.mark.parametrize("size", [[None, 40], [0.5, 3], ["a", "b"], [True, 3]])
def test_evidence_in_an_image_of_no_size_is_none(size: list[Any]) -> None:
    with pytest.raises((TypeError, ValueError)):
        evidence.from_plain({"size": size, "marks": []})
    with pytest.raises(ValueError, match="too large"):
        evidence.mark_from_plain(
            {"kind": "box", "x": int(LONG), "y": 0, "width": 1, "height": 1, "frame": 0, "label": None}
        )
    for read in (evidence.from_json, responses.from_json):
        with pytest.raises(ValueError, match="no "):
            read("[" * 3000)


@pytest.mark.parametrize("cut", [1, 8, 60, -1])
def test_files_of_numbers_that_were_cut_off_or_swapped_are_as_if_they_were_not_there(tmp_path: Path, cut: int) -> None:
    npy, npz = io.BytesIO(), io.BytesIO()
    np.save(npy, np.arange(5.0))
    np.savez(npz, utilities=np.arange(5.0), reasons=np.zeros(5, np.uint8))
    for data, other in ((npy.getvalue(), npz.getvalue()), (npz.getvalue(), npy.getvalue())):
        for name, content in (("cut", data[:cut]), ("swapped", other)):
            path = tmp_path / name
            path.write_bytes(content)
            for read in (lambda p: read_array(p, np.float32), read_ranked, read_novelty):
                assert read(path) is None or name == "swapped"


@pytest.mark.parametrize(
    "change",
    [
        {"note": {"": None}},
        {"confidence": "much"},
        {"label_id": 99},
        {"predicted_id": 4711},
        {"seconds": 10**400},
        {"retracts": 10**30, "verdict": "retracted", "label_id": None},
        {"policy_version": True},
        {"reviewer": None},
        {"verdict": "skipped"},
    ],
)
def test_a_line_of_the_second_record_that_cannot_be_is_left_out(
    change: dict[str, Any], seeds: Seeds, tmp_path: Path
) -> None:
    """It was taken into the database unseen, or kept the project from being opened."""
    folder = Path(shutil.copytree(seeds.project, tmp_path / "P.hitl"))
    record = folder / "decisions.jsonl"
    lines = record.read_text("utf-8").splitlines()
    sound = json.loads(lines[0]) | {"event_id": "sound", "number": len(lines) + 2}
    odd = sound | {"event_id": "odd", "number": len(lines) + 1} | change
    record.write_text("\n".join([*lines, json.dumps(odd), json.dumps(sound)]) + "\n", "utf-8")
    with closing(Store.open(folder)) as store:
        assert (store.replayed.decisions, store.replayed.unplaced) == (1, 1)
        assert store.decisions.all()[-1].event_id == "sound"
