"""Reading in a process of its own: what a file that harms it costs is one item, and it is said which limit it broke."""

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from hitl_desktop.domain.errors import KnownError, NotAPicture, UnreadableItem
from hitl_desktop.domain.sentences import say
from hitl_desktop.kinds import reading_process
from hitl_desktop.kinds.piped_process import PipedProcess
from hitl_desktop.kinds.reading_process import Limits, Readers


def pid() -> int:
    return os.getpid()


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def hang(started: Path | None = None) -> None:
    if started is not None:
        started.touch()
    time.sleep(600)


def die_once(started: Path) -> int:
    if not started.exists():
        started.touch()
        die()
    return os.getpid()


def crash() -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def write_out() -> None:
    for stream in (1, 2):
        os.write(stream, b"Jane Doe")


def take(size: int) -> int:
    return len(bytearray(size))


def values(shape: tuple[int, ...]) -> tuple[str, np.ndarray, np.ndarray]:
    return "both", np.arange(np.prod(shape), dtype=np.uint16).reshape(shape), np.zeros(0, np.uint8)


def raise_it(error: BaseException) -> None:
    raise error


def square(number: int) -> int:
    if number < 0:
        raise UnreadableItem(say("It is negative."))
    if number > 99:
        die()
    return number * number


def is_running(child: int) -> bool:
    """False too for one that has ended and that nobody has asked about."""
    try:
        os.kill(child, 0)
        return Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False


def assert_ends(child: int) -> None:
    for _ in range(1500):
        if not is_running(child):
            return
        time.sleep(0.02)
    os.kill(child, signal.SIGKILL)
    pytest.fail("it lives on")


@pytest.fixture
def readers() -> Iterator[Readers]:
    with Readers() as readers:
        yield readers


def test_arrays_come_back_as_they_are_however_large(readers: Readers) -> None:
    for shape in [(0, 4), (3, 5), (1500, 2000)]:
        word, found, empty = readers.call(values, shape)
        assert (word, empty.size) == ("both", 0)
        np.testing.assert_array_equal(found, values(shape)[1])


def test_it_is_another_process_and_the_next_call_takes_the_same(readers: Readers) -> None:
    first = readers.call(pid)
    assert first != os.getpid()
    with Readers() as others:
        assert others.call(pid) == first


@pytest.mark.parametrize("error", [KnownError("a", "b"), UnreadableItem("c"), NotAPicture(say("d")), OSError(28, "e")])
def test_what_is_known_is_raised_here(readers: Readers, error: Exception) -> None:
    with pytest.raises(type(error)) as caught:
        readers.call(raise_it, error)
    assert str(caught.value) == str(error)


def test_an_error_of_ours_says_its_name_and_is_logged_without_the_file(
    readers: Readers, caplog: pytest.LogCaptureFixture, expected_log: Callable[[str], None]
) -> None:
    expected_log("Reading a file failed")
    with pytest.raises(UnreadableItem, match=r"could not be decoded \(ZeroDivisionError\)"):
        readers.call(raise_it, ZeroDivisionError("Jane Doe"))
    assert "test_reading_process.py" in caplog.text
    assert "Jane Doe" not in caplog.text


def test_one_that_dies_is_replaced(readers: Readers) -> None:
    with pytest.raises(UnreadableItem, match="made the decoder stop"):
        readers.call(crash)
    assert readers.call(square, 3) == 9


def test_a_file_is_not_blamed_for_a_process_that_the_system_ended(readers: Readers, tmp_path: Path) -> None:
    assert readers.call(die_once, tmp_path / "started") != os.getpid()
    with pytest.raises(UnreadableItem, match="The system ended"):
        readers.call(die)
    assert readers.call(square, 3) == 9


def test_an_answer_that_could_not_be_taken_is_not_taken_for_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    """What lies in the pipe then are pixels, which somebody else may have chosen."""
    with Readers(Limits()) as readers:
        first = readers.call(pid)
        with monkeypatch.context() as patched:
            patched.setattr(PipedProcess, "receive_plain", lambda *_: raise_it(MemoryError()))
            with pytest.raises(MemoryError):
                readers.call(values, (1500, 2000))
        assert_ends(first)
        assert readers.call(square, 3) == 9


