"""What is known of a picture beside its pixels: how it is to be shown, where its edges lie, whose it is."""

from dataclasses import dataclass, field

from hitl_desktop.domain.sentences import Sentence
from hitl_desktop.kinds.windows import Preset

Spacing = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Edges:
    """Letters at the four edges of a picture that say which side of the patient lies there (A P L R H F)."""

    left: str = ""
    right: str = ""
    top: str = ""
    bottom: str = ""

    def flipped(self) -> "Edges":
        """Mirrored left to right."""
        return Edges(self.right, self.left, self.top, self.bottom)

    def turned(self, quarters: int) -> "Edges":
        """Turned clockwise by quarters."""
        edges = self
        for _ in range(quarters % 4):
            edges = Edges(edges.bottom, edges.top, edges.left, edges.right)
        return edges


@dataclass(frozen=True, slots=True)
class Description:
    """What a file says of its picture.

    `spacing` is (across, down) in millimetres per pixel; `at_detector` where it holds at the detector of a projection
    and not in the patient. `aspect` is the same without a unit, where no more is known. `per_second` is how fast the
    frames want to be played. `unit` is that of the values ("HU"). `inverted` means that low values are bright.
    `private` is text about the patient, (marked name of the field, value): shown on request only, and written nowhere.
    `notes` are sentences that whoever looks has to know.
    """

    is_dicom: bool = False
    modality: str = ""
    series: str = ""
    photometric: str = ""
    bits: int = 8
    spacing: Spacing | None = None
    at_detector: bool = False
    aspect: Spacing | None = None
    per_second: float | None = None
    unit: str = ""
    inverted: bool = False
    edges: Edges = Edges()
    presets: tuple[Preset, ...] = ()
    private: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    notes: tuple[Sentence, ...] = ()

    @property
    def proportion(self) -> Spacing | None:
        """How wide and how high a pixel is to be shown, in any unit; None where it is not known."""
        return self.spacing if self.spacing is not None else self.aspect
