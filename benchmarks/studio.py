"""Fifty visitors of the studio at once, on loopback: `python -m benchmarks.studio [VISITORS]`.

Each visitor uploads a model, opens the interview, takes its answers one by one, and asks about licenses. They begin at
the same moment. In the first round they click again one to three seconds after each answer, faster than people who
read; in the second they send each request as soon as the one before is answered, so that the server is never idle.
The reference is one visitor alone.
"""

from __future__ import annotations

import asyncio
import html
import json
import random
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from urllib.parse import quote, urlencode, urlsplit

VISITORS = 50
GOAL = 1.0
"""Seconds, at the 95th percentile."""
ANSWERS = 12
"""Answers of a visitor, at most."""
PAUSES = (1.0, 3.0)
"""Seconds between an answer and the next click of a visitor."""
SECONDS = 300
"""Seconds after which the benchmark gives up."""
HEADER = json.dumps({"base.lora_A.weight": {"dtype": "F32", "shape": [8, 64], "data_offsets": [0, 2048]}}).encode()
FILES = {
    "README.md": b"---\nbase_model: google/gemma-2-2b\nlibrary_name: peft\n---\n# Gemma Poet\n\nIt writes poems.\n",
    "adapter_config.json": b'{"base_model_name_or_path": "google/gemma-2-2b", "peft_type": "LORA", "r": 8}',
    "adapter_model.safetensors": len(HEADER).to_bytes(8, "little") + HEADER,
}
QUESTIONS = (
    "rights?of=llama3.1",
    "derive?from=google/gemma-2-2b&relation=adapter&as=mit",
    "compare?of=mit&of=gemma&of=llama3.1",
)


class Visitor:
    """A visitor with one connection.

    Args:
        address: The address of the server.
        times: Takes the seconds of each request, by its kind.
        number: The number of the visitor.
        pauses: The least and the most seconds between two clicks.
    """

    def __init__(
        self, address: str, times: dict[str, list[float]], number: int = 0, pauses: tuple[float, float] = (0, 0)
    ) -> None:
        self.pauses, self.random = pauses, random.Random(number)
        self.host = urlsplit(address).netloc
        self.times, self.cookie, self.token = times, "", ""

    async def visit(self) -> None:
        """Do all that a visitor does."""
        name, _, port = self.host.partition(":")
        self.reader, self.writer = await asyncio.open_connection(name, int(port))
        try:
            await self.send("begin", "POST", "/visit")
            page = await self.send("begin", "GET", "/uploads")
            self.token = re.findall(r'charter-token" content="(\w+)"', page)[0]
            for path, content in FILES.items():
                await self.send("upload", "PUT", f"/upload?path={quote(path)}&size={len(content)}", content)
            await self.send("open", "POST", "/open")
            page = await self.send("page", "GET", "/")
            await self.send("page", "GET", "/page")
            for question in QUESTIONS:
                await self.send("ask", "GET", f"/ask/{question}")
            await self.answer(page)
            await self.send("end", "POST", "/end")
        finally:
            self.writer.close()

    async def answer(self, page: str) -> None:
        """Take what is chosen already, one question after the other."""
        state, version = (re.findall(rf'data-{name}="(.*?)"', page)[0] for name in ("state", "version"))
        forms = dict(_forms(page))
        for unit in list(forms)[:ANSWERS]:
            fields = forms[unit] | {"token": self.token, "state": state, "version": version}
            answer = json.loads(await self.send("answer", "POST", "/answer", urlencode(fields).encode()))
            state, version = answer["state"], answer["version"]
            for group in answer["groups"].values():
                forms |= dict(_forms(group))

    async def send(self, kind: str, method: str, path: str, body: bytes = b"") -> str:
        """Send a request, and return the text of the answer.

        Raises:
            RuntimeError: It was not answered as it should be.
        """
        if kind in ("ask", "answer", "open"):
            await asyncio.sleep(self.random.uniform(*self.pauses))
        begun = time.perf_counter()
        type_ = "" if kind == "upload" else "Content-Type: application/x-www-form-urlencoded\r\n"
        self.writer.write(
            f"{method} {path} HTTP/1.1\r\nHost: {self.host}\r\nCookie: {self.cookie}\r\n"
            f"X-Charter-Token: {self.token}\r\nX-Charter-Script: 1\r\n"
            f"{type_}Content-Length: {len(body)}\r\n\r\n".encode()
            + body
        )
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        length = int(found[1]) if (found := re.search(r"content-length: (\d+)", head, re.I)) else 0
        content = (await self.reader.readexactly(length)).decode()
        self.times.setdefault(kind, []).append(time.perf_counter() - begun)
        status = int(head.split()[1])
        if status >= 400:
            raise RuntimeError(f"{method} {path}: {status} {content[:200]}")
        if found := re.search(r"charter-visit=[^;]+", head):
            self.cookie = found[0]
        return content


def _forms(text: str) -> Iterator[tuple[str, dict[str, str]]]:
    """The forms of a page, each with the fields that it would send."""
    for form in re.findall(r"<form[^>]*data-unit.*?</form>", text, re.DOTALL):
        unit = html.unescape(re.findall(r'data-unit="(.*?)"', form)[0])
        fields = {"unit": unit}
        for tag in re.findall(r"<input[^>]*>", form):
            at = dict(re.findall(r'([\w-]+)="(.*?)"', tag))
            if at.get("name") and at.get("type") != "checkbox":
                fields[at["name"]] = html.unescape(at.get("value", ""))
        buttons = re.findall(r'<button type="submit" name="choice" value="(\w+)"[^>]*>', form)
        pressed = re.findall(r'name="choice" value="(\w+)"[^>]*aria-pressed="true"', form)
        if buttons and not fields.get("text"):
            fields["choice"] = (pressed or buttons)[0]
        yield unit, fields


def percentile(times: list[float], share: int) -> float:
    """Return a percentile."""
    return statistics.quantiles(times, n=100, method="inclusive")[share - 1] if len(times) > 1 else times[0]


async def measure(address: str, visitors: int, pauses: tuple[float, float] = (0, 0)) -> dict[str, list[float]]:
    """Return the seconds of all requests of some visitors."""
    times: dict[str, list[float]] = {}
    async with asyncio.timeout(SECONDS):
        await asyncio.gather(*(Visitor(address, times, number, pauses).visit() for number in range(visitors)))
    times["all"] = [seconds for one in times.values() for seconds in one]
    return times


def main() -> None:
    """Print the times as a table."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else VISITORS
    command = [sys.executable, "-m", "generator", "studio", "--ephemeral", "--no-browser"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        try:
            assert server.stdout
            address = server.stdout.readline().strip()
            asyncio.run(measure(address, 1))  # warms caches
            alone = asyncio.run(measure(address, 1))
            rounds = {
                "clicks 1 to 3 seconds after each answer": asyncio.run(measure(address, number, PAUSES)),
                "clicks at once": asyncio.run(measure(address, number)),
            }
        finally:
            server.terminate()
    print(f"| {number} visitors | request | alone p50 | p50 | p95 | p95 / alone |\n|---|---|---|---|---|---|")
    for name, many in rounds.items():
        for kind, times in many.items():
            one, half, most = percentile(alone[kind], 50), percentile(times, 50), percentile(times, 95)
            figures = f"{one * 1000:.0f} ms | {half * 1000:.0f} ms | {most * 1000:.0f} ms | {most / one:.1f}"
            print(f"| {name} | {kind} ({len(times)}) | {figures} |")
    print(f"\nGoal: {GOAL:.1f} s at p95 of all requests, on 2 idle cores.")


if __name__ == "__main__":
    main()
