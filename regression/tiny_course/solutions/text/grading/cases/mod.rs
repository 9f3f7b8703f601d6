//! The hidden cases, one file a task.

pub mod count;
pub mod longest;

use grader_judge::Draw;

/// `count` drawn words of different lengths, in a drawn order.
fn words(draw: &mut Draw, count: usize) -> Vec<String> {
    let mut words: Vec<String> = (1..=count)
        .map(|length| (0..length).map(|_| *draw.pick(&['a', 'b', 'ü', 'z'])).collect())
        .collect();
    draw.shuffle(&mut words);
    words
}
