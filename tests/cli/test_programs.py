"""The longer commands: the demonstration, the self-test, and the loop on real data."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_contract import check_partition

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = [sys.executable, "-m", "hitl_desktop"]


def program(*words: object) -> subprocess.CompletedProcess[str]:
    """Run the program as a person does, in a process of its own."""
    command = [*PROGRAM, *map(str, words)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=240, check=False)


def answer(*words: object) -> Any:
    ended = program(*words, "--json")
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)


@pytest.fixture(autouse=True)
def offscreen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")


@pytest.mark.slow
def test_the_self_test_passes() -> None:
    said = answer("self-test")
    assert said["ok"] is True
    assert set(said["checks"]) == {"resources", "worker, project and scores", "meaning of texts", "window"}


@pytest.mark.slow
def test_the_demonstration_does_the_whole_job_and_takes_pictures(tmp_path: Path) -> None:
    ended = program("demo", "--headless", tmp_path / "demo", "--decisions", 25)
    assert ended.returncode == 0, ended.stderr
    assert ended.stderr == ""
    for word in ("items", "25 decisions", "before", "after", "Database: ", "Picture: "):
        assert word in ended.stdout
    database = next(line for line in ended.stdout.splitlines() if line.startswith("Database: "))
    assert Path(database.removeprefix("Database: ")).is_file()
    pictures = sorted((tmp_path / "demo" / "screenshots").glob("*.png"))
    assert {picture.name.split("_")[0] for picture in pictures} >= {"start", "review", "model", "routing", "settings"}
    assert all(picture.stat().st_size > 5000 for picture in pictures)


def test_an_error_and_wrong_usage_from_the_shell(tmp_path: Path) -> None:
    ended = program("status", tmp_path / "missing.hitl")
    assert (ended.returncode, ended.stdout, ended.stderr.count("\n")) == (1, "", 1)
    assert program("status").returncode == 2


@pytest.mark.data
@pytest.mark.slow
@pytest.mark.parametrize(
    ("data", "options", "labels"),
    [
        ("images/blood_cells_bccd/crops", (), None),
        ("text/sms_spam/data.csv", ("--labels-from", "label"), ("ham", "spam")),
    ],
)
def test_the_loop_on_real_data(
    shared_data: Path, tmp_path: Path, data: str, options: tuple[str, ...], labels: tuple[str, ...] | None
) -> None:
    folder = tmp_path / "Real.hitl"
    made = answer("new", folder, "--data", shared_data / data, *options, "--use-labels", "truth", "--model", "none")
    assert made["items"] > 300
    if labels:
        assert set(made["classes"]) == set(labels)
    status = answer("status", folder)
    check_partition(status)
    assert status["needs_review"] == status["items"] == made["items"]
    rows = answer("queue", folder, "--limit", 12)
    for place, row in enumerate(rows):
        status = answer("decide", folder, row["id"], "--label", made["classes"][place % 2], "--reviewer", "ann")
    check_partition(status)
    assert status["decided"] == 12
    assert answer("retrain", folder)["version"] == 1
    assert answer("export", folder, tmp_path / "out.csv", "--format", "csv")["items"] == made["items"]
    after = answer("status", folder)
    check_partition(after)
    assert after["model"]["version"] == 1
