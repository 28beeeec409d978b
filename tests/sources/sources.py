"""Rules for every source of ours: python3 sources.py lines|words|format ROOT"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

SKIPPED = 77  # ctest shows the test as skipped
SUFFIXES = {".cpp", ".hpp", ".py", ".sh", ".cmake", ".in", ".toml", ".md", ".txt", ".json"}
MOST_LINES = 500
LINE_SUFFIXES = SUFFIXES - {".in", ".toml", ".json"}
# Each is written so that it does not match itself.
FORBIDDEN = {
    "unfinished work": re.compile(r"\b(TO[D]O|FIX[M]E|XX[X]|[Ss]tu[b]s?)\b"),
    "a folder of one machine": re.compile(r"/(wor[k]|roo[t]|hom[e])/"),
}
CLANG_FORMAT = "clang-format-14"


def is_source(path):
    return path.suffix in SUFFIXES or path.read_bytes()[:2] == b"#!"


def source_files(root):
    """Our files: what git tracks or would; outside a clone all but hidden folders, build and runs."""
    git = ["git", "-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(git, capture_output=True, text=True) if (root / ".git").exists() else None
    if listed and listed.returncode == 0:
        paths = [root / name for name in listed.stdout.split("\0") if name]
    else:
        paths = [
            path
            for path in root.rglob("*")
            if not re.match(r"build/|runs/|\.(?!ci/)", path.relative_to(root).as_posix())
        ]
    return sorted(path for path in set(paths) if path.is_file() and is_source(path))


def check_lines(root):
    problems = []
    for path in source_files(root):
        lines = path.read_bytes().count(b"\n")
        if lines > MOST_LINES and (path.suffix in LINE_SUFFIXES or not path.suffix):
            problems.append(f"{path.relative_to(root)}: {lines} lines, at most {MOST_LINES}")
    return problems


def check_words(root):
    problems = []
    for path in source_files(root):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            for what, pattern in FORBIDDEN.items():
                match = pattern.search(line)
                if match:
                    problems.append(f"{path.relative_to(root)}:{number}: {what}: '{match[0]}'")
    return problems


def check_format(root):
    files = [path for path in source_files(root) if path.suffix in (".cpp", ".hpp")]
    problems = []
    for path in files:
        run = subprocess.run(
            [CLANG_FORMAT, "--dry-run", "-Werror", path], cwd=root, capture_output=True, text=True
        )
        if run.returncode != 0:
            first = (run.stderr.splitlines() or ["failed"])[0]
            problems.append(f"{path.relative_to(root)}: run {CLANG_FORMAT} -i on it ({first})")
    return problems


if __name__ == "__main__":
    wall, folder = sys.argv[1], Path(sys.argv[2]).resolve()
    if wall == "format" and not shutil.which(CLANG_FORMAT):
        print(f"skipped: {CLANG_FORMAT} is not installed")
        sys.exit(SKIPPED)
    found = {"lines": check_lines, "words": check_words, "format": check_format}[wall](folder)
    print("\n".join(found) or f"{len(source_files(folder))} files are as they should be")
    sys.exit(1 if found else 0)
