"""What the transfer benchmark compares, and how thoroughly. Free of torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Self, TypeAlias

from pydantic import Field

from napari_disentangle.config import Config

if TYPE_CHECKING:
    from pathlib import Path

    from napari_disentangle.classify.config import ClassifierKind
    from napari_disentangle.recipes.targets import CropKind

Input: TypeAlias = Literal[
    "pixels", "features", "pca", "scratch", "random", "classical", "raw", "chance"
]
Finetune: TypeAlias = Literal["none", "paper", "anchored", "semi"]
Code: TypeAlias = Literal["named", "all"]
Variant: TypeAlias = Literal["", "wide", "joined", "labels"]

FINETUNES: tuple[Finetune, ...] = ("none", "paper", "anchored", "semi")


@dataclass(frozen=True, slots=True)
class Arm:
    """One way from crops to a few numbers a cell.

    Attributes
    ----------
    input : str
        ``pixels`` (the earlier method) or ``features`` (ours), through a Source model;
        or a control without one: ``pca``, ``scratch`` (an autoencoder that saw the
        target alone), ``random`` (untrained weights), ``classical`` (measurements of
        the cell), ``raw`` (all backbone features: the ceiling).
    finetune : str
        How a Source model is fine-tuned; of ``raw``, ``semi`` learns from as few
        labels as fine-tuning with labels does.
    variant : str
        What was tried beyond the papers' table: ``wide`` has `WIDER` more dimensions
        (without a name, where the others have one); ``joined`` puts principal
        components of all that the named dimensions do not tell beside these;
        ``labels`` uses all training labels instead of few.
    """

    input: Input
    finetune: Finetune = "none"
    variant: Variant = ""

    @property
    def name(self) -> str:
        """The arm as part of a file name: ``features-anchored-wide``."""
        return "-".join(filter(None, (self.input, self.finetune, self.variant)))

    @property
    def has_source(self) -> bool:
        """Whether it goes through a Source model."""
        return self.input in ("pixels", "features")

    @property
    def codes(self) -> tuple[Code, ...]:
        """Codes that are classified: five numbers and ten, or one width only."""
        one = self.input in ("classical", "raw") or self.variant in ("wide", "joined")
        return ("all",) if one else ("named", "all")

    @property
    def classifiers(self) -> tuple[ClassifierKind, ...]:
        """Classifiers of the codes: the papers', or a linear one on raw features."""
        return ("linear",) if self.input == "raw" else ("gbt", "mlp")


ARMS: tuple[Arm, ...] = (
    *(Arm("features", finetune) for finetune in FINETUNES),
    Arm("pixels", "none"),
    Arm("pixels", "paper"),
    Arm("pixels", "anchored"),
    Arm("pca"),
    Arm("scratch"),
    Arm("random"),
    Arm("classical"),
    Arm("raw"),
    Arm("raw", "semi"),
)
"""Arms of the papers' table and its controls; chance needs no computing."""

BEYOND: tuple[Arm, ...] = (
    Arm("features", "anchored", "joined"),
    Arm("features", "anchored", "wide"),
    Arm("pca", "none", "wide"),
    Arm("scratch", "none", "wide"),
    Arm("features", "semi", "labels"),
)
"""Arms that were tried to beat the controls, with controls of their own width."""

WIDER = 10
"""Dimensions that wide arms have beyond those of the model."""

OPEN_SET_ARMS: tuple[Arm, ...] = (
    Arm("features", "none"),
    Arm("features", "paper"),
    Arm("features", "anchored"),
    Arm("pca"),
    Arm("scratch"),
    Arm("classical"),
    Arm("raw"),
)
"""Arms that are asked for cells of a class they were never shown."""

_ALL = tuple(arm.name for arm in (*ARMS, *BEYOND))
_QUICK = (
    "features-none",
    "features-paper",
    "features-anchored",
    "pixels-none",
    "pixels-paper",
    "pixels-anchored",
    "pca-none",
    "scratch-none",
    "raw-none",
)


