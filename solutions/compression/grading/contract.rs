//! The requests to a `compression` submission, and how the driver answers them.

pub use course_data::{Array, Images, Net, Network};
use grader_protocol::Floats;

grader_protocol::contract! {
    /// The functions that students of `compression` write.
    pub trait Compression;

    #[derive(Copy, Eq)]
    mirror enum Scope <-> compression::Scope { PerLayer, Global }
    /// `Mask::new(shape, kept)`.
    #[derive(Eq)]
    mirror struct Mask <- compression::Mask { shape: Vec<usize> = it.shape().to_vec(), kept: Vec<bool> = it.kept().to_vec() }
    #[derive(Eq)]
    mirror struct ModelMasks <- compression::ModelMasks { masks: Vec<(String, Mask)> = it.masks().to_vec().wire() }

    mirror struct SparsitySchedule -> compression::SparsitySchedule in schedule {
        initial: f64, target: f64, begin: u64, end: u64, every: u64,
    }

    task magnitude {
        /// `prune_magnitude(weight, sparsity)` and `pruning_threshold(weight, sparsity)`.
        fn prune(weight: Array, sparsity: f64) -> (Mask, f32) {
            let weight = tensor_of(&weight)?;
            let mask = compression::prune_magnitude(&weight, sparsity)?;
            (mask.wire(), compression::pruning_threshold(&weight, sparsity)?)
        }
        /// `apply` of a mask.
        fn apply(mask: Mask, tensor: Array) -> Array { array(&given::mask(mask)?.apply(&tensor_of(&tensor)?)?) }
        /// `prune_model(model, sparsity, scope)`.
        fn prune_model(model: Network, sparsity: f64, scope: Scope) -> ModelMasks {
            compression::prune_model(&course_data::layered(&model)?, sparsity, scope.native())?.wire()
        }
        /// `apply_masks(model, masks)`: its error, if there is one, and the model's parameters afterwards.
        fn apply_masks(model: Network, masks: ModelMasks) -> (Option<String>, Vec<Array>) {
            let mut model = course_data::layered(&model)?;
            let result = compression::apply_masks(&mut model, &given::model_masks(masks)?);
            (result.err().map(|error| error.to_string()), course_data::parameter_arrays(&model))
        }
    }
    task schedule needs [magnitude] {
        /// `checked()?`, then `sparsity(step)` and `prunes_at(step)` for each step.
        fn schedule(of: SparsitySchedule, steps: Vec<u64>) -> Vec<(f64, bool)> {
            let schedule = of.native().checked()?;
            steps.iter().map(|step| (schedule.sparsity(*step), schedule.prunes_at(*step))).collect()
        }
    }
    task structured {
        /// `largest(numbers, keep)`.
        fn largest(numbers: Vec<f64>, keep: usize) -> Vec<usize> { compression::largest(&numbers, keep)? }
    }
    task sparse {
        /// `CsrMatrix::new(columns, row_starts, column_indices, values)`, and its `to_dense()`.
        fn csr(columns: usize, row_starts: Vec<usize>, column_indices: Vec<usize>, values: Floats) -> Array {
            array(&compression::CsrMatrix::new(columns, row_starts, column_indices, values.0)?.to_dense()?)
        }
    }
    task low_rank {
        /// `break_even_rank(m, n)`.
        fn break_even_rank(m: usize, n: usize) -> usize { compression::break_even_rank(m, n) }
    }
    task distill {
        /// `soft_loss(student, teacher, temperature)`.
        fn soft_loss(student: Array, teacher: Array, temperature: f64) -> Array {
            array(&compression::soft_loss(&tensor_of(&student)?, &tensor_of(&teacher)?, temperature)?)
        }
    }
    task codebook {
        /// The values of `Codebook::fit(numbers, bits, rounds)`.
        fn codebook(numbers: Floats, bits: u32, rounds: usize) -> Floats {
            Floats(compression::Codebook::fit(&numbers.0, bits, rounds)?.values().to_vec())
        }
    }
    task encode needs [codebook] {
        /// The lengths of `HuffmanCode::new(counts)`.
        fn huffman(counts: Vec<usize>) -> Vec<u32> { compression::HuffmanCode::new(&counts)?.lengths().to_vec() }
    }
    task compressor needs [schedule, codebook, encode] {
        /// `sparsity_pattern(weight)`: sparsity, longest run, `dead_outputs()` and `unused_inputs()`.
        fn pattern(weight: Array) -> (f64, usize, usize, usize) {
            let pattern = compression::sparsity_pattern(&tensor_of(&weight)?)?;
            (pattern.sparsity, pattern.longest_run, pattern.dead_outputs(), pattern.unused_inputs())
        }
    }
}
