"""Make the sample "Chest phantoms": drawn, chest-like radiographs of nobody, in one archive.

Run: python packaging/samples/make_phantoms.py
Writes resources/samples/phantoms.zip. The training script of the bundled model loads this file by its path
and uses `training_set` and `generate`; its seeds never meet those of the shown pictures.

A phantom is painted in layers of brightness between 0 (air around the body) and about 1 (dense tissue). The frame
is the unit square: `across` runs from -0.5 to 0.5 and is 0 at the spine, `down` runs from 0 to 1. "Right" and
"left" are those of the body, so the right lung lies at negative `across`, as on a radiograph.
"""

import io
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from scipy.ndimage import gaussian_filter

Plane = NDArray[np.float64]

LABELS = ("normal", "nodule", "effusion")
SIDE = 384
SHOWN_PER_LABEL = 80
TRAINING_PER_LABEL = 240
SHOWN_SEED = 20_261_000
TRAINING_SEED = 20_269_000
NOTICE = "Synthetic phantom, not a patient"
README = (
    "Synthetic chest phantoms\n\n"
    "These pictures were drawn by a program with random numbers. They show no patient, no animal and no device,\n"
    "and no picture of a person was used to make them. They are for trying out this program only: a model that\n"
    "reads them knows nothing about medicine.\n\n"
    "Licence: CC0 1.0, public domain dedication.\n"
)
ARCHIVE = Path(__file__).resolve().parents[2] / "resources" / "samples" / "phantoms.zip"

_FINE_STEP, _COARSE_STEP, _FINE_BELOW = 128, 256, 20_480
_POINTS = 240
_DARKEST, _BRIGHTEST = 2_048, 60_160
_ZIP_DATE = (2026, 9, 1, 0, 0, 0)


@dataclass(frozen=True)
class Anatomy:
    """The drawn measures of one body, in fractions of the picture's side unless said otherwise."""

    across: Plane
    down: Plane
    half_width: float
    lung_out: float
    lung_in: float
    apex: float
    bases: tuple[float, float]
    angle_depths: tuple[float, float]
    heart: tuple[float, float, float, float]
    rib_gap: float
    rib_offset: float
    rib_contrast: float
    haze: float
    vessel_strength: float


def draw_anatomy(rng: np.random.Generator, side: int) -> Anatomy:
    """Draw a body's pose, size and build."""
    axis = (np.arange(side) + 0.5) / side
    down, across = np.meshgrid(axis, axis - 0.5, indexing="ij")
    turn = rng.normal(0, 0.010)
    scale = rng.uniform(0.95, 1.03)
    shift_across, shift_down = rng.normal(0, 0.006), rng.normal(0, 0.006)
    x, y = (across - shift_across) / scale, (down - 0.5 - shift_down) / scale
    turned_across = x * np.cos(turn) + y * np.sin(turn)
    turned_down = y * np.cos(turn) - x * np.sin(turn) + 0.5
    base = rng.normal(0.72, 0.018)
    return Anatomy(
        across=turned_across,
        down=turned_down,
        half_width=rng.uniform(0.435, 0.475),
        lung_out=rng.uniform(0.315, 0.355),
        lung_in=rng.uniform(0.036, 0.052),
        apex=rng.normal(0.14, 0.012),
        bases=(base, base + rng.normal(0.022, 0.012)),
        angle_depths=(rng.uniform(0.035, 0.085), rng.uniform(0.035, 0.085)),
        heart=(
            rng.normal(0.068, 0.008),
            base - rng.uniform(0.02, 0.06),
            rng.uniform(0.125, 0.165),
            rng.uniform(0.14, 0.175),
        ),
        rib_gap=rng.uniform(0.066, 0.070),
        rib_offset=rng.normal(0.5, 0.10),
        rib_contrast=rng.uniform(0.045, 0.08),
        haze=rng.uniform(0, 0.10),
        vessel_strength=rng.uniform(0.7, 1.3),
    )


def _soft(mask: NDArray[np.bool_], blur: float) -> Plane:
    """A hard mask as brightness with an edge `blur` wide, a fraction of the side."""
    return gaussian_filter(mask.astype(np.float64), blur * mask.shape[0])


