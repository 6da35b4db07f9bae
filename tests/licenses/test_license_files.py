"""License files of a folder: what each covers by its name, and which license the weights have."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from generator.api import check, load_target
from generator.licenses.license_files import (
    find_in_code,
    find_in_json,
    layer_license,
    license_file,
    weights_license,
)
from generator.licenses.texts import spdx_text
from tests.artifacts.test_adapters import PEFT, safetensors


@pytest.mark.parametrize(
    ("path", "covers"),
    [
        ("LICENSE", "general"),
        ("LICENSE.txt", "general"),
        ("COPYING", "general"),
        ("LICENSE-APACHE", "general"),
        ("LICENSE-CC-BY-NC-4.0.md", "general"),
        ("LICENSE-MODEL", "weights"),
        ("MODEL_LICENSE", "weights"),
        ("LICENSE_weights", "weights"),
        ("WEIGHT_DIFF_LICENSE", "weights"),
        ("LICENSE-CODE", "architecture"),
        ("DATA_LICENSE", "data"),
        ("SEAMLESS_LICENSE", "named"),
        ("WEIGHTS_TERMS_OF_USE.md", "weights"),
        ("MODEL_AGREEMENT.txt", "weights"),
        ("TERMS_OF_USE.md", None),
        ("WEIGHTS_PROHIBITED_USE_POLICY.md", None),
        ("Tongyi Qianwen LICENSE AGREEMENT", "named"),
        ("THIRD_PARTY_LICENSES", None),
        ("LICENSE-THIRD-PARTY", "other"),
        ("USE_POLICY.md", None),
        ("NOTICE", None),
        ("licenses_of_the_data.py", None),
    ],
)
def test_a_name_says_what_a_license_file_covers(path: str, covers: str | None) -> None:
    found = license_file(path)
    assert (found.covers if found else None) == covers


def put(folder: Path, **files: str) -> Path:
    """A folder with weights and license files, by name and SPDX id."""
    (folder / "model.safetensors").write_bytes(b"")
    for name, key in files.items():
        (folder / name).write_text(spdx_text(key) or key, encoding="utf-8")
    return folder


def test_the_file_that_names_the_weights_decides(tmp_path: Path) -> None:
    folder = put(tmp_path, LICENSE="MIT", LICENSE_weights="CC-BY-NC-4.0")
    assert weights_license(folder)[:2] == ("CC-BY-NC-4.0", "LICENSE_weights")
    assert layer_license(folder, "architecture") == ("MIT", "LICENSE")


def test_the_code_s_license_is_not_credited_to_weights_whose_text_is_not_known(tmp_path: Path) -> None:
    found = weights_license(put(tmp_path, LICENSE="MIT", MODEL_LICENSE="Only for study, says the owner."))
    assert (found.license, found.unclear) == (None, ("MODEL_LICENSE",))


def test_a_license_beside_one_of_another_name_is_unclear(tmp_path: Path) -> None:
    found = weights_license(put(tmp_path, LICENSE="MIT", SEAMLESS_LICENSE="CC-BY-NC-4.0"))
    assert (found.license, set(found.unclear)) == (None, {"LICENSE", "SEAMLESS_LICENSE"})


def test_a_license_alone_is_that_of_the_weights(tmp_path: Path) -> None:
    assert weights_license(put(tmp_path, LICENSE="Apache-2.0")).license == "Apache-2.0"
    assert layer_license(tmp_path, "architecture") is None


def test_a_license_of_code_alone_says_nothing_of_weights(tmp_path: Path) -> None:
    assert weights_license(put(tmp_path, LICENSE_CODE="MIT")).license is None


def test_a_license_beside_weights_in_a_folder_is_theirs(tmp_path: Path) -> None:
    (tmp_path / "LICENSE").write_text(spdx_text("MIT") or "", encoding="utf-8")
    (tmp_path / "ckpt").mkdir()
    put(tmp_path / "ckpt", LICENSE="CC-BY-NC-4.0")
    assert weights_license(tmp_path)[:2] == ("CC-BY-NC-4.0", "ckpt/LICENSE")


def test_code_states_its_license_in_a_line_or_a_sentence() -> None:
    assert find_in_code("# SPDX-License-Identifier: GPL-3.0-only\nprint()\n") == ("GPL-3.0-only",)
    sentence = '# Licensed under the Apache License, Version 2.0 (the "License");\n# you may not use\n'
    assert find_in_code(sentence) == ("Apache License, Version 2.0",)
    assert find_in_code("# This is licensed under whatever you like.\n") == ()


def test_configurations_state_licenses() -> None:
    assert list(find_in_json({"license": "mit", "pretrained_cfg": {"license": "cc-by-nc-4.0"}})) == [
        "mit",
        "cc-by-nc-4.0",
    ]
    assert list(find_in_json({"license": {"deep": 1}, "pretrained_cfg": []})) == []


def test_check_names_the_license_files_and_what_they_hold(tmp_path: Path) -> None:
    put(tmp_path, LICENSE="MIT", COPYING="Only for study, says the owner.")
    (tmp_path / "README.md").write_text("# Wren\n", encoding="utf-8")
    found = check(load_target(tmp_path), select=["REL101"]).findings
    assert [f.rule for f in found if "COPYING" in f.message and "LICENSE (MIT License)" in f.message] == ["REL101"]


def test_a_license_of_the_weights_that_nobody_knows_is_named(tmp_path: Path) -> None:
    put(tmp_path, LICENSE="MIT", MODEL_LICENSE="Only for study, says the owner.")
    (tmp_path / "README.md").write_text("# Wren\n", encoding="utf-8")
    found = check(load_target(tmp_path), select=["LIC104"]).findings
    assert [f.severity for f in found if "MODEL_LICENSE" in f.message] == ["warning"]


CRYPTOGRAPHY = (
    "This software is made available under the terms of *either* of the licenses\nfound in LICENSE.APACHE or "
    "LICENSE.BSD. Contributions are made\nunder the terms of *both* these licenses.\n"
)
BOTH = {"LICENSE.APACHE": "Apache-2.0", "LICENSE.BSD": "BSD-3-Clause"}


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"LICENSE": CRYPTOGRAPHY, **BOTH}, "Apache-2.0 OR BSD-3-Clause"),
        ({"LICENSE": CRYPTOGRAPHY, "LICENSE.APACHE": "Apache-2.0"}, None),
        ({"LICENSE": CRYPTOGRAPHY, **BOTH, "SEAMLESS_LICENSE": "ISC"}, None),
        ({"LICENSE": "See LICENSE.APACHE and LICENSE.BSD.\n", **BOTH}, None),
        ({"LICENSE": CRYPTOGRAPHY + "\nThe tokenizer is licensed under the PSF License.\n", **BOTH}, None),
        ({"LICENSE": "The license is in legal/LICENSE.txt.\n", "legal/LICENSE.txt": "MIT"}, "MIT"),
        ({"LICENSE": "The license is in ../LICENSE.txt.\n", "legal/LICENSE.txt": "MIT"}, None),
        ({"LICENSE": "The code is under LICENSE-CODE. The weights are ours.\n", "LICENSE-CODE": "MIT"}, None),
        ({"LICENSE": "Code: see LICENSE-MIT. The model is for research only.\n", "LICENSE-MIT": "MIT"}, None),
        ({"LICENSE": "See LICENSE-MIT. Non-commercial use only.\n", "LICENSE-MIT": "MIT"}, None),
        ({"LICENSE": "LICENSE-MIT holds, except for the voices.\n", "LICENSE-MIT": "MIT"}, None),
        ({"LICENSE": CRYPTOGRAPHY + "Weights may not be sold.\n", **BOTH}, None),
        ({"COPYING": "GPL-3.0-only", "COPYING.LESSER": "LGPL-3.0-only"}, "LGPL-3.0-only"),
        ({"LICENSE-MIT": "MIT", "LICENSE-APACHE": "Apache-2.0"}, None),
        (
            {
                "LICENSE-MIT": "MIT",
                "LICENSE-APACHE": "Apache-2.0",
                "README.md": "Licensed under either, at your option.",
            },
            "Apache-2.0 OR MIT",
        ),
        ({"LICENSE": "GPL-3.0-only", "voices/LICENSE": "MIT", "voices/a.onnx": "x"}, "GPL-3.0-only AND MIT"),
        ({"voices/LICENSE": "MIT", "voices/a.onnx": "x"}, None),
    ],
)
def test_files_that_lie_beside_one_another(tmp_path: Path, files: dict[str, str], expected: str | None) -> None:
    for name in files:
        (tmp_path / name).parent.mkdir(exist_ok=True)
    assert weights_license(put(tmp_path, **files)).license == expected


def test_a_readme_does_not_decide_between_license_files(tmp_path: Path) -> None:
    put(tmp_path, LICENSE="CC-BY-NC-SA-4.0", LICENSE_CIS="MIT")
    (tmp_path / "README.md").write_text("# Tern\n\n## License\n\nThe model is MIT.\n", encoding="utf-8")
    (weights,) = load_target(tmp_path).layers.weights
    assert weights.license is None


def test_a_license_file_can_be_a_link_within_the_folder(tmp_path: Path) -> None:
    (tmp_path / "LICENSES").mkdir()
    folder = put(tmp_path, **{"LICENSES/MIT.txt": "MIT"})
    (folder / "LICENSE").symlink_to("LICENSES/MIT.txt")
    assert weights_license(folder)[:2] == ("MIT", "LICENSE")
    (folder / "LICENSE").unlink()
    (folder / "LICENSE").symlink_to("/etc/hostname")
    assert weights_license(folder) == (None, "", ())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{spdx_text('MIT')}\nThe Software may not be sold.\n", True),
        ("You may look at the weights for research. " * 9, True),
        (f"{spdx_text('MIT')}", False),
        ("Licensed under the MIT License, see https://opensource.org/licenses/MIT\n", False),
        ("See the website.\n", False),
    ],
)
def test_a_card_gives_no_permission_that_the_license_file_takes_away(tmp_path: Path, text: str, expected: bool) -> None:
    put(tmp_path, LICENSE=text)
    (tmp_path / "README.md").write_text("---\nlicense: mit\n---\n# Tern\n", encoding="utf-8")
    (weights,) = load_target(tmp_path).layers.weights
    assert ("LicenseRef-" in str(weights.license)) is expected
    changed = [found for found in check(load_target(tmp_path)).findings if found.rule == "ART109"]
    assert bool(changed) is (expected and "Permission is hereby granted" in text)


def test_a_choice_that_the_card_states_is_one(tmp_path: Path) -> None:
    put(tmp_path)
    front = "---\nlicense: [mit, apache-2.0]\n---\n# Tern\n"
    both, choice = "MIT AND Apache-2.0", "Apache-2.0 OR MIT"
    for text, expected in (
        ("", both),
        ("Distributed without warranties, either express or implied. See the license.\n", both),
        ("Nobody may either sell or license it.\n", both),
        ("The code is dual-licensed.\n", both),
        ("The code is dual-licensed. The weights of the model come under its own license.\n", both),
        ("Code files: MIT or Apache license, at your option; the model needs both.\n", both),
        ("Licensed under the GPL, either version 3 of the License, or (at your option) any later version.\n", both),
        ("Dual-licensed.\n", choice),
        ("Licensed under either of\n\n* MIT license\n* Apache License\n\nat your option.\n", choice),
        ("The code and the weights come under the terms of either license.\n", choice),
    ):
        (tmp_path / "README.md").write_text(front + text, encoding="utf-8")
        (weights,) = load_target(tmp_path).layers.weights
        assert weights.license == expected


def test_a_license_stated_by_its_address_is_known(tmp_path: Path) -> None:
    put(tmp_path)
    for address, expected in (
        ("https://creativecommons.org/licenses/by-nc/4.0/", "CC-BY-NC-4.0"),
        ("https://opensource.org/licenses/MIT", "MIT"),
        ("https://www.apache.org/licenses/LICENSE-2.0", "Apache-2.0"),
        ("https://example.org/licenses/MIT", None),
    ):
        (tmp_path / "README.md").write_text(f"---\nlicense: {address}\n---\n# Tern\n", encoding="utf-8")
        (weights,) = load_target(tmp_path).layers.weights
        assert weights.license == expected


def test_code_without_weights_is_no_model(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text("")
    (tmp_path / "LICENSE").write_text(spdx_text("Apache-2.0") or "", encoding="utf-8")
    layers = load_target(tmp_path).layers
    assert (layers.weights, [item.license for item in layers.architecture]) == ((), ["Apache-2.0"])
    (tmp_path / "MODEL_LICENSE").write_text(spdx_text("CC-BY-NC-4.0") or "", encoding="utf-8")
    assert [item.license for item in load_target(tmp_path).layers.weights] == ["CC-BY-NC-4.0"]


def test_an_adapter_inherits_from_the_base_that_its_configuration_names(tmp_path: Path) -> None:
    (tmp_path / "adapter_model.safetensors").write_bytes(safetensors())
    (tmp_path / "adapter_config.json").write_text(json.dumps(PEFT), encoding="utf-8")
    (tmp_path / "README.md").write_text("---\nlicense: mit\n---\n# Tern\n", encoding="utf-8")
    release = load_target(tmp_path)
    (adapter,) = release.layers.deltas
    assert [(up.ref, up.relation) for up in adapter.derived_from] == [(PEFT["base_model_name_or_path"], "adapter")]
    assert [found for found in check(release).findings if found.rule == "ART104"]  # the card still has no base_model
