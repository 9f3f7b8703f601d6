//! Serves the requests of a measurement with the kernels of a module. The same kernels file is
//! built around the course's baseline and around the student's code.

use grader_protocol::private::{postcard, serde};
use grader_protocol::timed::{NOT_OPEN, TimedKernels};
use grader_protocol::{Answer, Bytes, StudentError};
use serde::{Serialize, de::DeserializeOwned};

/// A function whose speed is measured. Only [`Kernel::call`] is timed. The rest of the process's
/// computing time is also measured, and compared with what the baseline needs.
pub trait Kernel {
    /// A decoded input, ready for a call.
    type Input;
    /// The result of a call.
    type Output;

    /// Prepares the state that the calls share. Most kernels have none.
    ///
    /// # Errors
    /// Errors of the student's code.
    fn set_up(&mut self, state: &[u8]) -> Answer<()> {
        let _ = state;
        Ok(())
    }

    /// Decodes an input.
    ///
    /// # Errors
    /// If it cannot be decoded ([`decode`]), which is a fault of the grader.
    fn load(&mut self, input: &[u8]) -> Answer<Self::Input>;

    /// Runs the measured function once.
    ///
    /// # Errors
    /// Errors of the student's code.
    fn call(&mut self, input: &mut Self::Input) -> Answer<Self::Output>;

    /// Encodes an output ([`encode`]).
    ///
    /// # Errors
    /// Errors of the student's code.
    fn fetch(&mut self, output: Self::Output) -> Answer<Vec<u8>>;
}

/// Decodes plain data, which the judge encodes with `postcard`.
///
/// # Errors
/// If `bytes` do not encode a `T`.
pub fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Answer<T> {
    postcard::from_bytes(bytes).map_err(|error| StudentError {
        kind: "Malformed".into(),
        message: format!("an input of the measurement could not be decoded: {error}"),
    })
}

/// Encodes plain data.
///
/// # Errors
/// Never for plain data: only maps of unknown length fail to encode.
pub fn encode<T: Serialize>(value: &T) -> Answer<Vec<u8>> {
    postcard::to_stdvec(value)
        .map_err(|error| StudentError { kind: "Malformed".into(), message: error.to_string() })
}

/// Creates a kernel.
type KernelFactory = fn() -> Box<dyn KernelStages>;

/// The kernels of a module by name.
#[derive(Default)]
pub struct Bench {
    kernels: Vec<(&'static str, KernelFactory)>,
    open: Option<Box<dyn KernelStages>>,
}

impl Bench {
    /// Adds a kernel. A new instance is created each time it is opened.
    #[must_use]
    pub fn with<K: Kernel + Default + 'static>(mut self, name: &'static str) -> Self
    where
        K::Input: 'static,
        K::Output: 'static,
    {
        self.kernels.push((name, || Box::new(KernelCalls::<K>::default())));
        self
    }

    /// Whether there is a kernel of this name.
    pub fn has(&self, name: &str) -> bool {
        self.kernels.iter().any(|(known, _)| *known == name)
    }

    fn opened(&mut self) -> Answer<&mut (dyn KernelStages + 'static)> {
        // No kernel is open: the process ended between two requests and was replaced.
        self.open.as_deref_mut().ok_or_else(|| StudentError {
            kind: NOT_OPEN.into(),
            message: "the process ended between two requests".into(),
        })
    }
}

impl TimedKernels for Bench {
    fn open(&mut self, kernel: String) -> Answer<()> {
        self.open = None;
        let make = self.kernels.iter().find(|(name, _)| *name == kernel).map(|(_, make)| make);
        let missing = || StudentError::unavailable(format!("the kernel `{kernel}`"));
        self.open = Some(make.ok_or_else(missing)?());
        Ok(())
    }

    fn set_up(&mut self, state: Bytes) -> Answer<()> {
        self.opened()?.set_up(&state.0)
    }

    fn load(&mut self, inputs: Vec<Bytes>) -> Answer<u32> {
        self.opened()?.load(inputs)
    }

    fn run(&mut self, calls: u32) -> Answer<u32> {
        self.opened()?.run(calls)
    }

    fn fetch(&mut self) -> Answer<Vec<Bytes>> {
        self.opened()?.fetch()
    }
}

