//! What has to be fast, and how its answers are verified without computing them again.

mod layers;

use crate::cases::blocks::{block_linear_is_the_dense_product, block_linear_stores_used_blocks};
use crate::cases::sparse::{
    sparse_linear_counts_its_bytes, sparse_linear_takes_many_rows, sparse_linear_takes_one_row,
};
use grader_judge::timed;
use layers::{LayerKind, Layers};

timed! {
    task "sparse" {
        /// One row through a weight of 1024 x 1024, 95 % of it zeros, takes a sixth of the dense product's time at most.
        sparse_row_is_fast after [sparse_linear_takes_one_row, sparse_linear_counts_its_bytes]:
            kernel "sparse_linear", against "dense_linear" ("the foundation's product"),
            work |draw| Box::new(Layers::new(draw, LayerKind::Row));
        /// 64 rows through the same weight take less time than the dense product.
        sparse_rows_are_fast after [sparse_linear_takes_many_rows, sparse_linear_counts_its_bytes]:
            kernel "sparse_linear", against "dense_linear" ("the foundation's product"),
            work |draw| Box::new(Layers::new(draw, LayerKind::Rows));
        /// One row through a weight of 1024 x 1024, 87 % of whose blocks of 16 outputs are zeros, is faster than single weights
        /// could be.
        sparse_blocks_are_fast after [block_linear_is_the_dense_product, block_linear_stores_used_blocks]:
            kernel "block_linear", against "dense_linear" ("the foundation's product"),
            work |draw| Box::new(Layers::new(draw, LayerKind::Blocks));
    }
}
