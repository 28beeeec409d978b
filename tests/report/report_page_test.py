"""The checks of pages must be able to fail: what breaks a rule is seen, what keeps them passes."""

import sys
import tempfile
import unittest
from pathlib import Path

import report_page

HEAD = f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">{report_page.POLICY_META}'
STYLE = """<style>html { background: #fff } @media (prefers-color-scheme: dark) {
html { background: #111 } }</style>"""


def page(body, style=STYLE, head=HEAD):
    return f"{head}<title>page</title>{style}</head><body>{body}</body></html>"


class Text(unittest.TestCase):
    def assert_seen(self, text, expected):
        self.assertTrue(any(expected in problem for problem in report_page.read_page(text)), expected)

    def test_good_page(self):
        good = page('<p id="a">https://example.org<img src="data:,"></p><svg><path d="M0 0"/></svg>')
        self.assertEqual(report_page.read_page(good), [])

    def test_bad_pages(self):
        self.assert_seen(page("<script>1</script>"), "script element")
        self.assert_seen(page('<p onclick="a()">a</p>'), "onclick")
        self.assert_seen(page('<img src="x.png">'), "points to 'x.png'")
        self.assert_seen(page('<a href="https://example.org">a</a>'), "https://example.org")
        self.assert_seen(page('<p id="a"></p><p id="a"></p>'), "id 'a'")
        self.assert_seen(page("<p>a"), "closes nothing")
        self.assert_seen(page("<div/>"), "does not close itself")
        self.assert_seen(page("a\x01"), "U+0001")
        self.assert_seen(page("a\u202e"), "U+202E")
        self.assert_seen(page("", style="<style>p { background: url(a.png) }</style>"), "fetches")
        self.assert_seen(page("", head="<!DOCTYPE html><html><head>"), "security policy")


@unittest.skipUnless(report_page.find_browser(), "no browser")
class Shown(unittest.TestCase):
    def problems(self, text, width=360, scheme="dark"):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "page.html"
            file.write_text(text)
            found = report_page.show_page(report_page.find_browser(), file, width, scheme, Path(folder))
            return "\n".join(found)

    def test_good_page(self):
        for width in report_page.WIDTHS:
            for scheme in report_page.SCHEMES:
                self.assertEqual(self.problems(page("<p>a</p>"), width, scheme), "")

    def test_bad_pages(self):
        self.assertIn("wide in a window of 360", self.problems(page('<p style="width: 400px">a</p>')))
        self.assertIn("is not dark", self.problems(page("", style="<style>html{background:#fff}</style>")))
        self.assertIn("console: ", self.problems(page("<script>1</script>")))
        open_head = "<!DOCTYPE html><html><head>"
        fetching = page('<img src="http://example.org/a.png">', head=open_head)
        self.assertIn("asked the network for http://example.org/a.png", self.problems(fetching))


if __name__ == "__main__":
    if not report_page.find_browser():
        sys.exit(report_page.SKIPPED)
    unittest.main()
