"""The only place that knows the names of files: in models, and beside the data."""

from __future__ import annotations

from hashlib import sha256
from importlib.resources import files
from pathlib import Path

from napari_disentangle.errors import ModelError
from napari_disentangle.places import PROJECT, user_folder

CARD = "model.json"
WEIGHTS = "weights.safetensors"
DECODER = "decoder.safetensors"
REPLAY = "replay.safetensors"
SEEN = "seen.safetensors"

EXPORT = "export"
RUNS = "runs"
RUN_MANIFEST = "manifest.json"
CHECKPOINT = "checkpoint.safetensors"
HISTORY = "history.json"
COMPARISON = "comparison.json"
COMPARISON_PICTURES = "comparison.safetensors"
FEATURES = "features"

CLASSIFIER = "classifier.skops"
CLASSIFIER_CARD = "classifier.json"
NOVELTY = "novelty.npz"

ANNOTATIONS = "annotations"
IMAGE_INFO = "image_info.json"

_BUNDLED = "bundled"
_LONGEST = 235


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


def checkpoint_beside(folder: Path) -> Path:
    """Return the file for a training that will make the model `folder`."""
    return folder.with_name(f"{folder.name}.{CHECKPOINT}")


def project_folder(image: Path | None) -> Path:
    """Return where what belongs to an image file, or to an opened folder, is kept.

    It lies beside the image; that of an image without a file is the user's own.
    """
    if image is None:
        return user_folder()
    return (image if image.is_dir() else image.parent) / PROJECT


def annotations_beside(image: Path) -> Path:
    """Return the file for the annotations of an image file, or of an opened folder."""
    return project_folder(image) / ANNOTATIONS / _json_name(image.name)


def annotations_of_user(name: str) -> Path:
    """Return the file for the annotations of an image called `name` without a file."""
    safe = "".join(c if c.isalnum() or c in "-_. " else "_" for c in name)
    return user_folder() / ANNOTATIONS / _json_name(safe)


def image_info_beside(image: Path) -> Path:
    """Return the file for what is known of an image, one for all in its folder."""
    return project_folder(image) / IMAGE_INFO


def image_info_of_user() -> Path:
    """Return the file for what is known of images that have no folder of their own."""
    return user_folder() / IMAGE_INFO


def _json_name(name: str) -> str:
    """Return ``<name>.json``, of a very long name its beginning and a hash of it.

    No file may be called by more than 255 bytes, and while it is written it has a
    longer name.
    """
    if len(name.encode()) <= _LONGEST:
        return f"{name}.json"
    kept = name.encode()[: _LONGEST - 9].decode(errors="ignore")
    return f"{kept}-{sha256(name.encode()).hexdigest()[:8]}.json"


def _bundled_folder() -> Path:
    return Path(str(files("napari_disentangle"))) / _BUNDLED
