"""Tables come back the same from the libraries people read them with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import csv as arrow_csv

from napari_disentangle.errors import DataError, StorageError
from napari_disentangle.export.tabular import read_table, write_table

if TYPE_CHECKING:
    from pathlib import Path


def _cells() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "label": [1, 5, 10],
            "index": [1, 5, 10],
            "roi_id": ["plate 1/a,b.tif", "plate 1/a,b.tif", 'µ"quoted".tif'],
            "frame": [0, 0, 2],
            "z_scale": np.array([0.1, np.nan, -3.25e-8], np.float32),
            "area": [12.0, 1.0, np.nan],
            "annotation": ["NA", np.nan, "red cell"],
            "in_distribution": [True, False, True],
        }
    )


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_a_table_comes_back(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"cells{suffix}"
    write_table(_cells(), path)
    read = read_table(path)
    read = read.replace({None: np.nan})
    pd.testing.assert_frame_equal(read, _cells(), check_dtype=False, rtol=1e-7)
    assert read["label"].dtype.kind == "i"
    assert read["in_distribution"].dtype == bool
    assert read["annotation"].isna().tolist() == [False, True, False]


def test_arrow_reads_both_with_the_same_columns(tmp_path: Path) -> None:
    for name in ("cells.csv", "cells.parquet"):
        write_table(_cells(), tmp_path / name)
    from_parquet = pq.read_table(tmp_path / "cells.parquet")
    from_csv = arrow_csv.read_csv(tmp_path / "cells.csv")
    assert from_parquet.column_names == from_csv.column_names == list(_cells())
    assert from_parquet["z_scale"].to_pylist()[1:2] == [None]
    assert from_csv["label"].to_pylist() == [1, 5, 10]


def test_a_missing_value_is_an_empty_field(tmp_path: Path) -> None:
    write_table(_cells(), tmp_path / "cells.csv")
    lines = (tmp_path / "cells.csv").read_bytes().decode("utf-8").splitlines()
    assert lines[2] == '5,5,"plate 1/a,b.tif",0,,1.0,,False'


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(values=st.lists(st.floats(allow_infinity=False), min_size=1))
def test_numbers_keep_all_their_digits(tmp_path: Path, values: list[float]) -> None:
    table = pd.DataFrame({"label": range(len(values)), "area": values})
    for name in ("t.csv", "t.parquet"):
        write_table(table, tmp_path / name)
        read = read_table(tmp_path / name)["area"].to_numpy(np.float64)
        np.testing.assert_array_equal(read, np.asarray(values))


def test_an_unknown_suffix_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"\.parquet or \.h5ad; cells\.xlsx is none"):
        write_table(_cells(), tmp_path / "cells.xlsx")


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
@pytest.mark.parametrize("content", [None, b"", b"PAR1\xff\xfe\x00"])
def test_an_unreadable_table_is_one_sentence(
    tmp_path: Path, suffix: str, content: bytes | None
) -> None:
    path = tmp_path / f"cells{suffix}"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(StorageError, match=f"Table .*cells{suffix}"):
        read_table(path)


def test_a_missing_folder_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot be written"):
        write_table(_cells(), tmp_path / "no" / "cells.csv")
