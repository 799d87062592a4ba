"""The page is written from the figures alone, and only where it has a place for them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks.report import tables
from benchmarks.report.__main__ import main, read, replaced

MACHINE = {
    "date": "2026-01-02T03:04:05+00:00",
    "processor": "Abacus",
    "cores": 2,
    "system": "Linux 6",
    "python": "3.11.7",
}


def run(ratio: float = 2.0, **more: Any) -> dict[str, Any]:
    workload = {
        "name": "digits-cnn",
        "threads": 2,
        "cnnopt_ms": 0.5,
        "torch_ms": 0.5 * ratio,
        "torch_variant": "channels_last_fused",
        "ratio": ratio,
        "ratio_quartiles": [ratio - 0.1, ratio + 0.1],
        "limit_ms": 0.1,
        "peak_share": 0.2,
        "cnnopt_mb": 44.0,
        "torch_mb": 330.0,
        "loss_difference": 1.2e-7,
        "torch_difference": 0.0,
        "others": 0.01,
    }
    document = {
        "benchmark": "throughput",
        "workloads": [workload, workload | {"name": "mnist-cnn", "cnnopt_ms": 15.0}],
        "geometric_means": {"2": ratio},
        "threads": [2],
        "sgemm_peak": {"2": 202.0},
        "quick": True,
        "allocator": "kept",
        "numpy": "2.4",
        "blas": "openblas",
        "torch": "2.13",
    }
    return document | MACHINE | more


STARTUP = MACHINE | {
    "benchmark": "startup",
    "help": {
        "cnnopt_s": 0.15,
        "bare_s": 0.125,
        "ratio": 1.2,
        "ratio_quartiles": [1.1, 1.3],
        "rounds": 9,
    },
    "first_step": {
        "config": "configs/digits.yaml",
        "seconds": 0.5,
        "quartiles": [0.4, 0.6],
        "rounds": 9,
    },
}
STUDIES = MACHINE | {
    "benchmark": "studies",
    "folds": 10,
    "jobs": 2,
    "one_s": 18.0,
    "many_s": 10.0,
    "ratio": 1.8,
    "ratio_quartiles": [1.7, 1.9],
    "rounds": 3,
}
KERNELS = MACHINE | {
    "benchmark": "kernels",
    "cases": [
        {
            "kernel": "relu",
            "problem": "16 x 2",
            "versions": [
                {"name": "plain", "ms": 2.0, "speedup": 1.0, "error": 0.0},
                {"name": "fast", "ms": 0.5, "speedup": 4.0, "error": 3e-7},
            ],
        }
    ],
}
PAGE = "# Page\n" + "\n".join(
    f"<!-- measured: {name} -->\nold {name}\n<!-- end -->"
    for name in ("throughput", "startup", "studies", "kernels")
)


def test_each_run_has_its_ratio_and_times_are_medians() -> None:
    runs = [run(2.0), run(3.0), run(2.5)]
    text = tables.throughput(runs)
    row = next(line for line in text.splitlines() if line.startswith("| digits-cnn"))
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    assert cells[:9] == [
        *("digits-cnn", "0.500", "1.25", "channels last fused", "0.100"),
        *("2.00", "3.00", "2.50", "2.40 to 2.60"),
    ]
    assert "**2.00** | **3.00** | **2.50**" in text
    assert "Abacus, 2 cores" in text
    lines = [line for line in text.splitlines() if line.startswith("|")]
    assert len({line.count("|") for line in lines}) == 1


@pytest.mark.parametrize("more", [{"processor": "Slide rule"}, {"torch": "1.0"}])
def test_runs_of_different_kinds_are_not_mixed(more: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=next(iter(more))):
        tables.throughput([run(), run(**more)])


def test_each_allocator_has_its_own_table() -> None:
    text = tables.throughput([run(2.0), run(3.0, allocator="system")])
    installed, kept = text.index("as they are installed"), text.index("kept by glibc")
    assert installed < text.index("| 3.00 |") < kept < text.index("| 2.00 |")


def test_a_disturbed_race_is_marked() -> None:
    disturbed = run()
    disturbed["workloads"][0] = disturbed["workloads"][0] | {"others": 0.3}
    text = tables.throughput([run(), disturbed])
    assert "| digits-cnn † |" in text
    assert "| mnist-cnn |" in text
    assert "30% of the machine at most during a race, more than 5% in those marked †." in text
    assert "†" not in tables.throughput([run()])


def test_runs_of_different_workloads_are_not_mixed() -> None:
    other = run()
    other["workloads"] = other["workloads"][:1]
    with pytest.raises(ValueError, match="workloads"):
        tables.throughput([run(), other])


def test_the_other_tables() -> None:
    assert "| 1.20 | 1.10 to 1.30 |" in tables.startup(STARTUP)
    assert "| 1.80 | 1.70 to 1.90 |" in tables.studies(STUDIES)
    assert "|  |  | fast | 0.500 | 4.00 | 3e-07 |" in tables.kernels(KERNELS)


@pytest.mark.parametrize(
    ("value", "text"), [(123.4, "123"), (12.34, "12.3"), (1.234, "1.23"), (0.1234, "0.123")]
)
def test_three_digits_count(value: float, text: str) -> None:
    assert tables.digits(value) == text


def test_the_page_is_written_where_it_has_a_place(tmp_path: Path) -> None:
    (tmp_path / "pictures").mkdir()
    (tmp_path / "performance.md").write_text(PAGE)
    files = []
    for number, document in enumerate([run(), run(3.0), STUDIES, KERNELS]):
        files.append(tmp_path / f"{number}.json")
        files[-1].write_text(json.dumps(document))
    words = [*map(str, files), "--docs", str(tmp_path)]
    assert main(words) == 0
    page = (tmp_path / "performance.md").read_text()
    assert "old throughput" not in page
    assert "old startup" in page
    assert page.count("<!-- end -->") == 4
    assert (tmp_path / "pictures" / "throughput.png").read_bytes().startswith(b"\x89PNG")
    assert main(words) == 0
    assert (tmp_path / "performance.md").read_text() == page


def test_a_page_without_the_place_is_left_alone() -> None:
    with pytest.raises(ValueError, match="0 places"):
        replaced("# Page\n", {"throughput": "new"})
    assert r"\1" in replaced(PAGE, {"startup": r"\1"})


def test_foreign_and_double_files_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "a.json"
    for text in ("[]", "{}", '{"benchmark": "other"}', "no json"):
        file.write_text(text)
        with pytest.raises(ValueError, match=r"JSON|json|Expecting"):
            read([file])
    file.write_text(json.dumps(STARTUP))
    with pytest.raises(ValueError, match="second"):
        read([file, file])
    assert main([str(tmp_path / "none.json"), "--docs", str(tmp_path)]) == 2
    assert "none.json" in capsys.readouterr().err


def test_the_real_page_has_every_place() -> None:
    page = (Path(__file__).parents[2] / "docs" / "performance.md").read_text()
    for name in ("throughput", "startup", "studies", "kernels"):
        assert replaced(page, {name: "new"}) != page


def test_augmentation_is_a_share_of_a_step() -> None:
    found = MACHINE | {
        "benchmark": "augmentation",
        "workload": "mnist-cnn",
        "transforms": "rotate: 10, shift: 2",
        "step_ms": 10.0,
        "augment_ms": 1.5,
        "share": 0.15,
        "share_quartiles": [0.14, 0.17],
        "rounds": 30,
        "others": 0.02,
    }
    text = tables.augmentation(found)
    assert "| share of a step | 15.0% | 14.0% to 17.0% |" in text
    assert "| a step of `mnist-cnn` | 10.0 |" in text
    assert "others used 2% of the machine, 2026-01-02." in text
