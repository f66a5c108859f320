"""What is known of every dimension of a model on some cells: the factor cards."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from napari_disentangle.latents.trust import EARNED
from napari_disentangle.words import title_of

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from napari_disentangle.latents.calibration import Calibration
    from napari_disentangle.latents.in_distribution import InDistribution
    from napari_disentangle.latents.response import Response
    from napari_disentangle.latents.trust import Correlation, Grade
    from napari_disentangle.recipes.traversal import TraversalStack


@dataclass(frozen=True, slots=True)
class FactorCard:
    """What is known of one dimension.

    Attributes
    ----------
    name : str
        Its name, ``scale`` or ``residual_1``.
    dimension : int
        Its place in the code.
    how_named : str
        ``by construction``, ``measured`` or ``unnamed``.
    naming : str
        That with its score, as a sentence.
    naming_score : float or None
        How well it follows its factor on Source images, in [0, 1]; None if unknown.
    kl : float
        KL divergence to the prior over the cells, in nats; near 0 it is not used.
    sd : float
        Spread of its codes over the cells.
    active : bool
        Whether the model uses it and the cells differ in it.
    decoded, nearest : tuple of Response
        How the pictures along its walk respond: those drawn, and the nearest real
        cells. Empty where there are none.
    also_moves : tuple of Response
        Measures of other families that move along the walk (drawn if possible).
    correlations : tuple of Correlation
        With classical measures of the cells, strongest first.
    drift : dict of str to float, or None
        Correlation with itself before fine-tuning, on ``source`` images and on the
        ``target`` cells; None of a model that was not fine-tuned.
    grade, reason, direction, measure
        See `Trust`.
    truth_rank_correlation : float or None
        With the true factor it is named after; None without truth or name.
    truth_note : str
        How the truth was compared, where that needs a word.
    calibration : Calibration or None
        What its codes read in micrometers, pixels or degrees.
    """

    name: str
    dimension: int
    how_named: str
    naming: str
    naming_score: float | None
    kl: float
    sd: float
    active: bool
    decoded: tuple[Response, ...]
    nearest: tuple[Response, ...]
    also_moves: tuple[Response, ...]
    correlations: tuple[Correlation, ...]
    drift: dict[str, float] | None
    grade: Grade
    reason: str
    direction: str
    measure: str | None
    truth_rank_correlation: float | None
    truth_note: str
    calibration: Calibration | None

    @property
    def title(self) -> str:
        """The name for a reader, ``Scale``, ``Residual 1``."""
        return title_of(self.name)

    @property
    def earns_its_name(self) -> bool:
        """Whether the name was tested on these cells and held."""
        return self.grade in EARNED


@dataclass(frozen=True, slots=True, eq=False)
class Explanation:
    """The factor cards of a model on some cells, and what to know before them.

    Attributes
    ----------
    model_id : str
        The model.
    subject : str
        Where the cells are from.
    n_cells : int
        Number of cells.
    cards : tuple of FactorCard
        One a dimension, in order.
    in_distribution : InDistribution or None
        Which cells are like what the model knows; None where that cannot be told.
    notes : tuple of str
        What a reader must know, a sentence each; the first tells whether the cells are
        like what the model knows.
    stack : TraversalStack or None
        Pictures of the walks of all dimensions; None if nothing can be shown.
    start_label : int or None
        Label of the cell the walks start from, the most typical one.
    table : pandas.DataFrame
        One row a cell: ids, codes, classical measures, `in_distribution`.
    rows : array, (n,), int64
        Rows of `table` that were measured, all unless there are very many.
    seed : int
        Decides which cells are walked from, and intervals.
    """

    model_id: str
    subject: str
    n_cells: int
    cards: tuple[FactorCard, ...]
    in_distribution: InDistribution | None
    notes: tuple[str, ...]
    stack: TraversalStack | None
    start_label: int | None
    table: pd.DataFrame
    rows: NDArray[np.int64]
    seed: int

    def with_note(self, note: str) -> Explanation:
        """Return these with one more note; an empty one is none."""
        return replace(self, notes=(*self.notes, note)) if note else self

    def card(self, name: str) -> FactorCard:
        """Return the card of a dimension by its name.

        Raises
        ------
        KeyError
            If there is none.
        """
        for card in self.cards:
            if card.name == name:
                return card
        raise KeyError(name)
