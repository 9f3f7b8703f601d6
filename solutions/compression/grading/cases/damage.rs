//! Task `encode`: bytes that are no file.

use super::encode::{few_values_come_back, with_few_values};
use super::prelude::*;
use crate::oracle::huffman::sealed;
use course_oracle::{nets, networks};
use grader_judge::Failure;
use grader_protocol::CallFailure;

cases! { task "encode", client Client;
    /// A single bit that has changed anywhere makes a file invalid.
    damaged_files_are_refused after [few_values_come_back];
    /// A file that was cut off anywhere, or goes on, is invalid.
    cut_files_are_refused after [few_values_come_back];
    /// Bytes that were never a file are refused, also behind a valid checksum.
    drawn_bytes_are_refused;
    /// Files that were changed and sealed again give an error or a model of bounded size, and never end the program.
    forged_files_do_no_harm after [few_values_come_back];
    /// The same for numbers that were made very large.
    forged_sizes_do_no_harm after [few_values_come_back];
}

fn small_file(code: &mut Client, draw: &mut Draw) -> Result<Vec<u8>, CallFailure> {
    let classifier = networks::drawn(Net::Mlp(vec![9, 12, 4], Vec::new()), draw);
    let network = Network::Net(with_few_values(classifier, 2, 0.7, draw));
    code.encode(network, vec![2])
}

/// A file without its checksum.
fn body_of(file: &[u8]) -> Result<&[u8], Failure> {
    let body = file.split_last_chunk::<4>().map(|(body, _)| body);
    body.ok_or_else(|| wrong("a file should end with a checksum", format!("{file:?}")))
}

fn refused(code: &mut Client, file: Vec<u8>, message: &'static str) -> CaseVerdict {
    refuses(message, code.decode(file), "BadFile", "no compressed model")
}

fn damaged_files_are_refused(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let file = small_file(code, draw)?;
    for at in 0..file.len() {
        let mut damaged = file.clone();
        damaged[at] ^= 1 << draw.int(0..=7);
        refused(code, damaged, "a file with a wrong bit should be refused")?;
    }
    Ok(())
}

fn cut_files_are_refused(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let file = small_file(code, draw)?;
    for len in 0..file.len() {
        refused(code, file[..len].to_vec(), "a file that is cut off should be refused")?;
    }
    let body = body_of(&file)?.to_vec();
    for len in (0..body.len()).step_by(3) {
        let message = "a file that is cut off should be refused, also with a valid checksum";
        refused(code, sealed(body[..len].to_vec()), message)?;
    }
    let longer = [body, vec![0]].concat();
    refused(code, sealed(longer), "a file that goes on behind its end should be refused")?;
    refused(code, [file, vec![0]].concat(), "a file with bytes behind it should be refused")
}

fn drawn_bytes_are_refused(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for _ in 0..60 {
        let bytes: Vec<u8> = (0..draw.int(5..=200)).map(|_| draw.int(0..=255) as u8).collect();
        refused(code, bytes.clone(), "bytes that were drawn are no file")?;
        no_harm(code, sealed(bytes))?;
    }
    refused(code, vec![], "no bytes are no file")?;
    refused(code, sealed(vec![]), "a checksum alone is no file")
}

/// An error, or a model that is not too large.
fn no_harm(code: &mut Client, file: Vec<u8>) -> CaseVerdict {
    match code.decode(file) {
        Ok(decoded) => {
            let elements: usize = decoded.iter().map(|(_, of)| of.data.0.len()).sum();
            let message = "a model has at most 2^22 elements";
            check::that(elements <= 1 << 22, message, || elements.to_string())
        }
        Err(CallFailure::Returned(error)) => {
            let message = "bytes that are no file should be refused as such";
            check::equal(message, &error.kind, &"BadFile".to_owned())
        }
        Err(other) => Err(other.into()),
    }
}

fn forged_files_do_no_harm(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let network = Network::Net(nets::cnn(draw));
    let files = [small_file(code, draw)?, code.encode(network, vec![3])?];
    for file in files {
        let body = body_of(&file)?;
        for _ in 0..150 {
            let mut forged = body.to_vec();
            for _ in 0..draw.int(1..=4) {
                let at = draw.int(0..=forged.len().saturating_sub(1));
                if forged.is_empty() {
                    break;
                }
                match draw.int(0..=2) {
                    0 => forged[at] = draw.int(0..=255) as u8,
                    1 => drop(forged.remove(at)),
                    _ => forged.insert(at, draw.int(0..=255) as u8),
                }
            }
            no_harm(code, sealed(forged))?;
        }
    }
    Ok(())
}

/// Any number in the file may be the one that says how many of something follow.
fn forged_sizes_do_no_harm(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    // Nothing has to follow the shape of a weight of zeros.
    let zeros = Net::Mlp(vec![9, 4], vec![Floats(vec![0.0; 36]), Floats(vec![0.0; 4])]);
    let files = [small_file(code, draw)?, code.encode(Network::Net(zeros), vec![2])?];
    let large: [&[u8]; 5] = [
        &[0xFF, 0xFF, 0xFF, 0x7F],
        &[0xFF, 0xFF, 0xFF, 0xFF, 0x0F],
        &[0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01],
        &[0xFF; 8],
        &[0x00, 0x00, 0x00, 0x7F],
    ];
    for file in files {
        let body = body_of(&file)?;
        for at in 0..body.len().min(90) {
            for number in large {
                // In the place of one byte, and of as many.
                let end = (at + number.len()).min(body.len());
                for rest in [&body[at + 1..], &body[end..]] {
                    no_harm(code, sealed([&body[..at], number, rest].concat()))?;
                }
            }
        }
    }
    Ok(())
}
