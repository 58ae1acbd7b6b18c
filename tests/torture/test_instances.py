"""Many starts at once: one writes, the others are told; a killed one is no hindrance."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from hitl_desktop.store.store import Store
from tests.torture.sizes import size

ROOT = Path(__file__).resolve().parents[2]
STARTS = size("STARTS", 100)
CROWD = """
import os, sys, time
from pathlib import Path
from hitl_desktop.domain.errors import ProjectRefused
from hitl_desktop.store.store import Store

ready, go = os.pipe()
news, told = os.pipe()
children = []
for _ in range(int(sys.argv[2])):
    child = os.fork()
    if child == 0:
        os.close(go)
        os.read(ready, 1)  # ends for all at once
        try:
            store = Store.open(Path(sys.argv[1]))
            os.write(told, f"open {os.getpid()}\\n".encode())
            time.sleep(600)
        except ProjectRefused as refusal:
            os.write(told, b"refused\\n" if "another window" in str(refusal) else f"wrong {refusal}\\n".encode())
        except BaseException as error:
            os.write(told, f"wrong {error!r}\\n".encode())
        finally:
            os._exit(0)
    children.append(child)
os.close(ready)
os.close(told)
os.close(go)
seen = []
with os.fdopen(news) as lines:
    while len(seen) < len(children):
        seen.append(lines.readline().strip())
print("\\n".join(seen), flush=True)
sys.stdin.read()
"""


def test_of_many_starts_one_writes(closed: Path) -> None:
    crowd = subprocess.Popen(
        [sys.executable, "-c", CROWD, str(closed), str(STARTS)],
        cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert crowd.stdin is not None
    assert crowd.stdout is not None
    with crowd.stdin, crowd.stdout:
        said = [crowd.stdout.readline().strip() for _ in range(STARTS)]
        writers = [int(line.split()[1]) for line in said if line.startswith("open")]
        assert len(writers) == 1, said
        assert said.count("refused") == STARTS - 1, said
        os.kill(writers[0], signal.SIGKILL)
        began = time.monotonic()
        while True:
            try:
                store = Store.open(closed)
                break
            except Exception:
                assert time.monotonic() - began < 1, "the lock of a killed program clears itself within a second"
        assert store.decisions.count() == 3
        store.close()
    assert crowd.wait(10) == 0
