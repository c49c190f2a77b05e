"""What becomes of a command: which exit code, and what is said when it fails?

    0    done
    1    refused or failed: one line `error: …` and, where something can be done, one line `hint: …`
    2    the command line itself makes no sense
    130  interrupted (Ctrl-C)        141  whoever read the output went away

A stack trace appears only with HOLOTYPE_DEBUG=1.
"""

from __future__ import annotations

import difflib
import os
import sys
import traceback
from collections.abc import Sequence

from cyclopts import CycloptsError
from cyclopts.exceptions import MissingArgumentError, UnknownCommandError, UnusedCliTokensError

from holotype.cli import output, tree
from holotype.cli.usage import UsageError
from holotype.errors import HolotypeError

DONE, FAILED, USAGE, INTERRUPTED, CLOSED_PIPE = 0, 1, 2, 130, 141


def run(arguments: Sequence[str]) -> int:
    """Run one command and return the exit code; whatever goes wrong is told in a line or two."""
    output.prepare()
    try:
        code = _call(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        # What is still buffered has nowhere to go; without this the interpreter would complain at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return CLOSED_PIPE
    except KeyboardInterrupt:
        output.note("interrupted")
        return INTERRUPTED
    except EOFError:
        output.error("The input ended where an answer was asked for.", "Run it in a terminal.")
        return FAILED
    except (CycloptsError, UsageError) as error:
        return _usage(error, arguments)
    except Exception as error:  # noqa: BLE001 - the last stop: what nobody expected is told in one line, too
        return _failed(error)
    return code


def _call(arguments: Sequence[str]) -> int:
    root = tree.build()
    name = tree.named(arguments)
    if name is not None:
        tree.load(root, name)
    result = root(list(arguments), print_error=False, exit_on_error=False, result_action="return_value")
    return result if isinstance(result, int) else DONE


def _usage(error: CycloptsError | UsageError, arguments: Sequence[str]) -> int:
    _trace()
    if isinstance(error, UsageError):
        output.error(error.detail, error.hint or _help_of(arguments))
    elif isinstance(error, UnusedCliTokensError):
        words = " ".join(repr(str(word)) for word in error.unused_tokens or ())
        output.error(f"There is no place for {words}.", _help_of(arguments))
    elif isinstance(error, UnknownCommandError):
        output.error(*_unknown(arguments))
    elif isinstance(error, MissingArgumentError) and error.argument is not None:
        output.error(f"{error.argument.name} needs a value.", _help_of(arguments))
    else:
        output.error(str(error), _help_of(arguments))
    return USAGE


def _help_of(arguments: Sequence[str]) -> str:
    noun = arguments[0] if arguments and arguments[0] in tree.NOUNS else None
    name = tree.named(arguments) or noun
    return f"`holotype {name + ' ' if name else ''}--help` tells how."


def _unknown(arguments: Sequence[str]) -> tuple[str, str]:
    """Say which command there is not, and which one was perhaps meant."""
    noun = [arguments[0]] if arguments and arguments[0] in tree.NOUNS else []
    word = arguments[len(noun)] if len(arguments) > len(noun) else ""
    if word.startswith("-"):
        return f"There is no option {word!r} here.", _help_of(noun)
    known = [name.split() for name in [*tree.words(), *tree.NOUNS]]
    others = [name[len(noun)] for name in known if name[: len(noun)] == noun and len(name) > len(noun)]
    close = [" ".join([*noun, name]) for name in difflib.get_close_matches(word, others, n=1)]
    hint = f"Did you mean `holotype {close[0]}`?" if close else _help_of(noun)
    return f"There is no command {' '.join([*noun, word])!r}.", hint


def _failed(error: Exception) -> int:
    _trace()
    if isinstance(error, HolotypeError):
        output.error(error.detail, error.hint)
    elif isinstance(error, OSError) and error.strerror:
        place = f"{error.filename}: " if error.filename else ""
        output.error(f"{place}{error.strerror}.", None)
    else:
        words = " ".join(f"{type(error).__name__}: {error}".split())
        output.error(f"Holotype failed in a way that nobody foresaw ({words}).", "HOLOTYPE_DEBUG=1 shows where.")
    return FAILED


def _trace() -> None:
    if os.environ.get("HOLOTYPE_DEBUG") == "1":
        traceback.print_exc()
