"""The command line: every command, its options, and one sentence of help for each."""

import argparse
from pathlib import Path

from hitl_desktop import __version__
from hitl_desktop.cli.automation_options import add_automation
from hitl_desktop.cli.finding_options import add_history_options, add_item_filters
from hitl_desktop.domain.holdout import USUAL
from hitl_desktop.domain.suggesting import SuggestionMode
from hitl_desktop.kinds import KINDS
from hitl_desktop.workflow.requests import LabelUse


def build_parser() -> argparse.ArgumentParser:
    """All commands. With no command the window opens."""
    parser = argparse.ArgumentParser(
        prog="hitl-desktop",
        description="Review what a model is unsure of, and teach it. With no command the window opens.",
    )
    parser.add_argument("--version", action="version", version=f"hitl-desktop {__version__}")
    parser.add_argument(
        "--safe", action="store_true", help="open the window in safe mode: default look, no project, nothing runs"
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    _add_making(commands)
    _add_reviewing(commands)
    _add_learning(commands)
    _add_keeping(commands)
    _add_others(commands)
    return parser


Commands = argparse._SubParsersAction  # argparse gives its type no public name


def _command(commands: "Commands[argparse.ArgumentParser]", name: str, text: str) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=text, description=text)
    parser.add_argument("--json", action="store_true", help="print one JSON value and nothing else")
    return parser


def _on_project(commands: "Commands[argparse.ArgumentParser]", name: str, text: str) -> argparse.ArgumentParser:
    parser = _command(commands, name, text)
    _project(parser)
    return parser


