from __future__ import annotations

import numpy as np
from napari.components import ViewerModel

from napari_disentangle.widgets._layers.layer_list import follow_layers


class Follower:
    def __init__(self) -> None:
        self.n_told = 0

    def tell(self) -> None:
        self.n_told += 1


def test_layers_that_come_go_or_change_places_are_told_until_stopped() -> None:
    viewer, follower = ViewerModel(), Follower()
    stop = follow_layers(viewer, follower.tell)
    first = viewer.add_image(np.zeros((4, 4)))
    viewer.add_image(np.zeros((4, 4)))
    assert follower.n_told == 2
    viewer.layers.reverse()
    assert follower.n_told == 3
    viewer.layers.remove(first)
    assert follower.n_told == 4
    stop()
    viewer.layers.clear()
    assert follower.n_told == 4
