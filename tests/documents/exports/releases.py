"""Releases for the exports: small ones as text, and ones made up of anything that a release file may hold."""

from __future__ import annotations

import datetime
import re
import shutil
from decimal import Decimal
from pathlib import Path

from hypothesis import strategies as st

from generator import Release, build, load_release
from generator.release.model import (
    Card,
    Item,
    Layers,
    ModelInfo,
    Publisher,
    ReleaseAccess,
    ReleaseInfo,
    Result,
    ResultDataset,
    Training,
    Upstream,
)

ALL = ("citation", "spdx", "cyclonedx", "croissant", "eu-form", "eu-training-summary")
CHARACTERS = st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp", "Cf"])
LINES = st.one_of(
    st.sampled_from(
        [
            "\"quotes\" and 'others'",
            "a: b",
            "- c",
            "# d",
            "{{ 7 * 7 }} {% raw %}",
            "</script><b>*x*</b> | `y`",
            "\\u0000 \\",
            "*Open question:* no",
            "yes",
            "1.10",
            "2026-05-02",
            "null",
            "\U0001f600 é",
            "\ufeffmark",
            "https://a b:c/[d]#e#f%",
            "x" * 4096,
        ]
    ),
    st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp", "Cf"]), min_size=1, max_size=40).filter(
        str.strip
    ),
)
"""One line of anything that the release file takes."""
TEXTS = st.one_of(LINES, st.lists(LINES, min_size=2, max_size=4).map("\n".join), st.just("long " * 4_000))


@st.composite
def releases(draw: st.DrawFn) -> Release:
    """A release whose every free field holds anything."""
    base = Upstream(ref=draw(LINES), revision=draw(LINES), license="Apache-2.0", relation="finetune")
    learned = Upstream(ref=draw(LINES), copyright=draw(LINES), relation="trained_on")
    data = Item(
        name=draw(LINES), availability="released", license="CC-BY-4.0", description=draw(TEXTS), owner=draw(LINES)
    )
    weights = Item(
        availability="released",
        license="Apache-2.0",
        files=("*.bin",),
        description=draw(TEXTS),
        derived_from=(base, learned),
    )
    measured = Result(task="text-generation", dataset=ResultDataset(name=draw(LINES)), metric=draw(LINES), value="1")
    return Release(
        charter=1,
        release=ReleaseInfo(
            name=draw(LINES),
            version=draw(LINES),
            date=datetime.date(2026, 5, 2),
            summary=draw(LINES),
            publisher=Publisher(name=draw(LINES), contact=draw(LINES)),
            copyright=draw(LINES),
            library=draw(LINES),
            tags=(draw(LINES),),
        ),
        model=ModelInfo(architecture=draw(LINES), modalities=(draw(LINES),)),
        layers=Layers(
            data=(data,),
            curation=(Item(availability="described", description=draw(TEXTS)),),
            weights=(weights,),
        ),
        card=Card(intended_use=draw(TEXTS), limitations=draw(TEXTS), citation=draw(TEXTS)),
        results=(measured,),
        training=Training(
            compute_flops=Decimal("8.0e22"),
            hardware=draw(LINES),
            energy_kwh=Decimal("120000.5"),
            emissions_kg=Decimal(3),
            personal_data=draw(LINES),
        ),
        access=ReleaseAccess(price="free"),
        outputs=("card", *ALL),
    )


def read(folder: Path, text: str) -> Release:
    """A release read from a file."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "release.yaml").write_text(text, encoding="utf-8")
    return load_release(folder)


def dated(example: Path, folder: Path, output: str) -> Release:
    """An example with one output and a date, in a copy of its folder."""
    shutil.copytree(example, folder, ignore=shutil.ignore_patterns("expected", "README.md"), dirs_exist_ok=True)
    source = (example / "release.yaml").read_text(encoding="utf-8")
    lines = [line for line in source.splitlines() if not line.startswith("outputs:")]
    text = "\n".join([*lines, f"outputs: [{output}]", ""])
    if not re.search(r"\bdate:", text):
        text = re.sub(r"(release:\s*(?:\{|\n  ))name:", r"\1date: 2026-05-02\nname:", text, count=1)
        text = text.replace("{date: 2026-05-02\n", "{date: 2026-05-02, ").replace("02\nname:", "02\n  name:")
    return read(folder, text)


def export(release: Release, path: str) -> str:
    """One file of a release's bundle."""
    return build(release)[path].decode()
