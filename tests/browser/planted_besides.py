"""What does somebody plant who writes where few do? Reasons of every decision, links to providers, a whole import."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from holotype import Client
from holotype.domain import titles
from holotype.domain.provenance import Code, Data, Parent
from holotype.wire import imports as wire
from holotype.wire import shapes

_THEN = datetime(2021, 5, 1, tzinfo=UTC)


def reasons(owner: Client, mia: Client, rita: Client, said: str) -> list[int]:
    """Have promotions end in every way, each with words; they are of ``hostile/trap:1``, whose gate is overridden."""
    rejected = mia.promote("hostile/trap:1", "production", reason=said).id or 0
    rita.reject(rejected, comment=said)
    withdrawn = mia.promote("hostile/trap:1", "production", reason=said).id or 0
    mia.withdraw(withdrawn, comment=said)
    owner.set_alias("hostile/trap:2", "guarded", reason=said)
    guarded = [one.id or 0 for one in owner.promotions(model="hostile/trap", status="pending") if one.kind == "alias"]
    return [rejected, withdrawn, *guarded]


def rolled_back(owner: Client, folder: Path, said: str) -> int:
    """Roll a model back with words, under the policy that comes with Holotype, and return the promotion."""
    for number in (1, 2):
        (folder / "weights.bin").write_bytes(b"back %d" % number)
        owner.push(folder, "hostile/back", code=Code(said), data=[Data("s3://a", role=said, fingerprint=said)],
                   parents=[Parent(f"hub.example/{said}")])  # fmt: skip
        for stage in ("staging", "production"):
            owner.promote(f"hostile/back:{number}", stage, reason=said)
    return owner.rollback("hostile/back", "production", reason=said).id or 0


def words(owner: Client, word: str, said: str) -> None:
    """Write about a model and a version, and link a user and a service account to a provider."""
    owner.create_model("hostile/bare", description=said, card=said, tags={word: said})
    owner.change_version("hostile/trap:2", description=said, card=said, tags={word: said})
    owner.link_identity("rita", issuer="https://issuer.example", subject=said)
    owner.link_identity("rita", issuer="https://issuer.example", email=f"{word}@issuer.example")
    owner.create_trust("https://issuer.example", "ward-robot", {"sub": said}, audience=word)


def formatted(owner: Client, word: str) -> None:
    """Register a version whose file is said to have a format that there is not."""
    held = next(iter(owner.files("hostile/trap:1")))
    file = shapes.NewFile(path="weights.bin", digest=held.digest, size=held.size, format=word)
    body = shapes.NewVersion(files=[file])
    owner._http.call("POST", "/api/v1/models/hostile/formatted/versions", shapes.Registered, body=body)


def brought(owner: Client, word: str, said: str, runs: str) -> str:
    """Bring a model over from a registry that lies in everything that it tells, and return what it is called here."""
    model, origin, tags = f"hostile/{titles.name_of(said)}", f"https://old.example/{word}", {word: said}
    owner.import_model(model, wire.ImportedModel(origin=origin, title=said, description=said, tags=tags))
    measured = wire.Measured(name=word, value=1.0, dataset=said[:90], dataset_digest=word, run_id=word)
    data = wire.Input(
        name=said[:90], digest=word, kind=word, source=said, schema=said, profile=said, context=word, tags=tags
    )
    run = wire.Run(
        id=word, experiment=said[:90], name=said[:90], status=word, user=word, parameters=tags, metrics=[measured],
        tags=tags, inputs=[data],
    )  # fmt: skip
    logged = wire.Logged(
        id=word, name=word, created_at=_THEN, changed_at=_THEN, experiment=said[:90], run_id=word, status=word,
        model_type=word, parameters=tags, metrics=[measured], tags=tags,
    )  # fmt: skip
    version = wire.ImportedVersion(
        origin=origin, title=said, number=1, uri=runs, created_at=_THEN, author=word,
        description=said, tags=tags, run=run, run_link=runs, logged=logged, logged_model=word,
    )  # fmt: skip
    owner.import_version(model, version)
    (found,) = owner.imported(model)
    labels = wire.ImportedLabels(
        number=1, registration=found.registration or "", stage="none", description=said[::-1] + said, tags=tags
    )
    owner.import_labels(model, wire.Labelling(origin=origin, versions=[labels], aliases={word: 1}))
    return model
