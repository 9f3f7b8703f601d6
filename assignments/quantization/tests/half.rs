//! Task `half`. Run with `cargo test -p quantization --test half`.
//!
//! Before you start, every test here fails with `not yet implemented: ...`. That is the expected
//! start.

use quantization::{HalfFormat, HalfTensor};
use tinytorch::Tensor;

const F16: HalfFormat = HalfFormat::F16;
const BF16: HalfFormat = HalfFormat::Bf16;

#[test]
fn one_and_its_neighbors_in_binary16() {
    // Exponent 15 - 15 = 0; the last of 10 fraction bits is worth 2^-10.
    assert_eq!(F16.decode(0x3c00), 1.0);
    assert_eq!(F16.decode(0x3c01), 1.0 + 1.0 / 1024.0);
    assert_eq!(F16.decode(0xbbff), -(1.0 - 1.0 / 2048.0));
    assert_eq!(F16.encode(1.0), 0x3c00);
    assert_eq!(F16.encode(-2.5), 0xc100);
}

#[test]
fn bfloat16_is_the_upper_half_of_an_f32() {
    assert_eq!(BF16.decode(0x3f80), 1.0);
    assert_eq!(BF16.decode(0xc020), -2.5);
    assert_eq!(BF16.encode(-2.5), 0xc020);
    // The last of 7 fraction bits is worth 2^-7.
    assert_eq!(BF16.decode(0x3f81), 1.0 + 1.0 / 128.0);
}

#[test]
fn subnormal_numbers_are_multiples_of_the_least_one() {
    let least = 2.0_f32.powi(-24);
    assert_eq!(F16.decode(0x0001), least);
    assert_eq!(F16.decode(0x83ff), -1023.0 * least);
    assert_eq!(F16.encode(5.0 * least), 5);
    assert_eq!(F16.encode(-1023.0 * least), 0x83ff);
    // Between 1023 and 1024 times the least number, nearer to 1024, which is the least normal number.
    assert_eq!(F16.encode(1023.75 * least), 0x0400);
}

#[test]
fn ties_go_to_the_even_number_and_nothing_else_does() {
    let step = 1.0 / 1024.0;
    assert_eq!(F16.encode(1.0 + 0.5 * step), 0x3c00);
    assert_eq!(F16.encode(1.0 + 1.5 * step), 0x3c02);
    // Just above half of the last bit, by a bit that is lost.
    assert_eq!(F16.encode((1.0 + 0.5 * step).next_up()), 0x3c01);
    assert_eq!(F16.encode((1.0 + 1.5 * step).next_down()), 0x3c01);
    assert_eq!(BF16.encode(1.0 + 0.5 / 128.0), 0x3f80);
    assert_eq!(BF16.encode(1.0 + 1.5 / 128.0), 0x3f82);
}

#[test]
fn rounding_may_carry_into_the_exponent() {
    assert_eq!(F16.encode(1.9999), 0x4000);
    assert_eq!(BF16.encode(1.9999), 0x4000);
}

#[test]
fn too_large_numbers_become_infinity() {
    assert_eq!(F16.encode(65504.0), 0x7bff);
    assert_eq!(F16.encode(65519.0), 0x7bff);
    assert_eq!(F16.encode(65520.0), 0x7c00);
    assert_eq!(F16.encode(-1e30), 0xfc00);
    assert_eq!(F16.decode(0x7c00), f32::INFINITY);
    assert_eq!(BF16.encode(f32::MAX), 0x7f80);
    assert_eq!(BF16.encode(1e38), 0x7e96);
}

#[test]
fn too_small_numbers_become_zeros_with_a_sign() {
    assert_eq!(F16.encode(2.0_f32.powi(-25)), 0);
    assert_eq!(F16.encode(2.0_f32.powi(-25).next_up()), 1);
    assert_eq!(F16.encode(-1e-30), 0x8000);
    assert!(F16.decode(0x8000) == 0.0 && F16.decode(0x8000).is_sign_negative());
    assert_eq!(BF16.encode(-0.0), 0x8000);
}

#[test]
fn a_nan_stays_a_nan() {
    // Its only fraction bit is the lowest one, which neither format keeps.
    let nan = f32::from_bits(0x7f80_0001);
    assert_eq!(F16.encode(nan), 0x7e00);
    assert_eq!(BF16.encode(nan), 0x7fc0);
    assert_eq!(F16.encode(f32::from_bits(0xff80_2000)), 0xfe01);
    assert_eq!(F16.decode(0xfe01).to_bits(), 0xffc0_2000);
    assert_eq!(BF16.encode(f32::from_bits(u32::MAX)), 0xffff);
}

#[test]
fn every_number_comes_back() {
    for format in [F16, BF16] {
        for bits in 0..=u16::MAX {
            let x = format.decode(bits);
            if !x.is_nan() {
                assert_eq!(format.encode(x), bits, "{format:?} {bits:#06x} is {x:e}");
            }
        }
    }
}

#[test]
fn a_tensor_takes_two_bytes_an_element() {
    let tensor = Tensor::from_vec(vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.1], &[2, 3]).unwrap();
    let half = HalfTensor::from_tensor(&tensor, F16);
    assert_eq!(half.bits(), [0x3c00, 0x4000, 0x4200, 0x4400, 0x4500, 0x461a]);
    assert_eq!((half.shape(), half.format(), half.nbytes()), (&[2, 3][..], F16, 12));
    let back = half.to_tensor().unwrap();
    assert_eq!(back.shape(), [2, 3]);
    // 6.1 is between 6.09765625 and 6.1015625.
    assert_eq!(back.to_vec(), [1.0, 2.0, 3.0, 4.0, 5.0, 6.101_562_5]);
}

#[test]
fn a_view_is_read_row_by_row() {
    let tensor = Tensor::from_vec(vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0], &[2, 3]).unwrap();
    let half = HalfTensor::from_tensor(&tensor.permute(&[1, 0]).unwrap(), BF16);
    assert_eq!(half.shape(), [3, 2]);
    assert_eq!(half.to_tensor().unwrap().to_vec(), [1.0, 4.0, 2.0, 5.0, 3.0, 6.0]);
}

#[test]
fn a_tensor_may_be_empty() {
    let tensor = Tensor::from_vec(vec![], &[0, 3]).unwrap();
    let half = HalfTensor::from_tensor(&tensor, F16);
    assert_eq!((half.nbytes(), half.shape()), (0, &[0, 3][..]));
    assert!(half.to_tensor().unwrap().to_vec().is_empty());
}
