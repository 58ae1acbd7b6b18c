"""What commands print: nothing that a name holds is an order to the terminal."""

from pathlib import Path

import pytest

from hitl_desktop.cli.showing import printable
from tests.cli.test_contract import Console, console  # noqa: F401 - fixture


@pytest.mark.parametrize(
    ("words", "printed"),
    [
        ("a line\nand another · 12 % → Größe", "a line\nand another · 12 % → Größe"),
        ("\x1b[2J\x1b]52;c;aGk=\x07", "\\u001b[2J\\u001b]52;c;aGk=\\u0007"),
        ("gnp\u202e.exe\r\x9b1m", "gnp\\u202e.exe\\u000d\\u009b1m"),
        ("\udcff\ud800", "\\xff\\ud800"),
    ],
)
def test_what_a_terminal_acts_on_is_escaped(words: str, printed: str) -> None:
    assert printable(words) == printed
    assert printable(words).encode("utf-8")


def test_names_of_somebody_else_are_told_as_they_are_and_do_nothing(console: Console, tmp_path: Path) -> None:  # noqa: F811
    table, project = tmp_path / "t.csv", tmp_path / "P.hitl"
    rows = "".join(f"\x1b[8mrow {n},text {n},{'a' if n % 2 else chr(27) + '[2JIntact'}\n" for n in range(20))
    table.write_text(f"id,text,label\n{rows}", "utf-8")
    words = ("--data", table, "--labels-from", "label", "--id-column", "id", "--use-labels", "decisions")
    code, out, err = console.run("new", project, *words)
    assert (code, err) == (0, "")
    for command in (("classes", project), ("queue", project, "--all"), ("history", project)):
        code, said, _ = console.run(*command)
        assert code == 0
        assert "\\u001b[" in said
        out += said
    code, _, err = console.run("classes", project, "--add", "\x1b[2Jx", "--reviewer", "\x1b[2Jann")
    out += err + console.run("decide", project, "\x1b[2J", "--skip", "--reviewer", "ann")[2]
    assert "\x1b" not in out
    assert "\x1b[2JIntact" in [row["name"] for row in console.json("classes", project)]
