//! Everything that the standard library leads to is the standard library: honest code that calls a wide part of
//! it, from every function that is audited, in both builds.

use grader_pipeline::{Refusal, collect};
use regression::{copy_of, grader, root, std_calls};
use std::collections::BTreeSet;
use std::path::Path;

/// The reference of a module, with a call of the corpus at the start of every audited function. `extra` is one more
/// body of the corpus.
fn refused(slug: &str, extra: &str) -> (Vec<Refusal>, BTreeSet<String>) {
    let folder = copy_of(&root().join("solutions").join(slug));
    let src = folder.path().join("src");
    std::fs::write(src.join("std_calls.rs"), std_calls::module(extra)).unwrap();
    let library = std::fs::read_to_string(src.join("lib.rs")).unwrap();
    let library = library.replacen("\nmod ", "\nmod std_calls;\nmod ", 1);
    std::fs::write(src.join("lib.rs"), library).unwrap();
    let links = grader(slug).module.rubric.links.as_ref().expect("an audited module");
    let audited: BTreeSet<_> = links.roots().map(|(function, _)| function.to_owned()).collect();
    insert_calls(&src, &audited);
    let sources = grader(slug).audit(&collected(folder.path())).unwrap();
    let refusals = sources.unwrap_or_else(|problems| panic!("{problems:#?}"));
    (refusals, audited)
}

fn collected(folder: &Path) -> collect::Sources {
    let found = collect::single(folder).unwrap_or_else(|error| panic!("{error}"));
    let never = grader("caching").prepare(&found);
    never.sources.unwrap_or_else(|grade| panic!("{:?}", grade.notes))
}
