//! What a process is asked whose speed is measured: inputs in, compute, outputs out, each a request
//! of its own, so that only the computing is on the clock.

use crate::Bytes;
use serde::{Serialize, de::DeserializeOwned};

/// The kind of error of a process that was asked before it has opened a kernel: the one that had
/// opened it is gone, and was replaced.
pub const NOT_OPEN: &str = "<not open>";

crate::contract! {
    /// The kernels of a module, one of which is measured at a time. `run` is the request on the
    /// clock: its frames are a few bytes long each way.
    pub trait Timed {
        /// Chooses a kernel by its name and forgets all that went before.
        fn open(kernel: String) -> ();
        /// Prepares a state, before any input is known (a cache that holds a prompt, say).
        fn set_up(state: Bytes) -> ();
        /// Takes inputs, one for each call that may come, and returns how many.
        fn load(inputs: Vec<Bytes>) -> u32;
        /// Makes this many calls, each with an input of its own, from the first; returns how many.
        fn run(calls: u32) -> u32;
        /// Gives the outputs, in the order of the inputs.
        fn fetch() -> Vec<Bytes>;
    }
}

/// Encodes an input as kernels decode it. Plain data has no way to fail.
pub fn to_bytes<T: Serialize>(value: &T) -> Vec<u8> {
    postcard::to_stdvec(value).unwrap_or_default()
}

/// Decodes an output; `None` if it is no `T`, or has more to it.
pub fn from_bytes<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    crate::decode::take(bytes).ok().and_then(|(value, rest)| rest.is_empty().then_some(value))
}

#[cfg(test)]
mod tests {
    use crate::timed::{Client, Timed, dispatch};
    use crate::{Bytes, InProcess};

    struct Doubling(Vec<Bytes>);

    impl Timed for Doubling {
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
        let mut kernel = Doubling(Vec::new());
        let mut wire = InProcess::new(|request| dispatch(&mut kernel, request));
        let mut client = Client::new(&mut wire);
        assert_eq!(client.load(vec![Bytes(vec![1, 2]), Bytes(vec![3])]), Ok(2));
        assert_eq!(client.run(2), Ok(2));
        assert_eq!(client.fetch(), Ok(vec![Bytes(vec![2, 4]), Bytes(vec![6])]));
    }
}
