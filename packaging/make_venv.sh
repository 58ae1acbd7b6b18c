#!/bin/sh
# Makes the virtual environment: make_venv.sh PYTHON FOLDER. On a bare Debian or Ubuntu, pip for new environments is a
# package of its own; it is installed as root, otherwise the line to run is printed.
set -eu
python=$1
folder=$2

if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    echo "Python 3.11 or newer is needed. Install it, or name it: make PYTHON=/path/to/python3.11 …" >&2
    exit 1
fi
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    package=$("$python" -c 'import sys; print("python3.%d-venv" % sys.version_info[1])')
    if command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
        echo "Installing $package, which makes virtual environments."
        apt-get -qq update >/dev/null
        DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "$package" >/dev/null
    else
        echo "Python cannot make virtual environments here. Run this and try again: sudo apt-get install $package" >&2
        exit 1
    fi
fi
echo "Creating the virtual environment in $folder with $("$python" --version)."
"$python" -m venv --clear "$folder"
