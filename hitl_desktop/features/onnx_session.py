"""Opening an ONNX model: on the processor only, with few threads, and silently."""

import os
from pathlib import Path
from typing import Any, Final

_MOST_THREADS: Final = 4
_FATAL_ONLY: Final = 4


def processors() -> int:
    """How many threads a model may use: the processors this process may run on, at most four."""
    affinity = getattr(os, "sched_getaffinity", None)
    return min(_MOST_THREADS, len(affinity(0)) if affinity else os.cpu_count() or 1)


def open_session(model: Path | bytes, threads: int) -> Any:
    """An onnxruntime session. onnxruntime's own errors come through; it is imported only now, as it is large."""
    import onnxruntime  # type: ignore[import-untyped]

    onnxruntime.disable_telemetry_events()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = _FATAL_ONLY
    # Threads that wait do not turn in circles: the window needs the processor.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    given = model if isinstance(model, bytes) else str(model)
    return onnxruntime.InferenceSession(given, options, providers=["CPUExecutionProvider"])
