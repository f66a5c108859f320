"""What the docks make of thirty cells of which some are excluded: as of the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import imageio.v3 as iio
import numpy as np
import pandas as pd
import pytest
import tifffile
from typer.testing import CliRunner

from napari_disentangle.classify.config import ClassifierConfig
from napari_disentangle.cli import app
from napari_disentangle.crops.config import CropConfig
from napari_disentangle.crops.counted import counted_cells
from napari_disentangle.export.tabular import read_table
from napari_disentangle.recipes.explain import explain
from napari_disentangle.recipes.objects import iter_plan_objects
from napari_disentangle.recipes.traversal import make_traversal
from napari_disentangle.tasks import run
from napari_disentangle.widgets import _layers
from napari_disentangle.widgets._meaning import direction_of
from napari_disentangle.widgets._readout import Readout
from napari_disentangle.widgets._selection import Cell, Selection
from napari_disentangle.widgets._session import Session, session_of
from napari_disentangle.widgets.classify import ClassifyWidget
from napari_disentangle.widgets.export import ExportWidget
from napari_disentangle.widgets.traversal import TraversalWidget

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("home")

BAD = [3, 33, 61]  # the first, one in the middle, the last


@pytest.fixture
def session(grid: Any) -> Session:
    return session_of(grid)


@pytest.fixture
def traversal(
    grid: Any,
    session: Session,
    dock_in: Callable[..., Any],
    set_excluded: Callable[[Session, list[int]], None],
) -> TraversalWidget:
    """The dock, its session without the bad cells."""
    set_excluded(session, BAD)
    return dock_in(grid, TraversalWidget)


def counted(session: Session) -> tuple[Any, Any, Any]:
    """Return model, codes and crops of the cells that are not excluded."""
    assert session.crops is not None
    assert session.embedding is not None
    found = counted_cells(session.crops, session.annotations)
    return session.model, found.codes(session.embedding), found.crops


def test_a_traversal_is_that_of_the_rest_and_says_so(
    session: Session, traversal: TraversalWidget, wait_for: Callable[[Any], None]
) -> None:
    traversal.set_factors(["scale"])
    traversal.make()
    wait_for(traversal)
    stack, expected = (
        session.stack,
        make_traversal(*counted(session), factors=["scale"]),
    )
    assert stack is not None
    assert stack.nearest_cells is not None
    assert not np.isin(stack.nearest_cells, BAD).any()
    np.testing.assert_array_equal(stack.nearest_cells, expected.nearest_cells)
    np.testing.assert_allclose(stack.decoded, expected.decoded, atol=1e-5)
    assert "3 excluded cells left out." in traversal.panels.shown.legend.text()


def test_walks_of_selected_cells_are_of_those_that_count(
    session: Session, traversal: TraversalWidget, wait_for: Callable[[Any], None]
) -> None:
    session.selection = Selection(np.zeros(3, np.int64), np.array([3, 5, 33]))
    traversal._groups_soon.flush()
    button = traversal.panels.start.cells_button
    assert button.text().endswith("(1)")
    button.setChecked(True)
    traversal.set_factors(["scale"])
    traversal.make()
    wait_for(traversal)
    assert traversal._stacks.cells is not None
    assert traversal._stacks.cells.labels == (5,)


def test_a_walk_from_an_excluded_cell_is_refused_in_one_sentence(
    traversal: TraversalWidget, notes: list[str]
) -> None:
    traversal.start_from(Cell(33))
    traversal.panels.walk.make_button.click()
    assert notes == [
        "Cell 33 is excluded; include it again in Annotate, or choose another cell."
    ]
    assert not traversal.panels.ways.take_buttons[0].isEnabled()


def test_live_sliders_know_the_rest_only(
    session: Session,
    traversal: TraversalWidget,
    qtbot: Any,
    set_excluded: Callable[[Session, list[int]], None],
) -> None:
    traversal.panels.sections["live"].expand()
    decoder = traversal.panels.live.decoder
    qtbot.waitUntil(lambda: not decoder.is_busy())
    assert decoder.live is not None
    _, embedding, _ = counted(session)
    mean = embedding.mean.mean(axis=0)
    np.testing.assert_allclose(decoder.live.to_sd(mean), 0, atol=1e-4)
    assert decoder.live.show(mean).label not in BAD
    set_excluded(session, [*BAD, 5])
    traversal._groups_soon.flush()
    qtbot.waitUntil(lambda: not decoder.is_busy() and decoder.live is not None)
    _, embedding, _ = counted(session)
    found = decoder.live.to_sd(embedding.mean.mean(axis=0))
    np.testing.assert_allclose(found, 0, atol=1e-4)


def test_factor_cards_are_those_of_the_rest_and_go_when_others_are_excluded(
    session: Session,
    traversal: TraversalWidget,
    wait_for: Callable[[Any], None],
    set_excluded: Callable[[Session, list[int]], None],
) -> None:
    traversal.explain()
    wait_for(traversal)
    found = traversal.explanation
    assert found is not None
    model, _, crops = counted(session)
    expected = explain(model, crops, measured=session.measured, device="cpu")
    assert found.n_cells == 27
    assert not found.table["label"].isin(BAD).any()
    assert [card.sd for card in found.cards] == pytest.approx(
        [card.sd for card in expected.cards], abs=1e-5
    )
    assert "3 excluded cells left out." in traversal.panels.cards.known.text()
    set_excluded(session, BAD[:2])
    traversal._groups_soon.flush()
    assert traversal.explanation is None


def test_cells_excluded_meanwhile_drop_the_result_in_one_sentence(
    session: Session,
    traversal: TraversalWidget,
    wait_for: Callable[[Any], None],
    notes: list[str],
    set_excluded: Callable[[Session, list[int]], None],
) -> None:
    traversal.jobs.progressed.connect(lambda _: set_excluded(session, BAD[:1]))
    traversal.make()
    wait_for(traversal)
    assert session.stack is None
    assert len(notes) == 1
    assert "encoded anew or excluded" in notes[0]


def test_if_all_cells_are_excluded_the_dock_says_so(
    session: Session,
    traversal: TraversalWidget,
    set_excluded: Callable[[Session, list[int]], None],
) -> None:
    assert session.crops is not None
    set_excluded(session, session.crops.table["label"].tolist())
    traversal._groups_soon.flush()
    for button in (
        traversal.panels.walk.make_button,
        traversal.panels.cards.explain_button,
        traversal.panels.groups.compare_button,
    ):
        assert not button.isEnabled()
        assert "all cells are excluded" in button.toolTip()
    set_excluded(session, BAD)
    traversal._groups_soon.flush()
    assert traversal.panels.walk.make_button.isEnabled()


def test_an_end_that_was_taken_is_forgotten_when_rows_change(
    session: Session,
    traversal: TraversalWidget,
    set_excluded: Callable[[Session, list[int]], None],
) -> None:
    session.cell = Cell(5)
    traversal.panels.ways.take(0)
    ends = traversal.panels.ways.ends()
    assert ends is not None
    assert ends[0].name == "cell 5"
    set_excluded(session, [5, 33, 61])  # as many as before, other rows
    traversal._groups_soon.flush()
    ends = traversal.panels.ways.ends()
    assert ends is None or "cell 5" not in (ends[0].name, ends[1].name)


def test_excluded_cells_have_no_prediction_until_they_are_included_again(
    grid: Any,
    session: Session,
    dock_in: Callable[..., Any],
    wait_for: Callable[[Any], None],
    qtbot: Any,
    set_excluded: Callable[[Session, list[int]], None],
) -> None:
    dock = dock_in(grid, ClassifyWidget)
    dock.form.setValue(ClassifierConfig(kind="linear", folds=2, repeats=1))
    dock.again_box.setChecked(False)
    set_excluded(session, BAD)
    dock.train()
    wait_for(dock)
    qtbot.wait_for_turns()
    told = ["prediction", "probability", "novelty", "in_distribution"]

    def empty() -> list[int]:
        """Labels without any of what is predicted; the others have all of it."""
        table = session.table
        assert table is not None
        missing = table[[name for name in told if name in table]].isna()
        assert (missing.all(axis=1) == missing.any(axis=1)).all()
        return table["label"][missing.all(axis=1)].tolist()

    assert empty() == BAD
    assert dock.parts.predicted_note.text().endswith("3 excluded cells left out.")
    set_excluded(session, [5])
    assert empty() == sorted([*BAD, 5])  # at once, whatever is due
    qtbot.waitUntil(lambda: empty() == [5])
    assert dock.parts.predicted_note.text().endswith("1 excluded cell left out.")
    (image,) = session.images
    assert image.table.set_index("label")["prediction"].isna().sum() == 1
    qtbot.wait_for_turns()
    features = grid.layers["cells"].features.set_index("index")
    assert pd.isna(features["prediction"][5])
    assert features["prediction"].notna().sum() == 29


def test_export_says_how_many_of_its_cells_are_excluded(
    grid: Any,
    session: Session,
    dock_in: Callable[..., Any],
    set_excluded: Callable[[Session, list[int]], None],
) -> None:
    dock = dock_in(grid, ExportWidget)
    assert dock.summary.text() == "30 cells of 1 image"
    set_excluded(session, BAD)
    assert dock.summary.text() == "30 cells of 1 image; 3 of the cells excluded"


def test_the_command_line_reads_what_a_dock_excluded(
    make_napari_viewer: Any,
    painted_cells: tuple[Any, Any],
    pixel_model: Path,
    tmp_path: Path,
    set_excluded: Callable[[Session, list[int]], None],
) -> None:
    image, labels = painted_cells
    iio.imwrite(tmp_path / "blood.png", image)
    tifffile.imwrite(tmp_path / "labels.tif", labels.astype(np.uint16))
    viewer = make_napari_viewer()
    (shown,) = viewer.open(str(tmp_path / "blood.png"), plugin="napari")
    source = _layers.read_source(shown, viewer.add_labels(labels), "yxc")
    session = session_of(viewer)
    session.set_crops(source, run(iter_plan_objects(source, CropConfig())))
    set_excluded(session, [5, 300])
    out = tmp_path / "cells.csv"
    result = CliRunner().invoke(
        app,
        [
            *("encode", "--image", str(tmp_path / "blood.png")),
            *("--labels", str(tmp_path / "labels.tif")),
            *("--model", str(pixel_model), "--out", str(out)),
        ],
    )
    assert result.exit_code == 0, result.stderr
    assert "2 of 7 cells are excluded (2 debris)" in result.stderr
    table = read_table(out)
    assert table["label"][table["excluded"]].tolist() == [5, 300]


def test_the_evidence_for_a_direction_is_that_of_the_rest() -> None:
    n = 20
    table = pd.DataFrame(
        {
            "z_scale": [*np.arange(10.0), *np.arange(10.0)],
            "area": [*np.arange(10.0), *-3 * np.arange(10.0)],
            "excluded": np.arange(n) >= 10,
        }
    )
    assert "higher = more area (rank correlation +1.00 over 10)" in direction_of(
        table, "z_scale"
    )


def test_the_bar_of_a_factor_ranks_a_cell_among_those_that_count(qtbot: Any) -> None:
    table = pd.DataFrame({"label": [1, 2, 3, 4], "index": [1, 2, 3, 4], "frame": 0})
    table["z_scale"] = [0.0, 1.0, 2.0, 3.0]
    readout = Readout()
    qtbot.addWidget(readout)
    shown = []
    for excluded in ([False] * 4, [True, True, False, False]):
        readout.set_table(table.assign(excluded=excluded))
        readout.show_cell(Cell(3))
        shown.append(readout._bars["z_scale"][0].value())
    assert shown == [50, 0]
