"""Runs one command line."""

import argparse
import json
import logging
import os
import sys
from collections.abc import Sequence
from typing import Any

from hitl_desktop.cli.hooks import Hooks
from hitl_desktop.cli.parser import build_parser
from hitl_desktop.cli.showing import printable

_NOT_INTACT = 3
_log = logging.getLogger(__name__)


def run(argv: Sequence[str], hooks: Hooks) -> int:
    """Run one command; returns the exit code: 0 done, 1 a known reason (one line on stderr), 2 wrong usage, 3 `verify`
    found something that is not as it was recorded.
    """
    arguments = build_parser().parse_args(argv)
    try:
        return _dispatch(arguments, hooks)
    except KeyboardInterrupt:
        print("Stopped. What was saved until then is safe.", file=sys.stderr)
        return 130
    except BrokenPipeError:  # the reader of a pipe has gone: not our failure
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        from hitl_desktop.workflow.disk_errors import known_trouble

        if (known := known_trouble(error)) is not None:
            print(printable(" ".join(str(known).split())), file=sys.stderr)
            return 1
        # A bug: one line for the person, the trace for the log.
        _log.debug("Not caught", exc_info=True)
        said = printable(" ".join(str(error).split()))
        print(f"Something went wrong: {type(error).__name__}: {said}", file=sys.stderr)
        return 1


def _dispatch(arguments: argparse.Namespace, hooks: Hooks) -> int:
    if arguments.command is None:
        return hooks.open_window(None, arguments.safe)
    if arguments.command == "open":
        return hooks.open_window(arguments.project, arguments.safe)
    if arguments.command == "demo" and arguments.headless is None:
        return hooks.open_sample(arguments.sample)
    answer, words = _answer(arguments, hooks)
    print(json.dumps(answer, ensure_ascii=True) if arguments.json else printable(words))
    sys.stdout.flush()  # a full disk is told here, not at the end of the process
    return _NOT_INTACT if arguments.command == "verify" and not answer["intact"] else 0


def _answer(arguments: argparse.Namespace, hooks: Hooks) -> tuple[Any, str]:
    # Imported here: the window opens without what the commands need.
    if arguments.command == "demo":
        from hitl_desktop.cli.demo import run_headless

        return run_headless(arguments, hooks)
    if arguments.command == "self-test":
        from hitl_desktop.cli import self_test

        return self_test.run(hooks)
    from hitl_desktop.cli.commands import COMMANDS

    return COMMANDS[arguments.command](arguments, hooks)
