//! Task `generate`, which needs all earlier tasks except `window`. Run with
//! `cargo test -p caching --test generate`.
//!
//! Before you start, every test here fails with `not yet implemented: ...`. That is the expected
//! start.

use caching::{CacheError, CachedGpt, GenerateOptions, Sampler, Sampling, generate_with_cache};
use tinytorch::data::addition;
use tinytorch::models::{Gpt, GptConfig};
use tinytorch::{Rng, pretrained};

const GREEDY: GenerateOptions =
    GenerateOptions { max_new_tokens: 6, stop: None, sampling: Sampling::Greedy, seed: 0 };

fn gpt() -> Gpt {
    let config =
        GptConfig { vocab_size: 11, max_seq_len: 16, d_model: 16, n_heads: 2, n_layers: 2 };
    Gpt::new(config, &mut Rng::new(4)).unwrap()
}

fn generate(gpt: &Gpt, prompts: &[Vec<usize>], options: GenerateOptions) -> Vec<Vec<usize>> {
    let model = CachedGpt::new(gpt);
    let mut cache = model.new_cache(prompts.len()).unwrap();
    let tokens = generate_with_cache(&model, prompts, options, &mut cache).unwrap();
    let longest = tokens.iter().map(Vec::len).max().unwrap();
    assert_eq!(cache.len(), prompts[0].len() + longest - 1);
    tokens
}

/// Generates one sequence without a cache: recomputes everything for each token.
fn without_cache(gpt: &Gpt, prompt: &[usize], options: GenerateOptions) -> Vec<usize> {
    let mut sampler = Sampler::new(options.sampling, options.seed).unwrap();
    let mut ids = prompt.to_vec();
    for _ in 0..options.max_new_tokens {
        let logits = gpt.forward_ids(std::slice::from_ref(&ids)).unwrap().to_vec();
        let vocabulary = gpt.config().vocab_size;
        ids.push(sampler.next(&logits[(ids.len() - 1) * vocabulary..]).unwrap());
    }
    ids[prompt.len()..].to_vec()
}

#[test]
fn greedy_takes_the_largest_score_and_the_first_of_equal_ones() {
    let mut sampler = Sampler::new(Sampling::Greedy, 1).unwrap();
    assert_eq!(sampler.next(&[0.5, 2.0, -1.0]), Ok(1));
    assert_eq!(sampler.next(&[1.0, 3.0, 3.0]), Ok(1));
}

#[test]
fn a_random_choice_follows_the_definition() {
    // By falling scores: 2 (weight 1), 0 (weight 1/2), 1 (weight 1/4).
    let scores = [2.0_f32.ln(), 0.0, 4.0_f32.ln()];
    let sampling = Sampling::Random { temperature: 1.0, top_k: None };
    for seed in 0..50 {
        let u = Rng::new(seed).uniform() * 1.75;
        let expected = match u {
            u if u < 1.0 => 2,
            u if u < 1.5 => 0,
            _ => 1,
        };
        assert_eq!(Sampler::new(sampling, seed).unwrap().next(&scores), Ok(expected));
    }
}

#[test]
fn only_the_top_k_are_drawn_from() {
    let sampling = Sampling::Random { temperature: 5.0, top_k: Some(2) };
    let mut sampler = Sampler::new(sampling, 3).unwrap();
    for _ in 0..50 {
        assert!([1, 3].contains(&sampler.next(&[0.0, 0.5, 0.1, 0.4, 0.3]).unwrap()));
    }
}

#[test]
fn options_and_scores_that_make_no_sense_are_refused() {
    for temperature in [0.0, -1.0, f32::NAN, f32::INFINITY] {
        let error = Sampler::new(Sampling::Random { temperature, top_k: None }, 1).unwrap_err();
        assert!(matches!(error, CacheError::BadOptions { .. }), "{error}");
    }
    let mut sampler = Sampler::new(Sampling::Greedy, 1).unwrap();
    for scores in [vec![], vec![1.0, f32::NAN], vec![f32::INFINITY], vec![f32::NEG_INFINITY]] {
        assert!(matches!(sampler.next(&scores), Err(CacheError::BadLogits { .. })));
    }
}

#[test]
fn greedy_generation_is_the_same_without_a_cache() {
    let (gpt, prompt) = (gpt(), vec![3, 1, 4]);
    assert_eq!(
        generate(&gpt, std::slice::from_ref(&prompt), GREEDY)[0],
        without_cache(&gpt, &prompt, GREEDY)
    );
}

#[test]
fn each_sequence_draws_from_a_generator_of_its_own() {
    let (gpt, prompts) = (gpt(), [vec![3, 1, 4], vec![5, 9, 2]]);
    let sampling = Sampling::Random { temperature: 1.5, top_k: Some(7) };
    let options = GenerateOptions { sampling, seed: 77, max_new_tokens: 12, stop: None };
    let tokens = generate(&gpt, &prompts, options);
    assert_eq!(tokens[0], without_cache(&gpt, &prompts[0], options));
    let next = GenerateOptions { seed: 78, ..options };
    assert_eq!(tokens[1], without_cache(&gpt, &prompts[1], next));
}

#[test]
fn a_sequence_ends_with_its_stop_token_and_the_others_go_on() {
    let (gpt, prompts) = (gpt(), [vec![3, 1, 4], vec![5, 9, 2]]);
    let sampling = Sampling::Random { temperature: 3.0, top_k: None };
    let free = GenerateOptions { sampling, max_new_tokens: 10, seed: 5, stop: None };
    let all = generate(&gpt, &prompts, free);
    let stop = all[0][2];
    let stopped = generate(&gpt, &prompts, GenerateOptions { stop: Some(stop), ..free });
    for (all, stopped) in all.iter().zip(&stopped) {
        let end = all.iter().position(|id| *id == stop).map_or(all.len(), |at| at + 1);
        assert_eq!(*stopped, all[..end]);
    }
}

#[test]
fn what_does_not_fit_is_refused_before_anything_is_computed() {
    let model = CachedGpt::new(&gpt());
    let mut cache = model.new_cache(1).unwrap();
    let options = GenerateOptions { max_new_tokens: 15, ..GREEDY };
    let error = generate_with_cache(&model, &[vec![1, 2, 3]], options, &mut cache).unwrap_err();
    assert_eq!(error, CacheError::Overflow { len: 0, tokens: 17, max_seq_len: 16 });
    assert!(cache.is_empty());
    let none = GenerateOptions { max_new_tokens: 0, ..GREEDY };
    let tokens = generate_with_cache(&model, &[vec![1, 2, 3]], none, &mut cache).unwrap();
    assert!(tokens[0].is_empty() && cache.is_empty());
}

#[test]
fn the_trained_model_adds() {
    let tokenizer = addition::tokenizer();
    let question = tokenizer.encode("507+046=").unwrap();
    let stop = tokenizer.id(';');
    let options = GenerateOptions { stop, max_new_tokens: 9, ..GREEDY };
    let tokens = generate(&pretrained::gpt().unwrap(), &[question], options);
    assert_eq!(tokenizer.decode(&tokens[0]).unwrap(), "3550;");
}
