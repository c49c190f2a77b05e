"""Is a policy read whole or not at all, and does each fault name its line?"""

from __future__ import annotations

import tomllib
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holotype import gates
from holotype.domain import built_in, policy_lines, policy_reading
from holotype.domain.policy import ApprovalRule, GateUse, Policy
from holotype.domain.policy_reading import LIMIT
from holotype.errors import Invalid, InvalidPolicy

HEAD = "format = 1\n[stages.none]\n[stages.live]\nsingle = true\nreplaced_to = 'old'\n[stages.old]\n"
MOVE = "[[moves]]\nfrom = ['none']\nto = 'live'\n"
PEM = "-----BEGIN PUBLIC KEY-----\n" + "A" * 64 + "\n-----END PUBLIC KEY-----"


def read(text: str) -> Policy:
    """Read a policy with the gates that there are."""
    return policy_reading.read(text, gates.build)


def refused(text: str) -> str:
    """Return why a policy is refused."""
    with pytest.raises(InvalidPolicy) as caught:
        read(text)
    return caught.value.detail


def test_everything_that_a_policy_can_say_is_read() -> None:
    """Stages in their order, moves, rules, aliases, keys and the emergency."""
    policy = read(
        HEAD
        + MOVE
        + "expires = '12h'\nprovenance = ['data']\n"
        + "[[moves.gates]]\ngate = 'metric'\nname = 'auc'\nat_least = 0.9\n"
        + "[[moves.approvals]]\ncount = 2\nfrom = ['role:reviewer', 'team:risk', 'user:ada@acme.org']\n"
        + "exclude = ['author']\n"
        + "[[moves]]\nfrom = ['live', 'old']\nto = 'none'\nautomatic = true\n[[moves.gates]]\ngate = 'bytes-held'\n"
        + "[[aliases]]\npattern = 'champion*'\n[[aliases.approvals]]\ncount = 1\n"
        + f'[[keys]]\nname = "release"\npublic = """{PEM}"""\n'
        + "[emergency]\nfrom = ['user:ada']\nlongest = '30m'\n"
    )
    assert list(policy.stages) == ["none", "live", "old"]
    assert policy.stage("live").replaced_to == "old"
    first, second = policy.moves
    assert (first.sources, first.target, first.rule.expires) == (("none",), "live", timedelta(hours=12))
    assert [use.gate for use in first.rule.gates] == ["provenance-complete", "metric"]
    assert first.rule.gates[1] == GateUse("metric", {"name": "auc", "at_least": 0.9}, line=12)
    among = ("role:reviewer", "team:risk", "user:ada@acme.org")
    assert first.rule.approvals == (ApprovalRule(2, among, frozenset({"author"})),)
    assert (second.sources, second.rule.automatic) == (("live", "old"), True)
    rule = policy.alias("champion-eu")
    assert rule is not None
    assert rule.rule.approvals == (ApprovalRule(1),)
    assert [key.name for key in policy.keys] == ["release"]
    assert (policy.emergency.among, policy.emergency.longest) == (("user:ada",), timedelta(minutes=30))


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("", 1, "needs the key 'format'"),
        ("format = 1\n", 1, "needs the key 'stages'"),
        (HEAD.replace("1", "2", 1), 1, "format 1, not 2"),
        (HEAD.replace("1", '"1"', 1), 1, "format is a whole number"),
        ("format = true\n[stages.none]\n", 1, "format is a whole number"),
        (HEAD + "[moves]\n", 7, "moves is a list of tables"),
        (HEAD + "colour = 1\n", 7, "stages.old has no key 'colour'"),
        (HEAD + "[movse]\n", 7, "Did you mean 'moves'?"),
        (HEAD.replace("single", "singel"), 4, "Did you mean 'single'?"),
        (HEAD.replace("true", "'yes'"), 4, "true or false, not 'yes'"),
        (HEAD.replace("'old'", "'odl'"), 3, "Did you mean 'old'?"),
        (HEAD.replace("'old'", "'live'"), 3, "may hold a version already"),
        ("format = 1\n[stages.live]\n[stages.none]\n", 2, "The first stage is 'none'"),
        ("format = 1\n[stages.live]\n", 2, "The first stage is 'none'"),
        ("format = 1\n[stages.none]\nsingle = true\n", 2, "cannot be single"),
        (HEAD + "[stages.Prod]\n", 7, "'Prod' is not a stage name"),
        (HEAD + "[stages.latest]\n", 7, "cannot be a stage"),
        (HEAD + "[stages.7]\n", 7, "cannot be a stage"),
        (HEAD + MOVE.replace("live", "lvie"), 9, "Did you mean 'live'?"),
        (HEAD + MOVE.replace("none", "nnoe"), 8, "Did you mean 'none'?"),
        (HEAD + MOVE.replace("['none']", "'none'"), 8, "a list of texts"),
        (HEAD + MOVE.replace("['none']", "[]"), 8, "leads from nowhere"),
        (HEAD + MOVE.replace("'none'", "'none', 'none'"), 8, "'none' twice"),
        (HEAD + MOVE.replace("live", "none"), 9, "from 'none' to itself"),
        (HEAD + MOVE + MOVE, 10, "is there already"),
        (HEAD + "[[moves]]\nto = 'live'\n", 7, "needs the key 'from'"),
        (HEAD + MOVE + "form = 1\n", 10, "Did you mean 'from'?"),
        (HEAD + MOVE + "expires = '7 days'\n", 10, "expires is a time such as"),
        (HEAD + MOVE + "expires = '0d'\n", 10, "expires is a time such as"),
        (HEAD + MOVE + "expires = '99999d'\n", 10, "expires is a time such as"),
        (HEAD + MOVE + "automatic = true\n", 10, "without a gate"),
        (
            HEAD + MOVE + "automatic = true\n[[moves.gates]]\ngate='bytes-held'\n[[moves.approvals]]\ncount = 1\n",
            10,
            "automatic and want approvals",
        ),
        (HEAD + MOVE + "provenance = ['datta']\n", 10, "datta"),
        (HEAD + MOVE + "[[moves.gates]]\ngate = 'byte-held'\n", 10, "Did you mean 'bytes-held'?"),
        (HEAD + MOVE + "[[moves.gates]]\nname = 'auc'\n", 10, "needs the key 'gate'"),
        (HEAD + MOVE + "[[moves.gates]]\ngate = 'metric'\nname = 'a'\nat_lest = 1\n", 13, "'at_lest'"),
        (HEAD + MOVE + "[[moves.gates]]\ngate = 'metric'\nname = 'a'\nat_least = 'x'\n", 13, "a finite number"),
        (HEAD + MOVE + "[[moves.gates]]\ngate = 'metric'\nname = 'a'\nat_least = nan\n", 13, "a finite number"),
        (HEAD + MOVE + "[[moves.gates]]\ngate = 'signed'\nkeys = ['rel']\n", 12, "There is no key 'rel'"),
        (
            HEAD + MOVE + "[[moves.gates]]\ngate='soak-time'\nat_least='1d'\nstage='liev'\n",
            13,
            "Did you mean 'live'?",
        ),
        (HEAD + MOVE + "[[moves.gates]]\ngate = 'metric'\nname = {a = 1}\n", 12, "is neither a text"),
        (HEAD + MOVE + "[[moves.gates]]\ngate = 'metric'\nname = 1979-05-27\n", 12, "is neither a text"),
        (HEAD + MOVE + f"[[moves.gates]]\ngate = 'size-limit'\nfiles = 0x{'f' * 9_000}\n", 12, "is neither a text"),
        (HEAD + MOVE + 2 * "[[moves.gates]]\ngate = 'bytes-held'\n", 12, "a second time"),
        (HEAD + MOVE + "[[moves.approvals]]\ncount = 0\n", 11, "1 to 100"),
        (HEAD + MOVE + "[[moves.approvals]]\nfrom = ['role:reviewer']\n", 10, "needs the key 'count'"),
        (HEAD + MOVE + "[[moves.approvals]]\ncount = 1\nfrom = ['reviewer']\n", 12, "selects nobody"),
        (HEAD + MOVE + "[[moves.approvals]]\ncount = 1\nfrom = []\n", 12, "selects nobody"),
        (HEAD + MOVE + "[[moves.approvals]]\ncount = 1\nfrom = [\n'role:admin',\n'role:reviwer']\n", 14, "reviewer"),
        (HEAD + MOVE + "[[moves.approvals]]\ncount = 1\nfrom = ['team:A B']\n", 12, "not a team name"),
        (HEAD + MOVE + "[[moves.approvals]]\ncount = 1\nexclude = ['auther']\n", 12, "Did you mean 'author'?"),
        (HEAD + "[[aliases]]\npattern = 'a b'\n", 8, "matches no alias"),
        (HEAD + "[[aliases]]\npattern = 'a'\n[[aliases]]\npattern = 'a'\n", 10, "is there already"),
        (HEAD + "[[aliases]]\npattern = 'a'\nto = 'live'\n", 9, "has no key 'to'"),
        (HEAD + "[[keys]]\nname = 'a'\npublic = 'ssh-ed25519 AAAA'\n", 9, "PEM"),
        (HEAD + 2 * f"[[keys]]\nname = 'a'\npublic = '''{PEM}'''\n", 13, "a key 'a' already"),
        (HEAD + "[emergency]\nfrom = ['role:boss']\n", 8, "There is no role 'boss'"),
        (HEAD + "[emergency]\nlongest = 1\n", 8, "a time such as"),
        (HEAD + "[stages.none]\n", 7, "not TOML"),
        ("format = 1\n[stages\n", 2, "not TOML"),
        ("format = 1\nformat = 1\n", 2, "not TOML"),
        ("\ufeff" + HEAD, 1, "byte order mark"),
        ("format = 1 \x00\n", 1, "not TOML"),
        ("# \ud800\n", 1, "UTF-8"),
        ("format = 1\n" + "a." * 5_000 + "a = 1\n", 2, "dots"),
    ],
)
def test_a_fault_is_refused_with_its_line(text: str, line: int, said: str) -> None:
    """Whatever is wrong: the first line of the message names it."""
    first = refused(text).splitlines()[0]
    assert first.startswith(f"Line {line}: "), first
    assert said in first
    with pytest.raises(InvalidPolicy):
        read(text.replace("\n", "\r\n"))


