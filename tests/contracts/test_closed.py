"""Nothing here speaks to a network: no module knows a client, no process opens a socket, and without a network all of
it works.
"""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.contracts.test_offline import SESSION

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "hitl_desktop"
CLIENTS = {
    "socket", "ssl", "http", "urllib.request", "urllib3", "requests", "httpx", "aiohttp", "ftplib", "smtplib",
    "imaplib", "poplib", "telnetlib", "xmlrpc", "socketserver", "asyncio", "websockets", "grpc", "boto3", "paramiko",
    "webbrowser",
    "PySide6.QtNetwork", "PySide6.QtWebSockets", "PySide6.QtWebEngineWidgets", "PySide6.QtWebEngineCore",
    "multiprocessing.managers",
}  # fmt: skip
"""What opens connections. `multiprocessing` itself imports `socket`; its pipes are made without."""

WATCHER = """
import os, sys

def _watch(event, arguments):
    if event in ("socket.__new__", "socket.connect", "socket.bind", "socket.getaddrinfo", "socket.gethostbyname"):
        with open(os.environ["SOCKETS_SEEN"], "a") as file:
            file.write(event + chr(10))
        raise OSError("there is no network in this test")

sys.addaudithook(_watch)
with open(os.environ["SOCKETS_SEEN"] + ".processes", "a") as file:
    file.write(str(os.getpid()) + chr(10))
"""

CHILD = """
import multiprocessing

def child():
    import socket
    socket.socket()

if __name__ == "__main__":
    process = multiprocessing.get_context("spawn").Process(target=child)
    process.start()
    process.join()
"""


def imports_of(file: Path) -> set[str]:
    """Every module that a file imports, inside functions too."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def test_no_module_of_the_program_imports_a_client() -> None:
    for file in PACKAGE.rglob("*.py"):
        known = {name for name in imports_of(file) if name in CLIENTS or name.split(".")[0] in CLIENTS}
        assert not known, f"{file.relative_to(PACKAGE)} imports {known}"


def test_a_client_would_be_found(tmp_path: Path) -> None:
    (tmp_path / "x.py").write_text("def f():\n    from urllib import request\n    import socket\n")
    assert imports_of(tmp_path / "x.py") >= {"urllib.request", "socket"}


def test_the_window_loads_no_network_of_qt() -> None:
    code = (
        "import sys\nfrom PySide6.QtWidgets import QApplication\napp = QApplication([])\n"
        "from hitl_desktop.gui.application import build_window\nwindow = build_window(app)\nwindow.show()\n"
        "app.processEvents()\nprint([n for n in sys.modules if 'QtNetwork' in n or 'QtWeb' in n])\nwindow.close()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"


@pytest.fixture
def watched(tmp_path: Path) -> dict[str, str]:
    """An environment in which every Python process, spawned ones too, notes and refuses sockets."""
    (tmp_path / "watch").mkdir()
    (tmp_path / "watch" / "sitecustomize.py").write_text(WATCHER)
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(tmp_path / "watch"), str(ROOT)]),
        "SOCKETS_SEEN": str(tmp_path / "seen"),
    }


def run(command: list[str], env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=180, check=False, env=env)


def test_no_process_of_a_session_opens_a_socket(text_table: Path, tmp_path: Path, watched: dict[str, str]) -> None:
    """G19: made, reviewed, trained, scored and exported, with the worker as a process of its own."""
    done = run([sys.executable, "-c", SESSION, str(text_table), str(tmp_path), "worker"], watched)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["40"]
    assert not (tmp_path / "seen").exists()
    assert len((tmp_path / "seen.processes").read_text().split()) >= 2


def test_a_socket_of_a_spawned_process_would_be_seen(tmp_path: Path, watched: dict[str, str]) -> None:
    (tmp_path / "child.py").write_text(CHILD)
    run([sys.executable, str(tmp_path / "child.py")], watched)
    assert (tmp_path / "seen").read_text().split() == ["socket.__new__"]


def test_a_session_passes_where_there_is_no_network_at_all(
    text_table: Path, tmp_path: Path, watched: dict[str, str]
) -> None:
    """A namespace without any interface, not even the loopback one."""
    if subprocess.run(["unshare", "-n", "true"], capture_output=True, check=False).returncode:
        pytest.skip("NO NETWORK NAMESPACE: this machine lets the test take no network away, so it proves nothing here")
    folder, project, out = tmp_path / "session", tmp_path / "session" / "P.hitl", tmp_path / "session" / "out.csv"
    folder.mkdir()
    done = run(["unshare", "-n", sys.executable, "-c", SESSION, str(text_table), str(folder), "worker"], watched)
    assert done.returncode == 0, done.stderr
    program = ["unshare", "-n", sys.executable, "-m", "hitl_desktop"]
    for arguments in (
        ["status", str(project), "--json"],
        ["backup", str(project)],
        ["pack", str(project), str(folder / "P.zip")],
        ["receive", str(folder / "P.zip"), str(folder / "Q.hitl")],
        *_reports(project, folder),
    ):
        done = run([*program, *arguments], watched)
        assert done.returncode == 0, (arguments, done.stderr)
    assert out.is_file()
    assert not (tmp_path / "seen").exists()


def _reports(project: Path, folder: Path) -> list[list[str]]:
    """The commands that write reports, as far as there are some."""
    from hitl_desktop.cli.commands import COMMANDS

    offered = {"kpis": ["kpis", str(project)], "report": ["report", str(project), str(folder / "report")]}
    return [arguments for name, arguments in offered.items() if name in COMMANDS]
