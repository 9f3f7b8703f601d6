//! The file.

// BEGIN SOLUTION: -
use super::streams::{self, Bytes, Layout, bad};
use crate::codebook::ROUNDS;
use crate::{Codebook, CompressionError, seal, unseal};
use std::collections::BTreeSet;
use tinytorch::layer::load_parameters;
// END SOLUTION
use crate::Result;
use tinytorch::{Layer, Tensor};

/// Where the bytes of a file go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ByteReport {
    /// Names, shapes, and what else says how to read the rest; and the checksum.
    pub header: usize,
    /// Values of codebooks.
    pub codebooks: usize,
    /// Lengths of Huffman codes.
    pub tables: usize,
    /// Where the non-zero weights are.
    pub positions: usize,
    /// Which value each of them has.
    pub values: usize,
    /// Parameters that are no weights.
    pub biases: usize,
}

impl ByteReport {
    /// All of them: the length of the file. Given.
    pub fn total(&self) -> usize {
        self.header + self.codebooks + self.tables + self.positions + self.values + self.biases
    }
}

/// A model as a file. It holds the names and shapes of all parameters in order, and
///
/// - of each [weight](crate::weights): which elements are 0, and for the others the nearest value of a
///   [`Codebook`](crate::Codebook) of `2^bits(name)` values, fitted in at most 30 rounds. So a weight that has no more different
///   values than that, besides 0, comes back exactly;
/// - of each other parameter: one signed byte an element, the nearest multiple (ties to even) of its scale, the largest
///   magnitude divided by 127.
///
/// How they are written is up to you, but for the end: the file is [sealed](crate::seal). Zeros are the most frequent symbol, and
/// a code of one bit for each is too long: count runs of them. Codebooks and scales are `f32`. Whatever the weights are, the file has
/// at most 4 bytes for each element, 64 bytes and the name for each parameter, and 64 bytes more.
///
/// # Errors
/// Those of [`Codebook::fit`](crate::Codebook::fit); [`BadValue`](crate::CompressionError::BadValue) of `encode_model` for a parameter
/// that is not finite, for more than 8 axes, for more than 2^22 elements in all and for a name of more than 255 bytes.
pub fn encode_model(model: &dyn Layer, bits: impl Fn(&str) -> u32) -> Result<Vec<u8>> {
    // BEGIN SOLUTION: header, then tensor by tensor
    let parameters = model.parameters();
    let mut body = vec![VERSION];
    write_number(&mut body, parameters.len());
    let mut elements = 0;
    for (name, parameter) in parameters {
        elements += parameter.len();
        if elements > MOST_ELEMENTS {
            return invalid(format!("more than {MOST_ELEMENTS} elements, with `{name}`"));
        }
        write_shape(&mut body, &name, parameter.shape())?;
        let numbers = parameter.to_vec();
        if let Some(x) = numbers.iter().find(|x| !x.is_finite()) {
            return invalid(format!("`{name}` holds {x}"));
        }
        if parameter.ndim() >= 2 {
            write_weight(&mut body, &numbers, parameter.shape(), bits(&name))?;
        } else {
            write_bytes(&mut body, &numbers);
        }
    }
    Ok(seal(body))
    // END SOLUTION
}

/// The parameters in a file, by name, in order. It needs nothing but the bytes.
///
/// # Errors
/// [`BadFile`](crate::CompressionError::BadFile) for bytes that [`encode_model`](crate::encode_model) did not write: damaged, cut off, or
/// made to do harm. Whatever they say, memory and time stay proportional to the length of the file and the 2^22 elements that a
/// model may have at most.
pub fn decode_model(file: &[u8]) -> Result<Vec<(String, Tensor)>> {
    // BEGIN SOLUTION: unseal, then check every number before it is used
    Ok(read(file)?.0)
    // END SOLUTION
}

/// Replaces the parameters of a model by those in a file.
///
/// # Errors
/// Those of [`decode_model`], and of [`load_parameters`](tinytorch::layer::load_parameters) if the file holds another model; the
/// model does not change.
pub fn load_encoded(model: &mut dyn Layer, file: &[u8]) -> Result<()> {
    // BEGIN SOLUTION: decode, then load
    Ok(load_parameters(model, decode_model(file)?)?)
    // END SOLUTION
}

