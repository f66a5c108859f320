"""Remembers how the maps and distances in the session's table were made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from napari_disentangle.recipes.made_columns import (
    made_by_map,
    made_by_similar,
    with_made,
)
from napari_disentangle.widgets._images import shown_image

if TYPE_CHECKING:
    from collections.abc import Mapping

    from napari_disentangle.recipes.project_points import ProjectConfig, Projection
    from napari_disentangle.recipes.similar import Similar, SimilarConfig
    from napari_disentangle.widgets._session import Session


def keep_map(session: Session, config: ProjectConfig, found: Projection) -> None:
    """Remember how the map in the table of `session` was made."""
    shown = shown_image(session)
    if shown is not None:
        made = made_by_map((shown.roi_id, shown.key), config, found)
        session.made_columns = with_made(session.made_columns, made)


def keep_distances(
    session: Session,
    config: SimilarConfig,
    found: Similar,
    key: Mapping[str, str | int],
) -> None:
    """Remember how the distances in the table of `session` were made, and from whom."""
    shown = shown_image(session)
    if shown is not None:
        image = shown.roi_id, shown.key
        made = made_by_similar(image, config, found, shown.table, key)
        session.made_columns = with_made(session.made_columns, made)
