"""Ratios of `charter` against references, taken in one run: `python benchmarks/bench.py [ROUNDS]`.

Subject and reference take turns, so that a slow minute hits both; a ratio is the median of the rounds' own ratios.
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

EXAMPLES = Path(__file__).parent.parent / "tests" / "examples"
CHARTER = [str(Path(sys.executable).parent / "charter")]
IMPORTS = [sys.executable, "-c", "import click, yaml"]
PARSE = [
    *(sys.executable, "-c"),
    "import click, yaml; yaml.load(open('deep/release.yaml'), Loader=yaml.CSafeLoader)",
]
HUB_CARD = """
from huggingface_hub import ModelCard, ModelCardData
data = ModelCardData(language="en", license="mit", library_name="transformers", tags=["x"], model_name="x")
card = ModelCard.from_template(data, model_id="x", model_description="x")
card.save("README.md"); ModelCard.load("README.md")
"""
DEEP = """\
charter: 1
release: {name: Deep, copyright: 2026 Lab}
layers:
    weights:
      availability: released
      license: Apache-2.0
      files: ["*.safetensors"]
      derived_from:
"""
HUB_MERGE = """
import sys
from huggingface_hub import ModelCard
ModelCard.load(sys.argv[1]).save(sys.argv[2])
"""


def seconds(command: list[str], cwd: Path) -> float:
    """How long a whole process takes."""
    start = time.perf_counter()
    subprocess.run(command, cwd=cwd, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - start


def ratio(subject: Callable[[], float], reference: Callable[[], float], rounds: int) -> tuple[float, float, float]:
    """Median, least and greatest ratio; the first round warms caches and does not count."""
    found = [subject() / reference() for _ in range(rounds + 1)][1:]
    return statistics.median(found), min(found), max(found)


def in_process(command: str, folder: Path, number: int) -> float:
    """Seconds per release, building or checking one after the other."""
    from generator import build, check, load_release

    act = {"build": build, "check": check}[command]
    start = time.perf_counter()
    for _ in range(number):
        act(load_release(folder))
    return (time.perf_counter() - start) / number


def hub_cards(number: int) -> float:
    """Seconds per card, made with huggingface_hub one after the other."""
    from huggingface_hub import ModelCard, ModelCardData

    start = time.perf_counter()
    for _ in range(number):
        ModelCard.from_template(ModelCardData(license="mit", model_name="x"), model_id="x")
    return (time.perf_counter() - start) / number


def records(folder: Path, number: int) -> list[Path]:
    """Records of the Model Openness Framework, each under a name of its own."""
    sources = sorted((EXAMPLES.parent / "openness" / "records").glob("*.yml"))
    paths = [folder / f"{place}.yml" for place in range(number)]
    for place, path in enumerate(paths):
        shutil.copyfile(sources[place % len(sources)], path)
    return paths


def graded(paths: list[Path]) -> float:
    """Seconds for grading records, as JSON documents."""
    from generator import openness

    start = time.perf_counter()
    for path in paths:
        openness(path).to_dict()
    return time.perf_counter() - start


def parsed(paths: list[Path]) -> float:
    """Seconds for parsing records with libyaml."""
    import yaml

    start = time.perf_counter()
    for path in paths:
        yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)
    return time.perf_counter() - start


def main() -> None:
    """Measure, and print a table in Markdown."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        model = place / "model"
        shutil.copytree(EXAMPLES / "all-open", model, ignore=shutil.ignore_patterns("expected"))
        big = place / "big"
        shutil.copytree(model, big)
        prose = "".join(f"## Heading {number}\n\n{'Words of a person. ' * 20}\n\n" for number in range(5000))
        (big / "README.md").write_text(f"---\nlicense: mit\n---\n# Title\n\n{prose}", encoding="utf-8")
        shutil.copyfile(big / "README.md", place / "card.md")

        def run(*arguments: str) -> Callable[[], float]:
            return lambda: seconds([*CHARTER, *arguments], place)

        def reference(*command: str) -> Callable[[], float]:
            return lambda: seconds(list(command), place)

        (place / "deep").mkdir()
        upstreams = "".join(
            f"        - {{ref: lab/part-{number}, license: {('MIT', 'Apache-2.0', 'CC-BY-4.0')[number % 3]}, "
            "relation: trained_on}\n"
            for number in range(500)
        )
        (place / "deep" / "release.yaml").write_text(DEEP + upstreams, encoding="utf-8")

        (place / "records").mkdir()
        held = records(place / "records", 300)
        hub_card = reference(sys.executable, "-c", HUB_CARD)
        cards = partial(hub_cards, 50)
        merge = reference(sys.executable, "-c", HUB_MERGE, "card.md", "saved.md")
        rows = [
            ("--version / import click, yaml", run("--version"), reference(*IMPORTS), 1.0),
            ("rights llama2 / import click, yaml", run("rights", "llama2"), reference(*IMPORTS), 1.25),
            ("check of 500 upstreams / click and parsing it", run("check", "deep"), reference(*PARSE), 2.2),
            ("check of five layers / hf card", run("check", "model"), hub_card, 0.40),
            ("build of five layers / hf card", run("build", "model", "-o", "out"), hub_card, 0.50),
            ("build in process, per release / hf card", lambda: in_process("build", model, 50), cards, 0.25),
            ("check in process, per release / hf card", lambda: in_process("check", model, 50), cards, 0.20),
            ("merge of a 2 MB card / hf load and save", run("build", "big"), merge, 0.70),
            ("300 MOF records / parsing their YAML", lambda: graded(held), lambda: parsed(held), 3.0),
        ]
        out = ["| what | ratio | least | greatest | goal |", "|---|---|---|---|---|"]
        for label, subject, other, goal in rows:
            median, least, greatest = ratio(subject, other, rounds)
            out.append(f"| {label} | {median:.2f} | {least:.2f} | {greatest:.2f} | {goal:.2f} |")
        print("\n".join(out))


if __name__ == "__main__":
    main()
