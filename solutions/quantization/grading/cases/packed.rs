//! Task `precision`: codes of fewer than 8 bits without gaps.

use super::prelude::*;
use crate::contract::Packed;
use crate::oracle::{affine, few_bits};

cases! { task "precision", client Client;
    /// The stream has each code's bits in their place, for `2` to `8` bits and any number of codes.
    packed_streams_have_no_gaps;
    /// Unused bits of the last byte are `0`.
    packed_ends_in_zeros;
    /// What was packed is unpacked code for code, with sign, shape and parameters.
    packed_is_unpacked;
    /// The lowest and the highest code are unpacked.
    packed_keeps_the_limits after [packed_is_unpacked];
    /// All bytes count: the stream, and scales and zero points of each channel.
    packed_bytes_are_counted;
}

/// A tensor of this scheme with drawn codes.
fn drawn(scheme: Scheme, shape: &[usize], granularity: Granularity, draw: &mut Draw) -> Quantized {
    let (min, max) = affine::limits(scheme);
    let mut code = |_| min + draw.int(0..=(max - min) as usize) as i32;
    let codes = (0..shape.iter().product::<usize>()).map(&mut code).collect();
    let zero_point = if affine::is_symmetric(scheme) { 0 } else { code(0) };
    let (_, channels) = few_bits::channels(shape, granularity);
    let params = |channel| Params { scale: 0.5 + channel as f32, zero_point, scheme };
    let params = TensorParams { granularity, channels: (0..channels).map(params).collect() };
    Quantized { shape: shape.to_vec(), codes, params }
}

fn schemes() -> impl Iterator<Item = Scheme> {
    (2..=8).flat_map(|bits| {
        [Scheme::Unsigned { bits }, Scheme::Signed { bits }, Scheme::Symmetric { bits }]
    })
}

const fn bits_of(scheme: Scheme) -> u32 {
    let (Scheme::Unsigned { bits } | Scheme::Signed { bits } | Scheme::Symmetric { bits }) = scheme;
    bits
}

pub fn packed_streams_have_no_gaps(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message =
        "code i should have the bits i b to (i + 1) b - 1 of the stream, the lowest first";
    for scheme in schemes() {
        let shape = [draw.int(1..=5), draw.int(1..=13)];
        let tensor = drawn(scheme, &shape, Granularity::PerTensor, draw);
        let (Packed { bytes, .. }, _) = code.pack(tensor.clone())?;
        check::equal(message, &bytes, &few_bits::stream(&tensor.codes, bits_of(scheme)))?;
    }
    Ok(())
}

fn packed_ends_in_zeros(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for bits in [3, 5, 7] {
        let scheme = Scheme::Signed { bits };
        let count = 8 * draw.int(0..=2) + 1;
        let mut tensor = drawn(scheme, &[count], Granularity::PerTensor, draw);
        tensor.codes.fill(-1);
        let (Packed { bytes, .. }, _) = code.pack(tensor)?;
        let used = count * bits as usize;
        let mut expected = vec![0xff; used / 8];
        expected.push((1 << (used % 8)) - 1);
        check::equal("unused bits of the last byte should be 0", &bytes, &expected)?;
    }
    Ok(())
}

pub fn packed_is_unpacked(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for scheme in schemes() {
        let shape: Vec<usize> = (0..draw.int(1..=4)).map(|_| draw.int(1..=5)).collect();
        let axis = draw.int(0..=shape.len() - 1);
        let granularity = *draw.pick(&[Granularity::PerTensor, Granularity::PerChannel { axis }]);
        let tensor = drawn(scheme, &shape, granularity, draw);
        let (packed, unpacked) = code.pack(tensor.clone())?;
        check::equal("a packed tensor has the shape", &packed.shape, &tensor.shape)?;
        check::equal("a packed tensor has the parameters", &packed.params, &tensor.params)?;
        check::equal("the tensor should come back, code for code", &unpacked, &tensor)?;
    }
    Ok(())
}

fn packed_keeps_the_limits(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for scheme in schemes() {
        let (min, max) = affine::limits(scheme);
        let mut tensor = drawn(scheme, &[draw.int(6..=40)], Granularity::PerTensor, draw);
        tensor.codes[..6].copy_from_slice(&[min, max, min, min + 1, max - 1, max]);
        draw.shuffle(&mut tensor.codes);
        let (_, unpacked) = code.pack(tensor.clone())?;
        check::equal("the lowest and the highest code should come back", &unpacked, &tensor)?;
    }
    Ok(())
}

pub fn packed_bytes_are_counted(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    let message = "the stream's bytes, four for each scale, and four for each zero point unless the scheme is \
                   symmetric";
    for scheme in schemes() {
        let shape = [draw.int(1..=9), draw.int(1..=9)];
        let axis = draw.int(0..=1);
        for granularity in [Granularity::PerTensor, Granularity::PerChannel { axis }] {
            let tensor = drawn(scheme, &shape, granularity, draw);
            let channels = tensor.params.channels.len();
            let stream = (tensor.codes.len() * bits_of(scheme) as usize).div_ceil(8);
            let of_channel = if affine::is_symmetric(scheme) { 4 } else { 8 };
            let (Packed { nbytes, .. }, _) = code.pack(tensor)?;
            check::equal(message, &nbytes, &(stream + of_channel * channels))?;
        }
    }
    Ok(())
}
