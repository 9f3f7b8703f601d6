//! What a `text` submission can be asked.

grader_protocol::contract! {
    /// What students build in `text`.
    pub trait Text {
        /// `count`.
        fn count(text: String) -> usize;
        /// `longest`.
        fn longest(text: String) -> String;
    }
}
