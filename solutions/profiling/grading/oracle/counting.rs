//! FLOPs by execution: the loops of a layer, with a counter in place of the arithmetic. Slow,
//! so for small shapes only. It shares no formula with other code.

/// The number of executed operations.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ExecutedCounts {
    /// Multiply-accumulates.
    pub macs: u64,
    /// Bias additions.
    pub adds: u64,
}

impl ExecutedCounts {
    /// Two operations for a multiply-accumulate, one for a bias.
    pub const fn flops(self) -> u64 {
        2 * self.macs + self.adds
    }

    /// `[rows, inner]` times `[inner, columns]`.
    fn matmul(&mut self, rows: usize, inner: usize, columns: usize) {
        for _row in 0..rows {
            for _column in 0..columns {
                for _k in 0..inner {
                    self.macs += 1;
                }
            }
        }
    }

    fn bias(&mut self, rows: usize, columns: usize) {
        for _row in 0..rows {
            for _column in 0..columns {
                self.adds += 1;
            }
        }
    }
}

/// A linear layer on `rows` vectors.
pub fn linear(rows: usize, in_features: usize, out_features: usize, bias: bool) -> ExecutedCounts {
    let mut executed = ExecutedCounts::default();
    executed.matmul(rows, in_features, out_features);
    if bias {
        executed.bias(rows, out_features);
    }
    executed
}

/// A convolution like `Layer::Conv2d`, on an input of `[n, in_channels, h, w]`.
#[derive(Clone, Copy, Debug)]
pub struct Conv {
    pub n: usize,
    pub in_channels: usize,
    pub h: usize,
    pub w: usize,
    pub out_channels: usize,
    pub kernel: (usize, usize),
    pub stride: (usize, usize),
    pub padding: (usize, usize),
    pub bias: bool,
}

impl Conv {
    /// Moves the window over the padded image as long as it fits.
    pub fn execute(&self) -> ExecutedCounts {
        let mut executed = ExecutedCounts::default();
        for _image_and_filter in 0..self.n * self.out_channels {
            let mut top = 0;
            while top + self.kernel.0 <= self.h + 2 * self.padding.0 {
                let mut left = 0;
                while left + self.kernel.1 <= self.w + 2 * self.padding.1 {
                    executed.matmul(1, self.in_channels * self.kernel.0 * self.kernel.1, 1);
                    executed.adds += u64::from(self.bias);
                    left += self.stride.1;
                }
                top += self.stride.0;
            }
        }
        executed
    }

    /// Height and width of the output.
    pub fn output(&self) -> (usize, usize) {
        let positions = |size: usize, padding: usize, kernel: usize, stride: usize| {
            (0..=size + 2 * padding)
                .step_by(stride)
                .filter(|at| at + kernel <= size + 2 * padding)
                .count()
        };
        (
            positions(self.h, self.padding.0, self.kernel.0, self.stride.0),
            positions(self.w, self.padding.1, self.kernel.1, self.stride.1),
        )
    }
}

/// Multi-head self-attention on `[b, t, d]`: four projections with biases, and no discount for
/// a causal mask.
pub fn attention(b: usize, t: usize, d: usize, heads: usize) -> ExecutedCounts {
    let mut executed = ExecutedCounts::default();
    for _projection in ["query", "key", "value", "output"] {
        executed.matmul(b * t, d, d);
        executed.bias(b * t, d);
    }
    for _head in 0..b * heads {
        executed.matmul(t, d / heads, t);
        executed.matmul(t, t, d / heads);
    }
    executed
}
