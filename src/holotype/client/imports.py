"""How does a program that reads another registry bring models over? Privileged calls, each of which may be repeated."""

from __future__ import annotations

from holotype.client.base import Base, model_path
from holotype.client.pages import Pages
from holotype.client.retry import COMMIT
from holotype.domain import references
from holotype.wire import imports as wire


class Imports(Base):
    """The calls that copy history. They are for administrators of the namespace."""

    def import_model(self, model: str, told: wire.ImportedModel) -> wire.ModelImport:
        """Create a model as another registry has it, or bring up to date what an earlier import wrote."""
        path = f"{model_path(references.parse_model(model))}/import"
        return self._http.call("PUT", path, wire.ModelImport, body=told)

    def import_version(self, model: str, told: wire.ImportedVersion) -> wire.VersionImport:
        """Register a version under the number that it has in another registry; its bytes have been uploaded."""
        path = f"{model_path(references.parse_model(model))}/import/versions"
        return self._http.call("POST", path, wire.VersionImport, body=told, safe=True, limits=COMMIT)

    def import_labels(self, model: str, told: wire.Labelling) -> wire.LabelImport:
        """Set stages, words and aliases of imported versions to what they are in the other registry."""
        path = f"{model_path(references.parse_model(model))}/import/labels"
        return self._http.call("POST", path, wire.LabelImport, body=told, safe=True, limits=COMMIT)

    def imported(self, model: str, *, limit: int | None = None, cursor: str | None = None) -> Pages[wire.Imported]:
        """Iterate over the versions of a model by number, deleted ones too; ``cursor`` is a number to begin behind."""
        path = f"{model_path(references.parse_model(model))}/import/versions"
        return self._pages(path, wire.Imported, limit=limit, cursor=cursor)
