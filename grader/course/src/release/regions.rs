//! Pairs markers to regions: each BEGIN has its END, and regions are not nested.

use std::ops::Range;

use super::markers::{Marker, Word};
use crate::located::{Problem, Source};

/// The lines from a BEGIN marker to its END marker.
#[derive(Debug, Clone)]
pub(super) struct Region {
    pub(super) begin: Marker,
    pub(super) end: Marker,
    /// For a solution: the STUB region that follows it, if any.
    pub(super) stub: Option<Box<Region>>,
}

impl Region {
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
        self.begin.word == Word::Instructor || self.begin.text == "-"
    }
}

/// Pairs the markers. An unpaired marker is a problem.
pub(super) fn pair(source: &Source, markers: Vec<Marker>) -> (Vec<Region>, Vec<Problem>) {
    let mut regions: Vec<Region> = Vec::new();
    let mut problems = Vec::new();
    let mut open: Option<Marker> = None;
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
                let region = Region { begin, end: marker, stub: None };
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
            Problem::at(source, begin.span.clone(), format!("`{}` is never closed", begin.name()))
                .label(label),
        );
    }
    (regions, problems)
}

fn wrong(source: &Source, marker: &Marker, label: String) -> Problem {
    Problem::at(source, marker.span.clone(), format!("misplaced `{}`", marker.name())).label(label)
}

/// Adds a region; a stub is attached to the solution it follows.
fn add(source: &Source, regions: &mut Vec<Region>, region: Region) -> Option<Problem> {
    if region.begin.word != Word::Stub {
        regions.push(region);
        return None;
    }
    let follows = |solution: &&mut Region| {
        solution.begin.word == Word::Solution && solution.lines().end == region.begin.line
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
