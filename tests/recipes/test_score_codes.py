from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
import typer
from typer.testing import CliRunner

from napari_disentangle.cli.errors import ErrorGroup
from napari_disentangle.cli.score import score_codes as command
from napari_disentangle.errors import ConfigError, DataError
from napari_disentangle.metrics.pairs import pairs_among
from napari_disentangle.recipes.score_codes import iter_score_codes, score_codes
from napari_disentangle.tasks import run

NAMES = ("size", "color")

app = typer.Typer(cls=ErrorGroup)
app.callback()(lambda: None)
app.command("score-codes")(command)


@pytest.fixture
def samples():
    """Return codes with one dimension a factor and a silent one, and the factors."""
    factors = np.random.default_rng(0).integers(0, 4, (400, 2))
    codes = np.zeros((400, 3), np.float32)
    codes[:, :2] = factors[:, ::-1]
    return codes, factors


@pytest.fixture
def files(samples, tmp_path):
    """Return the arguments of the command for the same samples on disk."""
    codes, factors = samples
    np.savez(tmp_path / "codes.npz", mean=codes, sampled=codes[::-1])
    pd.DataFrame(factors, columns=NAMES).to_csv(tmp_path / "factors.csv", index=False)
    return [str(tmp_path / "codes.npz"), str(tmp_path / "factors.csv")]


def call(*args: object):
    return CliRunner().invoke(app, ["score-codes", *map(str, args)])


def test_all_scores_of_ideal_codes(samples):
    codes, factors = samples
    scores = score_codes(codes, factors, names=NAMES)
    assert scores.omes.association == (1, 0)
    assert scores.omes.inactive == (2,)
    assert scores.omes.avg == pytest.approx(scores.omes.ordinal_reference, abs=0.1)
    assert scores.mig.value == pytest.approx(1, abs=0.02)
    assert scores.dci.disentanglement > 0.99


def test_only_the_scores_asked_for(samples):
    scores = score_codes(*samples, metrics=["mig"])
    assert scores.omes is None
    assert scores.dci is None
    assert list(scores.to_json()) == ["mig", "seconds"]
    assert list(scores.seconds) == ["mig"]


def test_progress_is_told_for_each_score(samples):
    stages = []
    run(iter_score_codes(*samples), lambda event: stages.append(event.stage))
    assert list(dict.fromkeys(stages)) == [
        "Scoring codes with OMES",
        "Scoring codes with MIG",
        "Fitting trees for DCI",
    ]


@pytest.mark.parametrize("metrics", [["omes", "sap"], []])
def test_unknown_metrics_are_refused(samples, metrics):
    with pytest.raises(ConfigError, match="choose from omes, mig, dci"):
        score_codes(*samples, metrics=metrics)


def test_bad_arrays_are_refused_whatever_the_metric(samples):
    codes, factors = samples
    with pytest.raises(DataError, match="400 codes but 399 rows"):
        score_codes(codes, factors[1:], metrics=["mig"])
    codes[3, 1] = np.nan
    with pytest.raises(DataError, match="Codes hold NaN"):
        score_codes(codes, factors, metrics=["dci"])


def test_command_and_recipe_give_the_same_numbers(samples, files, tmp_path):
    out = tmp_path / "scores.json"
    result = call(*files, "--json", out, "--seed", 5)
    assert result.exit_code == 0
    written = json.loads(out.read_text())
    expected = score_codes(*samples, names=NAMES, seed=5).to_json()
    del written["seconds"], expected["seconds"]
    assert written == json.loads(json.dumps(expected))
    assert written["omes"]["association"] == {"size": 1, "color": 0}
    assert [line.split()[0] for line in result.stdout.splitlines()] == [
        "OMES",
        "MIG",
        "DCI",
    ]


def test_the_document_has_the_promised_keys(files, tmp_path):
    out = tmp_path / "scores.json"
    assert call(*files, "--json", out).exit_code == 0
    document = json.loads(out.read_text())
    assert {"avg", "max", "per_factor", "association", "S", "ordinal_reference"} <= set(
        document["omes"]
    )
    assert "value" in document["mig"]
    assert {"disentanglement", "completeness", "informativeness"} <= set(
        document["dci"]
    )
    assert set(document["seconds"]) == {"omes", "mig", "dci"}


def test_pairs_from_a_folder_are_used(samples, files, tmp_path):
    codes, factors = samples
    pairs = pairs_among(codes, factors, NAMES, np.random.default_rng(9))
    np.savez(tmp_path / "X.npz", **dict(zip(NAMES, pairs.first, strict=True)))
    np.savez(tmp_path / "Y.npz", **dict(zip(NAMES, pairs.second, strict=True)))
    out = tmp_path / "scores.json"
    result = call(*files, "--pairs", tmp_path, "--metrics", "omes", "--json", out)
    assert result.exit_code == 0
    expected = score_codes(*samples, names=NAMES, pairs=pairs, metrics=["omes"])
    assert json.loads(out.read_text())["omes"]["S"] == expected.omes.S.tolist()


def test_another_array_is_scored_by_its_key(files, tmp_path):
    out = tmp_path / "scores.json"
    args = ("--metrics", "mig", "--json", out)
    assert call(*files, "--key", "sampled", *args).exit_code == 0
    assert json.loads(out.read_text())["mig"]["value"] < 0.5


def write(path, content: bytes) -> str:
    path.write_bytes(content)
    return str(path)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda f, t: [t / "none.npz", f[1]], "none.npz cannot be read: No such file"),
        (lambda f, t: [f[0], t / "none.csv"], "none.csv cannot be read: No such file"),
        (lambda f, t: [t, f[1]], "cannot be read: Is a directory"),
        (lambda f, t: [f[1], f[1]], "factors.csv is not an NPZ file of numbers"),
        (lambda f, t: [write(t / "a", b""), f[1]], "a is not an NPZ file"),
        (
            lambda f, t: [
                write(t / "a.npz", (t / "codes.npz").read_bytes()[:90]),
                f[1],
            ],
            "a.npz is not an NPZ file",
        ),
        (lambda f, t: [f[0], write(t / "a.csv", b"")], "a.csv is not a CSV table"),
        (lambda f, t: [f[0], f[0]], "codes.npz is not a CSV table"),
        (
            lambda f, t: [f[0], write(t / "a.csv", b",size\n0,1\n1,2\n")],
            "a column without a name",
        ),
        (lambda f, t: [*f, "--key", "mu"], "no array 'mu'; give --key one of: mean, s"),
        (lambda f, t: [*f, "--metrics", "omes,sap"], "Unknown metric 'sap'"),
        (lambda f, t: [*f, "--pairs", t], "X.npz cannot be read"),
    ],
)
def test_bad_input_ends_with_one_line_and_exit_code_1(files, tmp_path, change, said):
    result = call(*change(files, tmp_path), "--json", tmp_path / "out.json")
    assert result.exit_code == 1
    assert said in result.stderr
    assert result.stderr.count("\n") == 1
    assert not (tmp_path / "out.json").exists()


def test_a_bare_array_is_refused_with_the_remedy(files, tmp_path):
    np.save(tmp_path / "codes.npy", np.zeros((3, 2)))
    result = call(tmp_path / "codes.npy", files[1], "--json", tmp_path / "out.json")
    assert "save it with np.savez" in result.stderr


def test_arrays_of_objects_are_never_unpickled(files, tmp_path):
    np.savez(tmp_path / "evil.npz", mean=np.array([{}], object))
    result = call(tmp_path / "evil.npz", files[1], "--json", tmp_path / "out.json")
    assert result.exit_code == 1
    assert "not an NPZ file of numbers" in result.stderr
