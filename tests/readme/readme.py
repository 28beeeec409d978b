"""Runs the ```sh blocks of a page, in order, from the page's folder: python3 readme.py README.md

A block after the line `<!-- not run: reason -->` is left out.
"""

import re
import subprocess
import sys
from pathlib import Path

BLOCK = re.compile(
    r"(?:^<!-- not run: (?P<reason>.+?) -->\n\s*)?^```sh\n(?P<commands>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)


def blocks(text):
    """[(line number, commands, reason not to run it or None)]"""
    return [
        (text.count("\n", 0, match.start("commands")) + 1, match["commands"], match["reason"])
        for match in BLOCK.finditer(text)
    ]


def run(page):
    """The exit code: 0 when every command of the page worked."""
    found = blocks(page.read_text())
    if not found:
        print(f"{page.name}: no ```sh block")
        return 1
    for line, commands, reason in found:
        if reason:
            print(f"{page.name}:{line}: not run: {reason}", flush=True)
            continue
        print(f"{page.name}:{line}:", flush=True)
        # -v shows every command before it runs, so the last one shown is the one that failed.
        shell = ["bash", "-v", "-euo", "pipefail", "-c", commands]
        code = subprocess.run(
            shell, cwd=page.parent, stdin=subprocess.DEVNULL, stderr=subprocess.STDOUT
        ).returncode
        if code != 0:
            print(f"{page.name}:{line}: a command of this block failed, exit code {code}")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(run(Path(sys.argv[1]).resolve()))
