"""One file and its pictures, of what the benchmarks left."""

import json
from collections.abc import Sequence
from pathlib import Path


def write(output: Path, names: Sequence[str], failed: Sequence[str]) -> None:
    """benchmarks.json, of the files of `names`."""
    parts = [json.loads((output / f"{name}.json").read_text()) for name in names if name not in failed]
    whole = {
        "machine": parts[-1]["machine"] if parts else {},
        "figures": [figure for part in parts for figure in part["figures"]],
        "curves": [curve for part in parts for curve in part["curves"]],
        "failed": list(failed),
    }
    (output / "benchmarks.json").write_text(json.dumps(whole, indent=1))
