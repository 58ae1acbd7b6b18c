"""The commands that carry models between projects as single files."""

import argparse
from pathlib import Path
from typing import Any

from hitl_desktop.cli.hooks import Hooks
from hitl_desktop.cli.opening import opened
from hitl_desktop.cli.running import run_here
from hitl_desktop.domain.record_events import Happening
from hitl_desktop.workflow.learning_choices import choose
from hitl_desktop.workflow.model_files import OpenedModel, adopt_model, open_request, save_request
from hitl_desktop.workflow.requests import BackboneRequest
from hitl_desktop.workflow.verifying import put_on_record


def export_model(arguments: argparse.Namespace, _: Hooks) -> tuple[Any, str]:
    """Write a version of a project as one file."""
    with opened(arguments.project) as project:
        request = save_request(project, arguments.version, arguments.out.absolute())
    run_here("save_model", request, Path)
    put_on_record(arguments.project.absolute(), Happening.EXPORTED, format="model", version=request.folder.name)
    return {"file": str(arguments.out)}, f"The model was written to {arguments.out}."


def add_backbone(arguments: argparse.Namespace, _: Hooks) -> tuple[Any, str]:
    """Check a user's own ONNX model, keep it with the project and learn from its features from now on."""
    with opened(arguments.project) as project:
        request = BackboneRequest(project.folder, arguments.model.absolute(), project.kind.name)
        key = run_here("add_backbone", request, str)
        choose(project.store, "features", key)
    return {"features": key}, f"The next training learns from the features of {arguments.model.name}."


def import_model(arguments: argparse.Namespace, _: Hooks) -> tuple[Any, str]:
    """Take a model file into a project as a new version."""
    with opened(arguments.project) as project:
        request = open_request(project, arguments.file)
        found = run_here("open_model", request, OpenedModel)
        changes, model = adopt_model(project, found)
        answer = {"version": model.version, "in_use": project.model is not None and project.model == model}
    return answer, changes.told
