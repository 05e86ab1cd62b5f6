"""The edges that PSI is judged on: exact deciles of the baseline, and never none."""

from fractions import Fraction

import pytest
from toy_bank_driver import ToyBank, prediction

SPREAD = [float(1000 * i * i // 7 * 10) for i in range(13)]
REPEATED = [1 / 22.3] * 12 + [5.0]


def decile(values: list[float], tenths: int) -> float:
    """Return a decile by linear interpolation in rational arithmetic (Hyndman and Fan 1996, definition 7)."""
    place = Fraction(tenths, 10) * (len(values) - 1)
    low = Fraction(values[int(place)])
    return float(low + (Fraction(values[min(int(place) + 1, len(values) - 1)]) - low) * (place - int(place)))


SAMPLES = {
    "spread": (SPREAD, [decile(SPREAD, tenths) for tenths in range(1, 10)]),
    "repeated": (REPEATED, [1 / 22.3]),
    "constant": ([5.0] * 6, [5.0]),
    "rarely_one": ([0.0] * 19 + [1.0], [0.0]),
    "huge": ([1e300, 2e300, 3e300], [decile([1e300, 2e300, 3e300], tenths) for tenths in range(1, 10)]),
    "missing": ([None] * 4, []),
}


@pytest.fixture(scope="module")
def edges(tmp_path_factory) -> dict[str, list[float]]:
    """The declared edges of a feature by version: each version has one of the samples as its baseline."""
    bank = ToyBank(tmp_path_factory.mktemp("toy_bank"))
    for version, (values, _) in SAMPLES.items():
        bank.register("pd", version, "2024-01-01", "2024-01-31")
        bank.load(
            "scores",
            [prediction(f"{version} {i}", model_version=version, income=value) for i, value in enumerate(values)],
        )
    bank.load("scores", [prediction("later", loaded_at="2024-02-01 23:00:00")])
    assert bank.build("--select", "+evd_baselines").success
    rows = bank.rows("""
        select model_version, max(upper_edge) as edge
        from evidence.evd_baselines
        where variable = 'income' and bin_id >= 0
        group by model_version, declared_bin_id
        having count(upper_edge) = count(*)
        order by edge
    """)
    return {version: [edge for key, edge in rows if key == version] for version in SAMPLES}


@pytest.mark.parametrize("sample", SAMPLES)
def test_declared_edges(sample, edges):
    expected = SAMPLES[sample][1]
    assert edges[sample] == (pytest.approx(expected, rel=1e-15) if sample == "huge" else expected)