def _arch(down: Plane, top: float, foot: float, power: float) -> Plane:
    """A quarter arch: 0 at `top` and above, 1 from `foot` downward, round in between."""
    rest = np.clip((foot - down) / (foot - top), 0, 1)
    return (1 - rest**power) ** (1 / power)


def _ellipse(a: Anatomy, across: float, down: float, half_across: float, half_down: float) -> NDArray[np.bool_]:
    return ((a.across - across) / half_across) ** 2 + ((a.down - down) / half_down) ** 2 < 1


def _outer_edge(a: Anatomy) -> Plane:
    """How far each row's lung reaches from the spine, outward; a little wider toward the base."""
    middle = 0.16
    widest = a.lung_out + 0.03 * np.clip(a.down - 0.5, 0, 1)
    return middle + (widest - middle) * _arch(a.down, a.apex, 0.50, 2.3)


def _diaphragm(a: Anatomy, side: int) -> Plane:
    """The height of the diaphragm under each point: a dome that falls off toward the side wall."""
    out = np.abs(a.across)
    slope = np.clip((out - 0.17) / (a.lung_out - 0.17), -1, 1.3)
    return a.bases[side] + a.angle_depths[side] * np.where(slope > 0, slope**2, 0.35 * slope**2)


def lung_fields(a: Anatomy) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """The right and the left lung as hard masks, before the heart covers them."""
    out = np.abs(a.across)
    inner = 0.16 - (0.16 - a.lung_in) * _arch(a.down, a.apex, 0.27, 2.0)
    inside = (a.down > a.apex) & (out < _outer_edge(a)) & (out > inner)
    right = inside & (a.across < 0) & (a.down < _diaphragm(a, 0))
    left = inside & (a.across > 0) & (a.down < _diaphragm(a, 1))
    return right, left


def _body(a: Anatomy) -> Plane:
    """The soft outline of shoulders and trunk, 0 outside and 1 inside."""
    out = np.abs(a.across)
    shoulder = 0.19 + (a.half_width - 0.19) * _arch(a.down, -0.03, 0.36, 2.1)
    return _soft(out < np.where(a.down < -0.03, 0.15, shoulder), 0.016)


def _tissue(a: Anatomy) -> Plane:
    """Brightness of the trunk without its lungs: denser toward the spine, with armpit folds and shoulder blades."""
    out = np.abs(a.across)
    tissue = 0.71 + 0.09 * np.exp(-((out / 0.26) ** 2)) + 0.03 * np.clip(a.down, 0, 1)
    fold = out - 0.47 + 0.55 * np.clip(0.42 - a.down, -1, 1)
    tissue -= 0.05 * np.exp(-((fold / 0.022) ** 2)) * (a.down > 0.2)
    blade = np.abs(out - 0.375 + 0.16 * (a.down - 0.25)) < 0.03 + 0.05 * np.clip(0.45 - a.down, 0, 0.3)
    tissue += 0.05 * _soft((out < 0.145) & (a.down < 0.03), 0.008)
    return tissue + 0.035 * _soft(blade & (a.down > 0.20) & (a.down < 0.47), 0.012)


def _spine(a: Anatomy) -> Plane:
    """The mediastinum with the vertebrae's rhythm, and the windpipe's dark column above its fork."""
    out = np.abs(a.across)
    column = 0.12 * np.exp(-((out / 0.052) ** 4))
    beat = 0.5 + 0.5 * np.cos(2 * np.pi * a.down / 0.047)
    bodies = 0.035 * beat**2 * np.exp(-((out / 0.034) ** 4))
    pipe = (np.abs(a.across - 0.004) < 0.016) & (a.down < 0.335)
    fork = (np.abs(out - 0.35 * (a.down - 0.32)) < 0.010) & (a.down > 0.32) & (a.down < 0.42)
    return column + bodies - 0.13 * _soft(pipe, 0.006) - 0.05 * _soft(fork, 0.006)


