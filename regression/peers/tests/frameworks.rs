//! tinytorch and candle compute the same: outputs, losses, gradients, updates.

#![cfg(feature = "frameworks")]

use peers::agree::compare;
use peers::exchange::{self, Arrays};
use peers::problem::{Architecture, Problem};
use peers::training::CHECKED;
use peers::worker::{Candle, Framework, Ours};

fn problems() -> [Problem; 3] {
    let mlp = Architecture::Mlp { sizes: vec![5, 4, 3] };
    // 13 and 11 leave odd sides before each pooling.
    let cnn = Architecture::Cnn { in_channels: 2, image: (13, 11), channels: [3, 4], classes: 3 };
    let gpt =
        Architecture::Gpt { vocab_size: 7, max_seq_len: 6, d_model: 8, n_heads: 2, n_layers: 2 };
    let problem = |name, architecture, batch, tokens| Problem {
        name,
        title: String::new(),
        architecture,
        batch,
        tokens,
    };
    [problem("MLP", mlp, 4, 1), problem("CNN", cnn, 2, 1), problem("GPT", gpt, 2, 5)]
}

fn everything<F: Framework>(problem: &Problem, arrays: &Arrays) -> Arrays {
    let mut framework = F::load(&problem.architecture, arrays, CHECKED).unwrap();
    let mut all = framework.output().unwrap();
    all.extend(framework.gradients().unwrap());
    for _ in 0..3 {
        framework.step().unwrap();
    }
    all.extend(framework.parameters().unwrap());
    all
}

#[test]
fn tinytorch_and_candle_agree() {
    for problem in problems() {
        let arrays = problem.arrays(3).unwrap();
        let ours = everything::<Ours>(&problem, &arrays);
        let candle = everything::<Candle>(&problem, &arrays);
        assert_eq!(ours.keys().collect::<Vec<_>>(), candle.keys().collect::<Vec<_>>());
        compare(&ours, &candle).unwrap_or_else(|e| panic!("{}: {e:#}", problem.name));
    }
}

#[test]
fn training_moves_every_parameter() {
    for problem in problems() {
        let before = problem.arrays(3).unwrap();
        let after = everything::<Ours>(&problem, &before);
        for (name, array) in before.iter().filter(|(name, _)| name.starts_with("param.")) {
            assert_ne!(array, &after[name], "{} {name}", problem.name);
        }
    }
}

#[test]
fn arrays_survive_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("arrays.safetensors");
    for problem in problems() {
        let arrays = problem.arrays(3).unwrap();
        exchange::save(&path, &arrays).unwrap();
        assert_eq!(exchange::load(&path).unwrap(), arrays);
    }
}
