"""The page of `accelbench report --html` in a real browser: Chromium without a window.

Called as `test_page.py --accelbench BIN`; skipped where Chromium, its driver or selenium is missing.
"""

import base64
import json
import math
import os
import shutil
import socket
import statistics
import subprocess
import sys

import cli
import made_results

SYSTEM_PYTHON = "/usr/bin/python3"  # for which Debian's selenium is installed

try:
    from selenium import webdriver
    from selenium.webdriver.chrome.options import Options
    from selenium.webdriver.chrome.service import Service
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys
except ImportError:
    webdriver = None

EVIL = "</script><script>document.title='caught'</script><img src=x onerror=\"document.title='caught'\">"

# The least contrast of any text with what is behind it, and where.
CONTRAST = """
const luminance = (rgb) => {
  const [r, g, b] = rgb.map((v) => v / 255).map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const numbers = (color) => color.match(/[\\d.]+/g).map(Number);
const behind = (element) => {
  if (element.classList.contains("inside")) return numbers(getComputedStyle(element.previousElementSibling).fill);
  for (let e = element; e; e = e.parentElement) {
    const color = numbers(getComputedStyle(e).backgroundColor);
    if (color.length === 3 || color[3] > 0) return color;
  }
};
let least = [99, ""];
for (const element of document.querySelectorAll("body *")) {
  const words = [...element.childNodes].filter((n) => n.nodeType === 3).map((n) => n.data).join("").trim();
  if (!words || ["SCRIPT", "STYLE"].includes(element.tagName) || !element.getClientRects().length) continue;
  const style = getComputedStyle(element);
  const front = luminance(numbers(element.closest("svg") ? style.fill : style.color).slice(0, 3));
  const back = luminance(behind(element).slice(0, 3));
  const contrast = (Math.max(front, back) + 0.05) / (Math.min(front, back) + 0.05);
  if (contrast < least[0]) least = [contrast, element.tagName + " " + element.className.baseVal + ": " + words];
}
return least;
"""


def start_browser():
    options = Options()
    options.binary_location = shutil.which("chromium") or shutil.which("chromium-browser")
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                     "--window-size=1280,900"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    return webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))


class PageTest(cli.CliTest):
    browser = None

    @classmethod
    def setUpClass(cls):
        cls.browser = start_browser()
        cls.addClassCleanup(cls.browser.quit)

    def open(self, document=None):
        self.document = document or made_results.sweep()
        self.write("a.json", json.dumps(self.document))
        self.measure("report", "a.json", "--html", "page.html")
        self.browser.get_log("browser")  # what was said before is not this page's
        self.browser.get("file://" + self.path("page.html"))

    def tearDown(self):
        self.assertEqual(self.browser.get_log("browser"), [])
        super().tearDown()

    def all(self, selector):
        return self.browser.find_elements(By.CSS_SELECTOR, selector)

    def one(self, selector):
        return self.browser.find_element(By.CSS_SELECTOR, selector)

    def emulate(self, scheme):
        self.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {
            "features": [{"name": "prefers-color-scheme", "value": scheme}]})


