"""Whether codes, model and crops belong together, asked before anything is drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from napari_disentangle.errors import DataError, ModelError

if TYPE_CHECKING:
    from napari_disentangle.storage.models import Model
    from napari_disentangle.tables import Crops, Embedding


def require_codes_of(model: Model, embedding: Embedding) -> None:
    """Refuse codes of another model.

    Raises
    ------
    ModelError
        If they are.
    """
    if embedding.model_id != model.id:
        raise ModelError(
            f"These codes are of model {embedding.model_id}, not of {model.id}; "
            f"encode the cells again."
        )


def require_as_many(crops: Crops | None, n_codes: int) -> None:
    """Refuse crops that are not those of the codes, as their number tells.

    Raises
    ------
    DataError
        If there are more or fewer.
    """
    if crops is not None and len(crops) != n_codes:
        raise DataError(
            f"There are {len(crops)} crops and {n_codes} codes; encode these crops."
        )
