//! The requests of a speed measurement: load inputs, compute, fetch outputs. They are separate so
//! that only the computation is timed.

use crate::Bytes;
use serde::{Serialize, de::DeserializeOwned};

/// Error kind of a process that receives a request before it has opened a kernel: it replaces a
/// process that ended after opening one.
pub const NOT_OPEN: &str = "<not open>";

crate::contract! {
    /// The kernels of a module, one of which is measured at a time. `run` is the timed request; its
    /// frames have only a few bytes in each direction.
    pub trait TimedKernels {
        /// Opens the kernel called `kernel` and discards all previous state.
        fn open(kernel: String) -> ();
        /// Prepares a state before any input is known (for example, a cache that holds a prompt).
        fn set_up(state: Bytes) -> ();
        /// Loads inputs, one for each possible call, and returns their number.
        fn load(inputs: Vec<Bytes>) -> u32;
        /// Makes this many calls, using the inputs in order from the first, and returns their
        /// number.
        fn run(calls: u32) -> u32;
        /// Returns the outputs, in the order of the inputs.
        fn fetch() -> Vec<Bytes>;
    }
}

/// Encodes an input in the format that kernels decode. Encoding plain data cannot fail.
pub fn to_bytes<T: Serialize>(value: &T) -> Vec<u8> {
    postcard::to_stdvec(value).unwrap_or_default()
}

/// Decodes an output; `None` if `bytes` are not exactly one `T`.
pub fn from_bytes<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    crate::decode::take(bytes).ok().and_then(|(value, rest)| rest.is_empty().then_some(value))
}

#[cfg(test)]
mod tests {
    use crate::timed::{Client, TimedKernels, dispatch};
    use crate::{Bytes, InProcess};

    struct DoublingKernels(Vec<Bytes>);

    impl TimedKernels for DoublingKernels {
        fn open(&mut self, _: String) -> crate::Answer<()> {
            Ok(())
        }
        fn set_up(&mut self, _: Bytes) -> crate::Answer<()> {
            Ok(())
        }
        fn load(&mut self, inputs: Vec<Bytes>) -> crate::Answer<u32> {
            self.0 = inputs;
            Ok(self.0.len() as u32)
        }
        fn run(&mut self, calls: u32) -> crate::Answer<u32> {
            self.0.truncate(calls as usize);
            self.0.iter_mut().flat_map(|one| &mut one.0).for_each(|byte| *byte *= 2);
            Ok(self.0.len() as u32)
        }
        fn fetch(&mut self) -> crate::Answer<Vec<Bytes>> {
            Ok(std::mem::take(&mut self.0))
        }
    }

    #[test]
    fn inputs_go_in_and_outputs_come_out() {
        let mut kernel = DoublingKernels(Vec::new());
        let mut wire = InProcess::new(|request| dispatch(&mut kernel, request));
        let mut client = Client::new(&mut wire);
        assert_eq!(client.load(vec![Bytes(vec![1, 2]), Bytes(vec![3])]), Ok(2));
        assert_eq!(client.run(2), Ok(2));
        assert_eq!(client.fetch(), Ok(vec![Bytes(vec![2, 4]), Bytes(vec![6])]));
    }
}
