"""What is found out about factors: cards, groups, words; pictures that are learned."""

from __future__ import annotations

from typing import TYPE_CHECKING

from napari.utils.notifications import show_warning

from napari_disentangle.errors import DataError
from napari_disentangle.recipes.card_files import iter_write_cards
from napari_disentangle.recipes.crop_reading import crop_reading
from napari_disentangle.recipes.made_from import made_before
from napari_disentangle.recipes.pictures import iter_learn_pictures
from napari_disentangle.widgets._made import cells_now, pictures_note
from napari_disentangle.widgets._settings import preference
from napari_disentangle.widgets._traverse.ground import tell_saved
from napari_disentangle.widgets._traverse.work import (
    compare_task,
    explain_task,
    words_task,
)

if TYPE_CHECKING:
    from pathlib import Path

    from napari_disentangle.recipes.explanation import Explanation
    from napari_disentangle.recipes.made_from import MadeFrom
    from napari_disentangle.storage.models import Model
    from napari_disentangle.tables import Crops
    from napari_disentangle.widgets._traverse.ground import Ground


class Findings:
    """Finds out what factors do on the cells.

    Parameters
    ----------
    ground : Ground
        Cells, panels, job.

    Attributes
    ----------
    explanation : Explanation or None
        The factor cards that are shown.
    """

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self.explanation: Explanation | None = None
        self._made: MadeFrom | None = None

    def explain(self) -> None:
        """Make the card of every factor.

        Raises
        ------
        DataError
            If the cells are not encoded.
        """
        ground = self._ground
        known = ground.cells.require()

        def keep(found: Explanation) -> None:
            found = found.with_note(known.counted.note)
            self._made = cells_now(ground.session)
            self._keep_cards(found.with_note(pictures_note(ground.session)))

        ground.run(known, explain_task(known, ground.session), "Explaining", keep)

    def save_cards(self, path: Path) -> None:
        """Write the factor cards as a page (.html) or a document (.json).

        Raises
        ------
        DataError
            If there are none, or the ending is unknown.
        """
        if self.explanation is None:
            raise DataError("There are no factor cards to save; explain first.")
        task = iter_write_cards(self.explanation, path)
        self._ground.jobs.run(task, "Saving", tell_saved)

    def compare_groups(self) -> None:
        """Tell which factors separate the chosen groups.

        Raises
        ------
        DataError
            If the cells are not encoded or there are no two groups.
        """
        known, panel = self._ground.cells.require(), self._ground.panels.groups
        groups = panel.groups()
        if groups is None:
            raise DataError("Two groups are needed; select cells or give classes.")
        task = compare_task(known, *groups, panel.pairs())
        self._ground.run(known, task, "Comparing groups", panel.show_contrasts)

    def find_words(self) -> None:
        """Offer the edits that hold on these cells.

        Raises
        ------
        DataError
            If the cells are not encoded.
        """
        ground = self._ground
        known = ground.cells.require()
        task = words_task(known, ground.session)
        ground.run(known, task, "Finding words", ground.panels.edits.show_words)

    def learn_pictures(self) -> None:
        """Fit a picture decoder on these cells; the session's `pictured` changes.

        Raises
        ------
        DataError
            If the cells are not encoded.
        ConfigError
            If an option is wrong.
        """
        ground = self._ground
        known, crops = ground.cells.require(), ground.session.crops
        made = cells_now(ground.session)
        task = iter_learn_pictures(
            known.crops,
            ground.session.model or known.model,
            ground.panels.pictures.config(),
            device=preference("device", "auto"),
        )
        ground.jobs.run(
            task,
            "Learning pictures",
            lambda found: self._keep_pictures(crops, made, found),
        )

    def forget(self) -> None:
        """Forget cards and words, as the cells are others, and say so."""
        had, now = self.explanation is not None, cells_now(self._ground.session)
        self._keep_cards(None)
        if had:
            since = "" if self._made is None or now is None else self._made.since(now)
            made = made_before("The cards were made", since)
            self._ground.panels.cards.tell_gone(
                made or "The cards were of other cells."
            )
        self._ground.panels.edits.show_words(None)

    def _keep_cards(self, explanation: Explanation | None) -> None:
        self.explanation = explanation
        session = self._ground.session
        reading = crop_reading(session.source, session.crops)
        self._ground.panels.cards.show_explanation(explanation, reading)

    def _keep_pictures(
        self, crops: Crops | None, made: MadeFrom | None, model: Model
    ) -> None:
        session = self._ground.session
        embedding = session.embedding
        if embedding is None or crops is not session.crops:
            show_warning("The cells changed while pictures were learned; dropped them.")
        elif embedding.model_id != model.id:
            show_warning("The model changed while pictures were learned; dropped them.")
        else:
            session.pictured_from = made
            session.pictured = model
