"""The options of the commands about automatic decisions."""

import argparse
from collections.abc import Callable


def add_automation(command: Callable[[str, str], argparse.ArgumentParser]) -> None:
    """Add the commands; `command(name, help)` makes one that takes a project."""
    automate = command("automate", "Decide what the routing policy accepts and a certificate, or you, permit.")
    automate.add_argument("--override", metavar="REASON", default="", help="permit it without a certificate, on record")
    pause = command("pause", "Stop automatic decisions.")
    pause.add_argument("--reason", metavar="T", default="", help="why, for the record")
    resume = command("resume", "Let automatic decisions go on.")
    resume.add_argument("--note", metavar="T", required=True, help="why they may, for the record")
    recall = command("recall", "Take automatic decisions back: their items return to the queue. It pauses, too.")
    which = recall.add_mutually_exclusive_group(required=True)
    which.add_argument("--model", metavar="V", type=int, help="all that this version of the model decided")
    which.add_argument("--policy", metavar="P", type=int, help="all that were decided under this version of the policy")
    which.add_argument("--rule", metavar="N", type=int, help="all by this rule, from 1, of the policy in force")
    recall.add_argument("--reason", metavar="T", default="", help="why, for the record")
    for parser in (automate, pause, resume, recall):
        parser.add_argument("--reviewer", metavar="R", default="", help="who does it; your login name when not given")
