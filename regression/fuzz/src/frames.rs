//! What a hostile driver writes to its socket: frames, and replies in them.

use crate::memory::MemoryAllowance;
use crate::text;
use acceleration_grading::contract::{Array, ProductOutput};
use grader_protocol::timed::from_bytes;
use grader_protocol::{Bytes, CallFailure, Floats, StudentError, decode_reply, frame};
use serde::de::DeserializeOwned;

/// A frame is held once, and grows by doubling; a first buffer of a megabyte is given in advance.
const FRAME: MemoryAllowance = MemoryAllowance {
    fixed: (1 << 20) + 4096,
    live_per_byte: 3,
    total_fixed: 8 * ((1 << 20) + 4096),
    total_per_byte: 4,
};

/// A reply in memory may be larger than it was on the wire: an empty text is one byte there and three
/// words here, and a growing vector is held twice while it is moved.
const REPLY: MemoryAllowance = MemoryAllowance {
    fixed: 16 << 10,
    live_per_byte: 96,
    total_fixed: 8 * (16 << 10),
    total_per_byte: 96,
};

/// A text that the driver sent is longer than this only if nobody cut it.
const LONGEST_TEXT: usize = 8 << 10;

/// Reads a stream of frames, and takes each payload for a reply to everything that can be asked.
pub fn run(input: &[u8]) {
    let mut stream = input;
    loop {
        let left = stream.len();
        let read = FRAME.hold("reading a frame", left, || frame::read(&mut stream));
        let Ok(frame) = read else { break };
        assert_eq!(left - stream.len(), 12 + frame.payload.len(), "bytes were lost or invented");
        every_reply(&frame.payload);
        let mut again = Vec::new();
        frame::write(&mut again, frame.nonce, &frame.payload).expect("it came as a frame");
        assert_eq!(again, input[input.len() - left..][..again.len()], "it is written as it came");
    }
}

/// Every type with which a contract of the course lets a driver answer, and every output of a timed kernel.
fn every_reply(payload: &[u8]) {
    for (name, read) in grader::MODULES.iter().flat_map(|module| module.replies) {
        if let Some(failure) = REPLY.hold(name, payload.len(), || read(payload)) {
            judged(&failure);
        }
    }
    reply::<()>(payload);
    reply::<Vec<Bytes>>(payload);
    output::<ProductOutput>(payload);
    output::<Array>(payload);
    output::<Floats>(payload);
}

fn reply<T: DeserializeOwned>(payload: &[u8]) {
    let name = std::any::type_name::<T>();
    let decoded = REPLY.hold(name, payload.len(), || decode_reply::<T>(payload));
    if let Err(failure) = decoded {
        judged(&failure);
    }
}

/// An output of a timed kernel.
fn output<T: DeserializeOwned>(payload: &[u8]) {
    let name = std::any::type_name::<T>();
    REPLY.hold(name, payload.len(), || from_bytes::<T>(payload));
}

/// A driver may fail in many ways. What it says is cut, and it cannot make its failure ours.
fn judged(failure: &CallFailure) {
    let told = failure.to_string();
    assert!(told.len() <= LONGEST_TEXT, "{} bytes of a driver's words are passed on", told.len());
    assert!(!matches!(failure, CallFailure::Fault(_)), "a driver made a fault of ours: {told}");
    if let CallFailure::BadReply { what } = failure {
        text::shown_safely(what);
    }
}

/// Inputs to begin with: a frame of each kind of reply, and two in a row.
pub fn seeds() -> Vec<Vec<u8>> {
    use grader_protocol::{Reply, encode_reply};
    let error = StudentError { kind: "NoRuns".into(), message: "no runs".into() };
    let panic = |message: &str| {
        let location = Some("src/timer.rs:7".into());
        Reply::<()>::Panic { message: message.into(), location }
    };
    let replies = [
        encode_reply(&Reply::Value(1.5)),
        encode_reply(&Reply::Value(vec![1.0_f32, 2.0])),
        encode_reply(&Reply::Value(((2_usize, 1_usize), vec![1.0_f32, 2.0]))),
        encode_reply(&Reply::Value(vec![("part", 0.5, 2.0)])),
        encode_reply(&Reply::Value(vec![Bytes(vec![1, 2, 3]), Bytes(vec![])])),
        encode_reply(&Reply::<()>::Error(error)),
        encode_reply(&panic("index 3")),
        encode_reply(&panic("not yet implemented: sort")),
        encode_reply(&Reply::<()>::Unavailable { message: "fn f()".into() }),
        encode_reply(&Reply::<()>::Malformed { message: "no".into() }),
    ];
    let framed = |payload: &Vec<u8>| {
        let mut bytes = Vec::new();
        frame::write(&mut bytes, 7, payload).expect("it is small");
        bytes
    };
    let mut seeds: Vec<_> = replies.iter().map(framed).collect();
    seeds.push(seeds.concat());
    seeds
}