def _heart(a: Anatomy) -> Plane:
    """Heart, aortic knob and great vessels as one soft shadow, 0 to 1."""
    across, down, half_across, half_down = a.heart
    shadow = _ellipse(a, across, down, half_across, half_down)
    shadow |= _ellipse(a, -0.018, down - 0.03, 0.070, half_down * 0.85)
    shadow |= _ellipse(a, across - 0.02, down - 0.07, half_across * 0.78, half_down * 0.75)
    shadow |= _ellipse(a, 0.035, 0.36, 0.042, 0.042)
    shadow |= _ellipse(a, 0.028, 0.47, 0.046, 0.12)
    return _soft(shadow, 0.007)


def _ribs(a: Anatomy) -> Plane:
    """Ten pairs of ribs with brighter rims: the back arches in full, the front ends faint and steeper."""
    reach = np.clip((np.abs(a.across) - 0.03) / (a.lung_out - 0.03), 0, 1.25)
    back = _rib_set(a, a.down + 0.045 * np.sin(np.pi * np.clip(reach * 1.1, 0, 1)) - 0.15 * reach**2.2, 0.30)
    front = _rib_set(a, a.down + 0.16 * (reach - 0.6) + 0.05 * reach**2 + 0.02, 0.27)
    fade = np.clip((reach - 0.42) / 0.3, 0, 1) * np.clip((0.78 - a.down) / 0.2, 0, 1)
    return a.rib_contrast * (back + 0.45 * front * fade)


def _rib_set(a: Anatomy, height: Plane, half_share: float) -> Plane:
    """Bands one `rib_gap` apart, each `half_share` of the gap to both sides of its middle line."""
    turns = (height - a.apex) / a.rib_gap + a.rib_offset
    away = np.abs((turns % 1) - 0.5)
    band = _soft((away < half_share) & (turns > 0) & (turns < 11), 0.0030)
    rim = np.exp(-(((away - half_share * 0.85) / 0.06) ** 2)) * (turns > 0) * (turns < 11)
    return 0.85 * band + 0.30 * rim


def _clavicles(a: Anatomy) -> Plane:
    """Two slender bones that rise from the breastbone to the shoulders."""
    out = np.abs(a.across)
    middle = 0.222 - 0.11 * (out - 0.05) + 0.03 * np.sin((out - 0.05) / 0.33 * 2 * np.pi)
    thick = 0.011 + 0.006 * np.abs(out - 0.2) / 0.15
    bone = (np.abs(a.down - middle) < thick) & (out > 0.045) & (out < 0.385)
    return 0.085 * _soft(bone, 0.0045)


def _vessels(a: Anatomy, rng: np.random.Generator) -> Plane:
    """Branches that leave each lung's root, thin out and fade; and a few vessels seen end on, as bright dots."""
    along = np.linspace(0, 1, _POINTS)
    roots = np.zeros(a.across.shape, dtype=bool)
    thin, thick = [], []
    for sign in (-1.0, 1.0):
        root_across, root_down = sign * 0.088, 0.475
        roots |= _ellipse(a, root_across, root_down, 0.022, 0.050)
        for angle in np.linspace(-1.35, 1.45, 10) + rng.normal(0, 0.07, 10):
            length, bend = rng.uniform(0.15, 0.26), rng.normal(0, 0.05)
            reach = 0.02 + length * along
            across = root_across + sign * (reach * np.cos(angle) - bend * along**2 * np.sin(angle))
            down = root_down + reach * np.sin(angle) + bend * along**2 * np.cos(angle)
            ink = a.vessel_strength * length * np.clip(along / 0.15, 0.2, 1)
            thin.append(np.stack([across, down, ink * (1 - along) ** 0.7]))
            thick.append(np.stack([across, down, ink * np.clip(0.5 - along, 0, 1)]))
    fine = _splat(a, np.hstack(thin), 0.0028)
    stout = _splat(a, np.hstack(thick), 0.0058)
    crowded = 0.45 * fine + 1.0 * stout
    return 0.16 * np.tanh(crowded / 0.16) + 0.07 * _soft(roots, 0.016) + _end_on(a, rng)


