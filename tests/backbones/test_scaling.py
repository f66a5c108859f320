"""The default feature scaler: standardized, clipped, half-whitened components."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from napari_disentangle.backbones.minmax import MinMaxScaler
from napari_disentangle.backbones.scaling import FeatureScaler, scaler_from_arrays
from napari_disentangle.errors import ConfigError, DataError, ModelError


def draw(n, width, seed=0):
    """Return correlated features with very different scales and offsets."""
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(n, width)) @ rng.normal(size=(width, width))
    return (values * rng.uniform(0.01, 30, width) + rng.normal(size=width) * 5).astype(
        np.float32
    )


@pytest.fixture(scope="module")
def values():
    return draw(500, 40)


@pytest.fixture(scope="module")
def scaler(values):
    return FeatureScaler.fit(values, n_components=12)


def test_scaled_features_have_the_stated_shape_and_total_variance(values, scaler):
    scaled = scaler.transform(values)
    assert scaled.shape == (500, 12)
    assert scaled.dtype == np.float32
    assert scaled.var(axis=0).sum() == pytest.approx(12, rel=1e-3)


def test_components_are_uncorrelated_and_half_whitened(values, scaler):
    covariance = np.cov(scaler.transform(values).T)
    variances = np.diag(covariance)
    np.testing.assert_allclose(covariance, np.diag(variances), atol=1e-3)
    standardized = (values - values.mean(0)) / values.std(0)
    eigenvalues = np.linalg.eigvalsh(np.cov(standardized.T))[::-1][:12]
    expected = np.sqrt(eigenvalues) * 12 / np.sqrt(eigenvalues).sum()
    np.testing.assert_allclose(variances, expected, rtol=5e-3)


def test_with_all_components_the_inverse_gives_the_features_back(values):
    scaler = FeatureScaler.fit(values, n_components=40)
    back = scaler.inverse(scaler.transform(values))
    assert np.abs((back - values) / values.std(0)).max() < 1e-3


def test_dropped_components_cost_little_and_the_projection_is_stable(values, scaler):
    scaled = scaler.transform(values)
    again = scaler.transform(scaler.inverse(scaled))
    np.testing.assert_allclose(again, scaled, atol=1e-3)


def test_outliers_are_clipped_at_eight_sd(values, scaler):
    far, farther = values[:1].copy(), values[:1].copy()
    far[0, 0] += 1e4
    farther[0, 0] += 1e5
    np.testing.assert_array_equal(scaler.transform(far), scaler.transform(farther))


def test_constant_features_do_no_harm(values):
    widened = np.concatenate([values, np.full((500, 2), 7, np.float32)], axis=1)
    scaler = FeatureScaler.fit(widened, n_components=12)
    scaled = scaler.transform(widened)
    assert np.isfinite(scaled).all()
    assert scaler.sd[-2:].tolist() == [1, 1]
    np.testing.assert_allclose(
        np.abs(scaled), np.abs(FeatureScaler.fit(values, 12).transform(values)), 0, 1e-2
    )


def test_few_objects_give_few_components():
    scaler = FeatureScaler.fit(draw(7, 40), n_components=384)
    assert scaler.n_components == 6
    scaled = scaler.transform(draw(7, 40))
    assert scaled.var(axis=0).sum() == pytest.approx(6, rel=1e-3)


def test_a_target_keeps_the_components_but_has_its_own_statistics(values, scaler):
    target = values * 3 + 50
    own = scaler.with_statistics_of(target)
    assert own.components is scaler.components
    assert own.gain is scaler.gain
    np.testing.assert_allclose(
        own.transform(target), scaler.transform(values), atol=2e-3
    )
    assert not np.allclose(scaler.transform(target), scaler.transform(values))


def test_the_same_features_give_the_same_scaler(values):
    first, second = FeatureScaler.fit(values, 12), FeatureScaler.fit(values, 12)
    np.testing.assert_array_equal(first.components, second.components)


@pytest.mark.parametrize("spoiled", [np.nan, np.inf])
def test_features_that_are_not_finite_are_refused(values, scaler, spoiled):
    broken = values.copy()
    broken[[3, 8], 5] = spoiled
    for use in (FeatureScaler.fit, scaler.transform, scaler.with_statistics_of):
        with pytest.raises(DataError, match="2 of 500 objects hold NaN"):
            use(broken)


def test_features_of_another_width_are_refused(values, scaler):
    for use in (scaler.transform, scaler.with_statistics_of):
        with pytest.raises(DataError, match=r"\(N, 40\); got \(500, 39\)"):
            use(values[:, :-1])
    with pytest.raises(DataError, match=r"\(N, 12\)"):
        scaler.inverse(values)


@pytest.mark.parametrize("rows", [0, 1])
def test_too_few_objects_are_refused(values, rows):
    with pytest.raises(DataError, match=f"Features of {rows} objects"):
        FeatureScaler.fit(values[:rows])


def test_objects_that_are_all_alike_are_refused():
    with pytest.raises(DataError, match="do not differ"):
        FeatureScaler.fit(np.ones((5, 4), np.float32))


def test_no_components_are_refused(values):
    with pytest.raises(ConfigError, match="at least 1 component"):
        FeatureScaler.fit(values, 0)


def test_a_saved_scaler_scales_alike(values, scaler):
    back = scaler_from_arrays(scaler.to_arrays())
    assert isinstance(back, FeatureScaler)
    np.testing.assert_array_equal(back.transform(values), scaler.transform(values))


def test_half_precision_is_enough_to_save(values, scaler):
    halves = {k: v.astype(np.float16) for k, v in scaler.to_arrays().items()}
    back = FeatureScaler.from_arrays(halves)
    assert back.components.dtype == np.float32
    np.testing.assert_allclose(
        back.transform(values), scaler.transform(values), atol=0.05
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"mean": np.zeros(39)}, r"mean has shape \(39,\)"),
        ({"sd": np.ones((40, 1))}, "sd has shape"),
        ({"gain": np.ones(11)}, r"gain has shape \(11,\)"),
        ({"components": np.zeros(40)}, "mean has shape"),
        ({"sd": np.zeros(40)}, "not positive"),
        ({"gain": np.full(12, np.nan)}, "NaN"),
    ],
)
def test_a_damaged_scaler_is_refused(scaler, change, message):
    with pytest.raises(ModelError, match=message):
        FeatureScaler.from_arrays({**scaler.to_arrays(), **change})


def test_a_scaler_with_a_missing_array_is_refused(scaler):
    arrays = scaler.to_arrays()
    del arrays["sd"]
    with pytest.raises(ModelError, match="lacks sd"):
        scaler_from_arrays(arrays)


def test_the_papers_scaler_maps_the_smallest_to_0_and_the_largest_to_1(values):
    scaler = MinMaxScaler.fit(values)
    scaled = scaler.transform(values)
    assert (scaled.min(), scaled.max()) == pytest.approx((0, 1))
    np.testing.assert_allclose(scaler.inverse(scaled), values, atol=1e-3)
    assert scaler.n_components == scaler.n_features == 40


def test_the_papers_constants_send_zero_to_4227():
    scaler = MinMaxScaler.of_papers()
    zero = scaler.transform(np.zeros((1, 768), np.float32))
    assert zero[0, 0] == pytest.approx(0.4227, abs=5e-5)


def test_the_papers_scaler_keeps_its_constants_on_a_target(values):
    scaler = MinMaxScaler.fit(values)
    assert scaler.with_statistics_of(values + 100) is scaler


def test_the_papers_scaler_survives_saving(values):
    scaler = MinMaxScaler.fit(values)
    assert scaler_from_arrays(scaler.to_arrays()) == scaler


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"range": np.zeros(3)}, "range has shape"),
        ({"range": np.array([1, 1])}, "is empty"),
        ({"n_features": np.zeros(2)}, "n_features has shape"),
    ],
)
def test_a_damaged_papers_scaler_is_refused(change, message):
    with pytest.raises(ModelError, match=message):
        scaler_from_arrays({**MinMaxScaler.of_papers().to_arrays(), **change})


def test_the_papers_scaler_refuses_what_it_cannot_scale(values):
    with pytest.raises(DataError, match="all equal"):
        MinMaxScaler.fit(np.ones((5, 4), np.float32))
    with pytest.raises(DataError, match="NaN"):
        MinMaxScaler.fit(np.full((2, 3), np.nan, np.float32))
    with pytest.raises(DataError, match=r"\(N, 768\)"):
        MinMaxScaler.of_papers().transform(values)


@settings(deadline=None, max_examples=25)
@given(
    n=st.integers(2, 30),
    width=st.integers(1, 30),
    wanted=st.integers(1, 40),
    seed=st.integers(0, 99),
)
def test_any_table_of_differing_rows_can_be_scaled(n, width, wanted, seed):
    values = draw(n, width, seed)
    scaler = FeatureScaler.fit(values, wanted)
    scaled = scaler.transform(values)
    assert 1 <= scaler.n_components <= min(wanted, width, n)
    assert scaled.shape == (n, scaler.n_components)
    assert np.isfinite(scaled).all()
    assert scaled.var(axis=0).sum() == pytest.approx(scaler.n_components, rel=2e-2)
