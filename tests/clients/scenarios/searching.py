"""Every operator of the search grammar, what it refuses, and pages to the end."""

from __future__ import annotations

from typing import Any

from scenarios.base import Scene, refused


def _made(scene: Scene) -> Any:
    """Make three models with versions, tags and runs; return the client."""
    client = scene.client
    for place, letter in enumerate("abc"):
        name = scene.name(f"{letter}-Find")
        client.create_registered_model(name, {"team": letter, "key with blank": "x", "dotted.key": letter.upper()})
        for number in range(3):
            client.create_model_version(
                name, f"s3://bucket/{scene.tag}/{letter}/{number}", f"{place}{number}" * 16, {"n": str(number)}
            )
    return client


def models_are_found_by_every_operator(scene: Scene) -> None:
    """=, !=, LIKE, ILIKE, IN and tags."""
    client = _made(scene)
    a, b, c = (scene.name(f"{letter}-Find") for letter in "abc")

    def names(text: str) -> list[str]:
        return [one.name for one in client.search_registered_models(text) if scene.tag in one.name]

    like = f"name LIKE '%{scene.tag}'"
    assert names(f"name = '{a}'") == [a]
    assert names(f"name != '{a}' AND {like}") == [b, c]
    assert names(like) == [a, b, c]
    assert names(f"name LIKE '%-find-{scene.tag}'") == []
    assert names(f"name ILIKE '%-find-{scene.tag}'") == [a, b, c]
    assert names(f"{like} and tag.team = 'b'") == [b]
    assert names(f"{like} and tags.team != 'b'") == [a, c]
    assert names(f"{like} and tags.`key with blank` = 'x' AND tags.team ILIKE 'C'") == [c]
    assert names(f"{like} and tags.\"dotted.key\" LIKE 'A%'") == [a]
    assert names(f"{like} and tags.absent != 'x'") == []


def versions_are_found_by_every_operator(scene: Scene) -> None:
    """Names, runs, sources, numbers and tags."""
    client = _made(scene)
    a, b, _ = (scene.name(f"{letter}-Find") for letter in "abc")

    def found(text: str) -> list[tuple[str, int]]:
        got = [one for one in client.search_model_versions(text) if scene.tag in one.name]
        return sorted((one.name, int(one.version)) for one in got)

    assert found(f"name = '{a}'") == [(a, 1), (a, 2), (a, 3)]
    assert found(f"name IN ('{a}', '{b}') AND version_number > 2") == [(a, 3), (b, 3)]
    assert found(f"name='{a}' and version_number >= 2") == [(a, 2), (a, 3)]
    assert found(f"name='{a}' and version_number < 2") == [(a, 1)]
    assert found(f"name='{a}' and version_number <= 2") == [(a, 1), (a, 2)]
    assert found(f"name='{a}' and version_number = 2") == [(a, 2)]
    assert found(f"name='{a}' and version_number != 2") == [(a, 1), (a, 3)]
    assert found(f"source_path = 's3://bucket/{scene.tag}/a/0'") == [(a, 1)]
    assert found(f"source_path LIKE 's3://bucket/{scene.tag}/b/%'") == [(b, 1), (b, 2), (b, 3)]
    assert found(f"name = '{a}' and run_id = '{'01' * 16}'") == [(a, 2)]
    assert found(f"name = '{a}' and run_id IN ('{'01' * 16}', '{'02' * 16}')") == [(a, 2), (a, 3)]
    assert found(f"name = '{a}' and tags.n = '1'") == [(a, 2)]
    assert found(f"name = '{a}' and tag.n != '1'") == [(a, 1), (a, 3)]
    assert found(f"name LIKE '%{scene.tag}' AND name ILIKE 'B-FIND%'") == [(b, 1), (b, 2), (b, 3)]


