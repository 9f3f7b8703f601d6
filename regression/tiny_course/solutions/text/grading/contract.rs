//! The requests to a `text` submission, and how the driver answers them.

grader_protocol::contract! {
    /// The functions that students of `text` write.
    pub trait Text;

    task count {
        /// `count(text)`.
        fn count(text: String) -> usize { ::text::count(&text) }
    }
    task longest {
        /// `longest(text)`.
        fn longest(text: String) -> String { ::text::longest(&text).to_owned() }
    }
}
