"""The table of `simulate`, and its one sentence."""

import numpy as np
import pytest

from hitl_desktop.cli.simulating import in_words, saving
from hitl_desktop.learning.simulation import Curves, SimulationResult

LABELS = [10, 20, 30, 40]


def curves(*per_seed: list[float]) -> Curves:
    values = np.asarray(per_seed).T.tolist()
    return Curves(LABELS, values, [[v / 2 for v in row] for row in values])


def result(**strategies: Curves) -> SimulationResult:
    return SimulationResult(strategies, [1.0, 1.0], [0.5, 0.5], held_out=100, candidates=300)


SLOW = curves([0.5, 0.6, 0.7, 0.96], [0.5, 0.6, 0.7, 0.8])
FAST = curves([0.5, 0.96, 0.97, 0.98], [0.5, 0.8, 0.97, 0.98])


def test_the_table_holds_both_side_by_side() -> None:
    words = in_words(result(random=SLOW, margin=FAST), {"default": "margin", "random": "random"})
    lines = words.splitlines()
    assert lines[0].startswith("Measured on 100 held-out items, 2 seeds")
    heading, *table = lines[1:-2]
    assert heading.split("  ")[-1].strip() == "Closest call (default)"
    assert heading.index("At random") < heading.index("Closest call")
    assert len({len(line) for line in (heading, *table)}) == 1, "aligned"
    cells = {line.split("  ")[0]: [c.strip() for c in line.split("  ")[1:] if c.strip()] for line in table}
    assert cells["accuracy with 20 labels"] == ["0.600 ± 0.000", "0.880 ± 0.080"]
    assert cells["macro-F1 with 20 labels"] == ["0.300 ± 0.000", "0.440 ± 0.040"]
    assert cells["accuracy with all 300"] == ["1.000 ± 0.000", "1.000 ± 0.000"]
    assert cells["labels to 95% of full accuracy"] == ["40 ± 0 (1/2)", "25 ± 5 (2/2)"]
    assert cells["labels to 95% of full macro-F1"] == ["40 ± 0 (1/2)", "25 ± 5 (2/2)"]
    assert cells["area under the curve of accuracy"] == ["0.663 ± 0.013", "0.863 ± 0.027"]
    both = result(random=SLOW, margin=FAST)
    assert lines[-2:] == [saving(both, "margin"), saving(both, "margin", "macro_f1")]


def test_what_nobody_reached_says_so() -> None:
    low = curves([0.1] * 4, [0.2] * 4)
    words = in_words(result(random=low, margin=low), {"margin": "margin"})
    assert "not reached (0/2)" in words
    assert words.endswith("Within this budget “Closest call” did not reach 80% of full macro-F1 for every seed.")


@pytest.mark.parametrize(
    ("by_chance", "ours", "words"),
    [
        (
            SLOW,
            FAST,
            "needed 25 labels for 95% of full accuracy, asking at random 40 in the 1 of 2 seeds that got there",
        ),
        (SLOW, FAST, "it saves at least 38% of the decisions."),
        (FAST, SLOW, "needed 40 labels for 80% of full accuracy, asking at random 20: it saves nothing here."),
        (curves([0.5] * 4, [0.5] * 4), FAST, "reached 95% of full accuracy with 25 labels; asking at random never did"),
    ],
)
def test_one_sentence_says_what_is_saved(by_chance: Curves, ours: Curves, words: str) -> None:
    assert words in saving(result(random=by_chance, margin=ours), "margin")


def test_asking_at_random_alone_saves_nothing_and_says_nothing() -> None:
    assert "random" not in in_words(result(random=SLOW), {"random": "random"}).splitlines()[-1]
