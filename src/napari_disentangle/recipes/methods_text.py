"""A methods paragraph: what was done to the cells, with settings and citations."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from napari_disentangle.annotations.exclusions import count_reasons, reasons_text
from napari_disentangle.recipes.batch_effects import batch_effects
from napari_disentangle.recipes.batch_words import report_text
from napari_disentangle.recipes.cut_alike import unlike_text
from napari_disentangle.recipes.image_cells import combine, list_images, list_skipped
from napari_disentangle.recipes.methods_cells import cut_settings, origin_text
from napari_disentangle.recipes.methods_classes import (
    classes_text,
    classifier_settings,
)
from napari_disentangle.recipes.methods_made import (
    UMAP_PACKAGES,
    UMAP_PAPER,
    has_umap,
    made_settings,
    made_text,
)
from napari_disentangle.recipes.versions import version_of
from napari_disentangle.tables import included

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from napari_disentangle.classify.classifier import Classifier
    from napari_disentangle.recipes.image_cells import ImageCells
    from napari_disentangle.recipes.made_columns import MadeColumns
    from napari_disentangle.storage.card import ModelCard

PACKAGES = (
    *("napari-disentangle", "napari", "torch", "timm", "scikit-image"),
    *("scikit-learn", "numpy", "pandas"),
)
"""Packages whose versions the text tells."""

SOFTWARE = (
    "The napari-disentangle developers (2026). napari-disentangle {version}. "
    "https://github.com/napari-disentangle/napari-disentangle"
)
PAPERS = (
    "Dapueto J, Pastore VP, Noceti N, Odone F (2025). Disentangled representations "
    "of microscopy images. International Joint Conference on Neural Networks (IJCNN).",
    "Dapueto J, Noceti N, Odone F (2024). Transferring disentangled representations: "
    "bridging the gap between synthetic and real images. Advances in Neural "
    "Information Processing Systems (NeurIPS).",
    "Locatello F, Poole B, Rätsch G, Schölkopf B, Bachem O, Tschannen M (2020). "
    "Weakly-supervised disentanglement without compromises. International Conference "
    "on Machine Learning (ICML).",
)
"""What to cite beside the software."""

_WINDOWS = {
    "common": "the same for all cells",
    "images": "the same for all cells of an image",
    "fit": "fitted to each cell, so that size is left out",
}
_SHARING = {
    "labels": "pairs of images of which the changed factor was known",
    "adaptive": "pairs of images of which one unknown factor had changed",
}


@dataclass(frozen=True, slots=True, eq=False)
class MethodsFacts:
    """What the text is written from.

    Attributes
    ----------
    images : sequence of ImageCells
        The images and their cells.
    card : ModelCard
        Card of the model of their codes.
    model_id : str
        Its id.
    classifier : Classifier or None
        The classifier behind the predictions, if there are any.
    grouped_by : str or None
        What was kept together in its cross-validation: see `classes_text`.
    older : sequence of str
        Sentences on what was made before cells were excluded or edited.
    made : sequence of MadeColumns
        How maps and distances in the tables were made, as far as that is known.
    """

    images: Sequence[ImageCells]
    card: ModelCard
    model_id: str
    classifier: Classifier | None = None
    grouped_by: str | None = None
    older: Sequence[str] = ()
    made: Sequence[MadeColumns] = ()


def methods_text(facts: MethodsFacts) -> str:
    """Return a paragraph for a paper, its citations, all settings and versions.

    Markdown; numbers are those of the cells at hand.

    Raises
    ------
    DataError
        If there is no image, or the codes are of two models.
    """
    table = combine(facts.images)
    sentences = (
        _crops(facts.images, table),
        origin_text(facts.images),
        unlike_text(facts.images),
        _exclusions(table),
        _model(facts.card, facts.model_id),
        _fine_tuning(facts.card),
        _codes(facts.card),
        classes_text(table[included(table)], facts.classifier, facts.grouped_by),
        made_text(facts.images, facts.made),
        report_text(batch_effects(facts.images, facts.model_id)),
        *facts.older,
    )
    paragraph = " ".join(text for text in sentences if text)
    software = SOFTWARE.format(version=version_of("napari-disentangle"))
    umap = has_umap(facts.images, facts.made)
    works = (software, *PAPERS, *((UMAP_PAPER,) if umap else ()))
    cited = "\n".join(f"- {work}" for work in works)
    packages = (*PACKAGES, *(UMAP_PACKAGES if umap else ()))
    parts = (
        f"## Methods\n\n{paragraph}",
        f"## Citation\n\n{cited}",
        "## Settings\n\n" + _settings(facts),
        "## Versions\n\n" + ", ".join(f"{p} {version_of(p)}" for p in packages),
    )
    return "\n\n".join(parts) + "\n"


def _crops(images: Sequence[ImageCells], table: pd.DataFrame) -> str:
    n_images = len(images)
    sides = sorted({round(i.window_px) for i in images if np.isfinite(i.window_px)})
    crop = next((known.crop for known in images if known.crop), None)
    text = (
        f"{len(table)} cells of {n_images} {_plural('image', n_images)} were analyzed "
        f"with napari-disentangle {version_of('napari-disentangle')} in napari "
        f"{version_of('napari')}."
    )
    if crop is not None:
        px = " and ".join(map(str, sides))
        alike = _WINDOWS["common"] if len(sides) == 1 else _WINDOWS["images"]
        side = f" of {px} px, {alike}" if px else f" {_WINDOWS['fit']}"
        mask = "set to 0" if crop.background == "suppress" else "kept"
        text += (
            f" Of each cell a square window{side}, was cut; pixels outside the mask "
            f"were {mask}."
        )
    skipped = list_skipped(images)["reason"].value_counts()
    if len(skipped):
        reasons = ", ".join(f"{n} {reason}" for reason, n in skipped.items())
        text += f" {int(skipped.sum())} objects were left out ({reasons})."
    empty = sum(list_images(images).groupby("roi_id")["n_cells"].sum() == 0)
    if empty:
        text += f" {empty} {_plural('image', empty)} had no cells."
    return text


def _exclusions(table: pd.DataFrame) -> str:
    counts = count_reasons(table)
    if not counts:
        return ""
    n = sum(counts.values())
    return (
        f"{n} of the {len(table)} {_plural('cell', len(table))} "
        f"{'was' if n == 1 else 'were'} excluded by hand ({reasons_text(counts)}) and "
        "not counted below."
    )


def _model(card: ModelCard, model_id: str) -> str:
    reads = f"features of {card.backbone}" if card.backbone else "pixels"
    how = _SHARING.get(card.sharing, "pairs of images")
    return (
        f"The crops were encoded by the model {model_id}, a variational autoencoder of "
        f"{reads} with {len(card.dimensions)} dimensions, trained on synthetic images "
        f"with known factors from {how} (Locatello et al., 2020; Dapueto et al., 2024, "
        f"2025)."
    )


def _fine_tuning(card: ModelCard) -> str:
    settings = card.training.get("finetune")
    if not card.parent or not isinstance(settings, dict):
        return ""
    how = "replayed images" if settings.get("mode") == "anchored" else "no images"
    data = card.data.partition(", fine-tuned from: ")[0]
    return (
        f"It was fine-tuned without labels from {card.parent}, with {how} of the first "
        f"training, keeping the weights of epoch {card.training.get('best_epoch')}, on "
        f"{data}."
    )


def _codes(card: ModelCard) -> str:
    named = [d for d in card.dimensions if d.how_named != "unnamed"]
    if not named:
        return "Codes are posterior means of dimensions without a name."
    names = ", ".join(d.name.replace("_", " ") for d in named)
    how = " and ".join(sorted({d.how_named for d in named}))
    return (
        f"Codes are posterior means, without a physical unit (1 is the sd of the "
        f"prior); the dimensions {names} are named ({how}). Classical features were "
        f"measured with scikit-image {version_of('scikit-image')}."
    )


def _settings(facts: MethodsFacts) -> str:
    """Return the configs as JSON, one block each."""
    known: dict[str, object] = {"model": facts.model_id, "seed": facts.card.seed}
    known |= cut_settings(facts.images)
    if facts.classifier is not None:
        known["classifier"] = classifier_settings(facts.classifier)
    if made := made_settings(facts.images, facts.made):
        known["maps"] = made
    if "finetune" in facts.card.training:
        known["finetune"] = facts.card.training["finetune"]
    return f"```json\n{json.dumps(known, indent=2)}\n```"


def _plural(word: str, n: int) -> str:
    return word if n == 1 else f"{word}s"
