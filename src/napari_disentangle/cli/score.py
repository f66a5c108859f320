"""`score`, `score-codes`: how disentangled are a model, or anybody's codes."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from napari_disentangle.cli.options import DEFAULT_MODEL, Device, Model
from napari_disentangle.cli.progress import follow
from napari_disentangle.errors import DataError, StorageError

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from napari_disentangle.metrics.pairs import CodePairs
    from napari_disentangle.recipes.score_codes import CodeScores
    from napari_disentangle.recipes.score_regime import Regime
    from napari_disentangle.recipes.score_result import ModelScores


def score(
    out: Annotated[Path, typer.Option("--json", help="JSON file for all numbers.")],
    model: Model = DEFAULT_MODEL,
    centered: Annotated[
        bool,
        typer.Option(
            "--centred",
            "--centered",
            help="Five factors, Orientation within a quarter turn (10 values).",
        ),
    ] = False,
    full_circle: Annotated[
        bool,
        typer.Option(
            "--full-circle",
            help="Five factors, Orientation on the full circle (40 values).",
        ),
    ] = False,
    images: Annotated[
        int, typer.Option(min=300, help="Fewest images that are scored.")
    ] = 10_000,
    seed: Annotated[int, typer.Option(help="Seed of everything random.")] = 0,
    device: Device = "auto",
) -> None:
    """Score a model on drawn images whose factors are known.

    Without --centred or --full-circle the factors are those of the model's training,
    and only combinations held out from it are scored.

    Example: napari-disentangle score --model features --centred --json scores.json
    """
    if centered and full_circle:
        raise typer.BadParameter("give --centred or --full-circle, not both")
    from napari_disentangle.recipes.score import iter_score
    from napari_disentangle.storage.documents import write_json
    from napari_disentangle.storage.models import read_model

    regime: Regime = "own"
    if centered or full_circle:
        regime = "centered" if centered else "full_circle"
    task = iter_score(
        read_model(model), regime, n_images=images, device=device, seed=seed
    )
    scores = follow(task)
    write_json(out, scores.to_json())
    typer.echo(_describe_model(scores))


def score_codes(
    codes: Annotated[Path, typer.Argument(help="NPZ file with arrays of codes.")],
    factors: Annotated[
        Path, typer.Argument(help="CSV file: a row a code, a named column a factor.")
    ],
    out: Annotated[Path, typer.Option("--json", help="JSON file for all numbers.")],
    key: Annotated[str, typer.Option(help="Array in CODES, samples by dims.")] = "mean",
    pairs: Annotated[
        Path | None,
        typer.Option(
            help="Folder with X.npz and Y.npz: the codes of pairs that differ in one "
            "factor, an array a factor. Default: pairs are looked for in CODES."
        ),
    ] = None,
    metrics: Annotated[
        str, typer.Option(help="Scores to compute, separated by commas.")
    ] = "omes,mig,dci",
    seed: Annotated[int, typer.Option(help="Seed of everything random.")] = 0,
) -> None:
    """Score codes of samples with known factors: OMES, MIG and DCI.

    Example: napari-disentangle score-codes codes.npz factors.csv --json scores.json
    """
    from napari_disentangle.recipes.score_codes import iter_score_codes
    from napari_disentangle.storage.documents import write_json

    values = _read_array(codes, key)
    table = _read_factors(factors)
    names = tuple(table.columns)
    given = _read_pairs(pairs, names) if pairs is not None else None
    chosen = [name.strip() for name in metrics.split(",") if name.strip()]
    scores = follow(
        iter_score_codes(
            values,
            table.to_numpy(),
            names=names,
            pairs=given,
            metrics=chosen,
            seed=seed,
        )
    )
    write_json(out, scores.to_json())
    typer.echo(_summary(scores))


def _describe_model(scores: ModelScores) -> str:
    named = scores.named_omes
    lines = [
        f"{scores.model_id}: {scores.n_scored} images"
        + (" of unseen combinations" if scores.unseen else ""),
        _summary(scores),
        f"OMES avg of {len(scores.named)} named dimensions {named.avg:.3f} "
        f"(an ideal ordinal code: {named.ordinal_reference:.3f})",
    ]
    for k, name in enumerate(scores.space.names):
        j = scores.matching[k]
        lines.append(
            f"{name}: read out {scores.dci.test_accuracy[k]:.3f} "
            f"(chance {scores.chance[k]:.3f}), "
            f"dimension {'none' if j is None else scores.dimensions[j]}"
        )
    return "\n".join(lines)


def _summary(scores: CodeScores | ModelScores) -> str:
    lines = []
    if scores.omes is not None:
        lines.append(
            f"OMES avg {scores.omes.avg:.3f}, max {scores.omes.max:.3f} "
            f"(an ideal ordinal code: {scores.omes.ordinal_reference:.3f})"
        )
    if scores.mig is not None:
        lines.append(f"MIG {scores.mig.value:.3f}")
    if scores.dci is not None:
        lines.append(
            f"DCI disentanglement {scores.dci.disentanglement:.3f}, "
            f"completeness {scores.dci.completeness:.3f}, "
            f"informativeness {scores.dci.informativeness:.3f}"
        )
    return "\n".join(lines)


def _read_arrays(path: Path) -> dict[str, NDArray[np.generic]]:
    import numpy as np

    try:
        with path.open("rb") as file:
            arrays = np.load(file, allow_pickle=False)
            if isinstance(arrays, np.ndarray):
                raise DataError(f"{path} holds one bare array; save it with np.savez.")
            return dict(arrays)
    except OSError as error:
        reason = error.strerror or "it is empty or damaged"
        raise StorageError(f"{path} cannot be read: {reason}.") from error
    except (ValueError, EOFError, zipfile.BadZipFile) as error:
        if isinstance(error, DataError):
            raise
        raise DataError(
            f"{path} is not an NPZ file of numbers; write it with np.savez."
        ) from error


def _read_array(path: Path, key: str) -> NDArray[np.generic]:
    arrays = _read_arrays(path)
    if key not in arrays:
        known = ", ".join(arrays) or "none"
        raise DataError(f"{path} has no array {key!r}; give --key one of: {known}.")
    return arrays[key]


def _read_factors(path: Path) -> pd.DataFrame:
    import pandas as pd

    try:
        table = pd.read_csv(path)
    except OSError as error:
        reason = error.strerror or str(error)
        raise StorageError(f"{path} cannot be read: {reason}.") from error
    except ValueError as error:  # pandas' errors of empty and malformed files
        raise DataError(f"{path} is not a CSV table: {error}.") from error
    unnamed = [name for name in table if str(name).startswith("Unnamed:")]
    if unnamed:
        raise DataError(
            f"{path} has a column without a name; name it, or remove it if it counts "
            "the rows."
        )
    return table


def _read_pairs(folder: Path, names: tuple[str, ...]) -> CodePairs:
    from napari_disentangle.metrics.pairs import given_pairs

    return given_pairs(
        _read_arrays(folder / "X.npz"), _read_arrays(folder / "Y.npz"), names
    )
