"""The wall must be able to fall: a command that does not work is seen."""

import contextlib
import io
import tempfile
import unittest
from pathlib import Path

import readme


class Readme(unittest.TestCase):
    def run_page(self, text):
        with tempfile.TemporaryDirectory() as folder:
            page = Path(folder, "PAGE.md")
            page.write_text(text)
            with contextlib.redirect_stdout(io.StringIO()) as output:
                code = readme.run(page)
            return code, output.getvalue(), {path.name for path in Path(folder).iterdir()}

    def test_blocks_run_in_order(self):
        code, _, files = self.run_page("```sh\ntouch a\n```\ntext\n```sh\ncp a b\ncp b c\n```\n")
        self.assertEqual(code, 0)
        self.assertEqual(files, {"PAGE.md", "a", "b", "c"})

    def test_a_command_that_fails_ends_it(self):
        code, output, files = self.run_page("x\n```sh\ntouch a\nfalse\ntouch b\n```\n```sh\ntouch c\n```\n")
        self.assertEqual(code, 1)
        self.assertIn("PAGE.md:3: a command of this block failed, exit code 1", output)
        self.assertEqual(files, {"PAGE.md", "a"})

    def test_a_failure_inside_a_pipe_counts(self):
        self.assertEqual(self.run_page("```sh\nfalse | cat\n```\n")[0], 1)

    def test_marked_blocks_and_other_languages_are_left_out(self):
        text = "```sh\ntrue\n```\n<!-- not run: takes an hour -->\n```sh\nfalse\n```\n```toml\nfalse\n```\n"
        code, output, _ = self.run_page(text)
        self.assertEqual(code, 0)
        self.assertIn("not run: takes an hour", output)

    def test_the_mark_counts_for_one_block(self):
        text = "<!-- not run: elsewhere -->\n```sh\nfalse\n```\n\n```sh\nfalse\n```\n"
        self.assertEqual(self.run_page(text)[0], 1)

    def test_a_page_without_commands(self):
        self.assertEqual(self.run_page("nothing here\n")[0], 1)


if __name__ == "__main__":
    unittest.main()
