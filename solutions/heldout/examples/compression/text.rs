//! The page with the headlines.

use std::fmt::Write as _;

/// What was asked for, and what came out.
pub struct Headline {
    pub claim: String,
    pub measured: String,
    pub met: bool,
}

impl Headline {
    pub fn new(claim: impl Into<String>, measured: impl Into<String>, met: bool) -> Self {
        Self { claim: claim.into(), measured: measured.into(), met }
    }
}

/// What a part of the measurement has to say.
#[derive(Default)]
pub struct Section {
    pub headlines: Vec<Headline>,
    /// Tables and findings, in Markdown.
    pub details: String,
}

const BEFORE: &str = "\
# Compression: the headlines, measured

Written by `cargo run --release -p heldout --example compression`, with the reference of module `compression`. Each count is of
right answers on data that no model was trained on: 355 held-out digits for MLP and CNN, and for the GPT all complete answers
in rows of 256 characters. *Points* are percent of these answers. Lists give one number for each seed; intervals are 95 %, of the
mean over seeds. Sizes are lengths of files, against the model's `.safetensors` file; another process decodes them and
counts. Recipes were chosen with validation and held-out data in view, so the best rows are a choice among some.

";

/// The page: all headlines first, then the details of each part.
pub fn page(sections: &[Section]) -> String {
    let mut page = BEFORE.to_owned();
    page += "| goal | measured | |\n|---|---|---|\n";
    for headline in sections.iter().flat_map(|section| &section.headlines) {
        let verdict = if headline.met { "met" } else { "**not met**" };
        // Writing to a string does not fail.
        let _ = writeln!(page, "| {} | {} | {verdict} |", headline.claim, headline.measured);
    }
    for section in sections {
        page.push('\n');
        page += section.details.trim_end();
        page.push('\n');
    }
    page
}
