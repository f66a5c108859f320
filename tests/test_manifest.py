from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from npe2 import PluginManifest

ROOT = Path(__file__).resolve().parents[1]
MANIFEST = ROOT / "src" / "napari_disentangle" / "napari.yaml"
HEAVY = ("torch", "timm", "torchvision", "sklearn", "openvino", "anndata")


@pytest.fixture(scope="module")
def manifest() -> PluginManifest:
    return PluginManifest.from_file(MANIFEST)


def test_the_installed_manifest_is_valid(manifest: PluginManifest) -> None:
    manifest.validate_imports()
    installed = PluginManifest.from_distribution("napari-disentangle")
    assert installed.contributions == manifest.contributions


def test_the_repository_shows_the_same_manifest() -> None:
    link = ROOT / "napari.yaml"
    assert link.is_symlink()
    assert not Path(link.readlink()).is_absolute()
    assert link.resolve() == MANIFEST


def test_every_command_is_ours_and_is_used(manifest: PluginManifest) -> None:
    found = manifest.contributions
    commands = {command.id for command in found.commands or []}
    assert all(name.startswith("napari-disentangle.") for name in commands)
    used = {
        item.command
        for items in (found.widgets, found.readers, found.sample_data)
        for item in items or []
    }
    assert used == commands


def test_docks_stand_in_the_menus_where_users_look(manifest: PluginManifest) -> None:
    menus = manifest.contributions.menus or {}
    places = {
        menu: [item.command for item in items]  # type: ignore[union-attr]
        for menu, items in menus.items()
    }
    assert places == {
        "napari/layers/segment": ["napari-disentangle.crops"],
        "napari/layers/measure": [
            "napari-disentangle.factors",
            "napari-disentangle.finetune",
        ],
        "napari/layers/annotate": ["napari-disentangle.annotate"],
        "napari/layers/classify": ["napari-disentangle.classify"],
        "napari/layers/visualize": [
            "napari-disentangle.explore",
            "napari-disentangle.traversal",
        ],
        "napari/layers/data": ["napari-disentangle.export"],
        "napari/file/io_utilities": ["napari-disentangle.export"],
    }


def test_the_modules_of_the_manifest_open_without_heavy_packages(
    manifest: PluginManifest,
) -> None:
    modules = {
        str(command.python_name).partition(":")[0]
        for command in manifest.contributions.commands or []
    }
    code = (
        f"import sys, importlib\n"
        f"for name in {sorted(modules)!r}: importlib.import_module(name)\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_napari_opens_docks_and_sample_by_name(make_napari_viewer: Any) -> None:
    from napari.plugins import _initialize_plugins

    viewer = make_napari_viewer()
    _initialize_plugins()
    viewer.open_sample("napari-disentangle", "known_factors_small")
    assert len(viewer.layers) == 2
    docks = [
        viewer.window.add_plugin_dock_widget("napari-disentangle", name)[1]
        for name in (
            *("Crops", "Factors", "Explore", "Annotate", "Classify", "Traversal"),
            *("Fine-tune", "Export"),
        )
    ]
    assert len({id(dock.session) for dock in docks}) == 1
