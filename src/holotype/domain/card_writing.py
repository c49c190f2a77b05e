"""How is a model card written that says what the registry knows, beside what its author says?

    ---                        front matter: the author's, read and written anew, and what it leaves out
    license: "apache-2.0"
    holotype: {…}              reference, digest, stage: nobody but the registry writes this key
    ---
    <!-- holotype:facts -->    what the registry knows; it comes first, so that nothing in the author's text hides it
    <!-- /holotype:facts -->
    # The author's text        as it is

A card that was written by this, changed and attached again loses the old facts and gets the new ones. Whatever comes
from people (names, data sets, comments) is escaped, so that it is text and neither markup nor a link.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from holotype.domain import attested, front_matter, times
from holotype.domain.described import Described, Measure
from holotype.domain.entities import Evidence

BEGIN, END = "<!-- holotype:facts -->", "<!-- /holotype:facts -->"
OWN_KEY = "holotype"
_MARKUP = re.compile(r"([\\`*_\[\]|~$])")
_ENTITIES = str.maketrans({"<": "&lt;", ">": "&gt;", "&": "&amp;"})
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")
_WORDS = frozenset({"true", "false", "yes", "no", "on", "off", "null", "y", "n"})
_UNSEEN = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
"""What breaks a line, or is no character, to some readers of YAML."""
_SHOWN, _LONGEST = 200, 300


def write(about: Described) -> str:
    """Return the model card of a version: Markdown with front matter."""
    card = front_matter.read(about.card)
    head = "".join(f"{_yaml_key(key)}: {_yaml(value)}\n" for key, value in _front(about, card.values).items())
    facts = "\n\n".join([BEGIN, *_sections(about, card.trouble), END])
    body = _without_facts(card.body).strip("\n")
    return f"---\n{head}---\n{facts}\n" + (f"\n{body}\n" if body else "")


def escaped(text: str) -> str:
    """Return a text that Markdown shows as it is, in one line."""
    line = " ".join(text.split())[:_LONGEST]
    shown = "".join(c if unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co"} else "\ufffd" for c in line)
    return _MARKUP.sub(r"\\\1", shown).translate(_ENTITIES)


def _front(about: Described, said: Mapping[str, object]) -> dict[str, object]:
    """Return the front matter: what the author says, then what is missing, then what only the registry says."""
    found: dict[str, object] = {key: value for key, value in said.items() if key != OWN_KEY}
    parents = [one.reference for one in about.origin.parents]
    known: dict[str, object] = {
        "license": about.licence,
        "base_model": parents[0] if len(parents) == 1 else parents,
        "datasets": list(dict.fromkeys(one.uri for one in about.origin.data)),
        "model-index": _index(about),
    }
    for key, value in known.items():
        if value and not found.get(key):
            found[key] = value
    version = about.version
    found[OWN_KEY] = {
        "reference": version.reference,
        "digest": version.digest,
        "stage": version.stage,
        "registered": times.text(version.created_at),
    }
    return found


def _index(about: Described) -> list[object]:
    """Return the metrics in the form of Hugging Face's ``model-index``; there a result has a task and a data set."""
    results: list[object] = []
    for dataset in dict.fromkeys(one.dataset for one in about.measures if one.dataset):
        rows = [one for one in about.measures if one.dataset == dataset]
        metrics = [{"type": one.name, "value": one.value, "name": _label(one)} for one in rows]
        kind = {"type": "other"}
        results.append({"task": kind, "dataset": {"name": dataset, "type": dataset}, "metrics": metrics})
    return [{"name": about.version.model, "results": results}] if results else []


def _label(one: Measure) -> str:
    return f"{one.name} ({one.slice})" if one.slice else one.name


def _sections(about: Described, trouble: str | None) -> Iterable[str]:
    yield "## What the registry knows"
    if trouble:
        yield f"The front matter of the author's card was left out. {escaped(trouble)}"
    if about.version.quarantined_at is not None:
        yield "**This version is in quarantine.**"
    yield _table(("Fact", "Value"), _facts(about))
    if about.measures:
        rows = [
            (one.dataset or "", _label(one), _value(one), one.direction or "", one.source) for one in about.measures
        ]
        yield "### Metrics"
        yield _table(("Data set", "Metric", "Value", "Better", "From"), rows)
    if about.origin.data:
        rows3 = [(one.role, one.uri, one.digest or "") for one in about.origin.data]
        yield "### Data"
        yield _table(("Used for", "Data set", "Digest"), rows3)
    if about.evidence:
        yield "### Evidence"
        yield _table(("Evidence", "Type", "By", "At", "Signed by"), [_paper(one) for one in reversed(about.evidence)])
    if about.approvals:
        rows4 = [
            (one.decision, one.principal, _day(times.text(one.created_at)), one.comment) for one in about.approvals
        ]
        yield "### Approvals"
        yield _table(("Decision", "By", "At", "Comment"), rows4)


def _facts(about: Described) -> list[tuple[str, ...]]:
    version, origin = about.version, about.origin
    count = about.parameter_count
    rows: list[tuple[str, ...]] = [
        ("Version", version.reference),
        ("Digest", version.digest),
        ("Stage", f"{version.stage} since {_day(times.text(version.stage_changed_at))}"),
        ("Aliases", ", ".join(version.aliases)),
        ("Registered", f"{_day(times.text(version.created_at))} by {version.created_by}"),
        ("Files", f"{version.file_count:,} with {version.size:,} bytes" if version.file_count else "elsewhere"),
        ("Source", origin.source.uri if origin.source else ""),
        ("Formats", ", ".join(about.formats)),
        ("Parameters", f"{count:,}" if count else ""),
        ("Licence", about.licence or ""),
        ("Made from", ", ".join(f"{one.reference} ({one.relation})" for one in origin.parents)),
        ("Code", f"{origin.code.commit}{origin.code.state}" if origin.code else ""),
        ("Description", version.description),
    ]
    return [row for row in rows if row[1]]


def _paper(one: Evidence) -> tuple[str, ...]:
    by = "the registry itself" if one.created_by == attested.SERVER else one.created_by
    return (str(one.id), one.type, by, _day(times.text(one.created_at)), one.signed_by or "")


def _value(one: Measure) -> str:
    return str(int(one.value)) if float(one.value).is_integer() else f"{one.value:.6g}"


def _day(moment: str) -> str:
    return moment[:10]


def _table(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(titles)} |", f"|{' --- |' * len(titles)}"]
    lines += [f"| {' | '.join(map(escaped, row))} |" for row in rows[:_SHOWN]]
    more = f"\n\n… and {len(rows) - _SHOWN:,} more." if len(rows) > _SHOWN else ""
    return "\n".join(lines) + more


def _without_facts(text: str) -> str:
    """Return the author's text without the facts of an earlier card."""
    while (start := text.find(BEGIN)) >= 0:
        end = text.find(END, start)
        text = text[:start] + (text[end + len(END) :].lstrip("\n") if end >= 0 else "")
    return text


def _yaml_key(key: str) -> str:
    plain = _PLAIN.fullmatch(key.replace("-", "_")) and key.lower() not in _WORDS
    return key if plain else _yaml(key)


def _yaml(value: object) -> str:
    """Return a value as JSON, which every reader of YAML understands alike once floats are written out."""
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_yaml(str(key))}: {_yaml(item)}' for key, item in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_yaml, value))}]"
    if isinstance(value, float):
        text = repr(value)
        return text if "." in text else text.replace("e", ".0e")  # YAML 1.1 takes 1e+300 for a word
    return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(value, ensure_ascii=False))
