"""`modelcharter` is the documented import: the same objects as `generator`, loaded when they are used."""

from __future__ import annotations

import subprocess
import sys

import pytest

import generator
import modelcharter


@pytest.mark.parametrize("name", generator.__all__)
def test_every_public_name_is_the_same_object(name: str) -> None:
    assert getattr(modelcharter, name) == getattr(generator, name)
    assert name in dir(modelcharter)


def test_importing_loads_nothing_else() -> None:
    code = "import sys, modelcharter; print([m for m in sys.modules if m.split('.')[0] in ('yaml', 'click', 'jinja2')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_module_is_the_command() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "modelcharter", "--version"], capture_output=True, text=True, check=True
    )
    assert modelcharter.__version__ in done.stdout


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="nothing"):
        _ = modelcharter.nothing
