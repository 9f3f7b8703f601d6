//! Between the committed corpora and the folders that libFuzzer works in:
//! `corpus unpack|pack <target> <folder>`.

use intake::{corpus, target};
use std::path::Path;
use std::process::ExitCode;
use std::{env, fs, io};

fn main() -> ExitCode {
    let args: Vec<String> = env::args().skip(1).collect();
    let [way, name, folder] = &args[..] else {
        eprintln!("usage: corpus unpack|pack <target> <folder>");
        return ExitCode::from(2);
    };
    let done = match way.as_str() {
        "unpack" => unpack(name, Path::new(folder)),
        "pack" => pack(name, Path::new(folder)),
        _ => Err(io::Error::other("the first argument is `unpack` or `pack`")),
    };
    match done {
        Ok(count) => {
            println!("{name}: {count} inputs");
            ExitCode::SUCCESS
        }
        Err(why) => {
            eprintln!("corpus: {why}");
            ExitCode::FAILURE
        }
    }
}

/// Writes the seeds and the committed inputs into `folder`.
fn unpack(name: &str, folder: &Path) -> io::Result<usize> {
    let target = target(name).ok_or_else(|| io::Error::other(format!("no target `{name}`")))?;
    fs::create_dir_all(folder)?;
    let inputs: Vec<_> = (target.seeds)().into_iter().chain(corpus::read(name)?).collect();
    for (at, input) in inputs.iter().enumerate() {
        fs::write(folder.join(format!("{at:04}")), input)?;
    }
    Ok(inputs.len())
}

/// Makes the inputs in `folder` the committed ones.
fn pack(name: &str, folder: &Path) -> io::Result<usize> {
    let paths = fs::read_dir(folder)?.map(|entry| Ok(entry?.path()));
    let paths: Vec<_> = paths.collect::<io::Result<_>>()?;
    let inputs: Vec<_> = paths.iter().map(fs::read).collect::<io::Result<_>>()?;
    let count = inputs.len();
    corpus::write(name, inputs)?;
    Ok(count)
}
