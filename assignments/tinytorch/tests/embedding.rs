//! The embedding.

use crate::common::{assert_close, at, by_index, error_text, randn};
use tinytorch::nn::Embedding;
use tinytorch::{Layer, Rng, Tensor};

#[test]
fn each_id_gets_its_row() {
    let embedding = Embedding::new(7, 3, &mut Rng::new(1));
    let ids = [6, 0, 3, 3, 1, 5];
    let vectors = embedding.forward_ids(&ids, &[2, 3]).unwrap();
    let expected = by_index(&[2, 3, 3], |i| at(embedding.weight(), &[ids[i[0] * 3 + i[1]], i[2]]));
    assert_close(&vectors, &expected, 0.0);
    let as_numbers = Tensor::from_vec(ids.map(|id| id as f32).to_vec(), &[2, 3]).unwrap();
    assert_eq!(embedding.forward(&as_numbers).unwrap(), vectors);
}

#[test]
fn ids_may_have_any_shape() {
    let embedding = Embedding::new(7, 3, &mut Rng::new(1));
    assert_eq!(embedding.forward_ids(&[2], &[]).unwrap().shape(), [3]);
    assert_eq!(embedding.forward_ids(&[], &[0, 5]).unwrap().shape(), [0, 5, 3]);
    let transposed = Tensor::from_vec(vec![0.0, 1.0, 2.0, 3.0], &[2, 2]).unwrap().t().unwrap();
    let expected = embedding.forward_ids(&[0, 2, 1, 3], &[2, 2]).unwrap();
    assert_eq!(embedding.forward(&transposed).unwrap(), expected);
}

#[test]
fn a_table_that_is_a_view_is_read_in_its_own_order() {
    let table = randn(&[3, 7], 2).t().unwrap();
    let embedding = Embedding::from_parameters(table.clone()).unwrap();
    let vectors = embedding.forward_ids(&[4, 1], &[2]).unwrap();
    assert_close(&vectors, &by_index(&[2, 3], |i| at(&table, &[[4, 1][i[0]], i[1]])), 0.0);
}

#[test]
fn an_id_without_a_row_is_named() {
    let embedding = Embedding::new(7, 3, &mut Rng::new(1));
    let text = error_text(embedding.forward_ids(&[1, 7, 0, 9], &[2, 2]));
    assert_eq!(text, "embedding: [2, 2]: id 7 at position 1 has no row, there are 7");
    for (value, shown) in [(-1.0, "-1"), (1.5, "1.5"), (f32::NAN, "NaN"), (f32::INFINITY, "inf")] {
        let ids = Tensor::from_vec(vec![0.0, value], &[2]).unwrap();
        let expected = format!("{shown} at position 1 is not an id (a whole number from 0)");
        assert_eq!(error_text(embedding.forward(&ids)), format!("embedding: [2]: {expected}"));
    }
    let text = error_text(embedding.forward_ids(&[1, 2, 3], &[2, 2]));
    assert_eq!(text, "embedding: [2, 2]: 3 ids do not fill this shape");
}