class Charts(PageTest):
    def medians(self, backend, kernel_only):
        """The numbers of the file, by size."""
        times = {}
        for row in self.document["benchmarks"]:
            own = row["accelbench"]
            if own["backend"] == backend and (".kernel" in row["name"]) == kernel_only:
                times.setdefault(own["input_bytes"], []).append(row["real_time"])
        return {size: statistics.median(values) for size, values in times.items()}

    def places(self, chart, backend, stroke):
        marks = self.all(f'#{chart} .line.{stroke}[data-line="{backend}"] .marker')
        texts = [mark.get_attribute("transform") for mark in marks]
        return [tuple(map(float, text[len("translate("):-1].split(","))) for text in texts]

    def test_lines_stand_where_the_numbers_of_the_file_put_them(self):
        self.open()
        for chart, of in (("chart-0-time", lambda size, ns: ns),
                          ("chart-0-speed", lambda size, ns: size / ns)):
            scale = None
            for backend, stroke in (("serial", "solid"), ("openmp", "solid"), ("cuda", "solid"),
                                    ("cuda", "dashed")):
                values = self.medians(backend, stroke == "dashed")
                places = self.places(chart, backend, stroke)
                self.assertEqual(len(places), len(values))
                points = [(math.log(size), math.log(of(size, values[size]))) for size in sorted(values)]
                if scale is None:  # two points say how the axes lie; all others must agree
                    (x0, y0), (x1, y1) = places[0], places[-1]
                    if abs(points[-1][1] - points[0][1]) < 0.5:
                        continue
                    across = (x1 - x0) / (points[-1][0] - points[0][0])
                    down = (y1 - y0) / (points[-1][1] - points[0][1])
                    scale = (x0 - across * points[0][0], across, y0 - down * points[0][1], down)
                for (x, y), (log_x, log_y) in zip(places, points):
                    self.assertAlmostEqual(x, scale[0] + scale[1] * log_x, delta=0.5)
                    self.assertAlmostEqual(y, scale[2] + scale[3] * log_y, delta=0.5)
            self.assertLess(scale[3], 0)

    def test_marks_say_their_numbers(self):
        self.open()
        labels = [mark.get_attribute("aria-label") for mark in self.all("#chart-0-time .mark")]
        size = made_results.SIZES[-1]
        milliseconds = self.medians("openmp", False)[size] / 1e6
        self.assertTrue(any(label.startswith(f"openmp, 256 MB: {milliseconds:.1f} ms (") for label in labels), labels)

    def test_break_even_limits_phases_and_intervals_are_drawn(self):
        self.open(made_results.sweep(noise=0.2))
        self.assertEqual(len(self.all("#chart-0-speed .from")), 2)
        self.assertEqual(len(self.all("#chart-0-speed .line.limit .stroke")), 3)
        self.assertEqual(len(self.all("#chart-0-phases-2 .part")), 3 * len(made_results.SIZES))
        self.assertEqual(len(self.all("#chart-0-time .error")), 4 * len(made_results.SIZES))

    def test_one_size_makes_bars_as_long_as_the_speeds(self):
        self.open(made_results.single(("serial", "openmp")))
        bars = [float(bar.get_attribute("width")) for bar in self.all("#chart-0-speed .bar")]
        serial, openmp = (statistics.median(self.medians(name, False).values()) for name in ("serial", "openmp"))
        self.assertAlmostEqual(bars[1] / bars[0], serial / openmp, delta=0.01)


    def test_long_names_have_room(self):
        for make in (made_results.single, made_results.sweep):
            for number in (1, 2):
                document = make()
                document["context"]["host_name"] = f"ip-10-131-24-20{number}.gpu.example.org"
                self.write(f"{number}.json", json.dumps(document))
            self.measure("report", "1.json", "2.json", "--html", "page.html")
            self.browser.get("file://" + self.path("page.html"))
            over = self.browser.execute_script("""
                const over = [];
                for (const chart of document.querySelectorAll("svg.chart"))
                  for (const text of chart.querySelectorAll("text")) {
                    const box = text.getBBox();
                    if (box.x < 0 || box.x + box.width > chart.viewBox.baseVal.width)
                      over.push(text.textContent);
                  }
                return over;""")
            self.assertEqual(over, [])


