"""What the user is looking at: one evented `Session` a viewer, shared by its docks."""

from __future__ import annotations

import operator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar
from weakref import WeakKeyDictionary

from psygnal import SignalGroupDescriptor

from napari_disentangle.annotations.exclusions import with_known
from napari_disentangle.annotations.image_info import ImageInfo
from napari_disentangle.annotations.values import Annotations

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from napari_disentangle.annotations.image_info import ImageId
    from napari_disentangle.classify.classifier import Classifier
    from napari_disentangle.recipes.classify_result import ClassifierResult
    from napari_disentangle.recipes.familiarity import Familiarity
    from napari_disentangle.recipes.image_cells import ImageCells
    from napari_disentangle.recipes.made_columns import MadeColumns
    from napari_disentangle.recipes.made_from import MadeFrom
    from napari_disentangle.recipes.traversal import TraversalStack
    from napari_disentangle.storage.models import Model
    from napari_disentangle.tables import Crops, Embedding
    from napari_disentangle.widgets._layers import Source
    from napari_disentangle.widgets._selection import Cell, Selection

_HEAVY = (
    "source",
    "crops",
    "measured",
    "model",
    "embedding",
    "familiarity",
    "table",
    "pictured",
    "pictured_from",
    "stack",
    "stack_from",
    "selection",
    "annotations",
    "classifier",
    "judged",
    "images",
    "image_info",
    "models",
    "made_columns",
)


@dataclass(eq=False)
class Session:
    """Results of the docks of one viewer; every field has an event.

    Connect to ``session.events.table`` and so on to follow a field; fields are compared
    by identity, so a new result always emits, an unchanged one never does.

    Attributes
    ----------
    source : Source or None
        The layers the crops came from.
    crops : Crops or None
        The planned crops.
    measured : pandas.DataFrame or None
        Classical features of the same objects.
    model : Model or None
        The model that is chosen in the Factors dock.
    embedding : Embedding or None
        Codes of the crops.
    familiarity : Familiarity or None
        Whether the cells look like what the model was trained on.
    table : pandas.DataFrame or None
        One row an object, all frames: ids, codes and classical features.
    pictured : Model or None
        The same model with pictures learned from these cells.
    pictured_from : MadeFrom or None
        The cells they were learned from, as they were then.
    stack : TraversalStack or None
        The last traversal.
    stack_from : MadeFrom or None
        The cells it was made from, as they were then.
    selection : Selection or None
        The gated objects.
    cell : Cell or None
        The selected cell.
    annotations : Annotations or None
        The user's classes, the cells that have one and those that are excluded, of all
        images seen.
    classifier : Classifier or None
        The one that made the predictions in the table.
    judged : ClassifierResult or None
        How good the classifier is that was trained last.
    images : tuple of ImageCells
        All images whose cells were encoded, or that have none, each as it was last.
    image_info : ImageInfo
        What is known of images as a whole: slide, well, condition, day, ...
    models : tuple of str
        Folders of the models that were fine-tuned or opened here.
    wanted_model : str
        Folder of the model that the Factors dock shall choose.
    made_columns : tuple of MadeColumns
        How the maps and distances in the tables of images were made.
    selections : dict of ImageId to Annotations
        The gated objects of images that were shown before, as marks.
    painter : str
        The dock whose colors the cells show; the others leave them alone.
    """

    source: Source | None = None
    crops: Crops | None = None
    measured: pd.DataFrame | None = None
    model: Model | None = None
    embedding: Embedding | None = None
    familiarity: Familiarity | None = None
    table: pd.DataFrame | None = None
    pictured: Model | None = None
    pictured_from: MadeFrom | None = None
    stack: TraversalStack | None = None
    stack_from: MadeFrom | None = None
    selection: Selection | None = None
    cell: Cell | None = field(default=None)
    annotations: Annotations | None = None
    classifier: Classifier | None = None
    judged: ClassifierResult | None = None
    images: tuple[ImageCells, ...] = ()
    image_info: ImageInfo = field(default_factory=ImageInfo)
    models: tuple[str, ...] = ()
    wanted_model: str = ""
    made_columns: tuple[MadeColumns, ...] = ()
    selections: dict[ImageId, Annotations] = field(default_factory=dict)
    painter: str = ""

    events: ClassVar[SignalGroupDescriptor] = SignalGroupDescriptor(
        equality_operators=dict.fromkeys(_HEAVY, operator.is_), warn_on_no_fields=False
    )

    def set_crops(self, source: Source, crops: Crops) -> None:
        """Replace the crops; codes, tables and pictures of the old ones are dropped.

        The selection of the image that is left is kept until it is encoded again.
        """
        from napari_disentangle.widgets._kept_selection import keep_selection

        keep_selection(self)
        self.cell = None
        self.selection = None
        self.stack = None
        self.pictured = None
        self.familiarity = None
        self.table = None
        self.measured = None
        self.embedding = None
        self.source = source
        self.crops = crops

    def set_codes(
        self,
        model: Model,
        embedding: Embedding,
        table: pd.DataFrame,
        familiarity: Familiarity | None = None,
    ) -> None:
        """Replace codes and table; pictures of another model's codes are dropped.

        The table gets what is known of its image, the classes of its cells, and which
        are excluded. What was selected of the image before is selected again.
        """
        from napari_disentangle.widgets._image_info.keeper import inform
        from napari_disentangle.widgets._kept_selection import take_kept

        if self.embedding is None or self.embedding.model_id != embedding.model_id:
            self.pictured = None
            self.stack = None
        self.model = model
        self.familiarity = familiarity
        self.embedding = embedding
        kept = take_kept(self)
        self.selection = kept if self.selection is None else self.selection
        known = Annotations() if self.annotations is None else self.annotations
        self.table = inform(self, with_known(table, known))

    def add_model(self, folder: Path) -> None:
        """Offer the model in `folder` to all docks, also if it was written anew."""
        others = (known for known in self.models if known != str(folder))
        self.models = (*others, str(folder))

    def want_model(self, folder: Path) -> None:
        """Let the Factors dock choose the model in `folder`."""
        self.add_model(folder)
        self.wanted_model = ""
        self.wanted_model = str(folder)


_SESSIONS: WeakKeyDictionary[Any, Session] = WeakKeyDictionary()


def session_of(viewer: Any) -> Session:
    """Return the session of `viewer`, the same for each of its proxies.

    Every dock gets a viewer proxy of its own, so the viewer beneath it is the key.
    """
    from napari_disentangle.widgets._image_info.keeper import keeper_of
    from napari_disentangle.widgets._images import follow_images
    from napari_disentangle.widgets._pixel_sizes import follow_scales
    from napari_disentangle.widgets._reading import follow_annotations

    key = unwrap(viewer)
    if key not in _SESSIONS:
        _SESSIONS[key] = Session()
        follow_images(_SESSIONS[key])
        keeper_of(_SESSIONS[key])
        follow_annotations(_SESSIONS[key])
        follow_scales(key, _SESSIONS[key])
    return _SESSIONS[key]


def unwrap(viewer: Any) -> Any:
    """Return the viewer beneath a proxy, or `viewer` itself."""
    return getattr(viewer, "__wrapped__", viewer)
