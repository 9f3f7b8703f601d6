//! Characters as numbers.

use super::{DataError, DataResult};

/// A vocabulary of characters. The id of a character is its position in the vocabulary.
///
/// ```
/// use tinytorch::data::addition;
///
/// let tokenizer = addition::tokenizer();
/// assert_eq!(tokenizer.encode("1+2=")?, [1, 10, 2, 11]);
/// assert_eq!(tokenizer.decode(&[1, 10, 2, 11])?, "1+2=");
///
/// let error = tokenizer.encode("1-2=").unwrap_err();
/// assert_eq!(error.to_string(), "text: column 2: `-` is not in the vocabulary `0123456789+=;`");
/// # Ok::<(), tinytorch::data::DataError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tokenizer {
    vocabulary: Vec<char>,
}

impl Tokenizer {
    /// A tokenizer for the characters of `vocabulary`.
    ///
    /// # Errors
    /// When the vocabulary is empty or contains a character twice.
    pub fn new(vocabulary: &str) -> DataResult<Self> {
        let vocabulary: Vec<char> = vocabulary.chars().collect();
        if vocabulary.is_empty() {
            let reason = "needs at least one character".to_string();
            return Err(DataError::whole("vocabulary", reason));
        }
        let twice = (1..vocabulary.len()).find(|&at| vocabulary[..at].contains(&vocabulary[at]));
        if let Some(at) = twice {
            let reason = format!("`{}` stands there twice", vocabulary[at].escape_default());
            return Err(DataError {
                column: Some(at + 1),
                ..DataError::whole("vocabulary", reason)
            });
        }
        Ok(Self { vocabulary })
    }

    /// The number of characters: the ids are `0..vocab_size`.
    pub fn vocab_size(&self) -> usize {
        self.vocabulary.len()
    }

    /// The id of a character.
    pub fn id(&self, character: char) -> Option<usize> {
        self.vocabulary.iter().position(|&known| known == character)
    }

    /// The ids of a text's characters.
    ///
    /// # Errors
    /// When a character is not in the vocabulary: the error gives the character and its position.
    pub fn encode(&self, text: &str) -> DataResult<Vec<usize>> {
        let ids = text.chars().enumerate().map(|(at, character)| {
            self.id(character).ok_or_else(|| {
                let vocabulary: String = self.vocabulary.iter().collect();
                let reason = format!(
                    "`{}` is not in the vocabulary `{vocabulary}`",
                    character.escape_default()
                );
                DataError { column: Some(at + 1), ..DataError::whole("text", reason) }
            })
        });
        ids.collect()
    }

    /// The text for the ids.
    ///
    /// # Errors
    /// When an id is not below [`vocab_size`](Tokenizer::vocab_size).
    pub fn decode(&self, ids: &[usize]) -> DataResult<String> {
        let characters = ids.iter().enumerate().map(|(at, &id)| {
            self.vocabulary.get(id).copied().ok_or_else(|| {
                let reason = format!("id {id} is not below {}", self.vocab_size());
                DataError { column: Some(at + 1), ..DataError::whole("ids", reason) }
            })
        });
        characters.collect()
    }
}
