"""How does a person talk to a registry from a terminal?

main     runs one command and ends the process with its exit code
tree     the commands there are; each is loaded when it is called
run      what becomes of errors, Ctrl-C and a closed pipe
options  what every command understands: --json, --url
output, tables, formats, progress    how results look
parsing  how words of the command line become values
…        one module a noun, with its commands
"""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command that the process was started with."""
    from holotype.cli.run import run  # noqa: PLC0415 - `import holotype.cli.x` must not load the whole frame

    sys.exit(run(sys.argv[1:]))
