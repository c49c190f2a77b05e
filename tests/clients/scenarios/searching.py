"""Every operator of the search grammar, what it refuses, and pages to the end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from scenarios.base import Scene, refused


def _made(scene: Scene) -> Any:
    """Make three models with versions, tags and runs; return the client."""
    client = scene.client
    for letter in "abc":
        name = scene.name(f"{letter}-Find")
        client.create_registered_model(name, {"team": letter, "key with blank": "x", "dotted.key": letter.upper()})
        for number in range(3):
            client.create_model_version(
                name, f"s3://bucket/{scene.tag}/{letter}/{number}", f"{letter}{number}" * 16, {"n": str(number)}
            )
    return client


def _named(scene: Scene, client: Any) -> Callable[[str], list[str]]:
    """Give what asks for models and returns the first letters of their names, in the order of the answer."""

    def asked(text: str) -> list[str]:
        return [one.name[0] for one in client.search_registered_models(text) if scene.tag in one.name]

    return asked


def _found(scene: Scene, client: Any) -> Callable[[str], list[str]]:
    """Give what asks for versions and returns the letters of their models with their numbers, sorted."""

    def asked(text: str) -> list[str]:
        got = client.search_model_versions(text)
        return sorted(f"{one.name[0]}{one.version}" for one in got if scene.tag in one.name)

    return asked


def models_are_found_by_every_operator(scene: Scene) -> None:
    """=, !=, LIKE, ILIKE, IN and NOT IN of names; =, !=, LIKE and ILIKE of tags that are there."""
    named = _named(scene, _made(scene))
    a, b, c = (scene.name(f"{letter}-Find") for letter in "abc")
    like = f"name LIKE '%{scene.tag}'"
    assert named(f"name = '{a}'") == ["a"]
    assert named(f"attribute.name = '{a}'") == ["a"]
    assert named(f"name != '{a}' AND {like}") == ["b", "c"]
    assert named(like) == ["a", "b", "c"]
    assert named(f"name LIKE '%-find-{scene.tag}'") == []
    assert named(f"name LIKE '_-Find-{scene.tag}'") == ["a", "b", "c"]
    assert named(f"name ILIKE '%-find-{scene.tag}'") == ["a", "b", "c"]
    assert named(f"name IN ('{c}', '{a}', 'nobody')") == ["a", "c"]
    assert named(f"name IN ('{b}')") == ["b"]
    assert named(f"name NOT IN ('{c}', '{a}') AND {like}") == ["b"]
    assert named(f"name NOT IN ('nobody') AND name IN ('{b}')") == ["b"]
    assert named(f"{like} and tag.team = 'b'") == ["b"]
    assert named(f"{like} and tags.team != 'b'") == ["a", "c"]
    assert named(f"{like} and tags.`key with blank` = 'x' AND tags.team ILIKE 'C'") == ["c"]
    assert named(f"{like} and tags.\"dotted.key\" LIKE 'A%'") == ["a"]
    assert named(f"{like} and tags.\"dotted.key\" LIKE 'a%'") == []
    assert named(f"{like} and tags.absent != 'x'") == []


def versions_are_found_by_names_and_numbers(scene: Scene) -> None:
    """=, !=, LIKE, ILIKE, IN and NOT IN of names; =, !=, <, <=, > and >= of numbers."""
    found = _found(scene, _made(scene))
    a, b, c = (scene.name(f"{letter}-Find") for letter in "abc")
    like = f"name LIKE '%{scene.tag}'"
    assert found(f"name = '{a}'") == ["a1", "a2", "a3"]
    assert found(f"attribute.name = '{a}'") == ["a1", "a2", "a3"]
    assert found(f"name != '{a}' AND {like}") == ["b1", "b2", "b3", "c1", "c2", "c3"]
    assert found(f"name LIKE 'B-FIND-{scene.tag}'") == []
    assert found(f"{like} AND name ILIKE 'B-FIND%'") == ["b1", "b2", "b3"]
    assert found(f"name IN ('{a}', '{b}') AND version_number > 2") == ["a3", "b3"]
    assert found(f"name NOT IN ('{a}', '{c}') AND {like}") == ["b1", "b2", "b3"]
    assert found(f"name='{a}' and version_number >= 2") == ["a2", "a3"]
    assert found(f"name='{a}' and version_number < 2") == ["a1"]
    assert found(f"name='{a}' and version_number <= 2") == ["a1", "a2"]
    assert found(f"name='{a}' and version_number = 2") == ["a2"]
    assert found(f"name='{a}' and version_number != 2") == ["a1", "a3"]


def versions_are_found_by_runs(scene: Scene) -> None:
    """=, !=, LIKE, ILIKE, IN and NOT IN of the ids of their runs."""
    found = _found(scene, _made(scene))
    a, first, second = f"name = '{scene.name('a-Find')}'", "a0" * 16, "a1" * 16
    assert found(f"{a} and run_id = '{second}'") == ["a2"]
    assert found(f"{a} and run_id != '{second}'") == ["a1", "a3"]
    assert found(f"name LIKE '%{scene.tag}' and run_id LIKE 'a%'") == ["a1", "a2", "a3"]
    assert found(f"{a} and run_id LIKE '%a2'") == ["a3"]
    assert found(f"{a} and run_id LIKE 'A%'") == []
    assert found(f"{a} and run_id ILIKE 'A1%'") == ["a2"]
    assert found(f"{a} and run_id IN ('{first}', '{second}')") == ["a1", "a2"]
    assert found(f"{a} and run_id NOT IN ('{first}', '{second}')") == ["a3"]


def versions_without_a_run_are_found(scene: Scene) -> None:
    """They have an empty text for a run id, which every operator compares as it does any other."""
    client = _made(scene)
    found, name = _found(scene, client), scene.name("a-Find")
    client.create_model_version(name, f"s3://bucket/{scene.tag}/none")
    a, first = f"name = '{name}'", "a0" * 16
    assert found(f"{a} and run_id = ''") == ["a4"]
    assert found(f"{a} and run_id != '{first}'") == ["a2", "a3", "a4"]
    assert found(f"{a} and run_id != ''") == ["a1", "a2", "a3"]
    assert found(f"{a} and run_id IN ('', '{first}')") == ["a1", "a4"]
    assert found(f"{a} and run_id NOT IN ('{first}')") == ["a2", "a3", "a4"]
    assert found(f"{a} and run_id NOT IN ('', '{first}')") == ["a2", "a3"]
    assert found(f"{a} and run_id LIKE '%'") == ["a1", "a2", "a3", "a4"]
    assert found(f"{a} and run_id ILIKE ''") == ["a4"]
    assert found(f"{a} and run_id LIKE '_%'") == ["a1", "a2", "a3"]


def versions_are_found_by_sources(scene: Scene) -> None:
    """=, !=, LIKE and ILIKE of where they came from."""
    found = _found(scene, _made(scene))
    a, where = f"name = '{scene.name('a-Find')}'", f"s3://bucket/{scene.tag}"
    assert found(f"source_path = '{where}/a/0'") == ["a1"]
    assert found(f"{a} and source_path != '{where}/a/0'") == ["a2", "a3"]
    assert found(f"source_path LIKE '{where}/b/%'") == ["b1", "b2", "b3"]
    assert found(f"source_path LIKE '{where.replace('s3', 'S3')}/b/%'") == []
    assert found(f"source_path ILIKE '{where.upper()}/B/_'") == ["b1", "b2", "b3"]


def versions_are_found_by_tags(scene: Scene) -> None:
    """=, !=, LIKE and ILIKE; a version without the tag is not found by any of them."""
    client = _made(scene)
    found, name = _found(scene, client), scene.name("a-Find")
    a = f"name = '{name}'"
    client.set_model_version_tag(name, "1", "dotted.key", "Good for Both")
    client.set_model_version_tag(name, "2", "dotted.key", "good for one")
    assert found(f"{a} and tags.n = '1'") == ["a2"]
    assert found(f"{a} and tag.n != '1'") == ["a1", "a3"]
    assert found(f"{a} and tags.`dotted.key` != 'good for one'") == ["a1"]
    assert found(f"{a} and tags.`dotted.key` LIKE 'good%'") == ["a2"]
    assert found(f"{a} and tag.\"dotted.key\" ILIKE 'GOOD%o_e'") == ["a2"]
    assert found(f"{a} and tags.`dotted.key` ILIKE 'good%'") == ["a1", "a2"]
    assert found(f"{a} and tags.`dotted.key` ILIKE 'good%' and tags.n != '0'") == ["a2"]


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


_WRONG_OF_MODELS = (
    "name = 'unbalanced",
    "name = unquoted",
    "nothing = 'x'",
    "name > 'x'",
    "name <= 'x'",
    "name = 'a' OR name = 'b'",
    "tags.x > 'a'",
    "tags.x IN ('a')",
    "name IN ()",
    "name NOT IN 'a'",
    "name = 'a'; DROP TABLE models",
    "name IS NULL",
    "run_id = 'x'",
    "= 'x'",
    "name LIKE",
)
_WRONG_OF_VERSIONS = (
    "version_number = 'x'",
    "version_number LIKE '1'",
    "version_number IN (1, 2)",
    "source_path IN ('a')",
    "source_path NOT IN ('a')",
    "source_path >= 'a'",
    "name < 'a'",
    "run_id IS NULL",
    "name = 'unbalanced",
    "run_id > 'a'",
    "creation_timestamp > 1",
    "name IN ()",
    "tags.x IN ('a')",
    "tags.x < 'a'",
)


def wrong_filters_are_refused(scene: Scene) -> None:
    """Each with an error that the client raises as such."""
    client = scene.client
    for text in _WRONG_OF_MODELS:
        with refused("INVALID_PARAMETER_VALUE", about=text):
            client.search_registered_models(text)
    for text in _WRONG_OF_VERSIONS:
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
