"""`benchmark`: measure what is claimed, next to controls, on a user's own data."""

from __future__ import annotations

from pathlib import Path
from string import ascii_letters, digits
from typing import TYPE_CHECKING, Annotated

import typer

from napari_disentangle.cli.options import Device
from napari_disentangle.cli.progress import follow

if TYPE_CHECKING:
    pass

_IN_NAME = {*ascii_letters, *digits, "-", "_"}

benchmark = typer.Typer(name="benchmark", no_args_is_help=True, add_completion=False)
"""Sub-commands are added by `benchmark.command`."""


@benchmark.callback()
def _describe_benchmark() -> None:
    """Benchmarks: results as JSON, Markdown tables and figures."""


@benchmark.command()
def transfer(
    out: Annotated[
        Path, typer.Option(help="Folder for features and finished cells of the plan.")
    ],
    json_file: Annotated[
        Path, typer.Option("--json", help="JSON file for all numbers.")
    ],
    folder: Annotated[
        list[str] | None,
        typer.Option(
            help="NAME=DIR: a folder with one folder of images a class. May be given "
            "again."
        ),
    ] = None,
    bccd: Annotated[
        Path | None, typer.Option(help="Folder of BCCD: blood smears with boxes.")
    ] = None,
    wbc1: Annotated[
        Path | None, typer.Option(help="Folder of WBC1: white blood cells with masks.")
    ] = None,
    seeds: Annotated[
        int, typer.Option(min=1, help="Number of splits and fine-tunings.")
    ] = 3,
    quick: Annotated[
        bool,
        typer.Option(
            "--quick",
            help="Minutes instead of hours: the first two data sets, at most 3,000 "
            "crops of each, main arms, few trees, no open set.",
        ),
    ] = False,
    max_crops: Annotated[
        int,
        typer.Option(min=0, help="Most crops of a data set; 0 takes all, or 3,000."),
    ] = 0,
    sources: Annotated[
        Path | None,
        typer.Option(
            help="Folder with Source models seed_0, seed_1 ..., or with such folders "
            "in features and pixels; default: the bundled models."
        ),
    ] = None,
    config: Annotated[
        Path | None,
        typer.Option(
            help="TOML or JSON file: arms, crops, epochs, trees ...; see "
            "configs/transfer.toml. --seeds counts."
        ),
    ] = None,
    report: Annotated[
        Path | None,
        typer.Option(
            help="Markdown file of the tables; figures go into a folder beside it. "
            "Default: transfer.md in --out."
        ),
    ] = None,
    device: Device = "auto",
) -> None:
    """Fine-tune, classify and find novelty on data sets with classes, with controls.

    Every finished cell of the plan is kept in --out, and the same command goes on where
    an earlier one stopped. Splits keep whole images together and are equal for all
    methods.

    Example: napari-disentangle benchmark transfer --bccd bccd --wbc1 wbc1 --seeds 3
    --out run --json transfer.json
    """
    from napari_disentangle.config import read_config
    from napari_disentangle.recipes.transfer.plan import TransferConfig, want
    from napari_disentangle.recipes.transfer.run import iter_transfer
    from napari_disentangle.recipes.transfer.show import write_transfer
    from napari_disentangle.storage.documents import write_json

    if quick and config is not None:
        raise typer.BadParameter("give --quick or --config, not both.")
    settings = TransferConfig.quick(seeds) if quick else TransferConfig(n_seeds=seeds)
    if config is not None:
        settings = read_config(TransferConfig, config).replace(n_seeds=seeds)
    if max_crops:
        settings = settings.replace(max_crops=max_crops)
    wanted = want(_folders(folder or []), bccd, wbc1, settings)
    if not wanted:
        raise typer.BadParameter("give --folder NAME=DIR, --bccd or --wbc1.")
    task = iter_transfer(wanted, out, settings, sources=sources, device=device)
    result = follow(task)
    write_json(json_file, result.to_json())
    write_transfer(report or out / "transfer.md", result)
    for note in result.notes:
        typer.echo(note, err=True)
    typer.echo(
        f"{len(result.records)} cells in {result.seconds:.0f} s; tables in "
        f"{report or out / 'transfer.md'}, numbers in {json_file}"
    )


def _folders(given: list[str]) -> dict[str, Path]:
    """Return what NAME=DIR says."""
    folders: dict[str, Path] = {}
    for each in given:
        name, equals, folder = each.partition("=")
        if not (name and equals and folder):
            raise typer.BadParameter(f"--folder needs NAME=DIR; got {each!r}.")
        if not set(name) <= _IN_NAME:
            raise typer.BadParameter(
                f"A name has letters, digits, - and _ only; got {name!r}."
            )
        if name in folders:
            raise typer.BadParameter(f"--folder {name!r} is given twice.")
        folders[name] = Path(folder)
    return folders
