//! The requests to a `scratch` submission, and how the driver answers them.

grader_protocol::contract! {
    /// The functions that students of `scratch` write.
    pub trait Scratch;

    task double {
        /// `double(x)`.
        fn double(x: f64) -> f64 { scratch::double(x) }
    }
}
