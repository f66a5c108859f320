"""The only place that knows the names of files in a model folder."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from napari_disentangle.errors import ModelError

CARD = "model.json"
WEIGHTS = "weights.safetensors"
DECODER = "decoder.safetensors"
REPLAY = "replay.safetensors"

_BUNDLED = "bundled"


def bundled_models() -> tuple[str, ...]:
    """Return the names of the models that come with the package, in name order."""
    folder = _bundled_folder()
    if not folder.is_dir():
        return ()
    return tuple(sorted(entry.parent.name for entry in folder.glob(f"*/{CARD}")))


def model_folder(name_or_dir: str | Path) -> Path:
    """Return the folder of a model given by bundled name or by path.

    Raises
    ------
    ModelError
        If there is neither a bundled model nor a folder of that name.
    """
    if isinstance(name_or_dir, str) and name_or_dir in bundled_models():
        return _bundled_folder() / name_or_dir
    folder = Path(name_or_dir).expanduser()
    if not folder.is_dir():
        known = ", ".join(bundled_models()) or "none"
        raise ModelError(
            f"There is no model {str(name_or_dir)!r}; give the folder of a model or "
            f"a bundled name ({known})."
        )
    return folder


def _bundled_folder() -> Path:
    return Path(str(files("napari_disentangle"))) / _BUNDLED