def test_one_that_was_killed_as_it_ended_its_work_is_not_used_again() -> None:
    """A window closes just when its last picture is read: that of another window is not refused for it."""
    closing, other = Readers(), Readers()
    process = closing._take()
    process.call(pid, (), 60.0)
    closing.close()
    closing._give_back(process)
    assert other.call(square, 3) == 9
    other.close()


def test_one_that_is_killed_before_it_starts_does_not_start() -> None:
    readers = Readers(Limits())
    process = readers._take()
    readers.close()
    with pytest.raises(UnreadableItem, match="closing"):
        process.call(hang, (), 60.0)
    assert process.pid is None


def test_one_that_ended_before_its_first_call_is_replaced() -> None:
    with Readers(Limits()) as readers:
        readers.launch()
        (ahead,) = readers._idle._waiting
        os.kill(ahead.pid or 0, signal.SIGKILL)
        assert readers.call(square, 3) == 9


@pytest.mark.skipif(sys.platform != "linux", reason="ONLY LINUX LETS A PROCESS SAY THAT IT MAY GO FIRST")
def test_where_memory_gets_short_it_goes_before_the_window(readers: Readers) -> None:
    def score(process: int) -> int:
        return int(Path(f"/proc/{process}/oom_score_adj").read_text("ascii"))

    assert score(readers.call(pid)) >= max(500, score(os.getpid()))


def test_what_libraries_print_goes_nowhere() -> None:
    script = "from tests.kinds.test_reading_process import *\nwith Readers() as readers: readers.call(write_out)"
    env = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, env=env)
    assert (told.stdout, told.stderr) == (b"", b"")


def test_one_that_died_while_it_waited_is_not_blamed_on_the_next_file(readers: Readers) -> None:
    first = readers.call(pid)
    os.kill(first, signal.SIGKILL)
    assert readers.call(pid) != first


def test_one_that_takes_too_long_is_given_up_and_a_large_file_gets_longer(tmp_path: Path) -> None:
    (tmp_path / "large").write_bytes(b"\0" * 1_000_000)
    with Readers(Limits(item=0.2, per_megabyte=60.0)) as readers:
        with pytest.raises(UnreadableItem, match="in time"):
            readers.call(hang)
        assert readers.call(time.sleep, 1, files=[tmp_path / "large", tmp_path / "missing"]) is None


@pytest.mark.skipif(sys.platform == "win32", reason="NO SUCH LIMIT ON WINDOWS")
def test_one_that_takes_too_much_memory_is_refused_it() -> None:
    with Readers(Limits(memory=2 * 1024**3)) as readers:
        first = readers.call(pid)
        with pytest.raises(UnreadableItem, match="not enough memory"):
            readers.call(take, 3 * 1024**3)
        assert readers.call(take, 1024**2) == 1024**2
        assert first != os.getpid()


def test_one_that_was_launched_ahead_takes_the_first_call() -> None:
    with Readers(Limits()) as readers:
        readers.launch()
        (ahead,) = readers._idle._waiting
        readers.launch()
        assert readers.call(pid) == ahead.pid


def test_of_many_jobs_each_has_its_own_end(readers: Readers) -> None:
    jobs = [(2,), (-1,), (100,), (3,)]
    found = readers.each(square, jobs, lambda _: [])
    assert [str(one) for one in found] == [
        "4",
        "It is negative.",
        "The system ended what read this picture, twice. Perhaps memory was short.",
        "9",
    ]


def test_that_none_can_be_started_is_not_blamed_on_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading_process, "serve", raise_it)
    with Readers(Limits()) as readers:
        with pytest.raises(KnownError, match="could not be started") as caught:
            readers.call(pid)
        assert not isinstance(caught.value, UnreadableItem)


