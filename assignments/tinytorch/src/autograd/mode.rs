//! Whether operations are recorded, per thread.

use std::cell::Cell;

thread_local! {
    static ENABLED: Cell<bool> = const { Cell::new(true) };
}

/// Whether this thread records operations: true except inside [`no_grad`].
pub fn is_grad_enabled() -> bool {
    ENABLED.get()
}

/// Runs `f` on this thread without recording: no graph is allocated and no
/// input is kept alive. Calls can be nested, and recording is restored if `f`
/// panics.
///
/// ```
/// use tinytorch::{Tensor, autograd::no_grad};
///
/// let x = Tensor::ones(&[2]).requires_grad();
/// assert!(x.mul_scalar(3.0).tracks_grad());
/// assert!(!no_grad(|| x.mul_scalar(3.0)).tracks_grad());
/// ```
pub fn no_grad<T>(f: impl FnOnce() -> T) -> T {
    let _restore = ModeGuard(ENABLED.replace(false));
    f()
}

struct ModeGuard(bool);

impl Drop for ModeGuard {
    fn drop(&mut self) {
        ENABLED.set(self.0);
    }
}
