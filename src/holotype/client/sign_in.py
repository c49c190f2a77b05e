"""How does a program sign somebody in, and say who else may?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import quote

from holotype.client.base import ROOT, Base
from holotype.client.loopback import Loopback
from holotype.client.pages import Pages
from holotype.errors import Conflict
from holotype.wire import sign_in as shapes
from holotype.wire.base import Request
from holotype.wire.shapes import Page

_SIGN_IN = f"{ROOT}/sign-in"


class SignIn(Base):
    """The calls about sign-in, identities and trust rules. None of them keeps a token: the answer holds it."""

    def ways_to_sign_in(self) -> shapes.Ways:
        """Return how people can sign in at this registry."""
        return self._get(_SIGN_IN, shapes.Ways)

    def sign_in(self, name: str, password: str) -> shapes.SignedIn:
        """Return a token for a password."""
        return self._sign_in("password", shapes.PasswordSignIn(name=name, password=password))

    def sign_in_with_browser(self, show: Callable[[str], object], *, seconds: float = 300) -> shapes.SignedIn:
        """Return a token for a sign-in through the OpenID provider; ``show`` opens the address that it is given."""
        begin = self.ways_to_sign_in().oidc
        if begin is None:
            raise Conflict("This registry has no OpenID provider.", hint="Sign in with a password.")
        with Loopback() as waiting:
            show(waiting.address(begin))
            code = waiting.wait(seconds)
            return self._sign_in("exchange", shapes.CodeExchange(code=code, verifier=waiting.verifier))

    def sign_in_workload(self, subject_token: str, *, trust: int | None = None) -> shapes.SignedIn:
        """Return a token for the one that a CI or a cluster made for this job; it can be exchanged once."""
        return self._sign_in("workload", shapes.WorkloadSignIn(subject_token=subject_token, trust=trust))

    def use_set_up(self, secret: str, password: str) -> shapes.SignedIn:
        """Set a password with the secret that an administrator handed over, and sign in."""
        return self._sign_in("set-up", shapes.UseSetUp(secret=secret, password=password))

    def sign_out(self, secret: str) -> None:
        """End the token whose secret is given."""
        self._http.call("POST", f"{ROOT}/sign-out", type(None), body=shapes.SignOut(secret=secret))

    def sign_in_link(self) -> shapes.Link:
        """Return a link that signs a browser in, once and soon; its place is an address with this server's in front."""
        made = self._post(f"{_SIGN_IN}/links", shapes.Link)
        return shapes.Link(self.url + made.place, made.expires_at)

    def set_password(self, new: str, *, old: str | None = None) -> None:
        """Set one's own password."""
        self._http.call("POST", f"{ROOT}/password", type(None), body=shapes.NewPassword(new=new, old=old))

    def create_set_up(self, user: str) -> shapes.SetUp:
        """Return a secret with which a user sets a password, once."""
        return self._post(f"{_user(user)}/set-up", shapes.SetUp)

    def link_identity(
        self, user: str, *, issuer: str | None = None, subject: str | None = None, email: str | None = None
    ) -> shapes.Identity:
        """Link a user to a subject of an issuer, or to the address with which they come for the first time."""
        body = shapes.NewIdentity(issuer=issuer, subject=subject, email=email)
        return self._post(f"{_user(user)}/identities", shapes.Identity, body)

    def identities(self, user: str) -> list[shapes.Identity]:
        """Return whom OpenID providers know a user as."""
        return self._get(f"{_user(user)}/identities", Page[shapes.Identity]).items

    def unlink_identity(self, user: str, identity: int) -> None:
        """Remove a link of a user, and sign them out everywhere."""
        self._http.call("DELETE", f"{_user(user)}/identities/{identity}", type(None))

    def create_trust(
        self,
        issuer: str,
        service: str,
        claims: Mapping[str, str],
        *,
        audience: str | None = None,
        role: str = "reader",
        scope: str = "registry",
        lifetime: int = 900,
    ) -> shapes.Trust:
        """Trust the tokens of an issuer that have certain claims."""
        body = shapes.NewTrust(
            issuer=issuer,
            service=service,
            claims=dict(claims),
            audience=audience,
            role=role,
            scope=scope,
            lifetime=lifetime,
        )
        return self._post(f"{ROOT}/trusts", shapes.Trust, body)

    def trusts(self, *, limit: int | None = None, cursor: str | None = None) -> Pages[shapes.Trust]:
        """Iterate over the trust rules that the caller may see, newest first."""
        return self._pages(f"{ROOT}/trusts", shapes.Trust, limit=limit, cursor=cursor)

    def revoke_trust(self, trust: int) -> None:
        """Revoke a trust rule, and every token that it gave."""
        self._http.call("DELETE", f"{ROOT}/trusts/{trust}", type(None))

    def _sign_in(self, way: str, body: Request) -> shapes.SignedIn:
        """Ask once: what proves somebody is used up, or counted."""
        return self._http.call("POST", f"{_SIGN_IN}/{way}", shapes.SignedIn, body=body)


def _user(name: str) -> str:
    return f"{ROOT}/users/{quote(name, safe='')}"