def test_closing_ends_what_is_being_read(tmp_path: Path) -> None:
    readers, found = Readers(), []

    def work() -> None:
        try:
            readers.call(hang, tmp_path / "started")
        except UnreadableItem as error:
            found.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    while not (tmp_path / "started").exists():
        time.sleep(0.01)
    readers.close()
    thread.join(10)
    assert [str(error) for error in found] == ["The program is closing."]
    with pytest.raises(UnreadableItem, match="closing"):
        readers.call(pid)
    readers.close()


def test_threads_have_one_each_and_two_stay() -> None:
    readers, found = Readers(), set[int]()
    ready = threading.Barrier(4)

    def work() -> None:
        ready.wait()
        readers.call(time.sleep, 0.3)
        found.add(readers.call(pid))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    readers.close()
    assert len(reading_process._IDLE._waiting) == 2


def test_a_fork_does_not_take_those_of_its_parent(readers: Readers) -> None:
    readers.call(pid)
    assert reading_process._IDLE._waiting
    reading_process._IDLE.forget()
    assert reading_process._IDLE._waiting == []


@pytest.mark.skipif(sys.platform != "linux", reason="WHAT BECAME OF A PROCESS IS LOOKED UP ON LINUX ONLY")
def test_one_that_keeps_the_interpreter_to_itself_does_not_outlive_its_parent_for_long(tmp_path: Path) -> None:
    """No thread of it can hear that the parent has gone: a search in C that takes for ever. As where the kernel says
    nothing of the parent's end.
    """
    (tmp_path / "hog.py").write_text(
        "import fcntl, multiprocessing, os, re\nfrom pathlib import Path\n"
        "def hog(note):\n    fcntl.fcntl(multiprocessing.parent_process().sentinel, fcntl.F_SETFL, 0)\n"
        "    Path(note).write_text(str(os.getpid()))\n    re.match('(a+)+$', 'a' * 60 + 'b')\n"
    )
    script = tmp_path / "parent.py"
    script.write_text(
        "import os, threading, time, hog\nfrom pathlib import Path\n"
        "from hitl_desktop.kinds.reading_process import Limits, Readers\n"
        "if __name__ == '__main__':\n"
        "    readers = Readers(Limits(item=0.5))\n"
        "    threading.Thread(target=readers.call, args=(hog.hog, 'note'), daemon=True).start()\n"
        "    while not Path('note').exists() or not Path('note').read_text():\n        time.sleep(0.01)\n"
        "    os.kill(os.getpid(), 9)\n"
    )
    env = os.environ | {"PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path])}
    subprocess.run([sys.executable, str(script)], check=False, env=env, cwd=tmp_path)
    assert_ends(int((tmp_path / "note").read_text()))


@pytest.mark.skipif(sys.platform != "linux", reason="WHAT BECAME OF A PROCESS IS LOOKED UP ON LINUX ONLY")
@pytest.mark.parametrize(
    ("state", "end"),
    [
        ("waits", "os.kill(os.getpid(), 9)"),
        ("is busy", "os.kill(os.getpid(), 9)"),
        ("is stopped", "os.kill(int(told.read_text()), signal.SIGSTOP)"),
    ],
)
def test_it_ends_with_its_parent(tmp_path: Path, state: str, end: str) -> None:
    """Also one in a library that never comes back to Python, and one that is stopped when its parent ends by itself."""
    work = "Readers().call(never_come_back, told)" if state == "is busy" else "told.write_text(str(readers.call(pid)))"
    script = tmp_path / "parent.py"
    script.write_text(
        "from tests.kinds.test_reading_process import *\n"
        "if __name__ == '__main__':\n"
        f"    told, readers = Path({str(tmp_path / 'told')!r}), Readers()\n"
        f"    threading.Thread(target=lambda: {work}, daemon=True).start()\n"
        "    while not (told.exists() and told.read_text()): time.sleep(0.01)\n"
        f"    time.sleep(0.2)\n    {end}\n"
    )
    env = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, str(script)], check=False, env=env, timeout=60)
    assert_ends(int((tmp_path / "told").read_text()))


def never_come_back(told: Path) -> None:
    """As a library does that holds Python's lock for ever."""
    told.write_text(str(os.getpid()))
    ctypes.PyDLL(None).sleep(600)
