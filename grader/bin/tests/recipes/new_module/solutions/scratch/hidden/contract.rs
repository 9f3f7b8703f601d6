//! What a `scratch` submission can be asked.

grader_protocol::contract! {
    /// What students build in `scratch`.
    pub trait Scratch {
        /// `double`.
        fn double(x: f64) -> f64;
    }
}
