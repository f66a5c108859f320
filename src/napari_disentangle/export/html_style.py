"""The look of HTML pages: light and dark, screen and paper, no font to load."""

STYLE = """
:root { --paper: #fff; --ink: #1c2330; --faint: #687184; --line: #dfe3ea;
  --panel: #f6f7f9; --accent: #2463c9; --real: #9aa4b5;
  --A: #1b7f4d; --B: #2a7d8c; --C: #a86a00; --D: #b3312c; --none: #7b8494; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #15181d; --ink: #e6e9ee; --faint: #98a1b2; --line: #2c323c;
    --panel: #1d2128; --accent: #7fb0ff; --real: #5c6678;
    --A: #3fae77; --B: #4fa9b8; --C: #d79a34; --D: #e0736e; --none: #7b8494; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1060px; padding: 28px 24px 60px; color: var(--ink);
  background: var(--paper); font: 15px/1.5 system-ui, "Segoe UI", Roboto, sans-serif; }
h1 { margin: 0; font-size: 26px; letter-spacing: -.01em; }
h2 { margin: 0 0 6px; font-size: 19px; display: flex; gap: 10px; align-items: center; }
h3 { margin: 0 0 6px; font-size: 12px; font-weight: 600; color: var(--faint); }
.sub { margin: 4px 0 14px; color: var(--faint); }
.known { margin: 0 0 8px; padding: 10px 14px; border-left: 4px solid var(--none);
  border-radius: 4px; background: var(--panel); }
.known.good { border-color: var(--A); }
.known.bad { border-color: var(--D); }
.notes { margin: 0 0 14px; padding-left: 20px; color: var(--faint); font-size: 14px; }
nav { display: flex; flex-wrap: wrap; gap: 8px 10px; margin: 16px 0 10px; }
nav a { display: flex; align-items: center; gap: 7px; padding: 3px 11px 3px 4px;
  border: 1px solid var(--line); border-radius: 999px; color: inherit;
  text-decoration: none; font-size: 14px; }
nav a:hover { border-color: var(--accent); }
.legend { list-style: none; margin: 0; padding: 0; display: flex; flex-wrap: wrap;
  gap: 2px 18px; color: var(--faint); font-size: 12.5px; }
.legend li { display: flex; align-items: center; gap: 6px; }
.badge { display: inline-grid; place-items: center; min-width: 26px; height: 26px;
  border-radius: 50%; color: #fff; font-size: 14px; font-weight: 700;
  background: var(--none); }
.legend .badge { min-width: 18px; height: 18px; font-size: 11px; }
.g-A { background: var(--A); } .g-B { background: var(--B); }
.g-C { background: var(--C); } .g-D { background: var(--D); }
section { margin-top: 22px; padding: 18px 20px; border: 1px solid var(--line);
  border-radius: 10px; break-inside: avoid; }
.reason { margin: 0 0 12px; }
.walk { margin: 0 0 16px; }
.steps { display: flex; margin-right: 104px; color: var(--faint); font-size: 11px; }
.steps span { flex: 1; text-align: center; }
.walk figure { display: flex; align-items: center; gap: 10px; margin: 2px 0; }
.walk img { width: calc(100% - 104px); border-radius: 4px; background: #000; }
.walk figcaption { width: 94px; color: var(--faint); font-size: 12px; line-height: 1.3;
  }
.columns { display: grid; grid-template-columns: 4fr 5fr 5fr; gap: 14px 26px; }
@media (max-width: 860px) { .columns { grid-template-columns: 1fr; } }
dl { margin: 0; font-size: 13px; line-height: 1.4; }
dt { color: var(--faint); font-size: 12px; }
dd { margin: 0 0 7px; }
svg { width: 100%; height: auto; overflow: visible; font-size: 12px; }
svg text { fill: var(--ink); } .label, .value { text-anchor: end; }
.value { font-variant-numeric: tabular-nums; }
.other text { fill: var(--faint); } .own text { font-weight: 600; }
svg line { stroke: var(--real); stroke-width: 2; }
svg .axis { stroke: var(--line); stroke-width: 1; }
svg circle { fill: var(--real); } .own circle { fill: var(--accent); }
.own line { stroke: var(--accent); }
rect.drawn { fill: var(--accent); } rect.real { fill: var(--real); }
.key { margin: 4px 0 0; color: var(--faint); font-size: 11.5px; }
.key i { display: inline-block; width: 14px; height: 5px; margin: 0 2px 2px 6px; }
.key .drawn { background: var(--accent); } .key .real { background: var(--real); }
footer { margin-top: 26px; color: var(--faint); font-size: 12.5px; }
@media print { body { max-width: none; padding: 0; } nav { display: none; } }
"""
"""One style sheet; grades are told by letter and color."""
