"""Controls for similar cells and maps of cells, by chosen factors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qtpy.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from napari_disentangle.recipes.project_points import ProjectConfig
from napari_disentangle.recipes.similar import SimilarConfig
from napari_disentangle.widgets._dock import action, allow, note, rows
from napari_disentangle.widgets._editors import count_box
from napari_disentangle.widgets._explore.batch_note import BatchNote
from napari_disentangle.widgets._explore.weights import FactorWeights
from napari_disentangle.widgets._settings import remember_number

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Literal

    from napari_disentangle.recipes.project_points import Projection
    from napari_disentangle.widgets._explore.cells import Cells


class ComparePanel(QWidget):
    """Which factors count, and what to do with them.

    Parameters
    ----------
    on_similar, on_pca, on_umap : callable
        Called by the buttons; what they raise for the user is shown.
    """

    def __init__(
        self,
        on_similar: Callable[[], object],
        on_pca: Callable[[], object],
        on_umap: Callable[[], object],
    ) -> None:
        super().__init__()
        self.weights = FactorWeights()
        self.number_box = count_box(SimilarConfig, "n_cells", "How many similar cells")
        self.similar_button = action(
            "&Most similar",
            "Select the cells most similar to the current one in the checked factors; "
            "their distance becomes a column",
            on_similar,
        )
        self.pca_button = action(
            "&PCA",
            "Lay the cells out by the checked factors, keeping distances",
            on_pca,
        )
        self.umap_button = action(
            "&UMAP",
            "Lay the cells out by the checked factors, keeping neighbors; Cancel ends "
            "it at once",
            on_umap,
        )
        self.neighbors_box = count_box(
            ProjectConfig, "n_neighbors", "Cells that UMAP keeps near each other"
        )
        self.seed_box = count_box(
            ProjectConfig, "seed", "The same seed gives the same map of the same cells"
        )
        remember_number(self.number_box, "similar_cells")
        remember_number(self.neighbors_box, "umap_neighbors")
        remember_number(self.seed_box, "umap_seed")
        self.batch_note = BatchNote()
        self.note = note()
        self._lay_out()

    def set_cells(self, cells: Cells | None) -> None:
        """Offer the columns of `cells`."""
        self.weights.set_cells(cells)

    def allow(self, busy: str, no_table: str, no_cell: str) -> None:
        """Enable the buttons, or say why they cannot be pressed."""
        n_chosen = len(self.weights.choice())
        none = "" if n_chosen else "check at least one factor"
        few = "" if n_chosen > 1 else "check at least two factors"
        allow(self.similar_button, busy or no_table or none or no_cell)
        allow(self.pca_button, busy or no_table or few)
        allow(self.umap_button, busy or no_table or few)

    def similar_config(self) -> SimilarConfig:
        """Return what the form says about similar cells."""
        weights = self.weights.choice()
        return SimilarConfig(
            columns=tuple(weights),
            weights=tuple(weights.values()),
            n_cells=self.number_box.value(),
        )

    def project_config(self, method: Literal["pca", "umap"]) -> ProjectConfig:
        """Return what the form says about a map."""
        weights = self.weights.choice()
        return ProjectConfig(
            method=method,
            columns=tuple(weights),
            weights=tuple(weights.values()),
            n_neighbors=self.neighbors_box.value(),
            seed=self.seed_box.value(),
        )

    def tell(self, found: Projection) -> None:
        """Say in a sentence what a map shows."""
        text = f"A map of {len(found.table)} cells by {len(found.columns)} factors"
        if found.explained:
            first, second = (f"{100 * share:.0f} %" for share in found.explained)
            text += f"; its axes hold {first} and {second} of their variance"
        if found.left_out:
            text += f"; {found.left_out} cells without a value were left out"
        self.note.setText(text + ".")

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.addWidget(self.weights, 1)
        layout.addWidget(self.batch_note)
        near = QHBoxLayout()
        near.addWidget(self.similar_button, 1)
        near.addWidget(self.number_box)
        layout.addLayout(near)
        maps = QHBoxLayout()
        maps.addWidget(self.pca_button)
        maps.addWidget(self.umap_button)
        layout.addLayout(maps)
        layout.addLayout(
            rows(("Neighbors", self.neighbors_box), ("Seed", self.seed_box))
        )
        layout.addWidget(self.note)
