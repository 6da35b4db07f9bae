"""Build the packages and try them: python tools/check_package.py. It needs the dependency group `package`.

The wheel must be the same from the checkout and from the sdist, pass the checks of the package index, and work on every
Python that is on this machine, and with the oldest dependencies that pyproject.toml allows. The packages are left in
dist/, the bill of materials in build/.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
DIST = ROOT / "dist"
"""Where the packages are left."""
BILL = ROOT / "build" / "modelcharter.cdx.json"
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
EXAMPLE = ROOT / "tests" / "examples" / "starcoder-finetune"


def run(*command: str | Path, cwd: Path = ROOT) -> str:
    """Run a command that must succeed, with one date for all files of an archive and the certificates of the system."""
    env = os.environ | {"SOURCE_DATE_EPOCH": "1700000000", "UV_SYSTEM_CERTS": "1", "UV_HTTP_TIMEOUT": "180"}
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, env=env, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


def build(folder: Path) -> Path:
    """Build the sdist, the wheel from it and the wheel from the checkout, and return the wheel; both go to dist/."""
    run(sys.executable, "-m", "build", "--outdir", folder / "from-sdist", ROOT)
    run(sys.executable, "-m", "build", "--wheel", "--outdir", folder / "from-checkout", ROOT)
    (wheel,) = (folder / "from-sdist").glob("*.whl")
    (other,) = (folder / "from-checkout").glob("*.whl")
    if wheel.read_bytes() != other.read_bytes():
        sys.exit("The wheel of the sdist differs from the wheel of the checkout.")
    run(sys.executable, "-m", "twine", "check", "--strict", *(folder / "from-sdist").iterdir())
    run(Path(sys.executable).with_name("check-wheel-contents"), wheel)
    shutil.rmtree(DIST, ignore_errors=True)
    shutil.copytree(folder / "from-sdist", DIST)
    return wheel


def try_wheel(wheel: Path, python: str, folder: Path, *options: str) -> None:
    """Install a wheel into an empty environment, and build an example with it."""
    run("uv", "venv", "--quiet", "--python", python, folder)
    run("uv", "pip", "install", "--quiet", "--python", folder / "bin" / "python", *options, wheel)
    model = folder / "model"
    shutil.copytree(EXAMPLE, model, ignore=shutil.ignore_patterns("expected"))
    run(folder / "bin" / "charter", "build", model, cwd=folder)
    if (model / "README.md").read_bytes() != (EXAMPLE / "expected" / "README.md").read_bytes():
        sys.exit(f"The card that Python {python} writes differs.")
    run(folder / "bin" / "python", "-W", "error", "-c", "import modelcharter; modelcharter.rights('mit')", cwd=folder)


def try_extension(wheel: Path, home: Path) -> None:
    """Install the extension of the Hub's client as that client does, from this checkout, and run it through `hf`."""
    folder = home / ".local" / "share" / "hf" / "extensions" / "hf-charter"
    run("uv", "venv", "--quiet", "--python", PYTHONS[0], folder / "venv")
    run("uv", "pip", "install", "--quiet", "--python", folder / "venv/bin/python", wheel, ROOT / "deploy/hf-extension")
    manifest = {
        "owner": "example",
        "repo": "hf-charter",
        "repo_id": "example/hf-charter",
        "short_name": "charter",
        "executable_path": str(folder / "venv" / "bin" / "hf-charter"),
        "type": "python",
        "installed_at": "2026-01-01T00:00:00+00:00",
    }
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    environment = ("env", f"HOME={home}", "HF_HUB_DISABLE_UPDATE_CHECK=1")
    answer = run(*environment, Path(sys.executable).with_name("hf"), "charter", "rights", "mit", "--format", "json")
    if json.loads(answer)["target"] != "mit":
        sys.exit(f"`hf charter rights mit` answers {answer}")


def write_bill(python: Path, bill: Path) -> None:
    """Write the bill of materials of an environment that holds the wheel and its dependencies, as CycloneDX."""
    bill.parent.mkdir(exist_ok=True)
    command = ("cyclonedx_py", "environment", "--output-reproducible", "--pyproject", ROOT / "pyproject.toml")
    run(sys.executable, "-m", *command, "--output-file", bill, python)


def find_python(version: str) -> str | None:
    """Return a Python of a version: one that uv finds, or one of pyenv."""
    find = ("uv", "python", "find", "--no-python-downloads", version)
    if (found := subprocess.run(find, capture_output=True, text=True, check=False)).returncode == 0:
        return found.stdout.strip()
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    return next((str(path) for path in sorted(pyenv.glob(f"versions/{version}.*/bin/python"))), None)


def main() -> None:
    """Build, check and try the packages."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        wheel = build(folder)
        print(f"{wheel.name}: {wheel.stat().st_size // 1024} KiB, the same from the sdist")
        for version in PYTHONS:
            if (python := find_python(version)) is None:
                print(f"Python {version}: not on this machine, not tried")
                continue
            try_wheel(wheel, python, folder / version)
            print(f"Python {version}: works")
        try_wheel(wheel, PYTHONS[0], folder / "lowest", "--resolution", "lowest-direct")
        print(f"Python {PYTHONS[0]} with the oldest dependencies: works")
        try_extension(wheel, folder / "home")
        print("hf charter: works")
        write_bill(folder / PYTHONS[0] / "bin" / "python", BILL)
        print(f"bill of materials: {BILL.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
