"""The walls must be able to fall: what breaks a rule is seen, what keeps them passes."""

import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

import sources


class Sources(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def test_length(self):
        self.write("a.cpp", "\n" * 500)
        self.assertEqual(sources.check_lines(self.root), [])
        self.write("b.md", "\n" * 501)
        self.write("build/c.cpp", "\n" * 501)
        self.assertEqual(sources.check_lines(self.root), ["b.md: 501 lines, at most 500"])

    def test_words(self):
        self.write("a.cpp", "// the method to do this\n")
        self.assertEqual(sources.check_words(self.root), [])
        self.write("a.cpp", "\n// TO" + "DO later\n")
        self.write("run", "#!/bin/sh\nls /hom" + "e/user\n")
        problems = sources.check_words(self.root)
        self.assertEqual(len(problems), 2)
        self.assertIn("a.cpp:2: unfinished work", problems[0])
        self.assertIn("run:2: a folder of one machine", problems[1])

    def test_a_clone_is_seen_as_git_sees_it(self):
        subprocess.run(["git", "init", "-q", self.root], check=True)
        self.write(".gitignore", "/made/\n")
        self.write("made/a.cpp", "")
        self.write("new.cpp", "")
        self.assertEqual([path.name for path in sources.source_files(self.root)], ["new.cpp"])

    @unittest.skipUnless(shutil.which(sources.CLANG_FORMAT), "no clang-format")
    def test_format(self):
        self.write(".clang-format", "BasedOnStyle: Google\n")
        self.write("good.cpp", "int one() { return 1; }\n")
        self.assertEqual(sources.check_format(self.root), [])
        self.write("bad.cpp", "int  one( ){return 1;}\n")
        problems = sources.check_format(self.root)
        self.assertEqual(len(problems), 1)
        self.assertIn("bad.cpp", problems[0])


if __name__ == "__main__":
    unittest.main()
