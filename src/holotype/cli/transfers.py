"""How does a person push, pull and verify?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from holotype.cli import formats, output, parsing
from holotype.cli.options import CARD, COMMON, TAG, Common
from holotype.cli.output import Cell
from holotype.cli.progress import Transfer


def push(
    path: Path,
    model: str,
    /,
    *,
    param: Annotated[tuple[str, ...], Parameter(metavar="NAME=VALUE")] = (),
    metric: Annotated[tuple[str, ...], Parameter(metavar="NAME=NUMBER")] = (),
    lower_is_better: Annotated[tuple[str, ...], Parameter(metavar="NAME")] = (),
    higher_is_better: Annotated[tuple[str, ...], Parameter(metavar="NAME")] = (),
    data: Annotated[tuple[str, ...], Parameter(metavar="[ROLE=]URI[@DIGEST]")] = (),
    parent: Annotated[tuple[str, ...], Parameter(metavar="REF[=RELATION]")] = (),
    run: Annotated[str | None, Parameter(metavar="[TRACKER:]ID[=LINK]")] = None,
    schema: Annotated[Path | None, Parameter(metavar="FILE")] = None,
    card: Annotated[Path | None, CARD] = None,
    description: str = "",
    tag: Annotated[tuple[str, ...], TAG] = (),
    alias: Annotated[tuple[str, ...], Parameter(metavar="NAME")] = (),
    no_git: bool = False,
    no_environment: bool = False,
    common: Common = COMMON,
) -> None:
    """Register a file or a directory as a version of a model.

    Only bytes that the registry does not hold are sent, and an interrupted push goes on where it stopped when it is
    called again. Git commit, Python and the versions of frameworks are recorded by themselves. Content that is
    registered already, with the same provenance, gives the version that was there.

    Args:
        path: The file or directory.
        model: The model, as namespace/name; it is created if it is new.
        param: A parameter of the training; may be repeated. Numbers, true and false become what they say.
        metric: A metric as NAME=NUMBER, or NAME@DATASET/SLICE=NUMBER; may be repeated.
        lower_is_better: Name a metric that gets better as it falls; may be repeated.
        higher_is_better: Name a metric that gets better as it rises; may be repeated.
        data: A data set that went in; the role is 'training' unless given; may be repeated.
        parent: A version that this one was made from: fine-tuned, quantised, distilled, merged, adapter or derived.
        run: The run of an experiment tracker.
        schema: A JSON file that names the inputs and outputs of the model.
        description: What the version is, in a sentence or more of Markdown.
        alias: An alias that shall name the version; may be repeated.
        no_git: Do not record the git commit.
        no_environment: Do not record Python and the versions of frameworks.
    """
    metrics = parsing.metrics(metric, lower_is_better, higher_is_better)
    with common.connect() as client, Transfer("push", str(path)) as transfer:
        version = client.push(
            path,
            model,
            params=parsing.params(param),
            metrics=metrics,
            data=parsing.data(data),
            run=parsing.run(run),
            parents=parsing.parents(parent),
            schema=parsing.schema(schema),
            card=parsing.text_of(card),
            description=description,
            tags=parsing.tags(tag),
            aliases=alias,
            code=None if no_git else "auto",
            environment=None if no_environment else "auto",
            progress=transfer,
        )
    if common.json:
        output.document(version)
        return
    size = f"{formats.plural(version.file_count, 'file')}, {formats.size(version.size)}"
    output.say(Cell(version.reference, "bold"), version.digest, size)
    output.hint(f"next `holotype show {version.reference}`, or `holotype promote {version.reference} staging`")


def pull(
    reference: str,
    directory: Path | None = None,
    /,
    *,
    include: Annotated[tuple[str, ...], Parameter(metavar="GLOB")] = (),
    overwrite: bool = False,
    common: Common = COMMON,
) -> None:
    """Write the files of a version into a directory, verified.

    A file gets its name when its bytes have the digest that the version says. An interrupted pull goes on where it
    stopped when it is called again.

    Args:
        reference: The version, for example risk/fraud:production.
        directory: Where the files go; else a directory named like the model.
        include: Take only paths that match, for example '*.json'; may be repeated.
        overwrite: Replace files that are there with other content.
    """
    with common.connect() as client, Transfer("pull", reference) as transfer:
        path = client.pull(reference, directory, include=include, overwrite=overwrite, progress=transfer)
    if common.json:
        output.document({"path": str(path)})
    else:
        output.say(str(path))
        output.hint(f"`holotype verify {path}` checks the files again at any time")


def verify(target: str, directory: Path | None = None, /, *, common: Common = COMMON) -> None:
    """Check the bytes of a version, or of a directory that was pulled.

    A version alone: every byte that the registry holds is fetched and hashed. A directory alone: its files are
    compared with the version that was pulled there. Both: the directory is compared with that version.

    Args:
        target: The reference of a version, or a directory.
        directory: The directory to compare with the version.
    """
    with common.connect() as client, Transfer("verify", target) as transfer:
        version = client.verify(target, directory, progress=transfer)
    if common.json:
        output.document(version)
        return
    size = f"{formats.plural(version.file_count, 'file')}, {formats.size(version.size)}"
    output.say(Cell("verified", "green"), version.reference, version.digest, size)
