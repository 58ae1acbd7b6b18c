"""What is inside is listed: the list of components and the notices name everything that the lock file installs."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

ROOT = Path(__file__).resolve().parents[2]
LOCK = (ROOT / "requirements.txt").read_text("utf-8")
TEXT = (ROOT / "sbom.cdx.json").read_text("utf-8")
BOM: dict[str, Any] = json.loads(TEXT)
LIBRARIES = {part["name"]: part for part in BOM["components"] if part["type"] == "library"}
LOCKED = re.findall(r"^([\w.-]+)==([^\s;\\]+)", LOCK, re.MULTILINE)


def test_every_locked_package_is_in_it_with_its_hashes_and_a_licence() -> None:
    assert {(name, part["version"]) for name, part in LIBRARIES.items()} == set(LOCKED)
    listed = {known["content"] for part in LIBRARIES.values() for known in part["hashes"]}
    assert listed == set(re.findall(r"sha256:([0-9a-f]{64})", LOCK))
    assert all(part["hashes"] and part["licenses"][0]["license"]["name"] for part in BOM["components"])


def test_every_locked_package_is_in_the_notices() -> None:
    rows = re.findall(
        r"^\| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", (ROOT / "THIRD_PARTY_NOTICES.md").read_text("utf-8"), re.M
    )
    noticed = {(re.sub(r"[-_.]+", "-", name).lower(), version) for name, version, terms in rows if terms.strip()}
    assert {(re.sub(r"[-_.]+", "-", name).lower(), version) for name, version in LOCKED} <= noticed


def test_what_needs_what_leads_everywhere_from_the_program() -> None:
    needs = {entry["ref"]: entry["dependsOn"] for entry in BOM["dependencies"]}
    reached, further = {"hitl-desktop"}, ["hitl-desktop"]
    while further:
        further = [other for one in further for other in needs[one] if other not in reached]
        reached |= set(further)
    assert reached == {"hitl-desktop"} | {part["bom-ref"] for part in LIBRARIES.values()}


def test_it_is_of_the_form_that_it_says() -> None:
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(TEXT) is None
    assert set(re.findall(r"https?://[\w./-]+", TEXT)) == {"http://cyclonedx.org/schema/bom-1.6.schema.json"}


def test_it_is_what_would_be_written_now() -> None:
    """The libraries, where the environment is the locked one. `make sbom` brings models and fonts up to date."""
    code = "import sys; sys.path.insert(0, 'packaging'); import sbom; sys.stdout.write(sbom.text())"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    if "is installed in" in done.stderr:
        pytest.skip(f"NOT THE LOCKED ENVIRONMENT: {done.stderr.strip().splitlines()[-1]}")
    assert done.returncode == 0, done.stderr
    now = {part["bom-ref"]: part for part in json.loads(done.stdout)["components"]}
    assert [part for part in LIBRARIES.values() if now.get(part["bom-ref"]) != part] == []
