//! Draws the pictures of the guide (`tinytorch::guide`) from a forward pass that really runs.
//!
//! ```text
//! cargo run --release -p tinytorch --example guide             # draws them anew, in docs/
//! cargo run --release -p tinytorch --example guide -- --check  # fails if one is out of date
//! ```
//!
//! Shapes, parameters, bytes and FLOPs in them are never typed in: `pictures/trace.rs` takes the
//! model apart, notes each tensor, and refuses if the result is not what the model computes.

mod pictures;

use std::error::Error;
use std::fs;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let check = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => false,
        ["--check"] => true,
        _ => return Err("usage: guide [--check]".into()),
    };
    for picture in pictures::all()? {
        let path = picture.path();
        if !check {
            fs::write(&path, &picture.svg).map_err(|e| format!("{}: {e}", path.display()))?;
            println!("drawn: {}", path.display());
        } else if picture.is_up_to_date() {
            println!("up to date: {}", path.display());
        } else {
            return Err(picture.complaint().into());
        }
    }
    Ok(())
}
