"""Runs the command as a user does: python3 cli_test.py COMMAND SOURCE_FOLDER [fast|slow|MODULE...]

Fast is what takes no training; its modules run side by side, a process for each. Every case checks
the exit code, what is said, and what is left.
"""

import os
import subprocess
import sys
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

# The modules that are tests; they read the command's path from sys.argv.
GROUPS = {"fast": "*_test.py", "slow": "*_slow.py"}


def modules(group):
    folder = Path(sys.argv[2]).resolve() / "tests" / "cli"
    return [path.stem for path in sorted(folder.glob(GROUPS[group]))
            if path.name != Path(__file__).name]


def passes(names):
    suite = unittest.defaultTestLoader.loadTestsFromNames(names)
    return unittest.TextTestRunner(verbosity=2).run(suite).wasSuccessful()


def passes_alone(name):
    """The same of one module in a process of its own; its output is printed when it ends."""
    command = [sys.executable, "-B", __file__, sys.argv[1], sys.argv[2], name]
    done = subprocess.run(command, capture_output=True, text=True)
    print(done.stdout + done.stderr, end="", flush=True)
    return done.returncode == 0


def all_pass(wanted):
    if wanted == "fast":
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            return all(list(pool.map(passes_alone, modules(wanted))))
    return passes(modules(wanted) if wanted in GROUPS else [wanted])


if __name__ == "__main__":
    sys.exit(0 if all([all_pass(wanted) for wanted in sys.argv[3:] or GROUPS]) else 1)