def orders_are_kept(scene: Scene) -> None:
    """Those that are asked for, and the usual ones."""
    client = _made(scene)
    names = [scene.name(f"{letter}-Find") for letter in "abc"]
    like = f"name LIKE '%{scene.tag}'"
    assert [one.name for one in client.search_registered_models(like)] == names
    down = client.search_registered_models(like, order_by=["name DESC"])
    assert [one.name for one in down] == names[::-1]
    client.set_registered_model_tag(names[1], "touched", "yes")
    client.update_registered_model(names[1], "touched")
    assert client.search_registered_models(like, order_by=["last_updated_timestamp DESC"])[0].name == names[1]
    assert [one.name for one in client.search_registered_models(like, order_by=["timestamp ASC", "name"])][2] == names[
        1
    ]
    versions = client.search_model_versions(like, order_by=["name ASC", "version_number DESC"])
    assert [(one.name, int(one.version)) for one in versions][:4] == [
        (names[0], 3), (names[0], 2), (names[0], 1), (names[1], 3)
    ]  # fmt: skip
    newest = client.search_model_versions(like)
    assert (newest[0].name, int(newest[0].version)) == (names[2], 3)
    oldest = client.search_model_versions(like, order_by=["creation_timestamp ASC"])
    assert (oldest[0].name, int(oldest[0].version)) == (names[0], 1)


def pages_lead_to_the_end(scene: Scene) -> None:
    """Each item once, in order, whatever the size of the page."""
    client = _made(scene)
    like = f"name LIKE '%{scene.tag}'"
    for size in (1, 2, 4, 9, 100):
        seen, token = [], None
        while True:
            page = client.search_model_versions(
                like, max_results=size, order_by=["name", "version_number"], page_token=token
            )
            seen += [(one.name[0], int(one.version)) for one in page]
            assert len(page) <= size
            token = page.token
            if not token:
                break
        assert seen == [(letter, number) for letter in "abc" for number in (1, 2, 3)], size
    first = client.search_registered_models(like, max_results=2)
    second = client.search_registered_models(like, max_results=2, page_token=first.token)
    assert [one.name[0] for one in [*first, *second]] == ["a", "b", "c"]
    assert not second.token


def wrong_filters_are_refused(scene: Scene) -> None:
    """Each with an error that the client raises as such."""
    client = scene.client
    for text in (
        "name = 'unbalanced",
        "name = unquoted",
        "nothing = 'x'",
        "name > 'x'",
        "name = 'a' OR name = 'b'",
        "tags.x > 'a'",
        "name = 'a'; DROP TABLE models",
        "name IS NULL",
        "run_id = 'x'",
        "= 'x'",
        "name LIKE",
    ):
        with refused("INVALID_PARAMETER_VALUE", about=text):
            client.search_registered_models(text)
    for text in (
        "version_number = 'x'",
        "version_number LIKE '1'",
        "source_path IN ('a')",
        "name = 'unbalanced",
        "run_id > 'a'",
        "creation_timestamp > 1",
        "name IN ()",
        "tags.x IN ('a')",
    ):
        with refused("INVALID_PARAMETER_VALUE", about=text):
            client.search_model_versions(text)
    for order in (["nothing"], ["name SIDEWAYS"], ["name", "name"]):
        with refused("INVALID_PARAMETER_VALUE", about=str(order)):
            client.search_registered_models(order_by=order)
    with refused("INVALID_PARAMETER_VALUE"):
        client.search_registered_models(page_token="not a token")
    with refused("INVALID_PARAMETER_VALUE"):
        client.search_registered_models(max_results=1_001)


def long_filters_are_refused(scene: Scene) -> None:
    """With MLflow's code wherever they arrive; what fits into no address is refused without one, once."""
    client = scene.client
    names = ", ".join(f"'model-{number:05}'" for number in range(2_600))
    assert client.search_registered_models(f"name IN ({names})") == []
    with refused("INVALID_PARAMETER_VALUE", "at most 100 clauses"):
        client.search_registered_models(" AND ".join(["name != 'x'"] * 2_500))
    with refused("INVALID_PARAMETER_VALUE", "at most 60,000 characters"):
        client.search_model_versions(f"name = '{'a' * 60_000}'")
    with refused("INVALID_PARAMETER_VALUE", "at most 60,000 characters"):
        client.search_runs(["0"], " AND ".join(["params.a = 'x'"] * 10_000))
    with refused("INVALID_PARAMETER_VALUE", "1 to 256"):
        client.get_registered_model("a" * 60_000)
    for call in (
        lambda: client.search_registered_models(" AND ".join(["name != 'x'"] * 10_000)),
        lambda: client.get_registered_model("a" * 100_000),
    ):
        with refused("INTERNAL_ERROR", "failed with error code 414"):
            call()
