"""HITL Desktop: human-in-the-loop review of images and texts."""

__version__ = "0.1.0"
