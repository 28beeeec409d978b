"""Unpacks what a C++ program needs from the wheels in a folder, and removes the wheels."""

import re
import signal
import sys
import zipfile
from pathlib import Path

WANTED = re.compile(
    r"torch/include/.*"
    r"|torch/lib/(?!libtorch_python)[^/]*\.so[.0-9]*"
    r"|nvidia/[^/]*/lib/[^/]*\.so[.0-9]*"
    r"|[^/]*\.dist-info/licenses/.*"
)

signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C ends it without a traceback
folder = Path(sys.argv[1])
for wheel in sorted(folder.glob("*.whl")):
    with zipfile.ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if WANTED.fullmatch(name)]
        archive.extractall(folder, names)
    wheel.unlink()
