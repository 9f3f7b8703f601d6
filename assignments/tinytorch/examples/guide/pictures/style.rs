//! Colors for light and dark backgrounds.

use std::fmt::Write;

/// Class, property, color on light, color on dark.
const COLOURS: [(&str, &str, &str, &str); 23] = [
    ("paper", "fill", "#ffffff", "#1a1e24"),
    ("ink", "fill", "#1f2328", "#e6edf3"),
    ("muted", "fill", "#59636e", "#a7b1bc"),
    ("line", "stroke", "#6e7781", "#8b949e"),
    ("tip", "fill", "#6e7781", "#8b949e"),
    ("box", "fill", "#f3f5f8", "#262c34"),
    ("box", "stroke", "#8c959f", "#6e7781"),
    ("weight", "fill", "#fdf0d5", "#47380f"),
    ("weight", "stroke", "#b7791f", "#d9a441"),
    ("tensor", "fill", "#dbeafe", "#1d3758"),
    ("tensor", "stroke", "#2563eb", "#7db4ff"),
    ("stream", "stroke", "#2563eb", "#7db4ff"),
    ("arrow", "fill", "#2563eb", "#7db4ff"),
    ("grad", "stroke", "#a21caf", "#e879f9"),
    ("gradtip", "fill", "#a21caf", "#e879f9"),
    ("params", "fill", "#d08a1d", "#d9a441"),
    ("work", "fill", "#0f766e", "#4fd1c0"),
    ("works", "stroke", "#0f766e", "#4fd1c0"),
    ("warm", "stroke", "#c2410c", "#fb923c"),
    ("hot", "fill", "#1d4ed8", "#8cc0ff"),
    ("grid", "stroke", "#d0d7de", "#3d444d"),
    ("rim", "stroke", "#1f2328", "#e6edf3"),
    ("veil", "fill", "#c9d1d9", "#3d444d"),
];

/// Fill colors of the heads, in turn; readable on both backgrounds.
const HEADS: [&str; 4] = ["#5b8fd6", "#e8954a", "#5fb075", "#b784c7"];

/// The number of heads with distinct colors.
pub(crate) const HEAD_COLOURS: usize = HEADS.len();

/// The style sheet. As a separate file, the picture follows the system's preference; in the
/// documentation it follows the theme that the reader selected there.
pub(crate) fn sheet() -> String {
    let mut css = String::from("<style>\n");
    css.push_str(".tt text{font-family:system-ui,'Segoe UI','DejaVu Sans',sans-serif}\n");
    css.push_str(".tt .mono{font-family:ui-monospace,'DejaVu Sans Mono',monospace}\n");
    css.push_str(
        ".tt .line,.tt .stream,.tt .grad,.tt .works,.tt .warm,.tt .grid,.tt .rim{fill:none}\n",
    );
    css.push_str(".tt .stream{stroke-width:3}\n.tt .works,.tt .warm,.tt .grad{stroke-width:2}\n");
    css.push_str(".tt .veil,.tt .hot{shape-rendering:crispEdges}\n");
    for (i, colour) in HEADS.iter().enumerate() {
        let _ = writeln!(css, ".tt .head{i}{{fill:{colour}}}");
    }
    for (class, property, light, _) in COLOURS {
        let _ = writeln!(css, ".tt .{class}{{{property}:{light}}}");
    }
    css.push_str("@media (prefers-color-scheme:dark){\n");
    for (class, property, _, dark) in COLOURS {
        let _ = writeln!(css, ":root:not([data-theme]) .{class}{{{property}:{dark}}}");
    }
    css.push_str("}\n");
    for (class, property, _, dark) in COLOURS {
        let themes = ["dark", "ayu"].map(|theme| format!("[data-theme={theme}] .tt .{class}"));
        let _ = writeln!(css, "{}{{{property}:{dark}}}", themes.join(","));
    }
    css.push_str("</style>\n");
    css
}
