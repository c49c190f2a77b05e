"""Who are we for a bucket? Whom its import source says, nobody, or whom the environment says where it may."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import timedelta

from holotype.domain import times
from holotype.domain.origins import BucketOrigin
from holotype.egress.sources import services, signing
from holotype.egress.sources.ambient import Asker, Lasting
from holotype.egress.sources.places import ImportSource
from holotype.egress.sources.services import Azure, Service
from holotype.egress.sources.signing import Keys, Sign, Signed
from holotype.errors import InvalidSetting

_KEYS = {
    "s3": {"access_key_id", "secret_access_key", "session_token"},
    "gs": {"service_account"},
    "az": {"account_key", "sas_token"},
}
_REGION = re.compile(r"[a-z0-9-]{1,32}")
"""It becomes a part of the host that is called."""
_HOUR = timedelta(hours=1)


def of(source: ImportSource, root: BucketOrigin, asker: Asker) -> tuple[Service, Sign]:
    """Return how a bucket is asked and what signs it, or raise where nothing says what proves who we are."""
    ambient, anonymous = (source.options.get(key) == "true" for key in ("ambient", "anonymous"))
    unfit = source.secrets.keys() - _KEYS[root.kind]
    if unfit:
        raise InvalidSetting(f"The import source {source.name} has {min(unfit)!r} for {root.kind}://.")
    if not (source.secrets or ambient or anonymous):
        raise InvalidSetting(
            f"The import source {source.name} has no credentials.",
            hint="Give them, or anonymous = true, or ambient = true for those of the environment.",
        )
    region = source.options.get("region") or (asker.region() if ambient else None) or services.REGION
    if not _REGION.fullmatch(region):
        raise InvalidSetting(
            f"{region[:40]!r}, for the import source {source.name}, is not a region.", hint="For example eu-central-1"
        )
    service = services.of(source, root, region)
    if not source.secrets and anonymous:
        return service, _azure_anonymous if isinstance(service, Azure) else _anonymous
    if isinstance(service, Azure):
        return service, _azure(source, service.account, asker)
    return service, _google(source, asker) if root.kind == "gs" else _aws(source, region, asker)


def _anonymous(url: str, headers: Mapping[str, str]) -> Signed:
    return url, dict(headers)


def _azure_anonymous(url: str, headers: Mapping[str, str]) -> Signed:
    return url, signing.azure_headers(headers, times.now())


def _aws(source: ImportSource, region: str, asker: Asker) -> Sign:
    given = source.secrets
    if given and not {"access_key_id", "secret_access_key"} <= given.keys():
        raise InvalidSetting(f"The import source {source.name} needs both access_key_id and secret_access_key.")
    lasting = Lasting(lambda: asker.keys(region))

    def sign(url: str, headers: Mapping[str, str]) -> Signed:
        keys = (
            lasting.now()
            if not given
            else Keys(given["access_key_id"], given["secret_access_key"], given.get("session_token"))
        )
        return url, signing.aws(keys, region, url, headers, times.now())

    return sign


def _google(source: ImportSource, asker: Asker) -> Sign:
    given = source.secrets.get("service_account")
    if given is None:
        return _bearing(Lasting(asker.google).now, dict)
    account = signing.google_account(given, f"The service_account of the import source {source.name}")
    token = Lasting(lambda: (signing.google_token(account, times.now()), times.now() + _HOUR))
    return _bearing(token.now, dict)


def _azure(source: ImportSource, account: str, asker: Asker) -> Sign:
    given = source.secrets or {
        name: value
        for name, variable in (("account_key", "ACCOUNT_KEY"), ("sas_token", "SAS_TOKEN"))
        if (value := asker.environ.get(f"AZURE_STORAGE_{variable}"))
    }
    if "account_key" in given:
        key = signing.azure_key(source.name, given["account_key"])
        return lambda url, headers: (url, signing.azure(account, key, url, headers, times.now()))
    if "sas_token" in given:
        token = signing.azure_sas(source.name, given["sas_token"])
        return lambda url, headers: (signing.with_sas(url, token), signing.azure_headers(headers, times.now()))
    return _bearing(Lasting(asker.azure).now, lambda headers: signing.azure_headers(headers, times.now()))


def _bearing(token: Callable[[], str], more: Callable[[Mapping[str, str]], dict[str, str]]) -> Sign:
    return lambda url, headers: (url, more(headers) | {"authorization": f"Bearer {token()}"})
