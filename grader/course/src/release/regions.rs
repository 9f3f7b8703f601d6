//! Pairs markers to regions: each BEGIN has its END, and regions are not nested.

use std::ops::Range;

use super::markers::{MarkerKind, MarkerLine};
use crate::located::{LocatedProblem, SourceText};

/// The lines from a BEGIN marker to its END marker.
#[derive(Debug, Clone)]
pub(super) struct MarkedRegion {
    pub(super) begin: MarkerLine,
    pub(super) end: MarkerLine,
    /// For a solution: the STUB region that follows it, if any.
    pub(super) stub: Option<Box<MarkedRegion>>,
}

impl MarkedRegion {
    /// The lines between the markers, 1-based.
    pub(super) fn inner_lines(&self) -> Range<usize> {
        self.begin.line + 1..self.end.line
    }

    /// All lines of the region, including markers and stub, 1-based.
    pub(super) fn lines(&self) -> Range<usize> {
        let last = self.stub.as_ref().map_or(self.end.line, |stub| stub.end.line);
        self.begin.line..last + 1
    }

    /// The byte range between the markers.
    pub(super) fn inner_bytes(&self) -> Range<usize> {
        self.begin.span.end..self.end.span.start
    }

    /// Whether the region's lines are removed without a replacement: `BEGIN SOLUTION: -` or `BEGIN
    /// INSTRUCTOR`.
    pub(super) fn is_dropped(&self) -> bool {
        self.begin.word == MarkerKind::Instructor || self.begin.text == "-"
    }
}

/// Pairs the markers. An unpaired marker is a problem.
pub(super) fn pair(
    source: &SourceText,
    markers: Vec<MarkerLine>,
) -> (Vec<MarkedRegion>, Vec<LocatedProblem>) {
    let mut regions: Vec<MarkedRegion> = Vec::new();
    let mut problems = Vec::new();
    let mut open: Option<MarkerLine> = None;
    for marker in markers {
        match (open.take(), marker.begins) {
            (None, true) => open = Some(marker),
            (None, false) => {
                problems.push(wrong(source, &marker, "nothing is open here".to_owned()));
            }
            (Some(begin), true) => {
                let label = format!("`{}` of line {} is still open", begin.name(), begin.line);
                problems.push(wrong(source, &marker, label));
                open = Some(begin);
            }
            (Some(begin), false) if begin.word == marker.word => {
                let region = MarkedRegion { begin, end: marker, stub: None };
                problems.extend(add(source, &mut regions, region));
            }
            (Some(begin), false) => {
                let label = format!("expected `END {}` (line {})", begin.word.name(), begin.line);
                problems.push(wrong(source, &marker, label));
                open = Some(begin);
            }
        }
    }
    if let Some(begin) = open {
        let label = format!("expected `END {}` further down", begin.word.name());
        problems.push(
            LocatedProblem::at(
                source,
                begin.span.clone(),
                format!("`{}` is never closed", begin.name()),
            )
            .label(label),
        );
    }
    (regions, problems)
}

fn wrong(source: &SourceText, marker: &MarkerLine, label: String) -> LocatedProblem {
    LocatedProblem::at(source, marker.span.clone(), format!("misplaced `{}`", marker.name()))
        .label(label)
}

/// Adds a region; a stub is attached to the solution it follows.
fn add(
    source: &SourceText,
    regions: &mut Vec<MarkedRegion>,
    region: MarkedRegion,
) -> Option<LocatedProblem> {
    if region.begin.word != MarkerKind::Stub {
        regions.push(region);
        return None;
    }
    let follows = |solution: &&mut MarkedRegion| {
        solution.begin.word == MarkerKind::Solution && solution.lines().end == region.begin.line
    };
    match regions.last_mut().filter(follows).filter(|solution| solution.stub.is_none()) {
        Some(solution) => {
            solution.stub = Some(Box::new(region));
            None
        }
        None => {
            Some(wrong(source, &region.begin, "expected directly after `END SOLUTION`".to_owned()))
        }
    }
}
