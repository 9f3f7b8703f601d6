//! Given: memory for packed operands that outlives a product.

use std::sync::{Mutex, PoisonError};

/// Bytes of a cache line.
const LINE: usize = 64;

/// Buffers that nobody uses now.
static FREE: Mutex<Vec<Vec<f32>>> = Mutex::new(Vec::new());

/// Memory that is there already: it was a product's before, of whichever thread, and goes back when it is
/// dropped.
///
/// A new buffer is more than an allocation. The system hands out its pages one by one when they are
/// touched first; that takes as long as to pack a small matrix into them, and in a virtual machine two
/// threads can wait there longer than both of them multiply. A `thread_local!` would not do: each
/// product on threads starts new ones.
#[derive(Debug)]
pub struct Buffer(Vec<f32>);

impl Buffer {
    /// A buffer that was used before, if there is one, else an empty one.
    #[must_use]
    pub fn take() -> Self {
        Self(FREE.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default())
    }

    /// The first `length` numbers of it, whatever they are: they may be left from its last use.
    ///
    /// They begin where a cache line does. A `Vec<f32>` begins at any multiple of 16 bytes, and then every
    /// load of 64 touches two lines.
    pub fn numbers(&mut self, length: usize) -> &mut [f32] {
        let room = length + LINE / size_of::<f32>();
        if self.0.len() < room {
            self.0 = vec![0.0; room];
        }
        let start = self.0.as_ptr().align_offset(LINE);
        &mut self.0[start..start + length]
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        let free = FREE.lock();
        free.unwrap_or_else(PoisonError::into_inner).push(std::mem::take(&mut self.0));
    }
}
