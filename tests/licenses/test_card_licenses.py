"""The license that the text of a card states, where its front matter states none."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator import check, load_release
from generator.api import load_target
from generator.licenses.card_licenses import license_in_text
from tests.command import charter

STATED = [
    ("# Wren\n\n## License: MIT\n", "MIT"),
    ("**License:** Apache-2.0\n", "Apache-2.0"),
    ("- **License:** MIT\n", "MIT"),
    ("License: MIT\n", "MIT"),
    ("## License\n\nApache 2.0\n", "Apache-2.0"),
    ("# Wren\n\n## License\n\nThis model is released under the MIT license.\n", "MIT"),
    ("## 许可证\n\nMIT\n", "MIT"),
    ("License: see below\n", None),
    ("- **License:** [More Information Needed]\n", None),
    ("## License\n\nThe code is MIT, the weights are CC BY-NC 4.0.\n", "CC-BY-NC-4.0"),
    ("## License\n\nMIT or Apache-2.0, as you like.\n", None),
    ("## License\n\nThe base model is under the Llama 2 Community License.\n", None),
    ("```\nLicense: MIT\n```\n", None),
    ("<!-- License: MIT -->\n", None),
]


@pytest.mark.parametrize(("text", "stated"), STATED)
def test_one_license_that_the_text_states(tmp_path: Path, text: str, stated: str | None) -> None:
    (tmp_path / "README.md").write_text(text, encoding="utf-8")
    assert license_in_text(tmp_path) == stated


def test_init_and_check_take_it_where_nothing_else_states_one(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("# Wren\n\n- **License:** MIT\n", encoding="utf-8")
    (tmp_path / "model.safetensors").write_bytes(b"\x02\0\0\0\0\0\0\0{}")
    assert "REL101" not in {finding.rule for finding in check(load_target(tmp_path)).findings}
    assert charter("init", tmp_path, "--defaults").returncode == 0
    (weights,) = load_release(tmp_path).layers.weights
    assert weights.license == "MIT"


def test_front_matter_goes_before_the_text(tmp_path: Path) -> None:
    text = "---\nlicense: apache-2.0\n---\n# Wren\n\nLicense: MIT\n"
    (tmp_path / "README.md").write_text(text, encoding="utf-8")
    (tmp_path / "model.safetensors").write_bytes(b"\x02\0\0\0\0\0\0\0{}")
    assert charter("init", tmp_path, "--defaults").returncode == 0
    (weights,) = load_release(tmp_path).layers.weights
    assert weights.license == "Apache-2.0"
