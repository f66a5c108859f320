"""Numbers as one JSON document, the same way in every command."""

from napari_disentangle.storage.documents import write_json

__all__ = ["write_json"]
