"""A named pipe in the place of a file is never waited for: nobody may ever write into it."""

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.protocols import never_cancelled, no_progress
from hitl_desktop.exchange.policy_file import read_policy_file
from hitl_desktop.learning.bundle_file import read_model_file
from hitl_desktop.store.store import DATABASE
from hitl_desktop.workflow.adding import add_request
from hitl_desktop.workflow.backbones import add_backbone
from hitl_desktop.workflow.first_look import look_at_table
from hitl_desktop.workflow.opening import open_here
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.receiving import ReceiveRequest, receive
from hitl_desktop.workflow.signing import digest_of_file
from hitl_desktop.workflow.worker import InlineRunner

pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="THERE ARE NO NAMED PIPES HERE")


Pipe = Callable[[Path], Path]


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    """Makes named pipes. Whoever waits for one is let go after half a minute, and the test fails."""
    made: list[Path] = []
    waited: list[Path] = []

    def make(path: Path) -> Path:
        os.mkfifo(path)
        made.append(path)
        return path

    def let_go() -> None:
        for path in made:
            with suppress(OSError):  # nobody waits for it
                os.close(os.open(path, os.O_WRONLY | os.O_NONBLOCK))
                waited.append(path)

    timer = threading.Timer(30, let_go)
    timer.start()
    yield make
    timer.cancel()
    timer.join()
    assert not waited


def _tasks(given: Path, out: Path) -> Sequence[Callable[[], Any]]:
    return (
        lambda: read_model_file(given, out),
        lambda: read_policy_file(given),
        lambda: look_at_table(given, no_progress, never_cancelled),
        lambda: digest_of_file(given),
        lambda: receive(ReceiveRequest(given, out), no_progress, never_cancelled),
        lambda: add_backbone(out, given, "text", no_progress, never_cancelled),
    )


@pytest.mark.parametrize("which", range(6))
def test_a_pipe_is_refused_in_words(tmp_path: Path, pipe: Pipe, which: int) -> None:
    given = pipe(tmp_path / "pipe")
    with pytest.raises(KnownError):
        _tasks(given, tmp_path / "out")[which]()


def test_a_pipe_is_no_picture_to_add(image_project: Project, tmp_path: Path, pipe: Pipe) -> None:
    request = add_request(image_project, (pipe(tmp_path / "a.png"),))
    with pytest.raises(KnownError, match="not an ordinary file"):
        InlineRunner().run("add", request, no_progress, never_cancelled)


@pytest.mark.strict
def test_a_pipe_is_no_database_of_a_project(tmp_path: Path, pipe: Pipe) -> None:
    folder = tmp_path / "P.hitl"
    folder.mkdir()
    pipe(folder / DATABASE)
    with pytest.raises(KnownError):
        open_here(folder)
    with pytest.raises(KnownError):
        receive(ReceiveRequest(folder, tmp_path / "out.hitl"), no_progress, never_cancelled)
