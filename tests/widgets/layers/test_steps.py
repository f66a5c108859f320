from __future__ import annotations

import numpy as np
import pytest
from napari.components import ViewerModel

from napari_disentangle.recipes.traversal import TraversalStack
from napari_disentangle.widgets._layers.steps import (
    LABELS_NAME,
    OVERVIEW_NAME,
    STEPS_NAME,
    add_overview,
    add_steps,
)

STEPS = np.array([-2, 0, 2], np.float32)
SIDE = 8


@pytest.fixture
def stack() -> TraversalStack:
    """Drawn pictures of walks in Scale and Texture, three steps each."""
    return TraversalStack(
        decoded=np.zeros((2, 3, SIDE, SIDE, 3), np.float32),
        nearest=None,
        factors=("scale", "residual_1"),
        steps_sd=STEPS,
        positions_sd=np.stack([STEPS, STEPS]),
        model_id="m",
        picture_source="synthetic",
        from_prior=(False, False),
        nearest_rows=None,
        nearest_sd=None,
    )


def test_each_picture_says_which_factor_and_step_it_is(stack: TraversalStack) -> None:
    viewer = ViewerModel()
    over = viewer.add_image(stack.decoded, rgb=True, scale=(1, 1, 2, 2))
    points = add_steps(viewer, (stack,), (), over)
    assert points.data[:, :2].tolist() == [
        [walk, step] for walk in range(2) for step in range(3)
    ]
    titles = [text.rsplit(" ", 2)[0] for text in points.features["text"]]
    assert titles[0].startswith("Scale")
    assert titles[3].startswith("Residual 1")
    assert points.features["step_sd"].tolist() == [-2, 0, 2] * 2
    np.testing.assert_array_equal(points.scale, over.scale)


def test_of_several_cells_each_picture_says_of_which(stack: TraversalStack) -> None:
    viewer = ViewerModel()
    assert stack.decoded is not None
    over = viewer.add_image(np.stack([stack.decoded] * 2), rgb=True)
    points = add_steps(viewer, (stack, stack), (30, 7), over)
    assert points.data[:, 0].tolist() == [0] * 6 + [1] * 6
    assert points.features["cell"].tolist() == [30] * 6 + [7] * 6
    assert points.features["text"].iloc[6].startswith("Cell 7: Scale")


def test_a_new_traversal_of_the_same_shape_changes_the_layers_there_are(
    stack: TraversalStack,
) -> None:
    viewer = ViewerModel()
    over = viewer.add_image(stack.decoded, rgb=True)
    first = add_steps(viewer, (stack,), (), over)
    assert add_steps(viewer, (stack,), (), over) is first
    assert [layer.name for layer in viewer.layers].count(STEPS_NAME) == 1


def test_the_overview_lies_below_the_image_as_wide_as_all_and_leaves_the_active_layer(
    stack: TraversalStack,
) -> None:
    viewer = ViewerModel()
    image = viewer.add_image(np.zeros((50, 240)), scale=(2, 0.5), name="image")
    viewer.layers.selection.active = image
    overview = add_overview(viewer, stack, image)
    wide = overview.scale[1] * overview.data.shape[1]
    assert wide == pytest.approx(0.5 * 240, rel=0.01)
    top, bottom = (x.extent.world[:, -2] for x in (overview, image))
    assert top[0] > bottom[1]
    assert viewer.layers.selection.active is image
    assert {OVERVIEW_NAME, LABELS_NAME} < {layer.name for layer in viewer.layers}
