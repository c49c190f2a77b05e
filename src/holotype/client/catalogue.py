"""What does the registry have? Namespaces, models and versions: list, show, compare, change, delete, restore."""

from __future__ import annotations

from collections.abc import Mapping

from holotype.client.base import ROOT, Base, model_path, version_path
from holotype.client.pages import Pages
from holotype.domain import recall, references
from holotype.wire import shapes
from holotype.wire.compare import Comparison
from holotype.wire.intakes import Intake
from holotype.wire.lineage import Lineage
from holotype.wire.runs import TrackedRun


class Catalogue(Base):
    """The calls about namespaces, models and versions."""

    def namespaces(self, *, limit: int | None = None, cursor: str | None = None) -> Pages[shapes.Namespace]:
        """Iterate over the namespaces that the caller may see."""
        return self._pages(f"{ROOT}/namespaces", shapes.Namespace, limit=limit, cursor=cursor)

    def create_namespace(self, name: str, *, description: str = "") -> shapes.Namespace:
        """Create a namespace."""
        body = shapes.NewNamespace(name=name, description=description)
        return self._post(f"{ROOT}/namespaces", shapes.Namespace, body)

    def models(
        self, query: str | None = None, *, sort: str | None = None, limit: int | None = None, cursor: str | None = None
    ) -> Pages[shapes.Model]:
        """Iterate over the models that a query finds, for example ``tag.team:risk metric.auc>0.9``."""
        return self._pages(f"{ROOT}/models", shapes.Model, {"query": query or None, "sort": sort}, limit, cursor)

    def versions(
        self,
        model: str | None = None,
        *,
        query: str | None = None,
        sort: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Pages[shapes.Version]:
        """Iterate over the versions of a model, or over all that a query finds; the newest first unless sorted."""
        terms = [query] if query else []
        if model is not None:
            terms.insert(0, f"model:{references.parse_model(model).model_reference}")
        text = " AND ".join(f"({term})" for term in terms) if len(terms) > 1 else "".join(terms)
        return self._pages(f"{ROOT}/versions", shapes.Version, {"query": text or None, "sort": sort}, limit, cursor)

    def count_versions(self, query: str = "") -> shapes.Count:
        """Count the versions that a query finds, up to a thousand."""
        return self._get(f"{ROOT}/versions/count", shapes.Count, query=query or None)

    def intakes(
        self,
        where: str | None = None,
        *,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Pages[Intake]:
        """Iterate over versions whose bytes are on their way in or failed to come: all, a namespace's or a model's."""
        named = None if where is None else "model" if "/" in where else "namespace"
        asked = {} if named is None else {named: where}
        return self._pages(f"{ROOT}/intakes", Intake, asked, limit, cursor)

    def retry(self, reference: str) -> Intake:
        """Have a version tried again whose bytes failed to come; what was copied before stays."""
        return self._post(f"{version_path(references.parse_version(reference))}/retry", Intake)

    def show(self, reference: str) -> shapes.Model | shapes.Version:
        """Return what a reference names: a version when it has a label or a digest, else the model."""
        return self.version(reference) if references.parse(reference).names_version else self.model(reference)

    def model(self, reference: str) -> shapes.Model:
        """Return a model."""
        return self._get(model_path(references.parse_model(reference)), shapes.Model)

    def version(self, reference: str) -> shapes.Version:
        """Return a version with its provenance."""
        return self._get(version_path(references.parse_version(reference)), shapes.Version)

    def files(self, reference: str, *, limit: int | None = None, cursor: str | None = None) -> Pages[shapes.File]:
        """Iterate over the files of a version, by path."""
        return self._pages(
            f"{version_path(references.parse_version(reference))}/files", shapes.File, limit=limit, cursor=cursor
        )

    def create_model(
        self, model: str, *, description: str = "", card: str = "", tags: Mapping[str, str] | None = None
    ) -> shapes.Model:
        """Create a model that has no version yet; ``push`` creates the model of its first version by itself."""
        parsed = references.parse_model(model)
        body = shapes.NewModel(
            namespace=parsed.namespace, name=parsed.model, description=description, card=card, tags=dict(tags or {})
        )
        return self._post(f"{ROOT}/models", shapes.Model, body)

    def change_model(
        self,
        model: str,
        *,
        description: str | None = None,
        card: str | None = None,
        tags: Mapping[str, str | None] | None = None,
    ) -> shapes.Model:
        """Change what is said about a model; a tag set to None is removed."""
        body = shapes.ModelChange(description=description, card=card, tags=dict(tags or {}))
        return self._http.call("PATCH", model_path(references.parse_model(model)), shapes.Model, body=body)

    def rename(self, model: str, name: str) -> shapes.Model:
        """Give a model another name in its namespace; everything that belongs to it goes with it."""
        path = f"{model_path(references.parse_model(model))}/rename"
        return self._post(path, shapes.Model, shapes.Rename(name=name))

    def change_version(
        self,
        reference: str,
        *,
        description: str | None = None,
        card: str | None = None,
        tags: Mapping[str, str | None] | None = None,
    ) -> shapes.Version:
        """Change what is said about a version; a tag set to None is removed. Its content never changes."""
        body = shapes.VersionChange(description=description, card=card, tags=dict(tags or {}))
        return self._http.call("PATCH", version_path(references.parse_version(reference)), shapes.Version, body=body)

    def delete(self, reference: str) -> None:
        """Delete a model or a version, softly; refused while a stage or an alias holds it."""
        self._http.call("DELETE", self._path(reference), type(None))

    def restore(self, reference: str) -> shapes.Model | shapes.Version:
        """Bring a deleted model or version back, within the grace period."""
        route = f"{self._path(reference)}/restore"
        if references.parse(reference).names_version:
            return self._post(route, shapes.Version)
        return self._post(route, shapes.Model)

    def run(self, reference: str) -> TrackedRun:
        """Return the run that a version came from, where it was logged at this registry."""
        return self._get(f"{version_path(references.parse_version(reference))}/run", TrackedRun)

    def compare(self, *versions: str, everything: bool = False) -> Comparison:
        """Return how versions differ from the first of them; with ``everything``, also where they agree."""
        named = [str(references.parse_version(version)) for version in versions]
        return self._get(f"{ROOT}/compare", Comparison, reference=named, all=everything or None)

    def lineage(self, subject: str, *, depth: int | None = None) -> Lineage:
        """Return what a version was made from and what was made from it, so many steps away at most.

        Of ``dataset:URI``, and of ``parent:NAME`` which is elsewhere, return what was made from it.
        """
        wanted = recall.parse(subject)
        if wanted.kind == recall.DATASET:
            return self._get(f"{ROOT}/lineage", Lineage, data=wanted.name, depth=depth)
        if wanted.kind == recall.PARENT:
            return self._get(f"{ROOT}/lineage", Lineage, parent=wanted.name, depth=depth)
        return self._get(f"{version_path(references.parse_version(subject))}/lineage", Lineage, depth=depth)

    def _path(self, reference: str) -> str:
        parsed = references.parse(reference)
        return version_path(parsed) if parsed.names_version else model_path(parsed)
