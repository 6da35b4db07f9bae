"""Two publishers at once, and a person on the Hub: no word that anybody wrote is lost."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.hub.run import Hurried, release
from tests.hub.server import hub

ROUNDS = 20


def test_no_word_of_either_is_lost(tmp_path: Path) -> None:
    folders = {who: release(tmp_path / who / "model") for who in ("anna", "bert")}
    for who, folder in folders.items():
        (folder / "README.md").write_text(f"# Borealis\n\nBegun by {who}.\n", encoding="utf-8")
    publishers = {who: Hurried(tmp_path / who) for who in folders}
    with hub({"lab/borealis": {".gitattributes": b""}}) as server, ThreadPoolExecutor() as threads:
        for number in range(ROUNDS):
            running = []
            for who, folder in folders.items():
                with (folder / "README.md").open("a", encoding="utf-8") as card:
                    card.write(f"\nWord {number} of {who}.\n")
                running.append(threads.submit(publishers[who], server, "push", folder))
            card_there = server.repos["lab/borealis"].files.get("README.md")
            if card_there and number % 3 == 0:
                server.edit("lab/borealis", "README.md", card_there + f"\nWord {number} of marketing.\n".encode())
            for push in running:
                assert push.result(timeout=120).returncode == 0, push.result().stderr
        text = server.repos["lab/borealis"].files["README.md"].decode()
        for number in range(ROUNDS):
            for who in folders:
                assert text.count(f"Word {number} of {who}.") == 1
            if number and number % 3 == 0:
                assert text.count(f"Word {number} of marketing.") == 1
    for process in publishers.values():
        process.close()
