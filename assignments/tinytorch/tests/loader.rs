//! Batches of examples: each exactly once, in an order that depends only on the
//! seed and the epoch.

use crate::common::error_text;
use tinytorch::train::{DataLoader, Dataset, Labelled, LabelledBatch};
use tinytorch::{Result, Tensor};

/// Ten examples `[i, 10 i]` with label `i`.
fn ten() -> Labelled {
    let rows = (0..10_u8).flat_map(|i| [f32::from(i), 10.0 * f32::from(i)]).collect();
    Labelled::new(&Tensor::from_vec(rows, &[10, 2]).unwrap(), (0..10).collect()).unwrap()
}

fn batches(loader: &DataLoader<Labelled>, epoch: usize) -> Vec<LabelledBatch> {
    loader.batches(epoch).collect::<Result<_>>().unwrap()
}

fn labels(loader: &DataLoader<Labelled>, epoch: usize) -> Vec<usize> {
    batches(loader, epoch).into_iter().flat_map(|batch| batch.labels).collect()
}

#[test]
fn every_example_comes_once_in_each_epoch() {
    for size in [1, 3, 4, 10, 99] {
        let loader = DataLoader::new(ten(), size).unwrap().shuffled(1);
        for epoch in 0..5 {
            let mut all = labels(&loader, epoch);
            all.sort_unstable();
            assert_eq!(all, (0..10).collect::<Vec<_>>(), "batches of {size}");
        }
    }
}

#[test]
fn inputs_stay_with_their_labels() {
    for loader in
        [DataLoader::new(ten(), 3).unwrap(), DataLoader::new(ten(), 3).unwrap().shuffled(2)]
    {
        for batch in batches(&loader, 0) {
            for (row, &label) in batch.inputs.to_vec().chunks(2).zip(&batch.labels) {
                assert_eq!(row, [label as f32, 10.0 * label as f32]);
            }
        }
    }
}

#[test]
fn the_last_batch_is_smaller_or_dropped() {
    let sizes = |loader: &DataLoader<Labelled>| -> Vec<usize> {
        batches(loader, 0).iter().map(|batch| batch.labels.len()).collect()
    };
    let loader = DataLoader::new(ten(), 4).unwrap();
    assert_eq!((sizes(&loader), loader.batches_per_epoch()), (vec![4, 4, 2], 3));
    let loader = loader.drop_last().unwrap();
    assert_eq!((sizes(&loader), loader.batches_per_epoch()), (vec![4, 4], 2));
    let loader = DataLoader::new(ten(), 5).unwrap().drop_last().unwrap();
    assert_eq!(sizes(&loader), [5, 5]);
}

#[test]
fn without_shuffling_the_order_is_that_of_the_dataset() {
    let loader = DataLoader::new(ten(), 4).unwrap();
    assert_eq!(labels(&loader, 7), (0..10).collect::<Vec<_>>());
}

#[test]
fn the_order_follows_from_the_seed_and_the_epoch() {
    let loader = |seed| DataLoader::new(ten(), 4).unwrap().shuffled(seed);
    // Epoch 3 is the same with and without epochs 0, 1 and 2 before it.
    let one = loader(1);
    (0..3).for_each(|epoch| drop(labels(&one, epoch)));
    assert_eq!(labels(&one, 3), labels(&loader(1), 3));
    let orders: Vec<_> =
        (0..4).flat_map(|seed| (0..4).map(move |e| loader(seed).order(e))).collect();
    for (i, order) in orders.iter().enumerate() {
        assert!(!orders[..i].contains(order), "order {i} came before");
    }
}

#[test]
fn neighbouring_examples_are_a_view_and_not_a_copy() {
    let data = ten();
    let batch = data.batch(&[4, 5, 6], 0).unwrap();
    let place = data.inputs().as_slice().unwrap()[8..].as_ptr();
    assert_eq!(batch.inputs.as_slice().unwrap().as_ptr(), place);
}

#[test]
fn inputs_that_do_not_lie_row_by_row_are_put_in_order() {
    let turned = ten().inputs().t().unwrap();
    let data = Labelled::new(&turned, vec![0, 1]).unwrap();
    assert_eq!(data.batch(&[1], 0).unwrap().inputs.get(&[0, 3]), Ok(30.0));
    assert_eq!(data.batch(&[1, 0], 0).unwrap().inputs.get(&[0, 3]), Ok(30.0));
}

#[test]
fn what_cannot_be_batches_is_refused() {
    assert_eq!(error_text(DataLoader::new(ten(), 0)), "data loader: the batch size must not be 0");
    let none = Labelled::new(&Tensor::zeros(&[0, 2]), vec![]).unwrap();
    assert_eq!(error_text(DataLoader::new(&none, 1)), "data loader: the dataset has no example");
    assert_eq!(
        error_text(DataLoader::new(ten(), 11).unwrap().drop_last()),
        "data loader: 10 examples fill no batch of 11: no batch would be left"
    );
    assert_eq!(
        error_text(Labelled::new(&Tensor::zeros(&[3, 2]), vec![0; 2])),
        "labelled: [3, 2]: 2 labels, but axis 0 should have as many inputs"
    );
    assert!(Labelled::new(&Tensor::scalar(1.0), vec![]).is_err());
    assert_eq!(
        error_text(ten().batch(&[3, 10], 0)),
        "batch: [10, 2]: there is no example 10, counted from 0"
    );
    assert!(ten().batch(&[], 0).unwrap().labels.is_empty());
}
