"""Every valid config goes into its form and comes out as it was."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin

import numpy as np
import pandas as pd
import pytest
from annotated_types import Ge, Gt, Le, Lt, MaxLen
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from napari_disentangle import widgets
from napari_disentangle.annotations.values import Annotations, CellClass
from napari_disentangle.config import Config, check_config
from napari_disentangle.errors import ConfigError
from napari_disentangle.recipes.project_points import ProjectConfig
from napari_disentangle.recipes.similar import SimilarConfig
from napari_disentangle.recipes.suggest import SuggestConfig
from napari_disentangle.widgets._explore.cells import Cells
from napari_disentangle.widgets._explore.compare import ComparePanel
from napari_disentangle.widgets._form import ConfigForm
from napari_disentangle.widgets._jobs import Jobs
from napari_disentangle.widgets._next import NextPanel
from napari_disentangle.widgets._session import Session

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

MANY = settings(max_examples=60, suppress_health_check=[HealthCheck.filter_too_much])
MOST = 10**6  # what a user may type; the boxes go on to 10 ** 9
SHOWN = {  # every config that a dock shows as a form
    "CropConfig": "crops.config",
    "SegmentConfig": "crops.segment",
    "TraversalConfig": "latents.traverse",
    "DecoderConfig": "training.config",
    "ClassifierConfig": "classify.config",
    "FinetuneConfig": "training.finetune_config",
    "ExportConfig": "recipes.export_images",
}
COLUMNS = ("z_texture", "z_color", "z_shape", "z_scale", "z_residual_1", "area")


@pytest.fixture(params=SHOWN)
def kind(request: Any) -> type[Config]:
    module = import_module(f"napari_disentangle.{SHOWN[request.param]}")
    found: type[Config] = getattr(module, request.param)
    return found


def values_of(info: FieldInfo) -> st.SearchStrategy[Any]:
    """Return what a user may choose for a field."""
    kind = info.annotation
    if get_origin(kind) is Literal:
        return st.sampled_from(get_args(kind))
    if get_origin(kind) is tuple:
        most = next((m.max_length for m in info.metadata if isinstance(m, MaxLen)), 4)
        words = st.sampled_from(("scale", "residual_1", "color"))
        items = words if get_args(kind)[0] is str else st.integers(0, 300)
        return st.lists(items, max_size=most, unique=True).map(tuple)
    if kind is bool:
        return st.booleans()
    if kind is str:
        return st.sampled_from(("auto", "contrast", "gray", "saturation", "0", "12"))
    low, high = bounds_of(info)
    if kind is int:
        return st.integers(int(np.ceil(low)), int(high))
    digits = st.integers(0, 9).flatmap(
        lambda n: st.floats(low, high).map(lambda value: round(value, n))
    )
    return digits.filter(lambda value: low <= value <= high)


def bounds_of(info: FieldInfo) -> tuple[float, float]:
    low, high = -float(MOST), float(MOST)
    for bound in info.metadata:
        if isinstance(bound, Ge | Gt):
            low = float(bound.ge if isinstance(bound, Ge) else bound.gt)  # type: ignore[arg-type]
        elif isinstance(bound, Le | Lt):
            high = float(bound.le if isinstance(bound, Le) else bound.lt)  # type: ignore[arg-type]
    return low, high


def valid(kind: type[Config]) -> st.SearchStrategy[Config]:
    """Return a strategy of the configs of a kind that are valid."""
    fields = {name: values_of(info) for name, info in kind.model_fields.items()}

    def checked(values: dict[str, Any]) -> Config | None:
        try:
            return check_config(kind, values)
        except ConfigError:
            return None  # fields that do not go together, or an open bound

    drawn = st.fixed_dictionaries({}, optional=fields).map(checked)
    return drawn.filter(lambda config: config is not None)  # type: ignore[return-value]


def test_every_form_of_the_docks_is_tested() -> None:
    """A new form must be added above."""
    sources = Path(widgets.__file__).parent.rglob("*.py")
    text = "".join(path.read_text(encoding="utf-8") for path in sources)
    shown = {part.split(",")[0].split(")")[0] for part in text.split("ConfigForm(")[1:]}
    named = {name.strip() for name in shown if name.strip().endswith("Config")}
    assert named == set(SHOWN)


def test_every_valid_config_comes_back_from_its_form(
    qtbot: Any, kind: type[Config]
) -> None:
    form: ConfigForm[Any] = ConfigForm(kind)
    qtbot.addWidget(form)

    @MANY
    @given(valid(kind))
    def comes_back(config: Config) -> None:
        form.setValue(config)
        assert form.value() == config

    comes_back()


def test_every_choice_of_similar_cells_and_maps_comes_back(qtbot: Any) -> None:
    panel = ComparePanel(*[lambda: None] * 3)
    qtbot.addWidget(panel)
    table = pd.DataFrame({"label": [1, 2], "roi_id": "a", "frame": 0})
    panel.set_cells(Cells(table.assign(**dict.fromkeys(COLUMNS, 0.5)), None, "a"))
    weights = st.dictionaries(
        st.sampled_from(COLUMNS), st.floats(0.01, 100), min_size=1
    )
    fields = ProjectConfig.model_fields

    @MANY
    @given(
        weights,
        values_of(SimilarConfig.model_fields["n_cells"]),
        values_of(fields["n_neighbors"]),
        values_of(fields["seed"]),
        st.sampled_from(("pca", "umap")),
    )
    def comes_back(
        weights: dict[str, float], n: int, near: int, seed: int, method: Any
    ) -> None:
        panel.weights.set_choice(weights)
        panel.number_box.setValue(n)
        panel.neighbors_box.setValue(near)
        panel.seed_box.setValue(seed)
        similar, project = panel.similar_config(), panel.project_config(method)
        for config in (similar, project):
            assert dict(zip(config.columns, config.weights, strict=True)) == weights
        assert similar.n_cells == n
        assert project == ProjectConfig(
            method=method,
            columns=project.columns,
            weights=project.weights,
            n_neighbors=near,
            seed=seed,
        )

    comes_back()


def test_every_way_of_suggesting_cells_comes_back(qtbot: Any) -> None:
    panel = NextPanel(Session(), Jobs())
    qtbot.addWidget(panel)
    table = pd.DataFrame({"label": [1, 2], "roi_id": "a", "frame": 0})
    panel.set_table(table.assign(**dict.fromkeys(COLUMNS, 0.5)))
    panel.set_annotations(Annotations((CellClass("round", "#ff0000", 1),)))
    fields = SuggestConfig.model_fields

    @MANY
    @given(values_of(fields["way"]), values_of(fields["n"]), st.sampled_from(COLUMNS))
    def comes_back(way: str, n: int, column: str) -> None:
        panel.set_way(way, column)
        panel.count_box.setValue(n)
        assert panel.config() == SuggestConfig(way=way, n=n, column=column)

    comes_back()
    panel.stop()
