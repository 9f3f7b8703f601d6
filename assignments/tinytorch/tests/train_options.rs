//! The command line of `examples/train`.

#[path = "../examples/train/options.rs"]
#[allow(dead_code, reason = "the program uses all of it")]
mod options;

use options::{HELP, ModelChoice, TrainOptions, parse};

fn parsed(line: &str) -> Result<Option<TrainOptions>, String> {
    parse(line.split_whitespace().map(String::from))
}

#[test]
fn a_model_alone_goes_to_its_own_file() {
    for (name, which) in
        [("mlp", ModelChoice::Mlp), ("cnn", ModelChoice::Cnn), ("gpt", ModelChoice::Gpt)]
    {
        let options = parsed(name).unwrap().unwrap();
        assert_eq!(options.which, which);
        assert!(options.out.ends_with(format!("models/{name}.safetensors")));
        assert!(!options.check && !options.tiny && options.curve.is_none());
    }
}

#[test]
fn options_may_stand_in_any_order() {
    let line = "--tiny --out a.st gpt --curve c.svg --resume r.st --save s.st";
    let options = parsed(line).unwrap().unwrap();
    assert_eq!((options.which, options.tiny), (ModelChoice::Gpt, true));
    let files = [Some(options.out), options.curve, options.resume, options.save];
    assert_eq!(
        files.map(|file| file.unwrap().display().to_string()),
        ["a.st", "c.svg", "r.st", "s.st"]
    );
}

#[test]
fn the_help_names_every_option() {
    assert!(parsed("gpt --help").unwrap().is_none());
    for option in ["--out", "--curve", "--check", "--save", "--resume", "--tiny", "--help"] {
        assert!(HELP.contains(&format!("  {option}")), "{option}");
    }
}

#[test]
fn what_is_wrong_is_named() {
    for (line, expected) in [
        ("", "say which model: mlp, cnn or gpt"),
        ("rnn", "rnn is neither a model (mlp, cnn, gpt) nor an option"),
        ("mlp --fast", "--fast is neither a model (mlp, cnn, gpt) nor an option"),
        ("mlp cnn", "one model at a time: mlp and cnn"),
        ("mlp --out", "--out needs the name of a file"),
        ("mlp --curve --tiny", "--curve needs the name of a file"),
        ("mlp --tiny", "--tiny gives no good model: say with --out where it goes"),
    ] {
        assert_eq!(parsed(line).unwrap_err(), expected, "{line}");
    }
}
