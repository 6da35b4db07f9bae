"""`charter mcp`, asked by the SDK's own client: over standard input and output, and in one process."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest
from mcp import Client, StdioServerParameters
from mcp.server.mcpserver import MCPServer
from mcp.shared.exceptions import MCPError

from generator.cli.mcp_server import create_server

T = TypeVar("T")
LORA = """\
charter: 1
release: {name: Storyteller, repo: example-lab/storyteller, copyright: 2026 Example Lab}
layers:
  deltas:
    form: adapter
    availability: released
    license: Apache-2.0
    files: [adapter_model.safetensors]
    derived_from: [{ref: meta-llama/Llama-3.1-8B, relation: adapter}]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "models"
    (root / "lora").mkdir(parents=True)
    (root / "lora" / "release.yaml").write_text(LORA)
    (root / "lora" / "adapter_model.safetensors").write_bytes(b"")
    (tmp_path / "secret.yaml").write_text(LORA)
    (root / "link").symlink_to(tmp_path / "secret.yaml")
    return root


def ask(server: MCPServer[Any] | StdioServerParameters, question: Callable[[Client], Awaitable[T]]) -> T:
    async def run() -> T:
        async with Client(server) as client:
            return await question(client)

    return asyncio.run(run())


def call(folder: Path, tool: str, **arguments: object) -> tuple[bool, Any]:
    async def question(client: Client) -> tuple[bool, Any]:
        result = await client.call_tool(tool, arguments)
        text = result.content[0].text
        return result.is_error, text if result.is_error else json.loads(text)

    return ask(create_server(folder), question)


def test_an_assistant_starts_the_server_and_asks_over_standard_input(folder: Path) -> None:
    async def question(client: Client) -> None:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert set(tools) == {
            *("rights", "summary", "derive", "check", "openness"),
            *("search_licenses", "search_bases"),
        }
        assert all(tool.annotations and tool.annotations.read_only_hint for tool in tools.values())
        found = await client.call_tool("derive", {"bases": ["gemma"], "relation": "adapter", "license": "mit"})
        assert not found.is_error
        assert json.loads(found.content[0].text)["answer"] == "no"

    ask(StdioServerParameters(command=sys.executable, args=["-m", "generator", "mcp", str(folder)]), question)


def test_a_known_base_answers_with_its_license_and_date(folder: Path) -> None:
    failed, found = call(folder, "summary", target="google/gemma-2-2b")
    assert not failed
    assert found["known_base"]["license"] == "LicenseRef-gemma"
    assert found["known_base"]["as_of"]
    assert found["layers"][0]["summary"]["must"]


def test_a_release_below_the_folder_is_checked(folder: Path) -> None:
    failed, report = call(folder, "check", path="lora")
    assert not failed
    assert "LIN205" in {finding["rule"] for finding in report["findings"]}


@pytest.mark.parametrize("path", ["../secret.yaml", "/etc/passwd", "link", "lora/../../secret.yaml"])
@pytest.mark.parametrize(("tool", "key"), [("check", "path"), ("openness", "path"), ("rights", "target")])
def test_no_file_outside_the_folder_is_read(folder: Path, tool: str, key: str, path: str) -> None:
    failed, text = call(folder, tool, **{key: path})
    assert failed
    assert "outside the folder" in text


@pytest.mark.parametrize(
    ("tool", "arguments", "fix"),
    [
        ("rights", {"target": "mit", "acts": ["sell"]}, "commercial_use"),
        ("rights", {"target": "gogle/gema-2b"}, "google/gemma-2b"),
        ("derive", {"bases": ["mit"], "relation": "adaptor", "license": "mit"}, "adapter"),
        ("check", {"path": "nowhere"}, "nowhere"),
        ("summary", {"target": "mit", "facts": {"country": "Narnia"}}, "country"),
    ],
)
def test_an_error_names_the_fix(folder: Path, tool: str, arguments: dict[str, Any], fix: str) -> None:
    failed, text = call(folder, tool, **arguments)
    assert failed
    assert fix in text
    assert "Traceback" not in text


@pytest.mark.parametrize("arguments", [{"target": "x" * 501}, {"target": ""}, {"target": 5}, {}])
def test_input_past_the_limits_is_refused(folder: Path, arguments: dict[str, Any]) -> None:
    assert call(folder, "rights", **arguments)[0]


def test_licenses_and_bases_are_found_by_words(folder: Path) -> None:
    assert [row["id"] for row in call(folder, "search_licenses", words="gemma")[1]["licenses"]] == ["LicenseRef-gemma"]
    bases = call(folder, "search_bases", words="Llama-3.1-8B")[1]["bases"]
    assert {"meta-llama/Llama-3.1-*", "unsloth/Llama-3.1-8B"} & {row["id"] for row in bases}


def test_license_facts_and_rules_are_resources(folder: Path) -> None:
    async def question(client: Client) -> None:
        facts = await client.read_resource("license://mit")
        assert json.loads(facts.contents[0].text)["id"] == "MIT"
        rule = await client.read_resource("rule://LIN201")
        assert rule.contents[0].text.startswith("# LIN201")
        with pytest.raises(MCPError, match="no rule"):
            await client.read_resource("rule://NONE")

    ask(create_server(folder), question)
