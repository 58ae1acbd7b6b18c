"""Decoded items as rows of numbers: one literal table of the extractors there are."""

from typing import Final

from hitl_desktop.features.answers import ANSWERS_MINILM, ANSWERS_WORDS
from hitl_desktop.features.extractor import PICTURE_SIDE, Extractor, FeatureMatrix
from hitl_desktop.features.image_fused import IMAGE_FUSED
from hitl_desktop.features.record_fields import RECORD_FIELDS
from hitl_desktop.features.talk import TALK_LAST, TALK_MEANING, TALK_WHOLE
from hitl_desktop.features.text_minilm import TEXT_MINILM
from hitl_desktop.features.text_ngrams import TEXT_NGRAMS

__all__ = ["EXTRACTORS", "PICTURE_SIDE", "Extractor", "FeatureMatrix"]

EXTRACTORS: Final[dict[str, Extractor]] = {
    "image-fused": IMAGE_FUSED,
    "record-fields": RECORD_FIELDS,
    "text-minilm": TEXT_MINILM,
    "text-ngrams": TEXT_NGRAMS,
    "answers-words": ANSWERS_WORDS,
    "answers-minilm": ANSWERS_MINILM,
    "talk-whole": TALK_WHOLE,
    "talk-last": TALK_LAST,
    "talk-meaning": TALK_MEANING,
}
