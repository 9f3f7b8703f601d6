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

    #[derive(Copy)]
    mirror struct SparsitySchedule -> compression::SparsitySchedule in schedule {
        initial: f64, target: f64, begin: u64, end: u64, every: u64,
    }
    #[derive(Copy)]
    mirror struct PruningTuning -> compression::PruningTuning in schedule {
        sparsity: f64, scope: Scope, epochs: usize, batch_size: usize, learning_rate: f64, seed: u64,
    }
    /// `Sgd` with this momentum, or `Adam`; learning rate and weight decay.
    #[derive(Copy)]
    plain struct Inner { adam: bool, momentum: f64, learning_rate: f64, weight_decay: f64 }
    /// `PruningOptimizer::fixed` or `gradual`.
    plain enum Masking { Fixed(masks: ModelMasks), Gradual(schedule: SparsitySchedule, scope: Scope) }
    /// Steps of a `PruningOptimizer` with these gradients, one list for each step. After `resumed_after` of them its state goes
    /// into a new optimizer.
    plain struct PruningRun {
        model: Network, inner: Inner, masking: Masking, gradients: Vec<Vec<Floats>>, resumed_after: Option<usize>,
    }
    /// Parameters and `masks()` after a step.
    plain struct PrunedStep { parameters: Vec<Array>, masks: ModelMasks }
    #[derive(Copy)]
    mirror struct Distillation -> compression::Distillation in distill {
        temperature: f64, alpha: f64, epochs: usize, batch_size: usize, learning_rate: f64, seed: u64,
    }
    #[derive(Copy)]
    mirror struct CodebookTuning -> compression::CodebookTuning in codebook {
        bits: u32, epochs: usize, batch_size: usize, learning_rate: f64, seed: u64,
    }
    /// A layer of a measurement: a dense weight `[inputs, outputs]` with its bias.
    plain struct TimedLayer { weight: Array, bias: Floats }
    /// The input of a timed call, and which of the layers takes it.
    plain struct TimedInput { layer: usize, input: Array }
    /// The output of a timed call: of the dense product, which has no bias, or of a sparse layer.
    plain enum TimedOutput { Dense(output: Array), Sparse(output: Array) }
    /// A weight `[inputs, outputs]` with its bias, and the input of `forward`.
    plain struct SparseCall { weight: Array, bias: Option<Floats>, input: Array }
    /// `left()`, `right()`, `error()`, `parameter_count()` and `to_dense()`.
    plain struct Factors { left: Array, right: Array, error: f64, count: usize, dense: Array }
    mirror struct SparsityPattern <- compression::SparsityPattern in compressor {
        sparsity: f64, per_output: Vec<usize>, per_input: Vec<usize>, zero_blocks: f64, longest_run: usize,
    }
    #[derive(Copy)]
    mirror struct SparsityOption <- compression::SparsityOption in compressor { sparsity: f64, score: f64 }
    mirror struct LayerSensitivity <- compression::LayerSensitivity in compressor { name: String, options: Vec<SparsityOption> }
    /// `sensitivity` of a model, or its error; how often the score was called, and the model's parameters afterwards.
    plain struct Sensed { layers: Vec<LayerSensitivity>, error: Option<String>, calls: usize, parameters: Vec<Array> }
    mirror struct Candidate -> compression::Candidate in compressor {
        name: String, bytes: usize, seconds: f64, accuracy: f64, flops: f64, traffic: f64,
    }
    #[derive(Copy)]
    mirror struct Requirements -> compression::Requirements in compressor { max_bytes: usize, max_seconds: f64, min_accuracy: f64 }
    #[derive(Copy)]
    mirror struct Device -> compression::Device in compressor {
        flops_per_second: f64, bytes_per_second: f64, price_per_core_hour: f64,
    }
    #[derive(Copy)]
    mirror enum Shortfall <- compression::Shortfall in compressor { Bytes(of: usize), Seconds(of: f64), Accuracy(of: f64) }
    mirror struct DeploymentPlan <- compression::DeploymentPlan in compressor {
        choice: Option<usize>, shortfalls: Vec<Vec<Shortfall>>, cost_per_million: Vec<f64>,
    }
    mirror struct ModelCompressor -> compression::ModelCompressor in compressor {
        max_accuracy_loss: f64, sparsities: Vec<f64>, bits: Vec<u32>, epochs: usize, learning_rate: f64, seed: u64,
    }
    mirror struct CompressionReport <- compression::CompressionReport in compressor {
        sparsity: f64, bits: u32, accuracy: (f64, f64), rejected: Vec<(f64, u32, f64)> = it.rejected.clone(),
    }
    /// `compress`: the file and the report, or the error; and the model's parameters afterwards.
    plain struct CompressedModel { file: Vec<u8>, report: Option<CompressionReport>, error: Option<String>, parameters: Vec<Array> }

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
        /// `apply_masks(model, masks)`: its error, if there is one, the model's parameters afterwards, and whether each is the
        /// same leaf as before.
        fn apply_masks(model: Network, masks: ModelMasks) -> (Option<String>, Vec<Array>, bool) {
            given::apply_masks(&model, masks)?
        }
    }
    task schedule needs [magnitude] {
        /// `checked()?`, then `sparsity(step)` and `prunes_at(step)` for each step.
        fn schedule(of: SparsitySchedule, steps: Vec<u64>) -> Vec<(f64, bool)> {
            let schedule = of.native().checked()?;
            steps.iter().map(|step| (schedule.sparsity(*step), schedule.prunes_at(*step))).collect()
        }
        /// Each step of a run.
        fn pruned_steps(run: PruningRun) -> Vec<PrunedStep> { train::pruned_steps(&run)? }
        /// `restore` of a state without masks.
        fn restore_without_masks() -> () { train::restore_without_masks()? }
        /// `fine_tune_pruned` with inputs and labels: the parameters.
        fn fine_tune_pruned(model: Network, inputs: Array, labels: Vec<usize>, tuning: PruningTuning) -> Vec<Array> {
            let mut model = course_data::layered(&model)?;
            compression::fine_tune_pruned(&mut model, &train::labelled(&inputs, labels)?, tuning.native())?;
            course_data::parameter_arrays(&model)
        }
        /// The same with the trained MLP and the training images: the share of zeros among its weights, and the digits that it
        /// takes scans for.
        fn pruned_digits(tuning: PruningTuning, scans: String) -> (f64, Vec<usize>) {
            let mut mlp = tinytorch::pretrained::mlp()?;
            compression::fine_tune_pruned(&mut mlp, &train::training_rows()?, tuning.native())?;
            (compression::ModelMasks::of_zeros(&mlp).sparsity(), train::digits(&mlp, &scans)?)
        }
    }
    task structured {
        /// `largest(numbers, keep)`.
        fn largest(numbers: Vec<f64>, keep: usize) -> Vec<usize> { compression::largest(&numbers, keep)? }
        /// `neuron_norms(weight)`, or `filter_norms(weight)`.
        fn norms(weight: Array, of_filters: bool) -> Vec<f64> {
            let weight = tensor_of(&weight)?;
            if of_filters { compression::filter_norms(&weight)? } else { compression::neuron_norms(&weight)? }
        }
        /// `keep_neurons(model, kept)`: all parameters, and the outputs for `input`.
        fn keep_neurons(model: Net, kept: Vec<Vec<usize>>, input: Array) -> (Vec<Array>, Array) {
            given::outcome(&compression::keep_neurons(&given::mlp(&model)?, &kept)?, &input)?
        }
        /// `prune_neurons(model, fraction)`, likewise.
        fn prune_neurons(model: Net, fraction: f64, input: Array) -> (Vec<Array>, Array) {
            given::outcome(&compression::prune_neurons(&given::mlp(&model)?, fraction)?, &input)?
        }
        /// `keep_filters(model, kept)`, likewise.
        fn keep_filters(model: Net, kept: [Vec<usize>; 2], input: Array) -> (Vec<Array>, Array) {
            given::outcome(&compression::keep_filters(&given::cnn(&model)?, &kept)?, &input)?
        }
        /// `prune_filters(model, fraction)`, likewise.
        fn prune_filters(model: Net, fraction: f64, input: Array) -> (Vec<Array>, Array) {
            given::outcome(&compression::prune_filters(&given::cnn(&model)?, fraction)?, &input)?
        }
        /// The digits that the trained CNN takes scans for after `prune_filters`.
        fn pruned_cnn_digits(fraction: f64, scans: String) -> Vec<usize> {
            let cnn = compression::prune_filters(&tinytorch::pretrained::cnn()?, fraction)?;
            tinytorch::Layer::forward(&cnn, &course_data::scans(&scans)?)?.argmax_axis(1)?
        }
    }
    task sparse {
        /// `CsrMatrix::new(columns, row_starts, column_indices, values)`, and its `to_dense()`.
        fn csr(columns: usize, row_starts: Vec<usize>, column_indices: Vec<usize>, values: Floats) -> Array {
            array(&compression::CsrMatrix::new(columns, row_starts, column_indices, values.0)?.to_dense()?)
        }
        /// `CsrMatrix::from_dense(matrix)`: row starts, columns and values.
        fn csr_of(matrix: Array) -> (Vec<usize>, Vec<usize>, Floats) {
            let csr = compression::CsrMatrix::from_dense(&tensor_of(&matrix)?)?;
            (csr.row_starts().to_vec(), csr.column_indices().to_vec(), Floats(csr.values().to_vec()))
        }
        /// `SparseLinear::from_dense(weight, bias)`: `forward(input)` and `nbytes()`.
        fn sparse_linear(of: SparseCall) -> (Array, usize) {
            let layer = compression::SparseLinear::from_dense(&tensor_of(&of.weight)?, given::slice(of.bias.as_ref()))?;
            (array(&layer.forward(&tensor_of(&of.input)?)?), layer.nbytes())
        }
        /// `SparseLinear::new` of a matrix of these lists, and `forward(input)`.
        fn sparse_linear_of(columns: usize, lists: (Vec<usize>, Vec<usize>, Floats), bias: Option<Floats>, input: Array) -> Array {
            let (starts, indices, values) = lists;
            let csr = compression::CsrMatrix::new(columns, starts, indices, values.0)?;
            let layer = compression::SparseLinear::new(&csr, given::slice(bias.as_ref()))?;
            array(&layer.forward(&tensor_of(&input)?)?)
        }
        /// `prune_blocks(weight, sparsity)`.
        fn prune_blocks(weight: Array, sparsity: f64) -> Mask {
            compression::prune_blocks(&tensor_of(&weight)?, sparsity)?.wire()
        }
        /// `BlockSparseLinear::new(weight, bias)`: `forward(input)`, `blocks()` and `nbytes()`.
        fn block_linear(of: SparseCall) -> (Array, usize, usize) {
            let layer = compression::BlockSparseLinear::new(&tensor_of(&of.weight)?, given::slice(of.bias.as_ref()))?;
            (array(&layer.forward(&tensor_of(&of.input)?)?), layer.blocks(), layer.nbytes())
        }
    }
    task low_rank {
        /// `break_even_rank(m, n)`.
        fn break_even_rank(m: usize, n: usize) -> usize { compression::break_even_rank(m, n) }
        /// `rank_for_energy(singular_values, energy)`.
        fn rank_for_energy(singular_values: Floats, energy: f64) -> usize {
            compression::rank_for_energy(&singular_values.0, energy)?
        }
        /// `LowRank::new(matrix, rank)`.
        fn low_rank(matrix: Array, rank: usize) -> Factors {
            given::factors(&compression::LowRank::new(&tensor_of(&matrix)?, rank)?)?
        }
        /// `LowRank::with_energy(matrix, energy)`.
        fn low_rank_with_energy(matrix: Array, energy: f64) -> Factors {
            given::factors(&compression::LowRank::with_energy(&tensor_of(&matrix)?, energy)?)?
        }
        /// `LowRank::new(matrix, rank)?.forward(x)`, and the bytes that were allocated at most meanwhile.
        fn low_rank_forward(matrix: Array, rank: usize, x: Array) -> (Array, usize) {
            given::low_rank_forward(&matrix, rank, &x)?
        }
        /// The digits that the trained MLP takes scans for when the weight of its first layer has this rank.
        fn low_rank_digits(rank: usize, scans: String) -> Vec<usize> { given::low_rank_digits(rank, &scans)? }
    }
    task distill {
        /// `soft_loss(student, teacher, temperature)`, and the gradients of student and teacher, if there are any.
        fn soft_loss(student: Array, teacher: Array, temperature: f64) -> (Array, Option<Array>, Option<Array>) {
            let (student, teacher) = (tensor_of(&student)?.requires_grad(), tensor_of(&teacher)?.requires_grad());
            let loss = compression::soft_loss(&student, &teacher, temperature)?;
            train::with_gradients(&loss, &student, &teacher)?
        }
        /// `distillation_loss(student, teacher, labels, how)`, likewise.
        fn distillation_loss(student: Array, teacher: Array, labels: Vec<usize>, how: Distillation)
            -> (Array, Option<Array>, Option<Array>)
        {
            let (student, teacher) = (tensor_of(&student)?.requires_grad(), tensor_of(&teacher)?.requires_grad());
            let loss = compression::distillation_loss(&student, &teacher, &labels, how.native())?;
            train::with_gradients(&loss, &student, &teacher)?
        }
        /// `distill` with inputs and labels: the parameters of student and teacher.
        fn distill(student: Network, teacher: Network, inputs: Array, labels: Vec<usize>, how: Distillation)
            -> (Vec<Array>, Vec<Array>)
        {
            let (mut student, teacher) = (course_data::layered(&student)?, course_data::layered(&teacher)?);
            compression::distill(&mut student, &teacher, &train::labelled(&inputs, labels)?, how.native())?;
            (course_data::parameter_arrays(&student), course_data::parameter_arrays(&teacher))
        }
        /// The digits that a student takes scans for, taught by the trained MLP with these training images.
        fn distilled_digits(student: Net, images: Vec<usize>, how: Distillation, scans: String) -> Vec<usize> {
            train::distilled_digits(&student, &images, how, &scans)?
        }
    }
    task codebook {
        /// `Codebook::fit(numbers, bits, rounds)`: its values, `nearest` of each of `asked`, and the values of
        /// `refine(others)`, if they are given.
        fn codebook(numbers: Floats, bits: u32, rounds: usize, asked: Floats, others: Option<Floats>)
            -> (Floats, Vec<usize>, Option<Floats>)
        {
            let book = compression::Codebook::fit(&numbers.0, bits, rounds)?;
            let nearest = asked.0.iter().map(|x| book.nearest(*x)).collect();
            let refined = others.map(|others| Floats(book.refine(&others.0).values().to_vec()));
            (Floats(book.values().to_vec()), nearest, refined)
        }
        /// `shared_values(model, ..)` with bits for each weight, in order: its error, and the parameters afterwards.
        fn shared_values(model: Network, bits: Vec<u32>) -> (Option<String>, Vec<Array>) { train::shared_values(&model, &bits)? }
        /// The parameters after each step of a `CodebookOptimizer` with these gradients, and first of all before them.
        fn codebook_steps(model: Network, bits: u32, learning_rate: f64, gradients: Vec<Vec<Floats>>) -> Vec<Vec<Array>> {
            train::codebook_steps(&model, bits, learning_rate, &gradients)?
        }
        /// `tune_codebooks` with inputs and labels: the parameters.
        fn tune_codebooks(model: Network, inputs: Array, labels: Vec<usize>, tuning: CodebookTuning) -> Vec<Array> {
            let mut model = course_data::layered(&model)?;
            compression::tune_codebooks(&mut model, &train::labelled(&inputs, labels)?, tuning.native())?;
            course_data::parameter_arrays(&model)
        }
        /// The digits that the trained MLP takes scans for after `tune_codebooks` with the training images, or after
        /// `shared_values` alone for 0 epochs.
        fn shared_digits(tuning: CodebookTuning, scans: String) -> Vec<usize> { train::shared_digits(tuning, &scans)? }
    }
    task encode needs [codebook] {
        /// The lengths of `HuffmanCode::new(counts)`.
        fn huffman(counts: Vec<usize>) -> Vec<u32> { compression::HuffmanCode::new(&counts)?.lengths().to_vec() }
        /// `write(symbols)` of the code with these lengths: the bytes and the number of bits.
        fn huffman_write(lengths: Vec<u32>, symbols: Vec<usize>) -> (Vec<u8>, usize) {
            let mut bits = compression::BitWriter::new();
            compression::HuffmanCode::from_lengths(lengths)?.write(&symbols, &mut bits)?;
            let count = bits.len();
            (bits.into_bytes(), count)
        }
        /// `read(count)` of the code with these lengths.
        fn huffman_read(lengths: Vec<u32>, count: usize, bytes: Vec<u8>) -> Vec<usize> {
            let mut bits = compression::BitReader::new(&bytes);
            compression::HuffmanCode::from_lengths(lengths)?.read(count, &mut bits)?
        }
        /// `encode_model(model, ..)` with bits for each parameter, in order; the last ones have those of the last number.
        fn encode(model: Network, bits: Vec<u32>) -> Vec<u8> { given::encode(&model, &bits)? }
        /// `decode_model(file)`.
        fn decode(file: Vec<u8>) -> Vec<(String, Array)> {
            compression::decode_model(&file)?.iter().map(|(name, tensor)| (name.clone(), array(tensor))).collect()
        }
        /// `load_encoded(model, file)`: its error, and the parameters afterwards.
        fn load_encoded(model: Network, file: Vec<u8>) -> (Option<String>, Vec<Array>) {
            let mut model = course_data::layered(&model)?;
            let result = compression::load_encoded(&mut model, &file);
            (result.err().map(|error| error.to_string()), course_data::parameter_arrays(&model))
        }
        /// `byte_report(file)`: header, codebooks, tables, positions, values, biases.
        fn byte_report(file: Vec<u8>) -> [usize; 6] {
            let of = compression::byte_report(&file)?;
            [of.header, of.codebooks, of.tables, of.positions, of.values, of.biases]
        }
    }
    task compressor needs [schedule, codebook, encode] {
        /// `sparsity_pattern(weight)`, `dead_outputs()` and `unused_inputs()`.
        fn pattern(weight: Array) -> (SparsityPattern, usize, usize) {
            let pattern = compression::sparsity_pattern(&tensor_of(&weight)?)?;
            (pattern.wire(), pattern.dead_outputs(), pattern.unused_inputs())
        }
        /// `sensitivity(model, sparsities, ..)`. The score is the sum of squares of each parameter, times 1, 2, ...; it fails in
        /// this call, counted from 1.
        fn sensitivity(model: Network, sparsities: Vec<f64>, fails: Option<usize>) -> Sensed {
            given::sensitivity(&model, &sparsities, fails)?
        }
        /// `deployment_plan(candidates, needs, device)`.
        fn plan(candidates: Vec<Candidate>, needs: Requirements, device: Device) -> DeploymentPlan {
            compression::deployment_plan(&candidates.native(), needs.native(), device.native())?.wire()
        }
        /// `compress` of a drawn model: training data, then validation data.
        fn compress(model: Network, how: ModelCompressor, train: (Array, Vec<usize>), validation: (Array, Vec<usize>))
            -> CompressedModel
        {
            let model = course_data::layered(&model)?;
            let (train, validation) = (train::labelled(&train.0, train.1)?, train::labelled(&validation.0, validation.1)?);
            given::compressed(model, &how.native(), &train, &validation)
        }
        /// `compress` of the trained MLP with the training and the validation images.
        fn compress_mlp(how: ModelCompressor) -> CompressedModel {
            let mlp = tinytorch::pretrained::mlp()?;
            given::compressed(mlp, &how.native(), &train::training_rows()?, &train::validation_rows()?)
        }
        /// The digits that an MLP of these sizes with the parameters in a file takes scans for.
        fn decoded_digits(sizes: Vec<usize>, file: Vec<u8>, scans: String) -> Vec<usize> {
            let mut mlp = tinytorch::models::Mlp::new(&sizes, &mut tinytorch::Rng::new(0))?;
            compression::load_encoded(&mut mlp, &file)?;
            train::digits(&mlp, &scans)?
        }
    }
}
