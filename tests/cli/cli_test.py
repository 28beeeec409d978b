"""Runs the command as a user does: python3 cli_test.py COMMAND SOURCE_FOLDER [fast|slow]

Fast is what takes no training. Every case checks the exit code, what is said, and what is left.
"""

import sys
import unittest
from pathlib import Path

# The modules that are tests; they read the command's path from sys.argv.
GROUPS = {"fast": "*_test.py", "slow": "*_slow.py"}


def main():
    folder = Path(sys.argv[2]).resolve() / "tests" / "cli"
    groups = sys.argv[3:] or GROUPS
    names = [
        path.stem
        for group in groups
        for path in sorted(folder.glob(GROUPS[group]))
        if path.name != Path(__file__).name
    ]
    suite = unittest.defaultTestLoader.loadTestsFromNames(names)
    return 0 if unittest.TextTestRunner(verbosity=2).run(suite).wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