def test_all_faults_are_told_at_once_but_not_more_than_anybody_reads() -> None:
    """In the order of their lines; twenty, and how many more."""
    several = refused(HEAD.replace("single", "singel") + MOVE.replace("live", "lvie")).splitlines()
    assert [line.split(":")[0].strip() for line in several] == ["Line 4", "Line 9"]
    many = refused(HEAD + "".join(f"key{number} = 1\n" for number in range(100))).splitlines()
    assert (len(many), many[-1].strip()) == (21, "… and 80 more")


@pytest.mark.parametrize(
    "text",
    [
        "x = " + "[" * 20_000,
        "x = " + "{a=" * 15_000,
        "x = " + "[" * 300 + "]" * 300,
        "x = " + "9" * 60_000,
        "x = 0x" + "f" * 60_000,
        "x = 1e999999999",
        "x = 9999-99-99",
        "\n" * LIMIT,
        "a" * (LIMIT + 1),
        "[" + "a." * 100 + "a]\n" * 300,
        HEAD + "[[moves]]\n" * 4_000,
        HEAD + "".join(f"[stages.s{number}]\n" for number in range(3_000)),
        HEAD + MOVE + "[[moves.gates]]\ngate = 'bytes-held'\n" * 1_500,
    ],
)
def test_what_is_too_large_or_too_deep_is_refused(text: str) -> None:
    """Quickly, and with a sentence."""
    assert refused(text)


