//! Sums as text, and characters as numbers.

use tinytorch::Rng;
use tinytorch::data::addition::{self, PROBLEM_LEN, PROMPT_LEN, Part};
use tinytorch::data::tokenizer::Tokenizer;

#[test]
fn every_sum_is_written_from_right_to_left() {
    for (a, b, expected) in [
        (0, 0, "0000;"),
        (7, 45, "2500;"),
        (123, 456, "9750;"),
        (999, 999, "8991;"),
        (500, 500, "0001;"),
    ] {
        assert_eq!(addition::answer(a, b), expected);
        let read: String = expected.trim_end_matches(';').chars().rev().collect();
        assert_eq!(read.parse::<usize>().unwrap(), a + b);
    }
    assert_eq!(addition::prompt(7, 45), "007+045=");
    assert_eq!(addition::prompt(7, 45).len(), PROMPT_LEN);
}

#[test]
fn only_the_right_answer_with_its_end_is_correct() {
    assert!(addition::is_correct("007+045=", "2500;"));
    assert!(addition::is_correct("007+045=", "2500;anything"));
    assert!(addition::is_correct("999+999=8991;007+045=", "2500;"), "the last question counts");
    for wrong in ["", "2500", "2501;", "0052;", "52;", " 2500;", "8991;"] {
        assert!(!addition::is_correct("007+045=", wrong), "{wrong}");
    }
    for no_question in
        ["", "007+045", "7+45=", "0007+045=", "+07+045=", "007045=", "007+045=2500;", "00é+045="]
    {
        assert!(!addition::is_correct(no_question, "2500;"), "{no_question}");
    }
}

#[test]
fn a_twentieth_of_all_pairs_is_held_out_and_another_is_for_validation() {
    let mut counts = [0; 3];
    for a in 0..1000 {
        for b in 0..1000 {
            counts[addition::part(a, b) as usize] += 1;
        }
    }
    let [train, validation, held_out] = counts;
    assert_eq!(train + validation + held_out, 1_000_000);
    assert!((49_000..51_000).contains(&validation), "{validation}");
    assert!((49_000..51_000).contains(&held_out), "{held_out}");
}

/// The held-out pairs must never change: the trained models depend on them.
#[test]
fn the_held_out_pairs_are_these() {
    let held_out =
        |a| (0..60).filter(|&b| addition::part(a, b) == Part::HeldOut).collect::<Vec<_>>();
    assert_eq!((held_out(0), held_out(999)), (vec![29, 43], vec![5, 11, 59]));
}

#[test]
fn problems_are_of_the_part_that_was_asked_for() {
    let mut rng = Rng::new(11);
    for part in [Part::Train, Part::Validation, Part::HeldOut] {
        let text = addition::problems(2000, part, &mut rng);
        for problem in text.split_terminator(';') {
            let (a, b) = (&problem[..3], &problem[4..7]);
            assert_eq!(addition::part(a.parse().unwrap(), b.parse().unwrap()), part);
            let (question, answer) = problem.split_at(PROMPT_LEN);
            assert!(addition::is_correct(question, &format!("{answer};")), "{problem}");
        }
    }
}

#[test]
fn summands_are_drawn_from_the_whole_range() {
    let mut rng = Rng::new(5);
    let pairs: Vec<_> = (0..5000).map(|_| addition::draw(Part::HeldOut, &mut rng)).collect();
    for summands in
        [pairs.iter().map(|p| p.0).collect::<Vec<_>>(), pairs.iter().map(|p| p.1).collect()]
    {
        let mean = summands.iter().sum::<usize>() as f64 / 5000.0;
        assert!((mean - 499.5).abs() < 20.0, "{mean}");
        assert!(summands.iter().any(|&s| s < 10) && summands.iter().any(|&s| s > 989));
    }
}

#[test]
fn targets_are_the_next_characters_of_answers_and_nothing_else() {
    let tokenizer = addition::tokenizer();
    for tokens in [1, PROMPT_LEN, PROBLEM_LEN, 256] {
        let row = addition::row(tokens, Part::Train, &mut Rng::new(3));
        assert_eq!((row.ids.len(), row.targets.len()), (tokens, tokens));
        let text = tokenizer.decode(&row.ids).unwrap();
        for (at, target) in row.targets.iter().enumerate() {
            let within = at % PROBLEM_LEN;
            assert_eq!(
                target.is_some(),
                (PROMPT_LEN - 1..PROBLEM_LEN - 1).contains(&within),
                "{at}"
            );
            if let (Some(target), Some(next)) = (target, row.ids.get(at + 1)) {
                assert_eq!(target, next, "{text} at {at}");
            }
        }
    }
    let whole = addition::row(PROBLEM_LEN - 1, Part::Train, &mut Rng::new(3));
    let problem = tokenizer.decode(&whole.ids).unwrap();
    let answer: Vec<usize> = whole.targets.iter().flatten().copied().collect();
    assert!(addition::is_correct(&problem[..PROMPT_LEN], &tokenizer.decode(&answer).unwrap()));
}

#[test]
fn the_same_seed_gives_the_same_row() {
    let row = |seed| addition::row(256, Part::Train, &mut Rng::new(seed));
    assert_eq!(row(1), row(1));
    assert_ne!(row(1), row(2));
}

#[test]
fn text_goes_to_ids_and_back() {
    let tokenizer = addition::tokenizer();
    assert_eq!(tokenizer.vocab_size(), 13);
    let text = "0123456789+=;";
    assert_eq!(tokenizer.encode(text).unwrap(), (0..13).collect::<Vec<_>>());
    assert_eq!(tokenizer.decode(&tokenizer.encode(text).unwrap()).unwrap(), text);
    assert_eq!(tokenizer.encode("").unwrap(), [0; 0]);
    let letters = Tokenizer::new("añ☃").unwrap();
    assert_eq!(letters.decode(&letters.encode("☃ñaa").unwrap()).unwrap(), "☃ñaa");
}

#[test]
fn what_is_not_in_the_vocabulary_is_named_with_its_place() {
    let tokenizer = addition::tokenizer();
    let unknown = tokenizer.encode("12\n").unwrap_err().to_string();
    assert_eq!(unknown, r"text: column 3: `\n` is not in the vocabulary `0123456789+=;`");
    let id = tokenizer.decode(&[12, 13]).unwrap_err().to_string();
    assert_eq!(id, "ids: column 2: id 13 is not below 13");
}

#[test]
fn a_vocabulary_has_characters_and_each_once() {
    let none = Tokenizer::new("").unwrap_err().to_string();
    assert_eq!(none, "vocabulary: needs at least one character");
    let twice = Tokenizer::new("abca").unwrap_err().to_string();
    assert_eq!(twice, "vocabulary: column 4: `a` stands there twice");
}
