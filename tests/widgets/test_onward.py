from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from npe2 import PluginManifest

from napari_disentangle.widgets._onward import Onward
from napari_disentangle.widgets.annotate import AnnotateWidget
from napari_disentangle.widgets.classify import ClassifyWidget
from napari_disentangle.widgets.crops import CropsWidget
from napari_disentangle.widgets.explore import ExploreWidget
from napari_disentangle.widgets.export import ExportWidget
from napari_disentangle.widgets.factors import FactorsWidget
from napari_disentangle.widgets.finetune import FinetuneWidget
from napari_disentangle.widgets.traversal import TraversalWidget

if TYPE_CHECKING:
    from collections.abc import Callable

DOCKS = (
    CropsWidget,
    FactorsWidget,
    ExploreWidget,
    AnnotateWidget,
    ClassifyWidget,
    FinetuneWidget,
    TraversalWidget,
    ExportWidget,
)


@pytest.mark.parametrize("kind", DOCKS)
def test_what_comes_next_is_a_dock_of_the_manifest(kind: type[Any]) -> None:
    manifest = PluginManifest.from_distribution("napari-disentangle")
    names = {widget.display_name for widget in manifest.contributions.widgets or ()}
    assert set(kind.onward) <= names
    assert kind is ExportWidget or kind.onward


def test_a_button_opens_the_next_dock_once_and_under_the_name_of_the_menu(
    viewer: Any, dock_in: Callable[..., Any]
) -> None:
    dock = dock_in(viewer, CropsWidget)
    button = dock.findChild(Onward).buttons["Factors"]
    button.click()
    button.click()
    opened = viewer.window.dock_widgets
    assert list(opened)[1:] == ["Factors (Disentangle)"]
    assert isinstance(opened["Factors (Disentangle)"], FactorsWidget)