def test_a_gate_that_cannot_be_built_is_reported_where_it_stands() -> None:
    """What builds gates says what is wrong; reading says where."""

    def build(use: GateUse) -> object:
        raise Invalid(f"The gate {use.gate} is out of order.", hint="Ask again.")

    with pytest.raises(InvalidPolicy, match=r"^Line 10: The gate bytes-held is out of order. Ask again."):
        policy_reading.read(HEAD + MOVE + "[[moves.gates]]\ngate = 'bytes-held'\n", build)


@given(st.text(max_size=200) | st.text("[]{}=.,'\"#\\\n stagemov1", max_size=80).map(lambda text: HEAD + text))
def test_no_text_does_anything_but_be_refused(text: str) -> None:
    """Or be a policy, which says the same when it is read again."""
    try:
        policy = read(text)
    except InvalidPolicy:
        return
    assert read(policy.text) == policy


_LINES = built_in.text("strict").splitlines()


@given(st.lists(st.sampled_from(_LINES), max_size=40), st.integers(0, len(_LINES) - 1))
def test_a_policy_that_was_torn_apart_is_refused_or_read(extra: list[str], cut: int) -> None:
    """Lines of a real one in any number, left out or given twice, end in a policy or in faults with lines."""
    text = "\n".join([*_LINES[:cut], *extra, *_LINES[cut:]])
    try:
        policy = read(text)
    except InvalidPolicy:
        assert refused(text).startswith("Line ")
    else:
        assert policy.text == text


