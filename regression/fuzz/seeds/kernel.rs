//! The source of `kernel.o`, made small enough to be damaged byte by byte:
//!
//! rustc --edition=2021 --crate-name=kernel --emit=obj -Copt-level=3 -Cpanic=abort -Ccodegen-units=1
//!   -Cforce-unwind-tables=no -Cstrip=debuginfo -o kernel.o kernel.rs
//! strip -g -R .comment -R .note.GNU-stack kernel.o

#![no_std]
#![crate_type = "lib"]

pub fn other(x: u32) -> u32 {
    x + 1
}

#[inline(never)]
pub fn root(x: u32) -> u32 {
    other(x)
}

pub trait T {
    fn m(&self) -> u32;
}

pub struct S;

impl T for S {
    fn m(&self) -> u32 {
        root(2)
    }
}
