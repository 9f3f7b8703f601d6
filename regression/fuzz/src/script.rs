//! A fuzzer's bytes, read as decisions.

/// Turns bytes into choices, so that a mutation of bytes is a mutation of what is built from them.
/// When the bytes are used up every choice is the first one, and so all that is built is finite.
pub struct ChoiceScript<'a> {
    rest: &'a [u8],
}

impl<'a> ChoiceScript<'a> {
    /// Decisions from `bytes`.
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// Whether all decisions were made.
    pub const fn is_done(&self) -> bool {
        self.rest.is_empty()
    }

    /// All that was not read yet.
    pub const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// The next byte; 0 at the end.
    pub const fn byte(&mut self) -> u8 {
        match self.rest.split_first() {
            Some((first, rest)) => {
                self.rest = rest;
                *first
            }
            None => 0,
        }
    }

    /// The next four bytes as a number, little-endian.
    pub fn number(&mut self) -> u32 {
        u32::from_le_bytes([self.byte(), self.byte(), self.byte(), self.byte()])
    }

    /// Whether the next byte falls into one of `share` in 256: rare things stay rare.
    pub const fn happens(&mut self, share: u8) -> bool {
        // From the top, so that at the end of the bytes nothing happens any more.
        self.byte() > 255 - share
    }

    /// One of `choices`, of which there must be one.
    pub fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[usize::from(self.byte()) % choices.len()]
    }

    /// As many bytes as the next one says, or all that are left.
    pub fn some(&mut self) -> &'a [u8] {
        let length = usize::from(self.byte());
        self.take(length)
    }

    /// The next `length` bytes, or all that are left.
    pub fn take(&mut self, length: usize) -> &'a [u8] {
        let (taken, rest) = self.rest.split_at(length.min(self.rest.len()));
        self.rest = rest;
        taken
    }
}

/// Applies edits until the script is done: how something well formed is damaged.
pub fn damage(script: &mut ChoiceScript<'_>, bytes: &mut Vec<u8>) {
    while !script.is_done() && !bytes.is_empty() {
        let at = script.number() as usize % bytes.len();
        match script.byte() % 6 {
            0 => bytes[at] = script.byte(),
            1 => bytes[at] ^= 1 << (script.byte() % 8),
            2 => bytes.truncate(at),
            3 => drop(bytes.splice(at..at, script.some().iter().copied())),
            4 => {
                let end = (at + usize::from(script.byte())).min(bytes.len());
                bytes.drain(at..end);
            }
            _ => {
                let end = (at + usize::from(script.byte())).min(bytes.len());
                let copy = bytes[at..end].to_vec();
                bytes.splice(at..at, copy);
            }
        }
    }
}
