"""The commands that carry projects: packed into one file, taken over from somebody else, copied without names."""

import argparse
from contextlib import closing, suppress
from typing import Any

from hitl_desktop.cli.hooks import Hooks
from hitl_desktop.cli.running import run_here
from hitl_desktop.domain.errors import KnownError, ProjectInUse, ProjectNotWritable
from hitl_desktop.domain.record_events import Happening
from hitl_desktop.kinds.dicom_deidentify import Box
from hitl_desktop.workflow.deidentifying import Deidentified, DeidentifyRequest
from hitl_desktop.workflow.opening import open_here
from hitl_desktop.workflow.packing import Packed, PackRequest
from hitl_desktop.workflow.receiving import Received, ReceiveRequest
from hitl_desktop.workflow.verifying import put_on_record
from hitl_desktop.workflow.workplaces import trust, trust_no_longer


def pack(arguments: argparse.Namespace, _: Hooks) -> tuple[Any, str]:
    """Pack a project, beside a window that has it open; one of an older version is brought up to date first."""
    try:
        with suppress(ProjectNotWritable), closing(open_here(arguments.project.absolute())) as project:
            project.store.note(Happening.PACKED, with_data=arguments.with_data)
    except ProjectInUse:
        put_on_record(arguments.project.absolute(), Happening.PACKED, with_data=arguments.with_data)
    request = PackRequest(arguments.project.absolute(), arguments.out.absolute(), arguments.with_data)
    packed = run_here("pack", request, Packed)
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
    received = run_here("receive", request, Received)
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


def trust_project(arguments: argparse.Namespace, _: Hooks) -> tuple[Any, str]:
    """Have those who worked in a project until now go on doing so beside us, where it lies now."""
    folder = arguments.project.absolute()
    others = trust(folder)
    words = f"{folder.name} is trusted where it lies now, with {others} other workplaces that may work in it."
    return {"project": str(folder), "others": others}, words


def distrust_project(arguments: argparse.Namespace, _: Hooks) -> tuple[Any, str]:
    """Take the trust in those who worked in a project beside us back."""
    folder = arguments.project.absolute()
    others = trust_no_longer(folder)
    words = (
        f"{folder.name} was not trusted to anybody else where it lies now."
        if others is None
        else f"{folder.name} is ours alone again: what {others} other workplaces do in it from now on is asked about."
    )
    return {"project": str(folder), "others": others}, words


def deidentify(arguments: argparse.Namespace, _: Hooks) -> tuple[Any, str]:
    """Copy the DICOM files of a project without their patients."""
    boxes = tuple(_box(text) for text in arguments.mask)
    request = DeidentifyRequest(
        arguments.project.absolute(), arguments.out.absolute(), arguments.dates == "shift", boxes
    )
    done = run_here("deidentify", request, Deidentified)
    facts = {"files": done.files, "masked": done.masked, "not_looked_at": done.not_looked_at}
    put_on_record(request.folder, Happening.COPIED, **facts)
    answer = {
        "folder": str(arguments.out),
        "files": done.files,
        "to_look_at": done.to_look_at,
        "left_out": done.left_out,
        "pictures": done.pictures,
        "masked": done.masked,
        "not_looked_at": done.not_looked_at,
    }
    words = f"{done.files} files were copied without names into {arguments.out}."
    if done.to_look_at:
        words += (
            f" {done.to_look_at} of them may have writing in the picture: look at them in the window, or use --mask."
        )
    if done.not_looked_at:
        words += f" Nobody has looked at {done.not_looked_at} of them."
    if done.left_out:
        words += f" {done.left_out} files were left out."
    return answer, words


def _box(text: str) -> Box:
    try:
        left, top, width, height = (int(part) for part in text.split(","))
    except ValueError:
        left = top = width = height = -1
    if min(left, top) < 0 or min(width, height) < 1:
        raise KnownError(f"{text} is no box.", "Write LEFT,TOP,WIDTH,HEIGHT in pixels, such as 0,0,200,40.")
    return left, top, width, height