class Use(PageTest):
    def test_switches(self):
        self.open(made_results.sweep(kernels=("matrix_sum", "traversal")))
        button = self.one('#problem-0 [data-switch="openmp"]')
        shown = lambda name, section: {part.is_displayed() for part in self.all(
            f'#problem-{section} svg .line[data-line="{name}"] .marker')}
        self.assertEqual((button.get_attribute("aria-pressed"), shown("openmp", 0)), ("true", {True}))
        button.click()
        self.assertEqual((button.get_attribute("aria-pressed"), shown("openmp", 0)), ("false", {False}))
        self.assertEqual((shown("serial", 0), shown("openmp", 1)), ({True}, {True}))
        self.assertEqual([place.is_displayed() for place in self.all("#chart-0-time .place")], [False, True])
        button.send_keys(Keys.SPACE)
        self.assertEqual((button.get_attribute("aria-pressed"), shown("openmp", 0)), ("true", {True}))

    def test_tooltips_by_mouse_and_keyboard(self):
        self.open()
        tip, marks = self.one("#tip"), self.all('#chart-0-time .line[data-line="serial"] .mark')
        self.assertFalse(tip.is_displayed())
        ActionChains(self.browser).move_to_element(marks[2].find_element(By.CSS_SELECTOR, ".hit")).perform()
        self.assertEqual(tip.text, marks[2].get_attribute("aria-label"))
        self.browser.execute_script("arguments[0].focus()", marks[0])
        for key, mark in ((Keys.ARROW_RIGHT, marks[1]), (Keys.ARROW_LEFT, marks[0])):
            self.browser.switch_to.active_element.send_keys(key)
            self.assertEqual(self.browser.switch_to.active_element, mark)
            self.assertEqual(tip.text, mark.get_attribute("aria-label"))
        self.browser.switch_to.active_element.send_keys(Keys.ARROW_DOWN)
        self.assertIn("openmp, 64 KB", self.browser.switch_to.active_element.get_attribute("aria-label"))

    def test_every_text_can_be_read_in_light_and_dark(self):
        papers = set()
        for scheme in ("light", "dark"):
            self.emulate(scheme)
            self.open(made_results.sweep(tuple(made_results.BACKENDS)))
            for turn in range(2):  # as the system wants it, and the other way
                contrast, where = self.browser.execute_script(CONTRAST)
                self.assertGreaterEqual(contrast, 4.5, (scheme, turn, where))
                papers.add(self.one("body").value_of_css_property("background-color"))
                self.one("#theme").click()
        self.assertEqual(len(papers), 2)

    def test_nothing_is_loaded_and_nothing_overflows(self):
        self.open()
        self.assertEqual(self.browser.execute_script(
            "return performance.getEntriesByType('resource').map((e) => e.name)"), [])
        wide, room = self.browser.execute_script(
            "return [document.documentElement.scrollWidth, document.documentElement.clientWidth]")
        self.assertLessEqual(wide, room)

    def test_without_a_script(self):
        self.browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
        try:
            self.open()
            self.assertEqual(len(self.all("svg.chart")), 4)
            self.assertFalse(any(button.is_enabled() for button in self.all("[data-switch]")))
            self.assertFalse(self.one("#theme").is_displayed())
            self.assertGreater(len(self.all(".mark > title")), 20)
        finally:
            self.browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})

    def test_it_prints(self):
        self.open()
        pdf = base64.b64decode(self.browser.execute_cdp_cmd("Page.printToPDF", {})["data"])
        self.assertTrue(pdf.startswith(b"%PDF"))
        if shutil.which("pdftotext"):
            self.write("page.pdf", pdf)
            text = subprocess.run(["pdftotext", self.path("page.pdf"), "-"], check=True,
                                  capture_output=True, text=True).stdout
            self.assertIn("On this machine", text)
            self.assertIn("All numbers", text)

    def test_code_in_names_does_not_run(self):
        document = made_results.sweep()
        document["context"]["host_name"] = EVIL
        for row in document["benchmarks"]:
            row["accelbench"]["dtype"] = EVIL
            row["accelbench"]["backend"] += EVIL
        self.open(document)
        self.assertEqual(self.browser.title, "accelbench report")
        self.assertEqual(self.all("img"), [])
        self.assertIn("onerror", self.one("h1").text)


def why_not():
    if webdriver is None:
        return "no selenium: install python3-selenium"
    if not (shutil.which("chromium") or shutil.which("chromium-browser")):
        return "no Chromium: install chromium"
    if not shutil.which("chromedriver"):
        return "no driver: install chromium-driver"
    try:  # by which selenium calls the driver
        socket.gethostbyname("localhost")
    except OSError:
        return "localhost has no address here: put the line '127.0.0.1 localhost' into /etc/hosts"
    return None


if __name__ == "__main__":
    if webdriver is None and os.path.realpath(sys.executable) != os.path.realpath(SYSTEM_PYTHON) \
            and os.path.exists(SYSTEM_PYTHON):
        os.execv(SYSTEM_PYTHON, [SYSTEM_PYTHON, *sys.argv])
    if why_not():
        print(f"skipped: {why_not()}")
        sys.exit(cli.SKIPPED)
    cli.main()
