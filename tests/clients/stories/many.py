"""Ten thousand versions, page by page, as the client reads them."""

from __future__ import annotations

from scenarios.base import Scene


def reads_to_the_end(scene: Scene) -> None:
    """Every number once, whatever the size of the page; also all in one."""
    client, name, count = scene.client, scene.given["name"], scene.given["count"]
    for size, order in (
        (1_000, ["version_number ASC"]),
        (777, ["version_number DESC"]),
        (10_000, ["name", "version_number"]),
    ):
        seen: list[int] = []
        token = None
        while True:
            page = client.search_model_versions(f"name = '{name}'", max_results=size, order_by=order, page_token=token)
            seen += [int(one.version) for one in page]
            token = page.token
            if not token:
                break
        wanted = list(range(1, count + 1))
        assert seen == (wanted[::-1] if "DESC" in order[0] else wanted), (size, len(seen))
    assert str(client.get_latest_versions(name)[0].version) == str(count)
