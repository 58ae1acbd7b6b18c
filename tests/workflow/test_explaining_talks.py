"""A conversation explained: words in all turns add up to the score, and are found where they are stored."""

import json
from pathlib import Path

import numpy as np
import pytest

from hitl_desktop.domain.explanations import Basis, PartKind
from hitl_desktop.workflow import learning_choices
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.requests import LabelUse
from tests.conftest import MakeProject, Retrain
from tests.workflow.test_explaining import decide_with_truth, explained, lead_shown

WORDS = {"bill": "invoice payment refund charged twice", "fault": "router red light broken offline"}


@pytest.fixture(scope="module")
def talks(tmp_path_factory: pytest.TempPathFactory, make_project: MakeProject) -> Path:
    """40 conversations of two outcomes; the customer's words have quotes, line ends and other scripts in them."""
    rng, folder = np.random.default_rng(1), tmp_path_factory.mktemp("talks")
    lines = []
    for number in range(40):
        label = ("bill", "fault")[number % 2]
        said = " ".join(rng.permutation(WORDS[label].split())[:4])
        messages = [
            {"role": "assistant", "content": "How can I “help”?"},
            {"role": "user", "content": f'My "case" is\n{said}, {number} é 🩻'},
            {"role": "assistant", "content": "I see."},
            *({"role": "user", "content": f"As I said {n}"} for n in range(number // 2 % 4)),
        ]
        lines.append(json.dumps({"id": number, "messages": messages, "label": label}))
    (folder / "talks.jsonl").write_text("\n".join(lines), "utf-8")
    make_project(folder / "Talks.hitl", folder / "talks.jsonl", kind="conversation", use_labels=LabelUse.TRUTH)
    return folder / "Talks.hitl"


@pytest.mark.parametrize(("features", "basis"), [("words", Basis.EXACT), ("both", Basis.LEFT_OUT)])
def test_words_add_up_to_the_lead(talks: Path, retrain: Retrain, features: str, basis: Basis) -> None:
    project = Project.open(talks)
    try:
        learning_choices.choose(project.store, "features", features)
        learning_choices.choose(project.store, "estimator", "logistic_regression")
        decide_with_truth(project, 12)
        retrain(project)
        for index in (0, 3):
            found = explained(project, index)
            assert found.basis is basis
            assert found.score == pytest.approx(lead_shown(project, index), abs=2e-2)
            assert sum(part.value for part in found.parts) == pytest.approx(found.score, abs=1e-9)
            stored = project.store.items.text(index)
            words = [part for part in found.parts if part.kind is PartKind.WORD]
            assert all(stored[a:b].lower() == part.words.lower() for part in words for a, b in part.spans)
            strongest = max(words, key=lambda part: part.value)
            assert strongest.words in WORDS[("bill", "fault")[index % 2]].split()
    finally:
        project.close()
