"""What is a run called that nobody gave a name? Two words and a number, easy to say and to tell apart."""

from __future__ import annotations

import random

_HOW = """
    amber brave brisk calm clever coral crisp dapper eager fair fleet gentle glad grand hardy honest jolly keen kind
    light lively lucid mellow merry mild neat nimble noble patient placid polite proud quick quiet rapid serene sharp
    silent smooth steady sturdy sunny swift tidy upright vivid warm wise
"""
_WHO = """
    aspen badger beetle birch bison cedar clover condor crane dolphin eagle falcon fern finch fox gannet gecko heron
    ibis jackdaw kestrel lark linnet lynx magpie maple marten moth newt oak orca osprey otter owl petrel pine plover
    puffin raven robin rowan salmon seal sorrel sparrow stork swallow tern thistle trout vole walnut wren yarrow
"""


def invented() -> str:
    """Return a name such as ``brave-heron-412``; nothing keeps two from being the same."""
    how, who = random.choice(_HOW.split()), random.choice(_WHO.split())  # noqa: S311 - no secret
    return f"{how}-{who}-{random.randrange(1000)}"  # noqa: S311 - no secret
