"""Opens reports in a browser: report_page.py PAGE... or report_page.py --samples PROGRAM

A page has to be one file without script that fetches nothing, says nothing on the console and does
not scroll sideways, on a phone and on a desk, light and dark. PROGRAM writes sample pages into the
folder that it is given.
"""

import html.parser
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

SKIPPED = 77  # ctest shows the test as skipped
BROWSERS = ("chromium-headless-shell", "chromium", "google-chrome")
WIDTHS = (360, 1280)  # CSS pixels
SCHEMES = {"dark": 0, "light": 1}  # as Blink numbers them
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
POLICY_META = f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
VOID = {"meta", "link", "img", "br", "hr", "input"}
DRAWING = {"path", "line", "rect", "circle"}  # may close themselves inside <svg>
FETCHING = {"src", "href", "srcset", "action", "data", "poster", "xlink:href", "background"}
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff\u202a-\u202e\u2066-\u2069]")
MEASURE = """<script>addEventListener("load", () => { document.title = "measured " + [
document.documentElement.scrollWidth, innerWidth, getComputedStyle(document.documentElement)
.backgroundColor.match(/[0-9]+/g)[0]].join(" "); });</script>"""


class Reader(html.parser.HTMLParser):
    """Collects what is wrong with the text of a page."""

    def __init__(self):
        super().__init__()
        self.problems, self.open, self.ids = [], [], set()

    def check(self, tag, attributes):
        if tag in ("script", "iframe", "object", "embed", "base", "form"):
            self.problems.append(f"has a {tag} element")
        for name, value in attributes:
            if name.startswith("on"):
                self.problems.append(f"{tag} has the attribute {name}")
            if (tag, name) == ("a", "href") and re.fullmatch(r"[\w.,=+-]+/report\.html", value or ""):
                continue  # leads to a page beside this one; fetches nothing by itself
            if name in FETCHING and not (value or "").startswith(("data:", "#")):
                self.problems.append(f"{tag} {name} points to {value!r}")
            if name == "id" and value in self.ids:
                self.problems.append(f"two elements have the id {value!r}")
            if name == "id":
                self.ids.add(value)
            if re.search(r"url\(|@import|expression\(", value or "") and name == "style":
                self.problems.append(f"{tag} has a style that fetches: {value!r}")

    def handle_starttag(self, tag, attributes):
        self.check(tag, attributes)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.check(tag, attributes)
        if tag not in VOID | DRAWING:
            self.problems.append(f"<{tag}/> does not close itself in HTML")

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.problems.append(f"</{tag}> at line {self.getpos()[0]} closes nothing")

    def handle_data(self, data):
        if self.open and self.open[-1] == "style" and re.search(r"url\(|@import", data):
            self.problems.append("the style fetches something")


def read_page(text):
    """What is wrong with the text of a page."""
    reader = Reader()
    reader.feed(text)
    reader.close()
    problems = reader.problems
    if reader.open:
        problems.append(f"not closed: {reader.open}")
    if not text.startswith("<!DOCTYPE html>"):
        problems.append("does not begin with <!DOCTYPE html>")
    if POLICY_META not in text:
        problems.append("lacks its content security policy")
    if CONTROL.search(text):
        problems.append(f"has the character U+{ord(CONTROL.search(text)[0]):04X}")
    return problems


def run_browser(browser, page, width, scheme, folder, *options):
    """(stdout, stderr, network log) of showing a page."""
    log = folder / "network.json"
    log.unlink(missing_ok=True)
    command = [
        browser, "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", "--v=0",
        "--host-resolver-rules=MAP * ~NOTFOUND", f"--log-net-log={log}",
        f"--user-data-dir={folder / 'profile'}", f"--window-size={width},1000",
        f"--blink-settings=preferredColorScheme={SCHEMES[scheme]}", *options, page.as_uri(),
    ]  # fmt: skip
    shown = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=120)
    if shown.returncode != 0:
        raise RuntimeError(f"{browser} ended with {shown.returncode}: {shown.stderr[-500:]}")
    return shown.stdout, shown.stderr, json.loads(log.read_text())


def requests_in(log):
    """The addresses of a network log that are neither files nor inside the page."""
    starts = {log["constants"]["logEventTypes"].get(name) for name in ("URL_REQUEST_START_JOB", "REQUEST_ALIVE")}
    addresses = [
        event.get("params", {}).get("url") for event in log["events"] if event["type"] in starts
    ]
    return sorted({url for url in addresses if url and not url.startswith(("file:", "data:", "about:"))})


def show_page(browser, page, width, scheme, folder):
    """What is wrong with a page as the browser shows it."""
    picture = folder / "page.png"
    _, errors, log = run_browser(browser, page, width, scheme, folder, f"--screenshot={picture}")
    problems = [f"console: {line}" for line in errors.splitlines() if "CONSOLE" in line]
    problems += [f"asked the network for {url}" for url in requests_in(log)]
    # A copy that may run our measuring script.
    copy = folder / "measured.html"
    text = page.read_text(encoding="utf-8").replace(POLICY_META, "")
    copy.write_text(text.replace("<title>", MEASURE + "<title>", 1), encoding="utf-8")
    dom, _, _ = run_browser(browser, copy, width, scheme, folder, "--dump-dom")
    measured = re.search(r"<title>measured (\d+) (\d+) (\d+)</title>", dom)
    if not measured:
        return problems + ["could not be measured"]
    content, window, red = map(int, measured.groups())
    if window != width:
        problems.append(f"was shown {window} pixels wide instead of {width}")
    if content > window:
        problems.append(f"is {content} pixels wide in a window of {window}")
    if (red < 128) != (scheme == "dark"):
        problems.append(f"is not {scheme} where that is preferred")
    return problems


def check_page(browser, page):
    """One line for everything that is wrong with a page."""
    problems = read_page(page.read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        for width in WIDTHS:
            for scheme in SCHEMES:
                for problem in show_page(browser, page, width, scheme, Path(folder)):
                    problems.append(f"at {width}, {scheme}: {problem}")
    return [f"{page}: {problem}" for problem in problems]


def find_browser():
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def main(arguments):
    if not arguments:
        print(__doc__)
        return 2
    browser = find_browser()
    if not browser:
        print(f"skipped: none of {', '.join(BROWSERS)} is installed")
        return SKIPPED
    with tempfile.TemporaryDirectory() as folder:
        if arguments[0] == "--samples":
            subprocess.run([arguments[1], folder], check=True, stdout=subprocess.DEVNULL)
            pages = sorted(Path(folder).glob("*.html"))
        else:
            pages = [Path(name).resolve() for name in arguments]
        problems = [problem for page in pages for problem in check_page(browser, page)]
    print("\n".join(problems) or f"{len(pages)} pages are as they should be")
    return 1 if problems or not pages else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