def _splat(a: Anatomy, points: Plane, blur: float) -> Plane:
    """Points (across, down, ink) x n drawn as soft dots that add up; `blur` is a fraction of the side.

    Ink is per `_POINTS` of a line, so that a line of length 1 with ink 1 is about as bright at any resolution.
    """
    side = a.across.shape[0]
    origin = np.array([a.across[0, 0], a.down[0, 0]])
    step_x = np.array([a.across[0, 1], a.down[0, 1]]) - origin
    step_y = np.array([a.across[1, 0], a.down[1, 0]]) - origin
    place = np.linalg.solve(np.column_stack([step_x, step_y]), points[:2] - origin[:, None])
    column, row = np.round(place).astype(np.int64)
    inside = (row >= 0) & (row < side) & (column >= 0) & (column < side)
    plane = np.zeros((side, side))
    np.add.at(plane, (row[inside], column[inside]), points[2, inside])
    return gaussian_filter(plane, blur * side) * side / _POINTS


def _end_on(a: Anatomy, rng: np.random.Generator) -> Plane:
    """Vessels seen end on: small bright dots that look a little like nodules, in every class."""
    dots = np.zeros_like(a.across)
    for _ in range(rng.integers(2, 6)):
        radius = rng.uniform(0.006, 0.011)
        across, down = rng.choice([-1, 1]) * rng.uniform(0.10, 0.24), rng.uniform(0.34, 0.62)
        dots = np.maximum(dots, rng.uniform(0.05, 0.10) * _ellipse(a, across, down, radius, radius))
    return gaussian_filter(dots, 0.003 * dots.shape[0])


def _nodule(a: Anatomy, lung: Plane, rng: np.random.Generator) -> Plane:
    """One round, slightly bumpy shadow in the middle of a lung, plain or faint; radius 24 to 58 thousandths."""
    zone = (np.abs(a.across) > 0.14) & (a.down > 0.30) & (a.down < 0.60)
    rows, columns = np.nonzero(zone & (gaussian_filter(lung, 0.02 * lung.shape[0]) > 0.85))
    chosen = rng.integers(len(rows))
    across, down = a.across[rows[chosen], columns[chosen]], a.down[rows[chosen], columns[chosen]]
    away_across, away_down = a.across - across, a.down - down
    angle = np.arctan2(away_down, away_across)
    radius = np.exp(rng.uniform(np.log(0.024), np.log(0.058)))
    phase = rng.uniform(0, 2 * np.pi, 2)
    edge = radius * (1 + 0.10 * np.cos(2 * angle + phase[0]) + 0.06 * np.cos(3 * angle + phase[1]))
    contrast = np.exp(rng.uniform(np.log(0.16), np.log(0.42)))
    return contrast * _soft(np.hypot(away_across, away_down) < edge, 0.22 * radius)


def _effusion(a: Anatomy, rng: np.random.Generator) -> Plane:
    """Fluid at the foot of one lung, 0 to 1: it blunts the angle at the side wall and climbs that wall in a curve."""
    side = int(rng.integers(2))
    height = 0.30 * rng.beta(1.1, 2.4)
    climb = rng.uniform(0.05, 0.09)
    from_wall = np.clip(_outer_edge(a) - np.abs(a.across), 0, None)
    corner = a.bases[side] + a.angle_depths[side]
    surface = corner - 0.022 - height - climb * np.exp(-from_wall / 0.045)
    mine = (a.across < 0) if side == 0 else (a.across > 0)
    return _soft(mine & (a.down > surface), rng.uniform(0.005, 0.010))


def _texture(rng: np.random.Generator, side: int) -> Plane:
    """The lung's own fine mottling, about 1 in spread, at two scales."""
    fine = gaussian_filter(rng.normal(size=(side, side)), 0.006 * side)
    coarse = gaussian_filter(rng.normal(size=(side, side)), 0.024 * side)
    return fine / fine.std() + coarse / coarse.std()


