"""The tasks the docks start: recipes put together for what the session holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from napari_disentangle.errors import CropError
from napari_disentangle.tasks import Progress

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from napari_disentangle.crops.config import CropConfig
    from napari_disentangle.crops.cut import ImageCrops
    from napari_disentangle.recipes.traversal import TraversalStack
    from napari_disentangle.storage.models import Model
    from napari_disentangle.tables import Crops, Embedding
    from napari_disentangle.tasks import Task
    from napari_disentangle.widgets._layers import Source


@dataclass(frozen=True, slots=True, eq=False)
class Codes:
    """What encoding gives: model, codes, classical features, and all as one table."""

    model: Model
    embedding: Embedding
    measured: pd.DataFrame | None
    table: pd.DataFrame


def iter_plan(source: Source, config: CropConfig) -> Task[Progress, ImageCrops]:
    """Return the crops of the objects of `source`.

    Raises
    ------
    CropError
        If there is nothing to crop, or Points come without a window size.
    """
    from napari_disentangle.crops.cut import iter_plan_crops
    from napari_disentangle.crops.windows import plan_boxes, plan_windows

    is_rgb = source.axes.endswith("c")
    if source.kind == "labels":
        return (
            yield from iter_plan_crops(
                source.image,
                source.objects,
                config,
                roi_id=source.roi_id,
                is_rgb=is_rgb,
            )
        )
    yield Progress("Placing windows", 0, 1)
    if source.kind == "points":
        if not config.window_px:
            raise CropError(
                "Points say nothing about size; set Window (px) under Crop options."
            )
        return plan_windows(
            source.image,
            source.objects,
            config.window_px,
            config,
            roi_id=source.roi_id,
            is_rgb=is_rgb,
        )
    leading = source.objects[:, 0 if source.n_frames > 1 else 1].astype(int)
    return plan_boxes(
        source.image,
        source.objects[:, 2:],
        config,
        frames=leading,
        roi_id=source.roi_id,
        is_rgb=is_rgb,
    )


def iter_codes(
    source: Source,
    crops: Crops,
    model: Model | str | Path,
    *,
    device: str = "auto",
    batch_size: int = 16,
) -> Task[Progress, Codes]:
    """Read a model, encode `crops`, measure their objects and join it by label id.

    Parameters
    ----------
    source : Source
        Image and labels that the crops come from.
    crops : Crops
        What is encoded.
    model : Model, str or Path
        A model, a bundled name or a model folder.
    device : str
        ``auto``, ``cpu``, ``cuda`` or ``mps``.
    batch_size : int
        Crops encoded at once.
    """
    from napari_disentangle.recipes.encode import cell_table, iter_encode
    from napari_disentangle.storage.models import Model, read_model

    if not isinstance(model, Model):
        yield Progress("Reading the model", 0, 1)
        model = read_model(model)
    embedding = yield from iter_encode(
        crops, model, device=device, batch_size=batch_size
    )
    measured = yield from _iter_measured(source)
    return Codes(model, embedding, measured, cell_table(embedding, measured))


def _iter_measured(source: Source) -> Task[Progress, pd.DataFrame | None]:
    from napari_disentangle.crops.measure import iter_measure

    if source.kind != "labels":
        return None
    return (
        yield from iter_measure(
            source.image,
            source.objects,
            spacing_um=source.spacing_um,
            roi_id=source.roi_id,
        )
    )


def iter_write_table(table: pd.DataFrame, path: Path) -> Task[Progress, int]:
    """Write `table` to `path`, by its suffix, and return its number of rows."""
    from napari_disentangle.export.tabular import write_table

    yield Progress("Writing the table", 0, 1)
    write_table(table, path)
    return len(table)


def iter_write_stack(stack: TraversalStack, path: Path) -> Task[Progress, list[Path]]:
    """Write each kind of picture of `stack` as a hyperstack and return the files.

    The first kind goes to `path`, the second to the same name with ``_nearest``.
    """
    from napari_disentangle.export.traversal_tiff import write_traversal

    paths = [path, path.with_name(f"{path.stem}_nearest{path.suffix}")]
    written = []
    for done, (kind, file) in enumerate(zip(stack.kinds, paths, strict=False)):
        yield Progress("Writing the traversal", done, len(stack.kinds))
        write_traversal(file, *stack.pictures(kind))
        written.append(file)
    return written
