"""Write THIRD_PARTY_NOTICES.md: what travels with the program, under which licence.

    python packaging/notices.py

Names and versions are those of requirements.txt, licences those that the installed packages declare.
"""

import json
import re
import sys
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "THIRD_PARTY_NOTICES.md"

# Qt's Python packages declare a choice of licences; this program takes the LGPL. peewee declares none in its metadata,
# its LICENSE file is the MIT licence.
CHOSEN = {"pyside6-essentials": "LGPL-3.0-only", "shiboken6": "LGPL-3.0-only", "peewee": "MIT"}

FONTS = [
    ("Inter", "OFL-1.1", "resources/fonts/OFL-Inter.txt"),
    ("JetBrains Mono", "OFL-1.1", "resources/fonts/OFL-JetBrainsMono.txt"),
    ("Noto Sans Arabic", "OFL-1.1", "resources/fonts/OFL-NotoSansArabic.txt"),
]

HEAD = """\
# Third-party notices

HITL Desktop itself is under the Apache License 2.0 (see LICENSE). It uses, and its executable carries, the works below.
This file is written by `make notices`.

## Libraries
"""

QT = """\
## Qt and PySide6
Qt, PySide6 and shiboken6 are used under the GNU Lesser General Public License, version 3. The program links to them
dynamically: in the executable they are separate files under `_internal/PySide6` and `_internal/shiboken6`, and you may
replace them by your own build of the same version. The texts of the licences: <https://www.gnu.org/licenses/lgpl-3.0.txt>
and <https://www.gnu.org/licenses/gpl-3.0.txt>. The source code: <https://download.qt.io/official_releases/>.
Qt was not changed for this program.

The licence texts that the libraries bring along are in the executable under `_internal/licences`.
"""


def locked() -> list[tuple[str, str]]:
    """Name and version of every package of the run-time lock file."""
    lock = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    return re.findall(r"^([\w.-]+)==([^\s;]+)", lock, flags=re.MULTILINE)


def licence(package: Distribution) -> str:
    """The licence that a package declares: the SPDX expression, else a short field, else its classifiers."""
    name = package.metadata["Name"].lower().replace("_", "-")
    if name in CHOSEN:
        return CHOSEN[name]
    declared = package.metadata.get("License-Expression") or package.metadata.get("License") or ""
    if declared and "\n" not in declared and len(declared) < 80:
        return declared
    classifiers = package.metadata.get_all("Classifier") or []
    names = [c.rsplit(" :: ", 1)[-1] for c in classifiers if c.startswith("License ::")]
    if not names:
        raise ValueError(f"{name} declares no licence. Look it up and add it to CHOSEN.")
    return " or ".join(names)


def library_rows() -> list[str]:
    """One row of the table per library; every one must be installed in the version of the lock."""
    rows = ["| library | version | licence |", "|---|---|---|"]
    for name, version in locked():
        try:
            package = distribution(name)
        except PackageNotFoundError:
            raise ValueError(f"{name} is not installed. Run `make notices`.") from None
        if package.version != version:
            raise ValueError(f"{name} is installed in {package.version}, but {version} is locked.")
        rows.append(f"| {package.metadata['Name']} | {version} | {licence(package)} |")
    return rows


def resource_rows() -> list[str]:
    """Fonts, icons, samples and models."""
    rows = ["| work | licence | where |", "|---|---|---|"]
    rows += [f"| {name} (font) | {terms} | `{where}` |" for name, terms, where in FONTS]
    rows.append("| Lucide (icons) | ISC, parts MIT (Feather) | `resources/icons/LICENSE` |")
    for sample in json.loads((ROOT / "resources" / "samples" / "samples.json").read_text(encoding="utf-8")):
        rows.append(f"| {sample['title']} (sample) | {sample['licence']} | `resources/samples/{sample['file']}` |")
    for card in sorted((ROOT / "resources" / "models").glob("*/card.json")):
        described = json.loads(card.read_text(encoding="utf-8"))["card"]
        what = f"{card.parent.name} (model, trained on: {described['data']})"
        rows.append(f"| {what} | {described['licence']} | `resources/models/{card.parent.name}` |")
    for card in sorted((ROOT / "resources" / "models").glob("*/backbone.json")):
        described = json.loads(card.read_text(encoding="utf-8"))
        source = described["provenance"]
        what = f"{described['name']} (sentence embedder, from {source['model']} by way of {source['package']})"
        terms = f"{source['model_licence']}, {source['package_licence']}"
        rows.append(f"| {what} | {terms} | `resources/models/{card.parent.name}` |")
    return rows


def text() -> str:
    """The whole file."""
    parts = [HEAD, *library_rows(), "", QT, "## Fonts, icons, samples and models", *resource_rows(), ""]
    return "\n".join(parts)


if __name__ == "__main__":
    try:
        TARGET.write_text(text(), encoding="utf-8")
    except ValueError as error:
        sys.exit(str(error))
    print(f"{TARGET.name} is written.")
