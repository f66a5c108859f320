"""Factor cards as files: a page for a reader, a document for a script."""

from __future__ import annotations

from typing import TYPE_CHECKING

from napari_disentangle.errors import DataError
from napari_disentangle.recipes.outputs import iter_write_files

if TYPE_CHECKING:
    from pathlib import Path

    from napari_disentangle.recipes.explanation import Explanation
    from napari_disentangle.tasks import Progress, Task


def iter_write_cards(
    explanation: Explanation, path: Path
) -> Task[Progress, tuple[Path, ...]]:
    """Write factor cards as one HTML page or, by its ending, as JSON.

    Raises
    ------
    DataError
        If the ending is another.
    StorageError
        If the file cannot be written.
    """
    from napari_disentangle.export.card_html import write_card_html
    from napari_disentangle.recipes.explain_json import explanation_document
    from napari_disentangle.recipes.explain_page import explanation_page
    from napari_disentangle.storage.documents import write_json

    suffix = path.suffix.lower()
    if suffix in (".html", ".htm"):
        page = explanation_page(explanation)
        return (
            yield from iter_write_files(
                path.parent, {path.name: lambda file: write_card_html(file, page)}
            )
        )
    if suffix != ".json":
        raise DataError(f"Cards are written as .html or .json; got {path.name}.")
    document = explanation_document(explanation)
    return (
        yield from iter_write_files(
            path.parent, {path.name: lambda file: write_json(file, document)}
        )
    )
