"""Which sentences of a clause decide the answers that cite it: a quotation has them, however long the clause is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

WHOLE = 420
"""A clause up to this length is quoted whole."""
ABOUT = 600
"""Characters of a quotation beyond which no sentence is added for its context."""

MOST = 900
"""Characters of a quotation beyond which only a sentence is added that names what nothing else names."""

Span = tuple[int, int]

# A label of a list, an abbreviation or the number of a clause does not end a sentence.
_LABEL = re.compile(r"(?:^|[\s(])(?:[\dIVXivx]+(?:\.\d+)*|[A-Za-z]|e\.g|i\.e|etc|Inc|Ltd|No|Art|v)\.?$")
_QUOTES = "\"\u201d\u2019')\\]"
_OPENS = "[\"\u201c\u2018'(\\[]*[A-Z0-9(\\[*\u2022\u2013\u2014-]"
_BREAK = re.compile(rf"[.;:][{_QUOTES}]*\s+(?={_OPENS}|[a-zA-Z]{{1,4}}[.)]\s)|[.][{_QUOTES}]*\s+(?=\S)")
_WORD = re.compile(r"[a-z]{4,}")
_STEM = 6
_HEADING = 90
_GAP = 150
_RULES = re.compile(
    r"\b(?:grants?|(?:is|are|hereby) (?:hereby )?(?:granted|permitted|prohibited)|may|must|shall|agrees?|waives?)\b"
    r"|\bis not allowed"
)
_COMMON = frozenset(
    re.findall(
        r"\w+",
        "with from that this what which under other have been their they your such where license licence licensed work "
        "works does will only each into them than then also made make text terms any",
    )
)
TOPICS = {
    "sublicense": r"sub-?licen[sc]",
    "patent_use": r"patent",
    "trademark_use": r"trade ?mark|service mark|\bmarks?\b|\bnames?\b|logo|endorse",
    "commercial_use": r"commercial|fee|charge|sell|price|any purpose|monetary|royalty",
    "host_as_service": r"network|service|host|remote|convey|interact|perform|deploy|access|available",
    "use_outputs": r"output|generat|result|produced work",
    "train_other_models_on_outputs": r"output|generat|improve|train|result|produced work",
    "redistribute": r"distribut|convey|copies|reproduc|share|publi[sc]",
    "modify": r"modif|adapt|derivative|chang|creat|prepare",
    "include_license": r"copy of|licen[sc]e|agreement|URI|accompan|text",
    "include_notice_text": r"notice|intact|retain|statement|disclaimer",
    "attribution": r"attribut|credit|acknowledg|notice|cite|display|name",
    "state_changes": r"modif|chang|alter|mark",
    "share_alike": r"licen[sc]e|terms|agreement",
    "disclose_source": r"source|machine.readable|alteration",
    "network_source": r"network|remote|access|communicat|deploy|source",
    "noncommercial": r"commercial|monetary|research",
    "research_only": r"research",
    "no_derivatives": r"adapt|derivative|modif|chang",
    "user_cap": r"monthly active|users",
    "revenue_cap": r"revenue",
    "military": r"militar|weapon|warfare|war\b",
    "geography": r"European|countr|jurisdiction|domicil|export|territor",
    "no_further_restrictions": r"further|additional|restrict|different|impose|other terms",
    "termination": r"terminat|void|revok|end",
    "patent_retaliation": r"patent|litigation|claim",
    "governing_law": r"law",
}
"""What the deciding words of an act, an obligation or a limit mention."""


def decisive(said: str, grounds: Iterable[tuple[str, str]]) -> list[Span]:
    """Return the parts of a clause that a quotation has, in order, as offsets: the whole clause where it is short.

    Args:
        said: The clause, white space collapsed.
        grounds: What is answered with it: an act, obligation or limit, and the reason in our words.
    """
    if len(said) <= WHOLE:
        return [(0, len(said))]
    parts = list(sentences(said))
    spread = Counter(stem for start, end in parts for stem in _stems(said[start:end]))
    # A heading alone opens nothing: the sentence after it does.
    lead = parts[: 1 if parts[0][1] > _HEADING else 2]
    chosen = {*lead}
    grounds = list(grounds)
    votes = Counter(max(parts, key=lambda part: _score(said, part, topic, why, spread)) for topic, why in grounds)
    for part, _ in votes.most_common():
        if len(chosen) <= len(lead) or _length(chosen) + part[1] - part[0] <= MOST:
            chosen.add(part)
    for topic, why in grounds:
        pattern = re.compile(TOPICS.get(topic, ""), re.I)
        naming = [part for part in parts if pattern.search(said, *part)]
        if naming and not chosen & {*naming}:
            chosen.add(max(naming, key=lambda part: _score(said, part, topic, why, spread)))
    for part in parts[1:]:
        if _length(chosen) + part[1] - part[0] > ABOUT:
            break
        chosen.add(part)
    joined: list[Span] = []
    for start, end in sorted(chosen):
        if joined and start - joined[-1][1] <= _GAP:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def sentences(said: str) -> Iterator[Span]:
    """Yield the sentences of a clause, and the items of its lists, as offsets."""
    start = 0
    for found in _BREAK.finditer(said):
        end = found.end() - len(found.group()) + len(found.group().rstrip())
        if _LABEL.search(said[start : found.start() + 1]) and said[found.start()] == ".":
            continue
        yield start, end
        start = found.end()
    if start < len(said):
        yield start, len(said)


def _length(parts: Iterable[Span]) -> int:
    return sum(end - start for start, end in parts)


def _score(said: str, part: Span, topic: str, why: str, spread: Counter[str]) -> float:
    """How much of a reason a sentence holds: shared words, rare ones more, and those of the topic most."""
    text = said[part[0] : part[1]]
    shared = _stems(why) & _stems(text)
    named = 1.0 if (pattern := TOPICS.get(topic)) and re.search(pattern, text, re.I) else 0.0
    return round(sum(1.0 / spread[stem] for stem in sorted(shared)), 6) + named + (0.5 if _RULES.search(text) else 0.0)


def _stems(text: str) -> set[str]:
    return {word[:_STEM] for word in _WORD.findall(text.casefold()) if word not in _COMMON}
