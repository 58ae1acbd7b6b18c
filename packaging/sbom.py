"""Write sbom.cdx.json: the list of what is inside, as CycloneDX 1.6.

    python packaging/sbom.py

Libraries, versions, hashes and which needs which are those of requirements.txt, licences those of THIRD_PARTY_NOTICES;
models and fonts are listed with the hashes of their files. The same input gives the same file: it has no time in it.
"""

import hashlib
import json
import re
import sys
import tomllib
import uuid
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

from notices import FONTS, ROOT, library_rows, licence

TARGET = ROOT / "sbom.cdx.json"
LOCK = ROOT / "requirements.txt"
_PACKAGE = re.compile(r"^([\w.-]+)==([^\s;\\]+)", re.MULTILINE)
_NAMES_OF_MODELS = {"arrays.npz", "model.onnx"}


def locked(lock: str) -> dict[str, dict[str, Any]]:
    """Of every package of a lock file: its version, the SHA-256 of its files, and what asks for it."""
    found: dict[str, dict[str, Any]] = {}
    starts = [*_PACKAGE.finditer(lock)]
    for match, following in zip(starts, [*starts[1:], None], strict=True):
        part = lock[match.start() : following.start() if following else len(lock)]
        asked = re.findall(r"^    #(?: via)?   ?([\w.-]+)(?: \(pyproject\.toml\))?$", part, re.MULTILINE)
        asked += re.findall(r"^    # via ([\w.-]+)", part, re.MULTILINE)
        found[match[1]] = {
            "version": match[2],
            "hashes": re.findall(r"--hash=sha256:([0-9a-f]{64})", part),
            "for": sorted(set(asked)),
        }
    return found


def library(name: str, facts: dict[str, Any]) -> dict[str, Any]:
    """One package. Its hashes are those of every file that may be installed: one for each platform."""
    terms = licence(distribution(name))
    return {
        "type": "library",
        "bom-ref": f"pkg:pypi/{name}@{facts['version']}",
        "name": name,
        "version": facts["version"],
        "purl": f"pkg:pypi/{name}@{facts['version']}",
        "hashes": [{"alg": "SHA-256", "content": digest} for digest in facts["hashes"]],
        "licenses": [{"license": {"name": terms}}],
    }


def resource(path: Path, sort: str, terms: str) -> dict[str, Any]:
    """A file that comes with the program."""
    where = path.relative_to(ROOT).as_posix()
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return {
        "type": sort,
        "bom-ref": f"file:{where}",
        "name": where,
        "version": digest[:12],
        "hashes": [{"alg": "SHA-256", "content": digest}],
        "licenses": [{"license": {"name": terms}}],
    }


def resources() -> list[dict[str, Any]]:
    """Models and fonts."""
    found = []
    for folder in sorted((ROOT / "resources" / "models").iterdir()):
        own, foreign = folder / "card.json", folder / "backbone.json"
        if own.exists():
            terms = json.loads(own.read_text("utf-8"))["card"]["licence"]
        else:
            source = json.loads(foreign.read_text("utf-8"))["provenance"]
            terms = f"{source['model_licence']}, {source['package_licence']}"
        for path in sorted(folder.iterdir()):
            if path.name in _NAMES_OF_MODELS:
                found.append(resource(path, "machine-learning-model", terms))
    for name, terms, _ in FONTS:
        for path in sorted((ROOT / "resources" / "fonts").glob(f"{name.replace(' ', '')}*.[ot]tf")):
            found.append(resource(path, "data", terms))
    return found


def bom() -> dict[str, Any]:
    """The whole list. Raises ValueError where what is installed is not what is locked, or has no licence."""
    library_rows()
    lock = LOCK.read_text("utf-8")
    packages = locked(lock)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    libraries = [library(name, facts) for name, facts in packages.items()]
    files = resources()
    ref = {name: f"pkg:pypi/{name}@{facts['version']}" for name, facts in packages.items()}
    ref[project["name"]] = project["name"]
    needs: dict[str, list[str]] = {one: [] for one in ref.values()}
    for name, facts in packages.items():
        for other in facts["for"]:
            needs[ref[other]].append(ref[name])
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_OID, lock)}",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": project["name"],
                "name": project["name"],
                "version": project["version"],
                "licenses": [{"license": {"id": project["license"]}}],
            }
        },
        "components": [*libraries, *files],
        "dependencies": [{"ref": one, "dependsOn": sorted(others)} for one, others in sorted(needs.items())],
    }


def text() -> str:
    """The file as it is written."""
    return json.dumps(bom(), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    try:
        TARGET.write_text(text(), encoding="utf-8")
    except ValueError as error:
        sys.exit(str(error))
    print(f"{TARGET.name} is written.")
