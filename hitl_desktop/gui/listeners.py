"""Let go of everything that listens to an object which outlives a window."""

from PySide6.QtCore import QMetaMethod, QObject, SignalInstance


def forget(source: QObject, *signals: SignalInstance) -> None:
    """Disconnect whatever listens to these signals of `source`.

    Connected lambdas keep the widgets of a window alive and would still be called after it has gone.
    """
    for signal in signals:
        if source.isSignalConnected(QMetaMethod.fromSignal(signal)):
            signal.disconnect()
