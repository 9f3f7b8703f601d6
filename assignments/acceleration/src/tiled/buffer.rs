//! Given: reusable memory for packed operands.

use std::sync::{Mutex, PoisonError};

/// Bytes of a cache line.
const LINE: usize = 64;

/// Buffers that are not in use.
static FREE: Mutex<Vec<Vec<f32>>> = Mutex::new(Vec::new());

/// Reusable memory. It may come from an earlier product of any thread, and is returned when dropped.
///
/// A new buffer costs more than its allocation. The system provides its pages one by one when they are
/// first touched. That takes as long as packing a small matrix, and in a virtual machine two threads can
/// wait longer for it than their whole product takes. A `thread_local!` would not help: each parallel
/// product starts new threads.
#[derive(Debug)]
pub struct Buffer(Vec<f32>);

impl Buffer {
    /// A used buffer if there is one, otherwise an empty one.
    #[must_use]
    pub fn take() -> Self {
        Self(FREE.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default())
    }

    /// The first `length` numbers of the buffer. They may contain any values, left from its last use.
    ///
    /// They are aligned to a cache line. A `Vec<f32>` is aligned to 16 bytes only, and then every load of
    /// 64 bytes touches two lines.
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
