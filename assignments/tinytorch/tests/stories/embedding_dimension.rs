//! The width of an embedding.

use tinytorch::models::{Gpt, GptConfig};
use tinytorch::nn::Embedding;
use tinytorch::{Layer, Rng, Tensor, layer};

use super::assert_flows;

/// The number of rows and the length of a row were swapped: with a vocabulary of
/// 50 and a width of 16, ids from 16 on failed, or the vectors had 50 elements.
#[test]
fn rows_are_ids_and_columns_the_width() {
    let mut embedding = Embedding::new(50, 16, &mut Rng::new(1));
    assert_eq!((embedding.vocab_size(), embedding.dim()), (50, 16));
    layer::track(&mut embedding);
    let vectors = embedding.forward_ids(&[49, 0, 49], &[1, 3]).unwrap();
    assert_eq!(vectors.shape(), [1, 3, 16]);

    // An id that occurs twice accumulates both gradients.
    let gradients = vectors.sum_all().backward().unwrap();
    assert_flows(&gradients, &[("weight", embedding.weight())]);
    let gradient = gradients.get(embedding.weight()).unwrap();
    for (id, times) in [(49, 2.0), (0, 1.0), (7, 0.0)] {
        let row = gradient.slice_axis(0, id, id + 1).unwrap();
        assert_eq!(row, Tensor::full(&[1, 16], times), "row {id}");
    }
}

/// The token and position tables have different lengths and the same width.
#[test]
fn both_tables_of_a_gpt_have_its_width() {
    let sizes = GptConfig { vocab_size: 50, max_seq_len: 12, d_model: 16, n_heads: 2, n_layers: 1 };
    let gpt = Gpt::new(sizes, &mut Rng::new(1)).unwrap();
    assert_eq!(gpt.token_embedding().weight().shape(), [50, 16]);
    assert_eq!(gpt.position_embedding().weight().shape(), [12, 16]);
    let ids = Tensor::from_vec(vec![49.0, 0.0, 16.0], &[1, 3]).unwrap();
    assert_eq!(gpt.forward(&ids).unwrap().shape(), [1, 3, 50]);
}
