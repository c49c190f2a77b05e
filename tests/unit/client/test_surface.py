"""What is promised to programs?"""

from __future__ import annotations

import inspect
import subprocess
import sys

import holotype
from holotype import Client, errors


def test_the_promise_is_sorted_and_whole() -> None:
    """Every deliberate error is in it, every name can be loaded, and nothing else is public."""
    assert holotype.__all__ == sorted(holotype.__all__)
    assert all(getattr(holotype, name) is not None for name in holotype.__all__)
    deliberate = {
        name for name, value in vars(errors).items() if inspect.isclass(value) and issubclass(value, Exception)
    }
    assert deliberate <= set(holotype.__all__)
    assert dir(holotype) == holotype.__all__


def test_importing_the_package_loads_almost_nothing() -> None:
    """Names are loaded when they are used; the server's libraries never are."""
    heavy = "{'httpx2','msgspec','sqlalchemy','litestar','obstore','rich','http.client','holotype.errors'}"
    code = f"import sys, holotype; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_client_loads_nothing_of_the_server() -> None:
    """``pip install holotype`` is enough to use it."""
    heavy = "{'sqlalchemy','litestar','obstore','granian','alembic','psycopg','structlog','rich','httpx2'}"
    code = f"import sys, holotype; holotype.Client('http://x'); print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_call_of_the_client_is_typed_and_explained() -> None:
    """No parameter and no result without a type, no call without a sentence."""
    for name, call in inspect.getmembers(Client, inspect.isfunction):
        if name.startswith("_"):
            continue
        signature = inspect.signature(call)
        assert signature.return_annotation is not inspect.Signature.empty, name
        parameters = list(signature.parameters.values())[1:]
        assert all(p.annotation is not inspect.Parameter.empty for p in parameters), name
        assert (call.__doc__ or "").strip(), name
