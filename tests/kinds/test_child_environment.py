"""Processes that read the files of others do not know the password of a reviewer."""

import os
import time
from contextlib import closing
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from hitl_desktop.kinds.child_environment import VARIABLE
from hitl_desktop.kinds.piped_process import PipedProcess
from hitl_desktop.workflow.worker import WorkerProcess


def tell(_: Connection, answers: Connection) -> None:
    answers.send(sorted(os.environ))


def test_a_process_that_reads_files_does_not_inherit_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "correct horse battery")
    process = PipedProcess()
    process.start(tell)
    try:
        assert process.poll(60)
        seen = process.receive()
    finally:
        process.end()
    assert "PATH" in seen
    assert VARIABLE not in seen
    assert os.environ[VARIABLE] == "correct horse battery", "it is asked for again, as for a signature"


@pytest.mark.skipif(not Path("/proc/self/environ").is_file(), reason="needs to see the environment of a process")
def test_nor_does_the_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "correct horse battery")
    with closing(WorkerProcess()) as worker:
        worker.start()
        end, seen = time.monotonic() + 30, b""
        while not seen and time.monotonic() < end:  # nothing until its program is loaded
            seen = Path(f"/proc/{worker.pid}/environ").read_bytes()
    assert b"PATH=" in seen
    assert b"correct horse" not in seen
