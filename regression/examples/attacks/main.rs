//! Every attack, at every level that runs untrusted code, in a table.
//!
//! ```text
//! cargo run -p regression --example attacks                     each attack at each level
//! cargo run -p regression --example attacks -- --only machine/  some of them
//! cargo run -p regression --example attacks -- --each           and what came of each
//! ```
//! Run it as root and as another user: an ordinary user has no cgroup.

mod levels;
mod options;
mod parallel;

use options::Options;
use std::process::ExitCode;

fn main() -> ExitCode {
    let result = Options::parse(std::env::args().skip(1)).and_then(|options| levels::run(&options));
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