@pytest.mark.parametrize("name", built_in.NAMES)
def test_the_built_in_policies_are_policies(name: str) -> None:
    """With every gate in them known."""
    assert read(built_in.text(name)).digest.startswith("sha256:")


def test_the_default_policy_is_what_was_legal_before_there_were_policies() -> None:
    """The same stages and moves, nobody to ask, and gates on the way into use."""
    policy = built_in.default()
    moves = {(source, move.target) for move in policy.moves for source in move.sources}
    assert moves == {
        ("none", "staging"),
        ("none", "archived"),
        ("staging", "production"),
        ("staging", "none"),
        ("staging", "archived"),
        ("production", "archived"),
        ("production", "staging"),
        ("archived", "staging"),
    }
    assert [stage.name for stage in policy.stages.values() if stage.single] == ["production"]
    assert policy.stage("production").replaced_to == "archived"
    for move in policy.moves:
        guarded = move.target in {"staging", "production"}
        names = [use.gate for use in move.rule.gates]
        assert names == (["bytes-held", "scan-clean", "not-quarantined"] if guarded else [])
        assert not move.rule.approvals
    assert (policy.number, policy.aliases, policy.keys) == (0, (), ())


def test_lines_are_found_inside_whatever_toml_allows() -> None:
    """Texts over many lines, lists over many lines, inline tables, quoted and dotted keys, lists of tables."""
    text = (
        'a = """\nx\n"""\nb = [\n  1, # no "key" here = 2\n  [2, 3],\n  {c = 4, d.e = 5},\n]\n'
        '"f g".h = 1\n[i."j\\u002ek"]\nl = \'#\'\n[[m]]\nn = 1979-05-27 07:32:00\n[[m.o]]\n[[m]]\np = 1.5\n'
        "[m.q]\nr = true\n"
    )
    tomllib.loads(text)
    found = policy_lines.locate(text)
    for path, line in {
        ("a",): 1,
        ("b",): 4,
        ("b", 0): 5,
        ("b", 1, 1): 6,
        ("b", 2, "d", "e"): 7,
        ("f g", "h"): 9,
        ("i", "j.k", "l"): 11,
        ("m", 0, "n"): 13,
        ("m", 0, "o", 0): 14,
        ("m", 1): 15,
        ("m", 1, "p"): 16,
        ("m", 1, "q", "r"): 18,
    }.items():
        assert found[path] == line, path
    assert policy_lines.line_of(found, ("m", 1, "p", "deeper", 3)) == 16
    assert policy_lines.line_of(found, ("nowhere",)) == 1
