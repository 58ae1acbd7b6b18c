"""The commands that carry whole projects: packed into one file, and taken over from somebody else."""

import argparse
from contextlib import suppress
from typing import Any, cast

from hitl_desktop.cli.hooks import Hooks
from hitl_desktop.domain.errors import ProjectInUse, ProjectNotWritable
from hitl_desktop.domain.protocols import never_cancelled, no_progress
from hitl_desktop.workflow.packing import Packed, PackRequest
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.receiving import Received, ReceiveRequest
from hitl_desktop.workflow.worker import InlineRunner


def pack(arguments: argparse.Namespace, _: Hooks) -> tuple[Any, str]:
    """Pack a project, beside a window that has it open; one of an older version is brought up to date first."""
    with suppress(ProjectInUse, ProjectNotWritable):
        Project.open(arguments.project.absolute()).close()
    request = PackRequest(arguments.project.absolute(), arguments.out.absolute(), arguments.with_data)
    packed = cast(Packed, InlineRunner().run("pack", request, no_progress, never_cancelled))
    answer = {
        "file": str(arguments.out),
        "files": packed.files,
        "bytes": packed.bytes,
        "missing": packed.missing,
    }
    words = f"{packed.files} files were packed into {arguments.out}."
    if packed.missing:
        words += f" {packed.missing} files of items were not where they were, and are not in it."
    return answer, words


def receive(arguments: argparse.Namespace, _: Hooks) -> tuple[Any, str]:
    """Take over a project that was made elsewhere, after checking all of it."""
    request = ReceiveRequest(arguments.source.absolute(), arguments.out.absolute())
    received = cast(Received, InlineRunner().run("receive", request, no_progress, never_cancelled))
    left = [sentence.english() for sentence in received.left_behind]
    answer = {
        "project": str(received.folder),
        "name": received.name,
        "items": received.items,
        "decisions": received.decisions,
        "models": received.models,
        "with_data": received.has_data,
        "left_behind": left,
    }
    words = (
        f"{received.name} was taken over: {received.items} items, {received.decisions} decisions, "
        f"{received.models} models."
    )
    return answer, " ".join([words, *left])
