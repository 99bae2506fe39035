"""Pictures of benchmarks.json, as SVG: dark on white, and the other way round on a dark page.

The two colours are of the palette of Okabe and Ito, and differ in lightness too; what is not reached is
hollow besides.
"""

from collections.abc import Sequence
from math import ceil
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Picture
from matplotlib.ticker import FuncFormatter, MaxNLocator, NullLocator

from benchmarks.kit.night import add_night
from benchmarks.kit.results import number

Figure = dict[str, Any]
Curve = dict[str, Any]

REACHED, MISSED, PLAIN, TEXT, FAINT = "#0072B2", "#D55E00", "#777777", "#24292f", "#d0d7de"
COLOURS = {True: REACHED, False: MISSED, None: PLAIN}
STYLE: Any = {
    "font.family": "sans-serif", "font.size": 10, "svg.fonttype": "path", "svg.hashsalt": "workbin",
    "text.color": TEXT, "axes.labelcolor": TEXT, "xtick.color": TEXT, "ytick.color": TEXT,
    "axes.edgecolor": FAINT, "axes.spines.top": False, "axes.spines.right": False,
    "axes.grid": True, "axes.axisbelow": True, "grid.color": FAINT, "grid.linewidth": 0.6,
}  # fmt: skip
LOGARITHMIC = 50  # from the smallest to the largest size
COLUMNS = 3


def draw(whole: dict[str, Any], output: Path) -> list[Path]:
    """ratios.svg, and NAME.svg for each benchmark with curves. Returns their paths."""
    ratios = [figure for figure in whole["figures"] if figure["unit"] == "ratio"]
    families: dict[str, list[Curve]] = {}
    for curve in whole["curves"]:
        families.setdefault(curve["benchmark"], []).append(curve)
    with mpl.rc_context(STYLE):
        pictures = {"ratios": of_ratios(ratios)} if ratios else {}
        pictures |= {f"curves-{name}": of_curves(curves) for name, curves in families.items()}
        paths = []
        for name, picture in pictures.items():
            paths.append(output / f"{name}.svg")
            picture.savefig(paths[-1], facecolor="white", metadata={"Date": None})
            add_night(paths[-1])
    return paths


def of_ratios(ratios: Sequence[Figure]) -> Picture:
    """A row each: median, smallest to largest round, and a tick at the target."""
    picture = Picture(figsize=(9.5, 1.3 + 0.32 * len(ratios)), layout="constrained")
    axes = picture.subplots()
    for row, ratio in enumerate(ratios):
        colour, target = COLOURS[ratio["is_reached"]], ratio["at_least"] or ratio["at_most"]
        axes.plot([min(ratio["values"]), max(ratio["values"])], [row, row], color=colour, linewidth=2)
        inside = "white" if ratio["is_reached"] is False else colour
        axes.plot(ratio["median"], row, "o", color=colour, markerfacecolor=inside, markersize=7)
        if target is not None:
            axes.plot(target, row, "|", color=TEXT, markersize=15, markeredgewidth=1.8)
            side = "►" if ratio["at_least"] else "◄"
            axes.annotate(
                side, (target, row), (7 if ratio["at_least"] else -7, 0), textcoords="offset points",
                ha="center", va="center", fontsize=8, color=TEXT,
            )  # fmt: skip
    axes.axvline(1, color=PLAIN, linewidth=1, zorder=0)
    axes.set_xscale("log", base=2)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.set_yticks(range(len(ratios)), [ratio["what"] for ratio in ratios])
    axes.set_ylim(len(ratios) - 0.4, -0.6)
    axes.grid(axis="y", visible=False)
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel(
        "ratio: dot = median, line = all rounds, tick = target and the side to be on\n"
        "blue = reached, orange and hollow = not reached, grey = no target"
    )
    return picture


def of_curves(curves: Sequence[Curve]) -> Picture:
    """Side by side, each with its own axis from 0."""
    columns = min(COLUMNS, len(curves))
    lines = ceil(len(curves) / columns)
    picture = Picture(figsize=(0.6 + 3.3 * columns, 0.3 + 2.6 * lines), layout="constrained")
    every: list[Axes] = list(picture.subplots(lines, columns, squeeze=False).flat)
    for axes, curve in zip(every, curves, strict=False):
        points = sorted((int(size), values) for size, values in curve["points"].items())
        sizes = [size for size, _ in points]
        low, median, high = zip(*(values for _, values in points), strict=True)
        axes.fill_between(sizes, low, high, color=REACHED, alpha=0.18, linewidth=0)
        axes.plot(sizes, median, "o-", color=REACHED, linewidth=1.8, markersize=4)
        if sizes[0] and sizes[-1] >= LOGARITHMIC * sizes[0]:
            axes.set_xscale("log")
            axes.set_xticks(sizes, list(map(short, sizes)))
            axes.xaxis.set_minor_locator(NullLocator())
        else:
            axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
        axes.set_ylim(0, max(high) * 1.1)
        axes.set_title(curve["what"], fontsize=10, loc="left")
        axes.set_xlabel(curve["by"])
        axes.set_ylabel(curve["unit"])
    for axes in every[len(curves) :]:
        axes.set_axis_off()
    picture.supxlabel("line = median, band = 10th to 90th percentile", fontsize=9)
    return picture


def short(size: int) -> str:
    for unit, name in ((1_000_000, " M"), (1_000, " k")):
        if size >= unit:
            return f"{number(size / unit)}{name}"
    return str(size)