/// Where the bytes of a file go. The parts add up to its length; what shares a byte counts for the part that begins it.
///
/// # Errors
/// Those of [`decode_model`].
pub fn byte_report(file: &[u8]) -> Result<ByteReport> {
    // BEGIN SOLUTION: count while reading
    Ok(read(file)?.1)
    // END SOLUTION
}
// BEGIN SOLUTION: -

const VERSION: u8 = 1;
const MOST_ELEMENTS: usize = 1 << 22;
const MOST_AXES: usize = 8;
/// In the place of the length of a codebook: the numbers follow as they are, because that is shorter.
const PLAIN: usize = 257;
/// Ends of names that a digit stands for: nearly all parameters have one of them.
const ENDS: [&str; 3] = ["", ".weight", ".bias"];

/// Parameters by name, in order.
type Tensors = Vec<(String, Tensor)>;

fn invalid<T>(reason: String) -> Result<T> {
    Err(CompressionError::value("encode_model", reason))
}

/// Seven bits a byte, the lowest first; the highest bit says that there are more (LEB128).
fn write_number(to: &mut Vec<u8>, mut number: usize) {
    while number >= 128 {
        to.push(number as u8 | 128);
        number >>= 7;
    }
    to.push(number as u8);
}

fn write_shape(to: &mut Vec<u8>, name: &str, shape: &[usize]) -> Result<()> {
    if name.len() > usize::from(u8::MAX) || shape.len() > MOST_AXES {
        let reason = format!("`{name}` {shape:?}: at most 255 bytes of name and {MOST_AXES} axes");
        return invalid(reason);
    }
    let end = ENDS.iter().rposition(|end| name.ends_with(end)).unwrap_or(0);
    let stem = &name[..name.len() - ENDS[end].len()];
    to.extend([(shape.len() | end << 4) as u8, stem.len() as u8]);
    to.extend(stem.as_bytes());
    for size in shape {
        write_number(to, *size);
    }
    Ok(())
}

/// Elements in a row of a weight: all axes but the first.
fn width(shape: &[usize]) -> usize {
    shape[1..].iter().product()
}

fn write_weight(to: &mut Vec<u8>, numbers: &[f32], shape: &[usize], bits: u32) -> Result<()> {
    let used: Vec<f32> = numbers.iter().copied().filter(|x| *x != 0.0).collect();
    if used.is_empty() {
        write_number(to, 0);
        return Ok(());
    }
    let book = Codebook::fit(&used, bits, ROUNDS)?;
    let values = book.values();
    let symbol = |x: &f32| if *x == 0.0 { 0 } else { 1 + book.nearest(*x) };
    let symbols: Vec<usize> = numbers.iter().map(symbol).collect();
    let width = width(shape);
    let mut best: Option<(Layout, Vec<u8>)> = None;
    for layout in Layout::all() {
        let streams = streams::write(&symbols, width, values.len(), layout)?;
        if best.as_ref().is_none_or(|(_, best)| streams.len() < best.len()) {
            best = Some((layout, streams));
        }
    }
    let short = best.filter(|(_, streams)| streams.len() + 4 * values.len() < 4 * numbers.len());
    let Some((layout, streams)) = short else {
        write_number(to, PLAIN);
        let value = |symbol: &usize| if *symbol == 0 { 0.0 } else { values[symbol - 1] };
        to.extend(symbols.iter().flat_map(|symbol| value(symbol).to_le_bytes()));
        return Ok(());
    };
    write_number(to, values.len());
    to.extend(values.iter().flat_map(|value| value.to_le_bytes()));
    to.push(layout.to_byte());
    if layout != Layout::Together {
        write_number(to, used.len());
        write_number(to, streams::pieces(&symbols, width, layout));
    }
    to.extend(streams);
    Ok(())
}

/// A scale, and a signed byte for each number.
fn write_bytes(to: &mut Vec<u8>, numbers: &[f32]) {
    let scale = numbers.iter().fold(0.0_f32, |most, x| most.max(x.abs())) / 127.0;
    to.extend(scale.to_le_bytes());
    let steps = |x: &f32| if scale == 0.0 { 0.0 } else { (x / scale).round_ties_even() };
    to.extend(numbers.iter().map(|x| (steps(x) as i8).cast_unsigned()));
}

