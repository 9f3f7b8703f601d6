//! Draws the pictures of the guide (`tinytorch::guide`) from a real forward pass.
//!
//! ```text
//! cargo run --release -p tinytorch --example guide             # draws them anew, in docs/
//! cargo run --release -p tinytorch --example guide -- --check  # fails if one is out of date
//! ```
//!
//! The shapes, parameters, bytes and FLOPs in them are never typed in: `pictures/trace.rs` runs
//! the model part by part, records each tensor, and fails if the result differs from the model's
//! own.

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