def _project(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("project", metavar="PROJECT", type=Path, help="the project folder (<name>.hitl)")


def _share(text: str) -> float:
    """A share as people write it: 0.02 or 2%. argparse turns the ValueError into wrong usage."""
    number = text.strip()
    return float(number.removesuffix("%")) / 100 if number.endswith("%") else float(number)


def _add_making(commands: "Commands[argparse.ArgumentParser]") -> None:
    _add_new(commands)
    add = _command(commands, "add", "Add what is new: pictures of a folder, or rows of a table.")
    _project(add)
    add.add_argument(
        "sources", metavar="SOURCE", type=Path, nargs="*", help="folders, files or tables; where the data lies if none"
    )
    add.add_argument("--reviewer", metavar="R", default="", help="who adds them, for the record")
    watch = _command(commands, "watch", "Add files that come to where the project's data lies, once they are complete.")
    _project(watch)
    watch.add_argument("--every", metavar="S", type=float, default=30.0, help="seconds between two looks")
    watch.add_argument("--once", action="store_true", help="look once and end")
    watch.add_argument("--reviewer", metavar="R", default="", help="who adds them, for the record")

    export = _command(commands, "export", "Write all items with their decisions to a file.")
    _project(export)
    export.add_argument("out", metavar="OUT", type=Path)
    export.add_argument("--format", choices=["csv", "jsonl", "messages", "coco", "marks"], default="csv")
    export.add_argument("--with-masked", action="store_true", help="also the columns that are masked in the window")


def _add_new(commands: "Commands[argparse.ArgumentParser]") -> None:
    new = _command(commands, "new", "Make a project from a folder of images or a table of texts.")
    _project(new)
    new.add_argument("--data", metavar="PATH", type=Path, required=True, help="a folder of images, or a table")
    new.add_argument("--kind", choices=list(KINDS), help="what the data is; found out when not given")
    labels = new.add_mutually_exclusive_group()
    labels.add_argument("--labels", metavar="A,B", help="the classes, separated by commas")
    labels.add_argument(
        "--labels-from", metavar="folders|COLUMN", help="take the classes from folder names or a column"
    )
    new.add_argument(
        "--several",
        action="store_true",
        help="an item may have several of the classes, or none; label cells hold names separated by ; or |",
    )
    new.add_argument("--id-column", metavar="C", help="the column that names a row")
    new.add_argument("--text-column", metavar="C", help="the column to read")
    new.add_argument(
        "--role",
        metavar="ROLE=C,C",
        action="append",
        default=[],
        help="which columns of the table play a role for this kind, such as answers=left,right; guessed when not given",
    )
    new.add_argument(
        "--option",
        metavar="NAME=VALUE",
        action="append",
        default=[],
        help="what else this kind of data lets one choose",
    )
    new.add_argument(
        "--use-labels",
        choices=[use.value for use in LabelUse],
        default=LabelUse.NO.value,
        help="what labels in the data are: only class names (no), earlier decisions, or hidden truth to simulate with",
    )
    new.add_argument("--model", metavar="NAME", help="a model in the box, or none; the one that fits when not given")
    new.add_argument(
        "--holdout",
        metavar="SHARE|N",
        default=USUAL.text,
        help="what is set aside to measure, for good: a share such as 20%%, or a number of items (default: 10%%)",
    )
    new.add_argument(
        "--suggestion",
        choices=[mode.value for mode in SuggestionMode],
        default=SuggestionMode.FIRST.value,
        help="when the window shows a suggestion: first, blind (after the answer), or mix (half of them, by chance)",
    )
    new.add_argument("--seed", type=int, default=0, help="the seed of all chance in the project")


def _add_reviewing(commands: "Commands[argparse.ArgumentParser]") -> None:
    score = _command(commands, "score", "Score every item with the model in use.")
    _project(score)
    queue = _command(commands, "queue", "List the next items in the order of asking, or those that fit a filter.")
    _project(queue)
    queue.add_argument("--limit", metavar="N", type=int, default=10)
    add_item_filters(queue)
    decide = _command(commands, "decide", "Record one decision.")
    _project(decide)
    decide.add_argument("item", metavar="ITEM", help="the content hash of the item, or a unique beginning of it")
    verdict = decide.add_mutually_exclusive_group(required=True)
    verdict.add_argument("--confirm", action="store_true", help="the suggestion is right")
    verdict.add_argument("--label", metavar="L", help="the class it is; of several findings: L;M, or nothing for none")
    verdict.add_argument("--skip", action="store_true", help="set aside for now")
    verdict.add_argument("--unsure", action="store_true", help="set aside: it cannot be told")
    verdict.add_argument("--flag", action="store_true", help="set aside for somebody else")
    decide.add_argument("--reviewer", metavar="R", required=True)
    decide.add_argument("--note", metavar="T", default="")
    decide.add_argument("--reason", metavar="T", default="", help="why a past decision is changed")
    decide.add_argument("--turn", metavar="N", type=int, help="of a conversation: the turn that decided, from 1")
    decide.add_argument("--reply", metavar="T", default="", help="of a conversation: what should have been answered")
    history = _command(commands, "history", "Tell what was decided, the newest first.")
    _project(history)
    add_history_options(history)
    undo = _command(commands, "undo", "Take back the reviewer's last decision.")
    _project(undo)
    undo.add_argument("--reviewer", metavar="R", required=True)
    _add_classes(commands)
    _add_routing(commands)
    add_automation(lambda name, text: _on_project(commands, name, text))
    status = _command(commands, "status", "Say where every item is, and which model is in use.")
    _project(status)
    kpis = _command(commands, "kpis", "Tell the figures: accuracy, intervention, error reduction, time, cost, groups.")
    _project(kpis)
    kpis.add_argument("--csv", action="store_true", help="print a table")
    kpis.add_argument("--since", metavar="DAY", default="", help="only work from this day on, such as 2026-11-28")
    kpis.add_argument("--reviewer", metavar="R", default="", help="only the work of this person")
    report = _command(commands, "report", "Write a report: figures, charts, costs, model card, policy, audit trail.")
    _project(report)
    report.add_argument("out", metavar="OUT", type=Path, help="writes OUT.html, OUT.pdf, OUT.csv and OUT.json")
    kpis.add_argument("--column", metavar="C", default="", help="the groups to compare: a column with 2 to 20 values")


def _add_routing(commands: "Commands[argparse.ArgumentParser]") -> None:
    route = _command(commands, "route", "Show what the routing policy does to the items; look at another, or set it.")
    _project(route)
    change = route.add_mutually_exclusive_group()
    change.add_argument("--policy", metavar="FILE", type=Path, help="a policy (JSON) to put in force")
    change.add_argument("--take-back", action="store_true", help="undo the last change of the policy")
    route.add_argument("--preview", action="store_true", help="with --policy: only say what it would do")
    route.add_argument("--write", metavar="FILE", type=Path, help="write the policy in force to a file")
    route.add_argument("--reviewer", metavar="R", default="", help="who changes it; needed for a change")
    route.add_argument("--reason", metavar="T", default="", help="why, for the record")


def _add_classes(commands: "Commands[argparse.ArgumentParser]") -> None:
    classes = _command(commands, "classes", "List the classes, or change one of them; every change is on record.")
    _project(classes)
    change = classes.add_mutually_exclusive_group()
    change.add_argument("--add", metavar="NAME", help="add a class at the end")
    change.add_argument("--rename", metavar=("OLD", "NEW"), nargs=2, help="decisions follow the new name")
    change.add_argument("--merge", metavar=("A", "B"), nargs=2, help="decide each item of A as B, and retire A")
    change.add_argument("--split", metavar="NAME", nargs="+", help="A B C: items of A return to the queue for B and C")
    change.add_argument("--retire", metavar="NAME", help="offer it no longer; its items keep their decision")
    change.add_argument("--bring-back", metavar="NAME", help="offer a retired class again")
    change.add_argument("--take-back", action="store_true", help="take back the last change")
    classes.add_argument("--give-back", action="store_true", help="with --retire: its items return to the queue")
    classes.add_argument("--reason", metavar="T", default="", help="why, for the record")
    classes.add_argument("--reviewer", metavar="R", default="", help="who changes them; needed for a change")


def _add_learning(commands: "Commands[argparse.ArgumentParser]") -> None:
    retrain = _command(commands, "retrain", "Train on the decisions and put the result to use.")
    _project(retrain)
    problems = _command(commands, "problems", "List labels that are probably wrong, the strongest reasons first.")
    _project(problems)
    problems.add_argument("--look-again", action="store_true", help="look again, whatever was found before")
    problems.add_argument("--limit", metavar="N", type=int, default=50)
    problems.add_argument("--right", metavar="ITEM", help="the label of this item is right: it is not listed again")
    problems.add_argument("--reviewer", metavar="R", default="", help="who says so; needed for --right")
    saving = _command(commands, "export-model", "Write a model of the project as one file that cannot run code.")
    _project(saving)
    saving.add_argument("out", metavar="OUT.hitlmodel", type=Path)
    saving.add_argument("--version", metavar="N", type=int, help="which version; the one in use when not given")
    opening = _command(commands, "import-model", "Take a model file into the project as a new version.")
    _project(opening)
    opening.add_argument("file", metavar="FILE.hitlmodel", type=Path)
    figures = _command(commands, "preferences", "Tell the figures of comparisons: reward model, sides, sources.")
    _project(figures)
    figures.add_argument(
        "--ask-again", type=float, metavar="PERCENT", help="ask so many again without saying so from now on: 0 to 20"
    )
    best = _command(commands, "best-of", "Score new answers with the reward model and tell the best of each row.")
    _project(best)
    best.add_argument("--data", metavar="TABLE", type=Path, required=True, help="prompts with answers, as for new")
    best.add_argument("--out", metavar="FILE", type=Path, help="write the scores there, a JSON object a line")
    backbone = _command(commands, "add-backbone", "Check an ONNX model of your own and learn from its features.")
    _project(backbone)
    backbone.add_argument("model", metavar="MODEL.onnx", type=Path, help="with its description MODEL.json beside it")
    certify = _command(
        commands, "certify", "Begin an audit, with --alpha and --delta, or tell how far it is and what it proved."
    )
    _project(certify)
    certify.add_argument("--alpha", metavar="A", type=_share, help="the share that may be wrong, such as 0.02")
    certify.add_argument("--delta", metavar="D", type=_share, help="the risk of the certificate, such as 0.1")
    certify.add_argument("--audits", metavar="N", type=int, help="begin an audit of so many checks")
    certify.add_argument("--give-up", action="store_true", help="end the audit under way without a result")
    certify.add_argument("--reviewer", metavar="R", default="", help="who begins it; who is logged in when not given")
    simulate = _command(commands, "simulate", "Replay hidden truth and draw learning curves.")
    _project(simulate)
    simulate.add_argument("--budget", metavar="N", type=int, required=True, help="labels to spend")
    simulate.add_argument("--batch", metavar="B", type=int, required=True, help="labels between two trainings")
    simulate.add_argument("--strategy", metavar="A,B", default="default", help="query strategies, separated by commas")
    simulate.add_argument("--seeds", metavar="K", type=int, default=3)
    simulate.add_argument("--out", metavar="FILE", type=Path, required=True, help="the JSON file to write")


def _add_keeping(commands: "Commands[argparse.ArgumentParser]") -> None:
    backup = _command(commands, "backup", "Make a backup of the database, check it, and thin out older ones.")
    _project(backup)
    restore = _command(commands, "restore", "Put a backup in the place of the database; what is there now is kept.")
    _project(restore)
    restore.add_argument("--from", dest="source", metavar="FILE", type=Path, help="which backup; the newest sound one")
    verify = _command(commands, "verify", "Say whether the project is as its record says, or where it is not.")
    _project(verify)
    rebuild = _command(commands, "rebuild", "Make a project anew from decisions.jsonl, and say what differs.")
    _project(rebuild)
    rebuild.add_argument("out", metavar="OUT", type=Path, help="the folder of the new project")
    rebuild.add_argument(
        "--items", metavar="PROJECT", type=Path, help="another project over the same data, if no backup is left"
    )
    restore.add_argument("--list", action="store_true", help="only list the backups, the newest first")


def _add_others(commands: "Commands[argparse.ArgumentParser]") -> None:
    demo = _command(commands, "demo", "Open a sample, or do its main job without a window.")
    demo.add_argument("--headless", metavar="OUT", type=Path, help="run without a window and write to this folder")
    demo.add_argument(
        "--sample",
        default="phantoms",
        help="phantoms, digits, support_messages, payments, support_chats or answers",
    )
    demo.add_argument("--decisions", type=int, default=60, help="decisions of the simulated reviewer")
    packing = _command(
        commands, "pack", "Pack a project into one file to carry: record, models, and the data if wanted."
    )
    _project(packing)
    packing.add_argument("out", metavar="OUT.zip", type=Path)
    packing.add_argument("--with-data", action="store_true", help="also the files of its items, as they are")
    taking = _command(commands, "receive", "Check a project from somebody else and copy its rows into a fresh one.")
    taking.add_argument("source", metavar="FOLDER_OR_ZIP", type=Path)
    taking.add_argument("out", metavar="OUT.hitl", type=Path)
    trusting = _command(
        commands, "trust", "Open a project of your own where it is, although it was last used elsewhere."
    )
    _project(trusting)
    _project(_command(commands, "distrust", "Take that back: what others do in it from now on is not opened as it is."))
    nameless = _command(commands, "deidentify", "Copy the DICOM files of a project without their patients.")
    _project(nameless)
    nameless.add_argument("out", metavar="OUT_FOLDER", type=Path)
    nameless.add_argument("--dates", choices=["remove", "shift"], default="remove", help="shift: by days, per patient")
    nameless.add_argument(
        "--mask",
        metavar="LEFT,TOP,WIDTH,HEIGHT",
        action="append",
        default=[],
        help="paint this box black in every picture, where writing is burnt in; may be given several times",
    )
    signing = _command(commands, "signatures", "Tell who signed what and whether it still holds; or sign.")
    _project(signing)
    signing.add_argument("--file", metavar="FILE", type=Path, help="an export to compare with what was signed")
    signing.add_argument(
        "--sign", metavar="WHAT", default="", help="sign: project, certificate (the last one), or the path of a file"
    )
    signing.add_argument("--meaning", choices=["reviewed", "approved"], help="what the signature says")
    signing.add_argument("--words", metavar="T", default="", help="what it says in your own words")
    signing.add_argument("--reviewer", metavar="R", default="", help="who signs: the name of a profile")
    _project(_command(commands, "reviewers", "Tell who has decided in a project, and how that was known."))
    _command(commands, "self-test", "Check that this installation works.")
    opened = _command(commands, "open", "Open the window on a project.")
    _project(opened)
