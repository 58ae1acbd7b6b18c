#!/bin/sh
# Qt's shared libraries that a wheel cannot carry. Installs the missing ones as root on Debian and Ubuntu,
# otherwise prints the one line to run. Never fails: the program's own message is clearer than a broken make.
set -eu

# shared library, then the package that holds it
LIBRARIES='
libglib-2.0.so.0       libglib2.0-0
libEGL.so.1            libegl1
libGL.so.1             libgl1
libxkbcommon.so.0      libxkbcommon0
libdbus-1.so.3         libdbus-1-3
libfontconfig.so.1     libfontconfig1
libxkbcommon-x11.so.0  libxkbcommon-x11-0
libxcb-cursor.so.0     libxcb-cursor0
libxcb-icccm.so.4      libxcb-icccm4
libxcb-keysyms.so.1    libxcb-keysyms1
libxcb-shape.so.0      libxcb-shape0
'

[ "$(uname -s)" = Linux ] || exit 0

PATH="$PATH:/usr/sbin:/sbin"
known=$(ldconfig -p 2>/dev/null || true)

missing() {
    echo "$LIBRARIES" | while read -r library package; do
        [ -n "$library" ] || continue
        case "$known" in *"$library "*) ;; *) printf ' %s' "$package" ;; esac
    done
}

packages=$(missing)
[ -n "$packages" ] || exit 0

# The names are the package manager's own arguments, one word each.
# shellcheck disable=SC2086
if command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
    echo "Installing the system libraries that Qt needs:$packages"
    if ! { apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends $packages; } >/dev/null; then
        echo "They could not be installed. Run this yourself and try again: apt-get install$packages" >&2
    fi
elif command -v apt-get >/dev/null 2>&1; then
    echo "Qt needs system libraries. If the window does not open, run: sudo apt-get install --no-install-recommends$packages"
else
    echo "Qt needs system libraries. If the window does not open, install these (Debian's names):$packages"
fi
