"""Reverse stress against closed forms, scikit-learn's shrinkage and an optimiser."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.optimize import minimize
from sklearn.covariance import ledoit_wolf

from dbt_model_risk.stress.factor_covariance import daily_moves, ledoit_wolf_intensity, shrunk_covariance
from dbt_model_risk.stress.reverse_stress import (
    linear_nearest_loss,
    plausibility,
    quadratic_nearest_loss,
    scale_to_loss,
)
from dbt_model_risk.stress.reverse_stress_table import reverse_stress


def covariance_of(generator, count):
    root = generator.normal(size=(count, count))
    return root @ root.T + 0.1 * np.eye(count)


def optimised(delta, gamma, covariance, loss, starts):
    """The shortest of the solutions that an optimiser finds from several starts."""
    inverse = np.linalg.inv(covariance)
    reach = {
        "type": "eq",
        "fun": lambda x: delta @ x + 0.5 * gamma @ x**2 + loss,
        "jac": lambda x: delta + gamma * x,
    }
    found = [
        minimize(lambda x: x @ inverse @ x, start, jac=lambda x: 2 * inverse @ x, constraints=[reach], method="SLSQP",
                 options={"ftol": 1e-12, "maxiter": 500})
        for start in starts
    ]  # fmt: skip
    return min(np.sqrt(one.fun) for one in found if one.success)


def test_two_independent_factors_by_hand():
    found = linear_nearest_loss([3.0, 4.0], np.diag([1.0, 1.0]), 10.0)
    assert found.moves.tolist() == [-1.2, -1.6]
    assert found.distance == 2.0
    assert plausibility(2.0, 2) == pytest.approx(np.exp(-2.0), rel=1e-12)
    # A factor twice as lively takes four times the move per unit of delta.
    assert linear_nearest_loss([1.0, 1.0], np.diag([4.0, 1.0]), 5.0).moves.tolist() == [-4.0, -1.0]


@pytest.mark.parametrize("seed", range(5))
def test_linear_is_what_the_optimiser_finds(seed):
    generator = np.random.default_rng(seed)
    count = seed + 1
    delta, covariance = generator.normal(size=count), covariance_of(generator, count)
    found = linear_nearest_loss(delta, covariance, 3.0)
    assert delta @ found.moves == pytest.approx(-3.0, rel=1e-12)
    assert found.distance == pytest.approx(np.sqrt(found.moves @ np.linalg.solve(covariance, found.moves)), rel=1e-9)
    starts = generator.normal(size=(3, count))
    assert found.distance == pytest.approx(optimised(delta, np.zeros(count), covariance, 3.0, starts), rel=1e-6)
    assert plausibility(found.distance, count) == pytest.approx(stats.chi2.sf(found.distance**2, count), rel=1e-10)


@pytest.mark.parametrize("seed", range(12))
def test_quadratic_is_what_the_optimiser_finds(seed):
    generator = np.random.default_rng(100 + seed)
    count = seed % 4 + 1
    delta, covariance = generator.normal(size=count), covariance_of(generator, count)
    gamma = generator.normal(size=count) - (0.5 if count == 1 else 0)
    gamma[0] = -abs(gamma[0])
    found = quadratic_nearest_loss(delta, gamma, covariance, 3.0)
    assert delta @ found.moves + 0.5 * gamma @ found.moves**2 == pytest.approx(-3.0, rel=1e-9)
    assert found.distance == pytest.approx(np.sqrt(found.moves @ np.linalg.solve(covariance, found.moves)), rel=1e-8)
    starts = np.vstack([generator.normal(size=(12, count)) * 2, found.moves])
    assert found.distance == pytest.approx(optimised(delta, gamma, covariance, 3.0, starts), rel=1e-5)


def test_books_by_hand():
    one = np.eye(1)
    # A short straddle loses 8 at four moves in either direction, a long one never.
    short = quadratic_nearest_loss([0.0], [-1.0], one, 8.0)
    assert (abs(short.moves[0]), short.distance) == (pytest.approx(4.0), pytest.approx(4.0))
    assert quadratic_nearest_loss([0.0], [1.0], one, 8.0).reason == "loss_not_reachable"
    # -3 x + x^2/2 turns at 3, where the loss is 4.5.
    assert quadratic_nearest_loss([-3.0], [1.0], one, 4.0).moves[0] == pytest.approx(2.0, rel=1e-12)
    assert quadratic_nearest_loss([-3.0], [1.0], one, 4.6).reason == "loss_not_reachable"
    assert linear_nearest_loss([0.0, 0.0], np.eye(2), 1.0).reason == "loss_not_reachable"
    # Delta in one factor, short gamma in the other: 2 x1 - x2^2 / 2 = -10.
    both = quadratic_nearest_loss([2.0, 0.0], [0.0, -1.0], np.eye(2), 10.0)
    assert both.moves[0] == pytest.approx(-2.0, rel=1e-9)
    assert abs(both.moves[1]) == pytest.approx(np.sqrt(12.0), rel=1e-9)
    with pytest.raises(ValueError, match="positive"):
        linear_nearest_loss([1.0], one, 0.0)
    with pytest.raises(ValueError, match="positive"):
        quadratic_nearest_loss([1.0], [1.0], one, -1.0)


def test_a_pricer_that_turns_back():
    """A loss that is reached, left and reached again: the first crossing counts."""
    wave = lambda moves: -10 * np.sin(moves[0])  # noqa: E731
    assert scale_to_loss(wave, np.array([1.0]), 5.0) == pytest.approx(np.pi / 6, rel=1e-12)
    assert np.isnan(scale_to_loss(wave, np.array([1.0]), 11.0))
    linear = linear_nearest_loss([3.0, 4.0], np.eye(2), 10.0)
    along = scale_to_loss(lambda x: 3 * x[0] + 4 * x[1], linear.moves / linear.distance, 10.0)
    assert along == pytest.approx(linear.distance, rel=1e-12)


@settings(deadline=None, max_examples=50)
@given(seed=st.integers(0, 10_000), count=st.integers(1, 5), factor=st.floats(0.1, 10))
def test_what_holds_for_every_book(seed, count, factor):
    generator = np.random.default_rng(seed)
    delta, covariance = generator.normal(size=count), covariance_of(generator, count)
    gamma = generator.normal(size=count)
    linear = linear_nearest_loss(delta, covariance, 1.0)
    assert quadratic_nearest_loss(delta, 0 * gamma, covariance, 1.0).distance == pytest.approx(
        linear.distance, rel=1e-9
    )
    # Twice the book is half the loss; a factor in another unit is the same factor.
    again = quadratic_nearest_loss(2 * delta, 2 * gamma, covariance, 2.0)
    once = quadratic_nearest_loss(delta, gamma, covariance, 1.0)
    assert again.reason == once.reason
    assert again.distance == pytest.approx(once.distance, rel=1e-7, nan_ok=True)
    units = np.full(count, 1.0)
    units[0] = factor
    other = quadratic_nearest_loss(delta / units, gamma / units**2, covariance * np.outer(units, units), 1.0)
    assert other.distance == pytest.approx(once.distance, rel=1e-6, nan_ok=True)
    # A greater loss is never nearer.
    further = quadratic_nearest_loss(delta, gamma, covariance, 1.5)
    assert not further.distance < once.distance * (1 - 1e-9)


def test_shrinkage():
    generator = np.random.default_rng(1)
    moves = generator.normal(size=(300, 4)) * [1, 10, 0.1, 3]
    plain = shrunk_covariance(moves)
    assert plain.shrinkage == 0
    assert plain.matrix == pytest.approx(np.cov(moves.T), rel=1e-12)
    centred = moves - moves.mean(axis=0)
    assert ledoit_wolf_intensity(centred) == pytest.approx(ledoit_wolf(centred, assume_centered=True)[1], rel=1e-9)
    doubled = shrunk_covariance(np.column_stack([moves, moves[:, 0]]))
    assert doubled.shrinkage >= 0.01
    assert np.linalg.eigvalsh(doubled.matrix)[0] > 0
    assert np.diag(doubled.matrix) == pytest.approx(np.diag(np.cov(np.column_stack([moves, moves[:, 0]]).T)))
    still = shrunk_covariance(np.column_stack([moves, np.zeros(300)]))
    assert still.matrix[4].tolist() == [0] * 5


def test_moves_of_prices_and_of_rates():
    values = pd.DataFrame(
        {
            "risk_date": pd.to_datetime(["2018-01-01", "2018-01-02", "2018-01-03", "2018-01-04"]).repeat(2),
            "factor_id": ["oil", "rate"] * 4,
            "factor_value": [50, 1.0, 55, 1.5, -5, 1.25, 10, np.nan],
        }
    )
    factors = pd.DataFrame({"factor_id": ["oil", "rate"], "quote": ["price", "percent"]})
    moves = daily_moves(values, factors, until=pd.Timestamp("2018-01-04"), window=10)
    assert moves.to_numpy() == pytest.approx(np.array([[0.1, 0.5], [-60 / 55, -0.25]]))
    complete = values.assign(factor_value=values["factor_value"].fillna(1.0))
    # A ratio to a negative price says nothing: the day is left out.
    assert len(daily_moves(complete, factors, until=pd.Timestamp("2018-01-04"), window=10)) == 2
    assert len(daily_moves(complete, factors, until=pd.Timestamp("2018-01-03"), window=1)) == 1


def histories(days=400):
    generator = np.random.default_rng(2)
    dates = pd.bdate_range("2017-01-02", periods=days)
    index = 100 * np.cumprod(1 + 0.01 * generator.normal(size=days))
    rate = 2.0 + np.cumsum(0.05 * generator.normal(size=days))
    return pd.concat(
        [
            pd.DataFrame({"risk_date": dates, "factor_id": "shares", "factor_value": index}),
            pd.DataFrame({"risk_date": dates, "factor_id": "rate", "factor_value": rate}),
        ]
    )


FACTORS = pd.DataFrame(
    {
        "factor_id": ["shares", "rate", "iv", "gold"],
        "factor_class": ["equity", "rates", "volatility", "commodity"],
        "quote": ["index", "percent", "points", "price"],
        "volatility_factor_id": ["iv", None, None, None],
        "floor_value": [0.0, None, 0, 0],
    }
)


def reversed_stress(rows, loss=1000.0, **more):
    columns = ["portfolio_id", "factor_id", "delta", "gamma", "vega", "shift_type", "shift_size"]
    book = pd.DataFrame(rows, columns=columns)
    book = book.assign(sandbox_id="ib", instrument_id="(portfolio)", risk_date=pd.Timestamp("2018-07-13"))
    target = {"sandbox_id": "ib", "portfolio_id": "p", "target_loss": loss, "horizon_days": 10, "minimum_distance": 3}
    return reverse_stress(pd.DataFrame([target]), book, FACTORS, histories(), **more)


def test_a_book_against_the_closed_form():
    rows = [("p", "shares", 50.0, 0, 0, "relative", 0.01), ("p", "rate", -4.0, 0, None, "absolute", 0.01)]
    table = reversed_stress(rows).set_index("factor_id")
    moves = histories().pivot_table(index="risk_date", columns="factor_id", values="factor_value")
    moves = pd.DataFrame({"shares": moves["shares"].pct_change(), "rate": moves["rate"].diff()}).dropna()
    expected = linear_nearest_loss([5000.0, -400.0], 10 * np.cov(moves.T), 1000.0)
    assert table.loc[["shares", "rate"], "move"].to_numpy() == pytest.approx(expected.moves, rel=1e-9)
    assert table["distance"].to_numpy() == pytest.approx(expected.distance, rel=1e-9)
    assert table["loss_share"].sum() == pytest.approx(1.0)
    assert set(table["method_used"]) == {"linear"}
    assert table["move_type"].to_dict() == {"shares": "relative", "rate": "absolute"}
    assert set(table["window_days"]) == {399}
    # The same book in other shifts: one point of the index, one per cent of the rate.
    last = histories().groupby("factor_id")["factor_value"].last()
    rows = [
        ("p", "shares", 5000.0 / last["shares"], 0, 0, "absolute", 1.0),
        ("p", "rate", -4.0 * last["rate"], 0, None, "relative", 0.01),
    ]
    other = reversed_stress(rows).set_index("factor_id")
    assert other["move"].to_dict() == pytest.approx(table["move"].to_dict(), rel=1e-9)


def test_books_without_answer_say_why():
    gamma = ("p", "shares", 0.0, 1.0, 0, "relative", 0.01)
    reasons = {
        "loss_not_reachable": reversed_stress([gamma]),
        "no_factor_history": reversed_stress([("p", "gold", 1.0, 0, 0, "relative", 0.01)]),
        "no_sensitivities": reversed_stress([("another", "shares", 1.0, 0, 0, "relative", 0.01)]),
    }
    for reason, table in reasons.items():
        assert table["status_reason"].tolist() == [reason]
        assert table["distance"].isna().all()
    short = reversed_stress([("p", "shares", 1.0, 0, 0, "relative", 0.01)], minimum_days=400)
    assert short["status_reason"].tolist() == ["no_factor_history"]
    vega = reversed_stress([("p", "shares", 50.0, 0, 7.0, "relative", 0.01)])
    assert vega["status_reason"].tolist() == ["vega_without_history"]
    assert vega["distance"].notna().all()
    assert reversed_stress([("p", "shares", 1.0, 0, 0, "relative", 0.01)])["status_reason"].tolist() == ["below_floor"]
