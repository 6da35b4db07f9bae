"""Whatever a release file, a card or a folder holds, the page runs none of it and fetches nothing for it."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from .conftest import WIDTHS, Show, preview

ATTACKS = (
    "<script>alert('name')</script>",
    "</title></style></script><script>alert('out')</script>",
    "\"><img src=x onerror=alert('attribute')>",
    "<svg onload=alert('svg')><style>*{background:url(https://example.org/css)}</style>",
    "]]></text><script>alert('xml')</script>",
    "{{ 7 * 7 }}{% raw %}",
    "' style='background:url(https://example.org/x)' x='",
    "\u05d0\u05d1 &lt;b&gt; &#60;script&#62; \ufffe",
)
CARD = """
[a](javascript:alert('link')) [b](  JaVaScRiPt:alert('case')) [c](data:text/html,<script>alert('data')</script>)
[d](vbscript:x) <javascript:alert('auto')> [e][ref] ![f](javascript:alert('image')) ![g](https://example.org/pixel.png)
<a href="java&#10;script:alert('entity')">x</a> <a href="&#x6a;avascript:alert('hex')" onclick="alert('click')">y</a>

<img src=x onerror=alert('raw')>
<img src="data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>">
<svg><script>alert('inner')</script></svg><math><mi xlink:href="javascript:alert('math')">z</mi></math>
<iframe srcdoc="<script>alert('frame')</script>"></iframe><object data="javascript:alert('object')"></object>
<form action="https://example.org"><input name=password>
<button formaction="javascript:alert('form')">Send</button></form>
<style>body { display: none; background: url(https://example.org/style) }</style>
<link rel=stylesheet href=//example.org>
<meta http-equiv=refresh content="0;url=https://example.org"><base href="https://example.org/">
<div id="reading-program" class="cell" style="position:fixed;inset:0" popover onmouseover="alert('over')">clobber</div>
<details open ontoggle=alert('toggle')><summary>s</summary></details><video src=x onerror=alert('video')></video>
<p title="<table onfocus=alert('split') tabindex=1 autofocus>">title</p>
<noscript><p title="</noscript><img src=x onerror=alert('no')>">
<template><script>alert('template')</script></template> </div></section></main><script>alert('closed')</script>

| <b onclick=alert(1)>x</b> | y |
|--|--|
| `</td><script>alert('cell')</script>` | 1 |

[ref]: javascript:alert('ref')
"""


def release(folder: Path) -> Path:
    """A release whose every value is an attack."""
    value = [json.dumps(attack) for attack in ATTACKS]
    text = f"""
charter: 1
release:
  name: {value[0]}
  version: {value[1]}
  summary: {value[2]}
  publisher: {{name: {value[3]}, contact: {value[4]}}}
  copyright: {value[5]}
  task: text-generation
  languages: [en]
  tags: [{value[0]}, {value[6]}]
layers:
  data: {{name: {value[3]}, availability: released, license: LicenseRef-own, url: "https://example.org/?a=1&b=2"}}
  curation: {{name: {value[6]}, availability: withheld}}
  weights:
    - name: {value[1]}
      availability: released
      license: MIT
      files: ["<img src=x onerror=alert(1)>.bin"]
      derived_from:
        - {{ref: {value[3]}, license: Apache-2.0, relation: finetune, copyright: {value[4]}}}
        - {{ref: {value[4]}, relation: trained_on}}
        - {{ref: "javascript:alert('ref')", license: MIT, relation: merge, copyright: {value[7]}}}
    - {{name: {value[7]}, availability: gated, license: Apache-2.0, files: ["b"]}}
licenses:
  LicenseRef-own: {{name: {value[0]}, url: "https://example.org/"}}
card:
  intended_use: {json.dumps(CARD)}
outputs: [card, licenses, pictures]
"""
    (folder / "release.yaml").write_text(text, encoding="utf-8")
    (folder / "README.md").write_text(
        f"---\ntags:\n- {value[0]}\nmine: {value[1]}\n---\n# {ATTACKS[0]}\n\n{CARD}\n", encoding="utf-8"
    )
    return folder


@pytest.mark.parametrize("width", ["desktop", "phone"])
def test_nothing_runs_and_nothing_is_fetched(tmp_path: Path, show: Show, width: str) -> None:
    page = show(preview(release(tmp_path), tmp_path / "page.html"), width=width)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: asked.append(dialog.message))
    page.reload()
    page.locator(".cell").first.click()
    page.keyboard.press("Escape")
    page.evaluate("document.querySelectorAll('details').forEach((fold) => { fold.open = true; })")
    page.evaluate("document.querySelectorAll('main *').forEach((e) => { e.dispatchEvent(new Event('mouseover')); })")
    for button in page.locator("button.copy:visible, button.save:visible").all():
        button.click()
    assert page.evaluate("document.documentElement.scrollWidth") == WIDTHS[width][0]
    assert page.evaluate("window.ran") == []
    assert page.evaluate("window.refused") == []
    own = (tmp_path / "page.html").as_uri()
    assert [
        address for address in asked if address != own and not address.startswith("data:image/svg+xml;base64")
    ] == []


def test_nothing_that_could_run_is_left(tmp_path: Path, show: Show) -> None:
    page = show(preview(release(tmp_path), tmp_path / "page.html"))
    assert page.locator("script").count() == 1
    assert page.locator("iframe, object, embed, form, link, base, video").count() == 0
    assert page.locator(":is(#card, #texts, .small) :is(svg, style, input)").count() == 0
    assert page.locator('meta[http-equiv="refresh"]').count() == 0
    attributes = page.evaluate(
        "[...document.querySelectorAll('*')].flatMap((e) => [...e.attributes].map((a) => a.name))"
    )
    assert [name for name in attributes if name.startswith("on") or name in ("style", "srcdoc", "formaction")] == []
    targets = page.evaluate(
        "[...document.querySelectorAll('[href], [src]')].map((e) => e.href?.baseVal ?? e.href ?? e.src)"
    )
    schemes = {target.partition(":")[0].lower() for target in targets}
    assert schemes <= {"file", "https", "data"}
    assert all(target.startswith("data:image/svg+xml;base64,") for target in targets if target.startswith("data:"))
    assert page.locator("#reading-program").count() == 1
    assert page.locator("#card [popover], #card .cell").count() == 0
    picture = (page.get_attribute("#share-image", "src") or "").partition("base64,")[2]
    drawn = ElementTree.fromstring(base64.b64decode(picture))
    assert {part.tag.rpartition("}")[2] for part in drawn.iter()} == {"svg", "style", "rect", "text"}
    assert page.locator("h1").first.inner_text().startswith(ATTACKS[0])
    assert page.locator("#lineage .if-wide .upstream title").count()


def test_pictures_of_the_folder_stand_in_the_page_or_not_at_all(tmp_path: Path, show: Show) -> None:
    dot = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "dot.gif").write_bytes(dot)
    (folder / "big.gif").write_bytes(dot + b"\0" * 300_000)
    (folder / "own.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", encoding="utf-8")
    (folder / "page.png").write_text("<script>alert(1)</script>", encoding="utf-8")
    (tmp_path / "secret.gif").write_bytes(dot)
    (folder / "link.gif").symlink_to(tmp_path / "secret.gif")
    names = ("dot.gif", "./dot.gif?x#y", "big.gif", "own.svg", "page.png", "../secret.gif", "link.gif", "/etc/passwd")
    card = "\n\n".join(f"![{name}]({name})" for name in names)
    (folder / "release.yaml").write_text(
        "charter: 1\nrelease: {name: Pictures, copyright: 2026 Lab}\n"
        "layers: {weights: {availability: released, license: MIT, files: ['*.bin']}}\n"
        f"card: {{training: {json.dumps(card)}}}\n",
        encoding="utf-8",
    )
    page = show(preview(folder, tmp_path / "page.html"))
    shown = page.evaluate("[...document.querySelectorAll('#card img')].map((i) => [i.alt, i.getAttribute('src')])")
    assert [name for name, source in shown if source] == ["dot.gif", "./dot.gif?x#y"]
    assert [name for name, _ in shown] == list(names)
