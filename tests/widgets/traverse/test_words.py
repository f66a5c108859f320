from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from napari_disentangle.recipes.traversal import TraversalStack
from napari_disentangle.widgets._traverse.words import (
    factor_text,
    legend_of,
    position_text,
    source_of,
)

PICTURES = np.zeros((1, 3, 4, 4, 3), np.float32)
STEPS = np.array([-2, 0, 2], np.float32)


@pytest.fixture
def stack() -> TraversalStack:
    """Drawn and real pictures of a walk in Scale, at -2, 0 and +2 sd."""
    return TraversalStack(
        decoded=PICTURES,
        nearest=PICTURES,
        factors=("scale",),
        steps_sd=STEPS,
        positions_sd=STEPS[None],
        model_id="m",
        picture_source="synthetic",
        from_prior=(False,),
        nearest_rows=np.array([[0, 1, 2]]),
        nearest_sd=np.array([[-1.8, 0.1, 0.9]], np.float32),
        nearest_cells=np.array([[11, 5, 40]]),
        notes=("Scale is told by few cells.",),
    )


def test_drawn_and_real_pictures_are_told_apart_with_what_to_know_of_them(
    stack: TraversalStack,
) -> None:
    assert legend_of(stack) == (
        "Top: drawn by a decoder of synthetic sprites. Below: the nearest real cells "
        "of this image. Scale is told by few cells."
    )
    own = replace(stack, picture_source="own cells", nearest=None, notes=())
    assert legend_of(own) == "Top: drawn, learned from your own cells."
    real = replace(stack, decoded=None, notes=())
    assert legend_of(real) == "Shown: the nearest real cells of this image."


def test_a_position_says_which_real_cell_is_shown_and_where_it_really_lies(
    stack: TraversalStack,
) -> None:
    text = position_text(stack, 0, 0)
    assert text.startswith("Scale: ")
    assert "from the mean of the cells" in text
    assert text.endswith("Real: cell 11 at -1.8 sd.")


def test_a_real_cell_that_does_not_show_the_step_is_told(stack: TraversalStack) -> None:
    text = position_text(stack, 0, 2)
    assert text.endswith("Real: cell 40 at +0.9 sd, 1.1 sd off: none fits better.")


def test_where_the_walk_began_is_told_with_its_uncertainty(
    stack: TraversalStack,
) -> None:
    begun = replace(
        stack, start_sd=np.array([0.4]), start_spread_sd=np.array([0.2]), nearest=None
    )
    text = position_text(begun, 0, 1)
    assert text.endswith("The starting cell: +0.4 ± 0.2 sd.")


def test_steps_with_names_are_not_counted_from_the_mean(stack: TraversalStack) -> None:
    named = replace(stack, step_names=("cell 5", "half way", "cell 9"))
    text = position_text(named, 0, 1)
    assert text.startswith("Scale: half way. Real")


def test_a_factor_is_titled_as_everywhere() -> None:
    assert factor_text("scale") == "Scale"
    assert factor_text("residual_1") == "Residual 1"


def test_without_a_model_there_are_no_pictures() -> None:
    assert source_of(None) == "none"
    assert source_of("a model that is still read") == "none"
