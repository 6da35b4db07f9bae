"""How long a real Chromium takes for the page of `charter preview`: `python benchmarks/page.py [ROUNDS]`.

Needs Chromium and the `playwright` package. Milliseconds from the navigation to the whole page, the first picture of
it, and one turn of the switch between the two readings, each the median; the first round warms the browser up.
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

EXAMPLES = Path(__file__).parent.parent / "tests" / "examples"
LICENSES = ("MIT", "CC-BY-4.0", "CC-BY-SA-4.0", "llama2", "ODC-By-1.0", "gemma", "Apache-2.0", "GPL-3.0-only")
HEAD = """\
charter: 1
release: {name: Many, copyright: 2026 Lab}
layers:
  weights:
    availability: released
    license: llama2
    files: ["*.safetensors"]
    derived_from:
"""
LOADED = """() => {
  const entry = performance.getEntriesByType("navigation")[0];
  const paint = performance.getEntriesByName("first-contentful-paint")[0];
  return [entry.domComplete, paint ? paint.startTime : entry.domComplete];
}"""
SWITCHED = """() => {
  document.querySelector("#tab-lineage").click();
  document.body.getBoundingClientRect();
  const start = performance.now();
  document.querySelector("#reading-source").click();
  document.querySelector("#lineage").getBoundingClientRect();
  return performance.now() - start;
}"""


def many(folder: Path, number: int) -> Path:
    """A release with so many upstreams."""
    relations = ["trained_on" if n % 7 else "merge" for n in range(number)]
    lines = [
        f"      - {{ref: lab-{n}/set-{n}, license: {LICENSES[n % 8]}, relation: {relation}}}\n"
        for n, relation in enumerate(relations)
    ]
    (folder / "release.yaml").write_text(HEAD + "".join(lines), encoding="utf-8")
    return folder


def measured(page: Page, file: Path, rounds: int) -> list[float]:
    """Medians of the whole page, its first picture, and the switch."""
    found: list[list[float]] = []
    for _ in range(rounds + 1):
        page.goto(file.as_uri())
        found.append([*page.evaluate(LOADED), page.evaluate(SWITCHED)])
    return [statistics.median(column) for column in zip(*found[1:], strict=True)]


def main() -> None:
    """Print the table."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    print("| page | KB | whole page | first picture | switch |\n|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        releases = {"the demo": EXAMPLES / "minilm", "five layers": EXAMPLES / "layered-five"}
        for label, release in (releases | {"500 upstreams": many(Path(name), 500)}).items():
            file = Path(name) / f"{release.name}.html"
            command = [sys.executable, "-m", "generator", "preview", str(release), "-o", str(file)]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            times = " | ".join(f"{value:.0f} ms" for value in measured(page, file, rounds))
            print(f"| {label} | {file.stat().st_size / 1000:.0f} | {times} |")
        browser.close()


if __name__ == "__main__":
    main()
