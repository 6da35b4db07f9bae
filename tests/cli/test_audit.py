"""`charter audit` on the command line."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests import command

pytest.importorskip("duckdb")

SAMPLE = Path(__file__).parent.parent / "audit" / "sample" / "hub_sample.parquet"


def charter(*arguments: str | Path, folder: Path) -> subprocess.CompletedProcess[str]:
    return command.charter(*arguments, cwd=folder)


def test_text_json_and_findings(tmp_path: Path) -> None:
    done = charter("audit", SAMPLE, "--out", "findings.csv", folder=tmp_path)
    assert done.returncode == 1, done.stderr
    assert "4,167 models" in done.stdout
    assert "meta-llama/Llama-3.1-8B" in done.stdout
    assert (tmp_path / "findings.csv").read_text(encoding="utf-8").startswith('"model","license","root"')
    done = charter("audit", SAMPLE, "--format", "json", folder=tmp_path)
    assert json.loads(done.stdout)["schema"] == "modelcharter.audit/1"
    assert json.loads(done.stdout)["exit_code"] == done.returncode == 1


def test_errors_name_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "m.csv").write_text("id,license\na/b,mit\n", encoding="utf-8")
    done = charter("audit", "m.csv", "--out", "findings.xlsx", folder=tmp_path)
    assert done.returncode == 2
    assert ".parquet, .csv, .jsonl" in done.stderr
    done = charter("audit", "m.csv", "--column", "licens=x", folder=tmp_path)
    assert done.returncode == 2
    assert "Did you mean license?" in done.stderr
    assert charter("audit", "m.csv", folder=tmp_path).returncode == 0


@pytest.mark.parametrize("library", ["duckdb", "numpy"])
def test_without_the_extra_the_message_names_it(tmp_path: Path, library: str) -> None:
    (tmp_path / "m.csv").write_text("id,license\na/b,mit\n", encoding="utf-8")
    code = f"import sys; sys.modules[{library!r}] = None; from generator.cli import main; main()"
    command = [sys.executable, "-c", code, "audit", "m.csv", "--out", "findings.csv"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert f"needs {library}." in done.stderr
    assert "pip install 'modelcharter[audit]'" in done.stderr


def test_ctrl_c_leaves_no_half_file(tmp_path: Path) -> None:
    rows = "".join(f'{{"id": "a/m{n}", "license": "mit", "base_model": "a/m{n // 2}"}}\n' for n in range(200_000))
    (tmp_path / "big.jsonl").write_text(rows, encoding="utf-8")
    command = [sys.executable, "-m", "generator", "audit", "big.jsonl", "--out", "findings.csv"]
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    settings = {**os.environ, "TMPDIR": str(temporary)}
    running = subprocess.Popen(command, cwd=tmp_path, env=settings, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    while running.poll() is None and not any(temporary.iterdir()):  # the audit has begun once its folder is there
        time.sleep(0.02)
    os.kill(running.pid, signal.SIGINT)
    _, said = running.communicate(timeout=60)
    assert running.returncode in (130, -signal.SIGINT, 0, 1)  # a shell says 130 of both
    assert b"Traceback" not in said
    left = {path.name for path in tmp_path.iterdir()}
    assert left <= {"big.jsonl", "findings.csv", "temporary"}
    assert not any(temporary.iterdir())
    assert running.returncode in (0, 1) or "findings.csv" not in left


def test_no_line_of_the_report_is_wider_than_the_terminal() -> None:
    from generator.api import audit
    from generator.cli.audit_text import audit_text

    with audit(SAMPLE, what_if=["meta-llama/Llama-3.1-8B=apache-2.0"]) as found:
        lines = audit_text(found.report, 64).splitlines()
    assert [line for line in lines if len(line) > 64] == []