/// The stages of a kernel, independent of its types.
trait KernelStages {
    fn set_up(&mut self, state: &[u8]) -> Answer<()>;
    fn load(&mut self, inputs: Vec<Bytes>) -> Answer<u32>;
    fn run(&mut self, calls: u32) -> Answer<u32>;
    fn fetch(&mut self) -> Answer<Vec<Bytes>>;
}

/// A kernel with its inputs and outputs.
struct KernelCalls<K: Kernel> {
    kernel: K,
    inputs: Vec<K::Input>,
    outputs: Vec<K::Output>,
}

impl<K: Kernel + Default> Default for KernelCalls<K> {
    fn default() -> Self {
        Self { kernel: K::default(), inputs: Vec::new(), outputs: Vec::new() }
    }
}

impl<K: Kernel> KernelStages for KernelCalls<K> {
    fn set_up(&mut self, state: &[u8]) -> Answer<()> {
        self.kernel.set_up(state)
    }

    fn load(&mut self, inputs: Vec<Bytes>) -> Answer<u32> {
        // Drop the old values here and not at the end of the last run: freeing must not be timed.
        (self.inputs, self.outputs) = (Vec::new(), Vec::with_capacity(inputs.len()));
        for input in inputs {
            self.inputs.push(self.kernel.load(&input.0)?);
        }
        Ok(self.inputs.len() as u32)
    }

    fn run(&mut self, calls: u32) -> Answer<u32> {
        self.outputs.clear();
        for input in self.inputs.iter_mut().take(calls as usize) {
            self.outputs.push(self.kernel.call(input)?);
        }
        Ok(self.outputs.len() as u32)
    }

    fn fetch(&mut self) -> Answer<Vec<Bytes>> {
        let outputs = std::mem::take(&mut self.outputs);
        outputs.into_iter().map(|output| self.kernel.fetch(output).map(Bytes)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Adds the value of the state to a number, and counts its calls.
    #[derive(Default)]
    struct AddingKernel {
        state: u8,
        calls: u8,
    }

    impl Kernel for AddingKernel {
        type Input = u8;
        type Output = (u8, u8);

        fn set_up(&mut self, state: &[u8]) -> Answer<()> {
            self.state = state[0];
            Ok(())
        }
        fn load(&mut self, input: &[u8]) -> Answer<u8> {
            decode(input)
        }
        fn call(&mut self, input: &mut u8) -> Answer<(u8, u8)> {
            self.calls += 1;
            Ok((*input + self.state, self.calls))
        }
        fn fetch(&mut self, output: (u8, u8)) -> Answer<Vec<u8>> {
            encode(&output)
        }
    }

    fn bytes(list: &[&[u8]]) -> Vec<Bytes> {
        list.iter().map(|one| Bytes(one.to_vec())).collect()
    }

    #[test]
    fn each_call_has_an_input_of_its_own() {
        let mut bench = Bench::default().with::<AddingKernel>("adding");
        bench.open("adding".into()).unwrap();
        bench.set_up(Bytes(vec![10])).unwrap();
        assert_eq!(bench.load(bytes(&[&[1], &[2], &[3]])), Ok(3));
        assert_eq!(bench.run(2), Ok(2));
        assert_eq!(bench.fetch(), Ok(bytes(&[&[11, 1], &[12, 2]])));
        assert_eq!(bench.fetch(), Ok(Vec::new()), "an output is given once");
    }

    #[test]
    fn opening_again_forgets_everything() {
        let mut bench = Bench::default().with::<AddingKernel>("adding");
        for _ in 0..2 {
            bench.open("adding".into()).unwrap();
            bench.load(bytes(&[&[1]])).unwrap();
            bench.run(1).unwrap();
            assert_eq!(bench.fetch(), Ok(bytes(&[&[1, 1]])));
        }
    }

    #[test]
    fn what_is_not_there_or_not_open_is_said() {
        let mut bench = Bench::default().with::<AddingKernel>("adding");
        assert!(bench.open("subtracting".into()).unwrap_err().message.contains("subtracting"));
        assert_eq!(bench.run(1).unwrap_err().kind, NOT_OPEN);
        bench.open("adding".into()).unwrap();
        assert_eq!(bench.load(bytes(&[&[]])).unwrap_err().kind, "Malformed");
    }
}
