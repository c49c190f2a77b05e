"""Which rules hold in a namespace, and what would others do?"""

from __future__ import annotations

from holotype.client.base import ROOT, Base
from holotype.client.pages import Pages
from holotype.domain import names
from holotype.wire import policy as shapes


class Policies(Base):
    """The calls about policies."""

    def policy(self, namespace: str = names.DEFAULT_NAMESPACE, *, number: int | None = None) -> shapes.Policy:
        """Return the policy in force in a namespace, or an earlier one by its number; 0 is the built-in one."""
        place = _namespace(namespace)
        return self._get(f"{place}/policy" if number is None else f"{place}/policies/{number}", shapes.Policy)

    def policies(
        self, namespace: str = names.DEFAULT_NAMESPACE, *, limit: int | None = None, cursor: str | None = None
    ) -> Pages[shapes.Policy]:
        """Iterate over the policies that were in force in a namespace, the newest first."""
        return self._pages(f"{_namespace(namespace)}/policies", shapes.Policy, None, limit, cursor)

    def apply_policy(
        self, text: str, namespace: str = names.DEFAULT_NAMESPACE, *, reason: str = "", expected: int | None = None
    ) -> shapes.AppliedPolicy:
        """Put a policy in force; with ``expected``, only if that one is in force until then, else ``Conflict``."""
        body = shapes.NewPolicy(text, reason, expected)
        return self._post(f"{_namespace(namespace)}/policies", shapes.AppliedPolicy, body)

    def test_policy(
        self,
        text: str,
        namespace: str = names.DEFAULT_NAMESPACE,
        *,
        model: str | None = None,
        limit: int = 20,
        cursor: str | None = None,
    ) -> shapes.PolicyTest:
        """Return which versions, the newest first, would pass or fail which move under a policy."""
        body = shapes.NewPolicyTest(text, model, limit, cursor)
        return self._post(f"{_namespace(namespace)}/policy-tests", shapes.PolicyTest, body)


def _namespace(namespace: str) -> str:
    return f"{ROOT}/namespaces/{names.component(namespace, 'namespace')}"
