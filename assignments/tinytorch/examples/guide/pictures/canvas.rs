//! Basic shapes as SVG text.
//!
//! The pictures are also embedded in Markdown, where an empty line would end
//! them, so no line is empty.

use std::fmt::Write;

use super::style;

/// A picture being drawn. Lengths are in pixels at natural size.
pub(crate) struct Canvas {
    width: f64,
    body: String,
}

/// The position of a text relative to its point.
#[derive(Clone, Copy)]
pub(crate) enum TextAlign {
    Start,
    Middle,
    End,
}

impl Canvas {
    pub(crate) fn new(width: f64) -> Self {
        Self { width, body: String::new() }
    }

    /// The picture as a file. `title` is the text for screen readers.
    pub(crate) fn finish(self, height: f64, title: &str) -> String {
        let Self { width, body } = self;
        format!(
            "<svg class=\"tt\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
             width=\"{width}\" height=\"{height}\" style=\"max-width:100%;height:auto\" role=\"img\">\n\
             <title>{}</title>\n{}\
             <rect class=\"paper\" x=\"0\" y=\"0\" width=\"{width}\" height=\"{height}\" rx=\"8\"/>\n\
             {body}</svg>\n",
            escaped(title),
            style::sheet(),
        )
    }

    fn element(&mut self, text: std::fmt::Arguments) {
        let _ = writeln!(self.body, "{text}");
    }

    pub(crate) fn text(&mut self, at: (f64, f64), size: f64, class: &str, text: &str) {
        self.aligned(at, size, class, TextAlign::Start, text);
    }

    pub(crate) fn aligned(
        &mut self,
        (x, y): (f64, f64),
        size: f64,
        class: &str,
        align: TextAlign,
        text: &str,
    ) {
        let anchor = match align {
            TextAlign::Start => "start",
            TextAlign::Middle => "middle",
            TextAlign::End => "end",
        };
        let text = escaped(text);
        self.element(format_args!(
            "<text class=\"{class}\" x=\"{}\" y=\"{}\" font-size=\"{size}\" text-anchor=\"{anchor}\">{text}</text>",
            short(x), short(y),
        ));
    }

    /// Like [`text`](Self::text), in bold.
    pub(crate) fn heading(&mut self, (x, y): (f64, f64), size: f64, text: &str) {
        let text = escaped(text);
        self.element(format_args!(
            "<text class=\"ink\" x=\"{}\" y=\"{}\" font-size=\"{size}\" font-weight=\"bold\">{text}</text>",
            short(x), short(y),
        ));
    }

    pub(crate) fn rect(&mut self, (x, y): (f64, f64), (w, h): (f64, f64), class: &str) {
        self.rounded((x, y), (w, h), 0.0, class);
    }

    pub(crate) fn rounded(&mut self, at: (f64, f64), size: (f64, f64), radius: f64, class: &str) {
        self.element(format_args!(
            "<rect class=\"{class}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"{radius}\"/>",
            short(at.0), short(at.1), short(size.0), short(size.1),
        ));
    }

    /// A rectangle with this `opacity` (0 to 1, in steps of 0.05).
    pub(crate) fn tint(&mut self, at: (f64, f64), size: (f64, f64), class: &str, opacity: f64) {
        self.element(format_args!(
            "<rect class=\"{class}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" opacity=\"{:.2}\"/>",
            short(at.0), short(at.1), short(size.0), short(size.1),
            (opacity * 20.0).round() / 20.0,
        ));
    }

    /// Lines from point to point.
    pub(crate) fn path(&mut self, points: &[(f64, f64)], class: &str) {
        let points: Vec<String> =
            points.iter().map(|(x, y)| format!("{},{}", short(*x), short(*y))).collect();
        self.element(format_args!("<polyline class=\"{class}\" points=\"{}\"/>", points.join(" ")));
    }

    /// Lines from point to point, with an arrowhead at the end.
    pub(crate) fn arrow(&mut self, points: &[(f64, f64)], line: &str, tip: &str) {
        let [.., from, to] = points else { return };
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let length = dx.hypot(dy).max(1e-9);
        let (ux, uy) = (dx / length, dy / length);
        let base = (to.0 - 8.0 * ux, to.1 - 8.0 * uy);
        let mut shortened = points.to_vec();
        if let Some(last) = shortened.last_mut() {
            *last = base;
        }
        self.path(&shortened, line);
        let corner = |side: f64| {
            format!("{},{}", short(base.0 - side * 4.5 * uy), short(base.1 + side * 4.5 * ux))
        };
        self.element(format_args!(
            "<polygon class=\"{tip}\" points=\"{},{} {} {}\"/>",
            short(to.0),
            short(to.1),
            corner(1.0),
            corner(-1.0),
        ));
    }

    /// A circle with a plus sign: the addition of a residual connection.
    pub(crate) fn plus(&mut self, (x, y): (f64, f64)) {
        self.element(format_args!(
            "<circle class=\"tensor\" cx=\"{}\" cy=\"{}\" r=\"10\" stroke-width=\"2\"/>",
            short(x),
            short(y),
        ));
        self.path(&[(x - 6.0, y), (x + 6.0, y)], "rim");
        self.path(&[(x, y - 6.0), (x, y + 6.0)], "rim");
    }
}

/// Formats a number with at most one decimal digit.
fn short(number: f64) -> String {
    let text = format!("{number:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_string)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}