def paint(seed: int, label: str, side: int) -> Plane:
    """The picture as brightness before exposure, (side, side). The body depends on the seed alone, not on the label."""
    if label not in LABELS:
        raise ValueError(f"unknown label {label!r}, expected one of {LABELS}")
    body_rng, finding_rng, _ = np.random.default_rng(seed).spawn(3)
    a = draw_anatomy(body_rng, side)
    heart = _heart(a)
    right, left = lung_fields(a)
    air = _soft(right | left, 0.008) * (1 - 0.93 * heart)
    clear = air
    if label == "effusion":
        air = air * (1 - 0.93 * _effusion(a, finding_rng))
    mottling = _texture(body_rng, side)
    depth = 0.60 - a.haze - 0.10 * np.clip((a.down - 0.35) / 0.4, 0, 1) + 0.018 * mottling
    below = np.clip((a.down - min(a.bases) + 0.02) / 0.10, 0, 1)
    inner = _vessels(a, body_rng) + _ribs(a)
    if label == "nodule":
        inner = inner + _nodule(a, clear, finding_rng)
    trunk = _tissue(a) + _spine(a) + 0.05 * gaussian_filter(heart, 0.012 * side) * (1 - 0.8 * below)
    trunk += 0.12 * _ribs(a) + _clavicles(a)
    return np.clip(_body(a) * (trunk - air * depth + air * inner), 0, None)


def generate(seed: int, label: str, side: int) -> NDArray[np.uint16]:
    """One phantom as a (side, side) 16-bit picture between 2,048 and 60,160, with more than 256 grey levels.

    Brightness, contrast, gamma and grain are drawn anew for each seed. Dark tones are kept in steps of 128 and
    bright ones, where grain hides more, in steps of 256: noise hardly packs, and the archive has to stay small.
    Raises ValueError for a label that is not one of `LABELS`.
    """
    light = paint(seed, label, side)
    rng = np.random.default_rng(seed).spawn(3)[2]
    gain, gamma, lift = rng.uniform(0.86, 1.0), np.exp(rng.normal(0, 0.13)), rng.uniform(0, 0.04)
    inside = np.clip(light * 4, 0, 1)
    grain = gaussian_filter(rng.normal(size=light.shape), 0.8)
    grain *= rng.uniform(0.0013, 0.0022) / grain.std()
    shown = gain * np.clip(light, 0, 1.05) ** gamma + inside * (lift + grain)
    tone = _DARKEST + (_BRIGHTEST - _DARKEST) * np.clip(shown, 0, 1)
    step = np.where(tone < _FINE_BELOW, _FINE_STEP, _COARSE_STEP)
    return (step * np.round(tone / step)).astype(np.uint16)


def shown_set() -> list[tuple[int, int, str]]:
    """The shown phantoms as (number, seed, label). Numbers run from 1 and are shuffled over the classes."""
    labels = np.repeat(LABELS, SHOWN_PER_LABEL)
    np.random.default_rng(SHOWN_SEED).shuffle(labels)
    return [(number, SHOWN_SEED + number, str(label)) for number, label in enumerate(labels, start=1)]


def training_set() -> list[tuple[int, str]]:
    """The phantoms to train on as (seed, label): another range of seeds, never shipped as pictures."""
    labels = [label for label in LABELS for _ in range(TRAINING_PER_LABEL)]
    return [(TRAINING_SEED + place, label) for place, label in enumerate(labels, start=1)]


def png(pixels: NDArray[np.uint16]) -> bytes:
    """The picture as a 16-bit grey PNG that says in itself that it is synthetic."""
    note = PngInfo()
    note.add_text("Comment", NOTICE)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG", compress_level=9, pnginfo=note)
    return buffer.getvalue()


def member_name(number: int, label: str) -> str:
    """The path of one picture inside the archive."""
    return f"phantoms/{label}/phantom_{number:04d}.png"


def write_archive(path: Path, members: dict[str, bytes]) -> None:
    """Write the members in order of name, stored, with one fixed date: equal members give equal bytes."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(members):
            info = zipfile.ZipInfo(name, _ZIP_DATE)
            info.create_system = 3
            info.external_attr = 0o644 << 16
            archive.writestr(info, members[name])


def main() -> None:
    """Write the archive and say how large it is."""
    members = {"phantoms/README.txt": README.encode()}
    for number, seed, label in shown_set():
        members[member_name(number, label)] = png(generate(seed, label, SIDE))
    ARCHIVE.parent.mkdir(parents=True, exist_ok=True)
    write_archive(ARCHIVE, members)
    print(f"{ARCHIVE.name}: {len(members) - 1} pictures, {ARCHIVE.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