class TransferConfig(Config):
    """How thoroughly the benchmark compares."""

    n_seeds: int = Field(3, ge=1, description="Splits and fine-tunings, seeds 0, 1 ...")
    max_crops: int = Field(
        0, ge=0, description="Most crops of a data set, largest classes thinned; 0: all"
    )
    max_targets: int = Field(
        0, ge=0, description="Most data sets, the first ones; 0 takes all"
    )
    crops_each: int = Field(
        0, ge=0, description="Most ways to cut the crops of a data set; 0 takes all"
    )
    arms: tuple[str, ...] = Field(_ALL, description="Names of the arms")
    folds: int = Field(5, ge=2, description="Parts of a split; one is tested")
    few: int = Field(
        1000, ge=0, description="Below so many crops every part is tested in turn"
    )
    trees: int = Field(100, ge=1, description="Trees a class of the boosted trees")
    mlp_epochs: int = Field(200, ge=1, description="Most epochs of the network")
    epochs: int = Field(
        0, ge=0, description="Epochs of fine-tuning on features; 0: those of the mode"
    )
    pixels_epochs: int = Field(20, ge=1, description="Epochs of fine-tuning on pixels")
    scratch_steps: int = Field(
        1500, ge=1, description="Fewest steps of an autoencoder without Source"
    )
    most_steps: int = Field(
        0, ge=0, description="Most steps of any training on features; 0 sets no limit"
    )
    labels_per_class: int = Field(
        20, ge=1, description="Labels of each class that semi-supervised arms use"
    )
    class_weight: float = Field(
        200.0, gt=0, description="Weight of these labels in the loss"
    )
    source_images: int = Field(
        4000, ge=300, description="Most Source images that names are scored on"
    )
    measure: bool = Field(
        True, description="Whether names are compared with classical measurements"
    )
    open_set: bool = Field(True, description="Whether each class is left out in turn")

    @classmethod
    def quick(cls, n_seeds: int) -> Self:
        """Return what two cores do in a few minutes."""
        return cls(
            n_seeds=n_seeds,
            max_crops=3000,
            max_targets=2,
            crops_each=1,
            arms=_QUICK,
            few=0,
            trees=30,
            mlp_epochs=30,
            pixels_epochs=1,
            scratch_steps=300,
            most_steps=300,
            source_images=1000,
            measure=False,
            open_set=False,
        )

    @property
    def chosen(self) -> tuple[Arm, ...]:
        """The arms, in the order of `ARMS` and `BEYOND`."""
        return tuple(arm for arm in (*ARMS, *BEYOND) if arm.name in self.arms)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A data set to be opened, and how its crops are cut.

    Attributes
    ----------
    name : str
        Name of the data set.
    folder : Path
        Where it is.
    kind : {"folder", "bccd", "wbc1"}
        How it is read.
    crop : str
        How its crops are cut.
    """

    name: str
    folder: Path
    kind: Literal["folder", "bccd", "wbc1"]
    crop: CropKind


def want(
    folders: dict[str, Path],
    bccd: Path | None,
    wbc1: Path | None,
    config: TransferConfig,
) -> tuple[Wanted, ...]:
    """Return the data sets in the order they are run.

    Parameters
    ----------
    folders : dict
        A folder of classes by name.
    bccd, wbc1 : Path or None
        Folders of the two open data sets.
    config : TransferConfig
        How many of them, and of their crops.
    """
    sets: list[tuple[Wanted, ...]] = []
    if bccd is not None:
        tight = Wanted("bccd", bccd, "bccd", "tight")
        sets.append((tight, Wanted("bccd", bccd, "bccd", "window")))
    if wbc1 is not None:
        masked = Wanted("wbc1", wbc1, "wbc1", "masked")
        sets.append((masked, Wanted("wbc1", wbc1, "wbc1", "window")))
    sets += [(Wanted(name, at, "folder", "folder"),) for name, at in folders.items()]
    some = sets[: config.max_targets or None]
    return tuple(one for each in some for one in each[: config.crops_each or None])
