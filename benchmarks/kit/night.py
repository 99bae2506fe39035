"""Pictures that are read on a dark page as well: each colour has another where the reader's page is dark."""

from pathlib import Path

# The lighter ones of the palette of Okabe and Ito; ground, text and lines are those of the docs' drawings.
AT_NIGHT = {
    "#ffffff": "#161b22",
    "#24292f": "#e6edf3",
    "#d0d7de": "#30363d",
    "#777777": "#9aa4ad",
    "#0072b2": "#56b4e9",
    "#d55e00": "#e69f00",
}


def style() -> str:
    """Matplotlib writes colours into each shape, which only what is important can overrule."""
    rules = (
        f'[style*="{kind}: {day}"] {{ {kind}: {night} !important }}'
        for day, night in AT_NIGHT.items()
        for kind in ("fill", "stroke")
    )
    return f"<style>@media (prefers-color-scheme: dark) {{ {' '.join(rules)} }}</style>"


def add_night(path: Path) -> None:
    before, start, rest = path.read_text().partition("<svg ")
    tag, end, shapes = rest.partition(">")
    path.write_text(f"{before}{start}{tag}{end}\n {style()}{shapes}")