/// The tensors of a file, and where its bytes went.
fn read(file: &[u8]) -> Result<(Tensors, ByteReport)> {
    let body = unseal(file)?;
    let mut bytes = Bytes(body);
    let mut report = ByteReport::default();
    if bytes.take(1)? != [VERSION] {
        return bad("another version of the format");
    }
    let mut tensors = Tensors::new();
    let mut names = BTreeSet::new();
    let mut elements = 0;
    for _ in 0..read_number(&mut bytes)? {
        let (name, shape) = read_shape(&mut bytes)?;
        let len = shape.iter().try_fold(1_usize, |len, size| len.checked_mul(*size));
        let total = len.and_then(|len| len.checked_add(elements));
        let (Some(len), Some(total @ ..=MOST_ELEMENTS)) = (len, total) else {
            return bad("more elements than a model may have");
        };
        elements = total;
        let (numbers, own) = if shape.len() >= 2 {
            read_weight(&mut bytes, len, width(&shape))?
        } else {
            read_bytes(&mut bytes, len)?
        };
        report.codebooks += own.codebooks;
        report.tables += own.tables;
        report.positions += own.positions;
        report.values += own.values;
        report.biases += own.biases;
        if !names.insert(name.clone()) {
            return bad("two tensors of the same name");
        }
        tensors.push((name, Tensor::from_vec(numbers, &shape)?));
    }
    if !bytes.0.is_empty() {
        return bad("it goes on behind the last tensor");
    }
    report.header = file.len() - report.total();
    Ok((tensors, report))
}

fn read_number(from: &mut Bytes<'_>) -> Result<usize> {
    let mut number = 0;
    for shift in (0..35).step_by(7) {
        let byte = usize::from(from.take(1)?[0]);
        number |= (byte & 127) << shift;
        if byte < 128 {
            return Ok(number);
        }
    }
    bad("a number that is too large")
}

fn read_shape(from: &mut Bytes<'_>) -> Result<(String, Vec<usize>)> {
    let [kind, stem] = [from.take(1)?[0], from.take(1)?[0]];
    let (axes, end) = (usize::from(kind & 15), ENDS.get(usize::from(kind >> 4)));
    let stem = std::str::from_utf8(from.take(usize::from(stem))?);
    let (Ok(stem), Some(end), ..=MOST_AXES) = (stem, end, axes) else {
        return bad("a name or a number of axes that does not exist");
    };
    let shape = (0..axes).map(|_| read_number(from)).collect::<Result<_>>()?;
    Ok((format!("{stem}{end}"), shape))
}

fn read_weight(from: &mut Bytes<'_>, len: usize, width: usize) -> Result<(Vec<f32>, ByteReport)> {
    let count = read_number(from)?;
    if count == 0 {
        return Ok((vec![0.0; len], ByteReport::default()));
    }
    if count == PLAIN {
        let report = ByteReport { values: 4 * len, ..Default::default() };
        return Ok((read_values(from, len)?, report));
    }
    if count > PLAIN {
        return bad("a codebook of more than 256 values");
    }
    // A symbol of 0 stands for a zero.
    let book = [vec![0.0], read_values(from, count)?].concat();
    let layout = Layout::from_byte(from.take(1)?[0])?;
    let counts = match layout {
        Layout::Together => (0, 0),
        Layout::Runs { .. } => (read_number(from)?, read_number(from)?),
    };
    let read = from.read((len, width), counts, count, layout)?;
    let numbers = read.symbols.iter().map(|symbol| book[*symbol]).collect();
    let (tables, positions, values) = (read.tables, read.positions, read.values);
    let report =
        ByteReport { codebooks: 4 * count, tables, positions, values, ..Default::default() };
    Ok((numbers, report))
}

/// Finite numbers.
fn read_values(from: &mut Bytes<'_>, count: usize) -> Result<Vec<f32>> {
    let bytes = from.take(4 * count)?.as_chunks().0;
    let values: Vec<f32> = bytes.iter().map(|x| f32::from_le_bytes(*x)).collect();
    if values.iter().any(|value| !value.is_finite()) {
        return bad("a value that is not finite");
    }
    Ok(values)
}

fn read_bytes(from: &mut Bytes<'_>, len: usize) -> Result<(Vec<f32>, ByteReport)> {
    let scale = f32::from_le_bytes(from.take(4)?.try_into().unwrap_or_default());
    if !(scale.is_finite() && scale >= 0.0) {
        return bad("a scale that does not exist");
    }
    let bytes = from.take(len)?;
    let numbers = bytes.iter().map(|byte| f32::from(byte.cast_signed()) * scale).collect();
    Ok((numbers, ByteReport { biases: 4 + len, ..Default::default() }))
}
// END SOLUTION
