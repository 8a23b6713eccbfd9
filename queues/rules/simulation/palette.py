"""How the picture looks: each source has a letter, a pattern and a colour, so that no one of the
three is the only sign; and all of it in light and in dark."""

from __future__ import annotations

from queues.rules.priority import Priority

LETTERS = {
    Priority.EMERGENCY: "E",
    Priority.PAID: "P",
    Priority.FOLLOW_UP: "F",
    Priority.ONLINE: "O",
    Priority.WALK_IN: "W",
}
LIGHT = {
    "ground": "#ffffff",
    "lane": "#f4f8f9",
    "ink": "#0e2127",
    "soft": "#48606a",
    "rule": "#c9d6da",
    "edge": "#6d8791",
    "wait": "#8fa6ae",
    "late": "#8a4500",
    "late-wash": "#fff0d6",
    "emergency": "#a11420",
    "emergency-wash": "#a11420",
    "emergency-ink": "#ffffff",
    "paid": "#5a3796",
    "paid-wash": "#eee6fb",
    "follow_up": "#0c5c36",
    "follow_up-wash": "#dcf3e6",
    "online": "#0b5e6b",
    "online-wash": "#dbf0f4",
    "walk_in": "#5d5330",
    "walk_in-wash": "#f3eeda",
}
DARK = {
    "ground": "#0a1519",
    "lane": "#12232a",
    "ink": "#eef5f6",
    "soft": "#a9c0c8",
    "rule": "#2b434d",
    "edge": "#7f9aa4",
    "wait": "#5f7a85",
    "late": "#ffc773",
    "late-wash": "#3a2a0d",
    "emergency": "#ff9c9c",
    "emergency-wash": "#ff9c9c",
    "emergency-ink": "#2a0508",
    "paid": "#c9aefc",
    "paid-wash": "#2e2150",
    "follow_up": "#7fdca6",
    "follow_up-wash": "#123a25",
    "online": "#63c9d8",
    "online-wash": "#123841",
    "walk_in": "#dcc98a",
    "walk_in-wash": "#38321b",
}
FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif'
STYLE = f"""
text {{ font: 13px {FONT}; fill: var(--ink); }}
.title {{ font-size: 24px; font-weight: 700; }}
.name {{ font-size: 16px; font-weight: 700; }}
.soft, .row {{ fill: var(--soft); }}
.row {{ font-size: 12px; text-anchor: end; }}
.hour, .middle {{ text-anchor: middle; }}
.hour {{ fill: var(--soft); font-variant-numeric: tabular-nums; }}
.number {{ text-anchor: end; font-variant-numeric: tabular-nums; }}
.head {{ text-anchor: end; fill: var(--soft); font-size: 12px; }}
.first {{ text-anchor: start; }}
.strong {{ font-weight: 700; }}
.ground {{ fill: var(--ground); }}
.lane {{ fill: var(--lane); }}
.grid, .rule {{ stroke: var(--rule); stroke-width: 1; }}
.closed {{ fill: var(--rule); fill-opacity: 0.45; }}
.slot {{ fill: var(--ground); stroke: var(--edge); }}
.taken {{ fill: var(--soft); }}
.free {{ fill: none; stroke: var(--edge); }}
.missed {{ stroke: var(--ink); stroke-width: 1.6; fill: none; }}
.extra {{ fill: var(--emergency); }}
.late {{ fill: url(#late); stroke: var(--late); }}
.said {{ fill: var(--late-wash); stroke: var(--late); }}
.delay {{ fill: var(--late); font-size: 12px; font-weight: 600; }}
.wait {{ fill: var(--wait); }}
.urgent {{ fill: var(--emergency); }}
.arrow {{ fill: none; stroke: var(--ink); stroke-width: 1.8; }}
.arrow-head {{ fill: var(--ink); }}
.away {{ stroke-dasharray: 4 3; }}
.alarm {{ stroke: var(--emergency); stroke-width: 1.6; stroke-dasharray: 2 3; }}
.alarm-head {{ fill: var(--emergency); }}
.alarm-text {{ fill: var(--emergency); font-weight: 700; font-size: 12px; }}
.small {{ font-size: 11px; stroke: var(--lane); stroke-width: 4; paint-order: stroke; }}
.before {{ text-anchor: end; }}
.letter {{ font-size: 12px; font-weight: 700; text-anchor: middle; }}
.visit {{ stroke-width: 1.4; }}
.s-paid {{ stroke: var(--paid); stroke-opacity: 0.55; }}
.s-online {{ stroke: var(--online); stroke-opacity: 0.45; }}
.d-follow_up {{ fill: var(--follow_up); fill-opacity: 0.7; }}
.s-late {{ stroke: var(--late); stroke-opacity: 0.5; }}
"""


def style() -> str:
    """Light, dark where the reader's machine is, and the sources in both."""
    sources = "".join(_source(source) for source in LETTERS)
    dark = f"@media (prefers-color-scheme: dark) {{ svg {{ {_set(DARK)} }} }}"
    return (
        f"<style>svg {{ color-scheme: light dark; {_set(LIGHT)} }}\n{dark}{STYLE}{sources}</style>"
    )


def patterns() -> str:
    """One texture a source; walk-ins, the many, are plain."""
    return (
        "<defs>"
        + _pattern("paid", 6, '<path d="M-1.5 1.5l3-3M0 6l6-6M4.5 7.5l3-3" class="s-paid"/>')
        + _pattern("follow_up", 6, '<circle cx="3" cy="3" r="1.1" class="d-follow_up"/>')
        + _pattern("online", 5, '<path d="M0 2.5h5" class="s-online"/>')
        + _pattern("walk_in", 8, "")
        + _pattern("emergency", 8, "")
        + _pattern("late", 7, '<path d="M-1.5 5.5l3 3M0 0l7 7M5.5-1.5l3 3" class="s-late"/>')
        + "</defs>"
    )


def _set(colours: dict[str, str]) -> str:
    return " ".join(f"--{name}: {colour};" for name, colour in colours.items())


def _source(source: Priority) -> str:
    ink = "var(--emergency-ink)" if source is Priority.EMERGENCY else "var(--ink)"
    return (
        f".v-{source} {{ fill: url(#{source}); stroke: var(--{source}); }}\n"
        f".l-{source} {{ fill: {ink}; stroke: var(--{source}-wash); stroke-width: 3;"
        " paint-order: stroke; }\n"
    )


def _pattern(name: str, size: int, texture: str) -> str:
    """The wash of the colour, and the texture on it."""
    return (
        f'<pattern id="{name}" width="{size}" height="{size}" patternUnits="userSpaceOnUse">'
        f'<rect width="{size}" height="{size}" fill="var(--{name}-wash)"/>{texture}</pattern>'
    )
