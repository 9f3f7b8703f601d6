//! Saves an unfinished training to a file and resumes it.

use std::collections::BTreeMap;
use std::path::Path;
use std::str::FromStr;

use super::early_stopping::StoppingState;
use super::history::RunningMean;
use super::trainer::TrainerState;
use super::{EpochRecord, History, OptimizerState, Score, Trainer};
use crate::checkpoint::{self, Checkpoint, TRAINING_PREFIX};
use crate::{Layer, Result, Tensor, TensorError};

/// The kind under which early stopping's best parameters are saved, next to the optimizer's own
/// kinds.
const BEST: &str = "best";

impl Trainer {
    /// Resumes the training in this file: restores the parameters of `model` and this trainer's
    /// optimizer state, step, epoch, early-stopping state and history. Then call `fit` as before,
    /// with the same data; the result has the same bits as without the interruption.
    ///
    /// The order of the examples and the elements that dropout drops depend only on their seeds and
    /// the step, so they have no state.
    ///
    /// # Errors
    /// Names the file: when it cannot be read, is not a training checkpoint, was written by a
    /// trainer with other settings (each is named), or belongs to another model.
    ///
    /// ```
    /// # use tinytorch::train::{Adam, DataLoader, Labelled, Trainer, classifier_loss};
    /// # use tinytorch::{Layer, Rng, Tensor, models::Mlp};
    /// # let folder = std::env::temp_dir().join(format!("tinytorch-resume-{}", std::process::id()));
    /// # std::fs::create_dir_all(&folder).unwrap();
    /// # let path = folder.join("training.safetensors");
    /// # let points = Tensor::randn(&[12, 2], 1.0, &mut Rng::new(1));
    /// # let data = DataLoader::new(Labelled::new(&points, vec![0; 12])?, 4)?.shuffled(2);
    /// let trainer = |epochs| Trainer::new(Adam::new(0.01)).epochs(epochs).checkpoint_to(&path);
    /// let mut model = Mlp::new(&[2, 8, 2], &mut Rng::new(1))?;
    /// trainer(2).fit(&mut model, &data, classifier_loss)?;
    ///
    /// // Later, perhaps in another process: two more epochs.
    /// let mut resumed = Mlp::new(&[2, 8, 2], &mut Rng::new(1))?;
    /// let mut second = trainer(4);
    /// second.resume(&path, &mut resumed)?;
    /// second.fit(&mut resumed, &data, classifier_loss)?;
    /// assert_eq!(second.history().epochs.len(), 4);
    /// # std::fs::remove_dir_all(&folder).unwrap();
    /// # Ok::<(), tinytorch::TensorError>(())
    /// ```
    pub fn resume(&mut self, path: impl AsRef<Path>, model: &mut dyn Layer) -> Result<()> {
        let file = checkpoint::load(path)?;
        let fields = TrainingMetadata(&file);
        self.check_settings(&fields)?;
        let state = read_state(&fields)?;
        let mut buffers = buffers_of(&fields, model)?;
        let stopping = StoppingState {
            best_score: fields.optional("best_score")?,
            best_parameters: buffers.remove(BEST).unwrap_or_default(),
            epochs_without_improvement: fields.parse("epochs_without_improvement")?,
        };
        let optimizer = OptimizerState { steps: fields.parse("optimizer_steps")?, buffers };

        file.load_into(model)?;
        self.optimizer.restore(optimizer).map_err(|error| fields.error(error.to_string()))?;
        self.state = state;
        if let Some(early_stopping) = &mut self.early_stopping {
            early_stopping.state = stopping;
        }
        Ok(())
    }

    /// Writes the current state of the training.
    pub(super) fn save(&self, path: &Path, model: &dyn Layer) -> Result<()> {
        let mut optimizer = self.optimizer.state();
        let stopping = self.early_stopping.as_ref().map(|stopping| stopping.state.clone());
        let stopping = stopping.unwrap_or_default();
        let mut fields = write_state(&self.state);
        fields.extend(self.settings());
        fields.push(("optimizer_steps".to_string(), optimizer.steps.to_string()));
        fields.push(("best_score".to_string(), optional(stopping.best_score)));
        let waited = stopping.epochs_without_improvement.to_string();
        fields.push(("epochs_without_improvement".to_string(), waited));

        optimizer.buffers.insert(BEST.to_string(), stopping.best_parameters);
        let mut tensors = model.parameters();
        for (kind, buffers) in &optimizer.buffers {
            let named = buffers.iter();
            tensors.extend(named.map(|(name, tensor)| (buffer_name(kind, name), tensor)));
        }
        let keyed = fields.iter().map(|(key, value)| (format!("training.{key}"), value));
        let keyed: Vec<_> = keyed.collect();
        let lines: Vec<_> =
            keyed.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        checkpoint::save(path, &tensors, &lines)
    }

    /// The settings that must match when a training resumes.
    fn settings(&self) -> [(String, String); 4] {
        let rate = match &self.schedule {
            Some(schedule) => format!("{schedule:?}"),
            None => self.optimizer.learning_rate().to_string(),
        };
        let stopping = self.early_stopping.as_ref().map(super::EarlyStopping::settings);
        [
            ("optimizer", self.optimizer.settings()),
            ("learning rate", rate),
            ("clip norm", optional(self.max_norm)),
            ("early stopping", stopping.unwrap_or_else(|| "none".to_string())),
        ]
        .map(|(key, value)| (key.to_string(), value))
    }

    fn check_settings(&self, fields: &TrainingMetadata) -> Result<()> {
        let mut differences = Vec::new();
        for (key, here) in self.settings() {
            let there = fields.get(&key)?;
            if there != here {
                differences.push(format!("{key} was {there:?} and is {here:?}"));
            }
        }
        if differences.is_empty() {
            return Ok(());
        }
        Err(fields.error(format!(
            "the trainer has other settings: {}; use the same ones, or begin a new training \
             with the parameters alone (checkpoint::load)",
            differences.join("; ")
        )))
    }
}

fn buffer_name(kind: &str, parameter: &str) -> String {
    format!("{TRAINING_PREFIX}{kind}/{parameter}")
}

fn write_state(state: &TrainerState) -> Vec<(String, String)> {
    let mut fields = [
        ("step", state.step.to_string()),
        ("epoch", state.epoch.to_string()),
        ("batch", state.batch.to_string()),
        ("epoch_loss_sum", state.epoch_loss.sum.to_string()),
        ("epoch_examples", state.epoch_loss.count.to_string()),
        ("stopped", state.stopped.to_string()),
        ("loader", state.loader.clone()),
    ]
    .map(|(key, value)| (key.to_string(), value))
    .to_vec();
    for record in &state.history.epochs {
        let score = record.validation;
        let numbers = [
            Some(record.train_loss),
            Some(record.learning_rate),
            score.map(|score| score.loss),
            score.and_then(|score| score.accuracy),
        ];
        let line = numbers.map(optional).join(" ");
        fields.push((format!("history.{}", record.epoch), line));
    }
    fields
}

fn read_state(fields: &TrainingMetadata) -> Result<TrainerState> {
    let epoch = fields.parse("epoch")?;
    let epochs: Result<_> = (0..epoch).map(|epoch| read_record(fields, epoch)).collect();
    let sum = fields.parse("epoch_loss_sum")?;
    let count = fields.parse("epoch_examples")?;
    Ok(TrainerState {
        step: fields.parse("step")?,
        epoch,
        batch: fields.parse("batch")?,
        epoch_loss: RunningMean { sum, count },
        stopped: fields.parse("stopped")?,
        history: History { epochs: epochs? },
        loader: fields.get("loader")?.to_string(),
    })
}

fn read_record(fields: &TrainingMetadata, epoch: usize) -> Result<EpochRecord> {
    let key = format!("history.{epoch}");
    let numbers: Vec<&str> = fields.get(&key)?.split(' ').collect();
    let &[train_loss, learning_rate, loss, accuracy] = &numbers[..] else {
        return Err(fields.error(format!("{key} is not four numbers")));
    };
    let accuracy = fields.number(&key, accuracy)?;
    let score = |loss| Score { loss, accuracy };
    Ok(EpochRecord {
        epoch,
        train_loss: fields.number(&key, train_loss)?.unwrap_or(f64::NAN),
        learning_rate: fields.number(&key, learning_rate)?.unwrap_or(f64::NAN),
        validation: fields.number(&key, loss)?.map(score),
    })
}

/// Buffers by kind and parameter. Each kind must have one of the right shape for each parameter of
/// the model: a missing one would silently start at zero.
fn buffers_of(
    fields: &TrainingMetadata,
    model: &dyn Layer,
) -> Result<BTreeMap<String, BTreeMap<String, Tensor>>> {
    let mut kinds: BTreeMap<String, BTreeMap<String, Tensor>> = BTreeMap::new();
    for (name, tensor) in fields.0.tensors() {
        let rest = name.strip_prefix(TRAINING_PREFIX).and_then(|rest| rest.split_once('/'));
        if let Some((kind, parameter)) = rest {
            let buffers = kinds.entry(kind.to_string()).or_default();
            buffers.insert(parameter.to_string(), tensor.clone());
        }
    }
    let parameters = model.parameters();
    for (kind, buffers) in &kinds {
        for (name, parameter) in &parameters {
            let shape = buffers.get(name).map(Tensor::shape);
            if shape != Some(parameter.shape()) {
                let have = shape.map_or("missing".to_string(), |shape| format!("{shape:?}"));
                let tensor = buffer_name(kind, name);
                let want = parameter.shape();
                return Err(fields.error(format!(
                    "tensor {tensor} is {have}, the model needs {want:?}; \
                     build the model that was trained"
                )));
            }
        }
    }
    Ok(kinds)
}

/// An optional number as text that gives the same bits back.
fn optional(number: Option<f64>) -> String {
    number.map_or("-".to_string(), |number| number.to_string())
}

/// The training's lines in the file's metadata.
struct TrainingMetadata<'a>(&'a Checkpoint);

impl TrainingMetadata<'_> {
    fn get(&self, key: &str) -> Result<&str> {
        let value = self.0.metadata().get(&format!("training.{key}"));
        value.map(String::as_str).ok_or_else(|| {
            self.error(format!(
                "holds no training to take up (training.{key} is missing); for a finished \
                 model, use checkpoint::load"
            ))
        })
    }

    fn parse<T: FromStr>(&self, key: &str) -> Result<T> {
        let value = self.get(key)?;
        value.parse().map_err(|_| self.bad_value(key, value))
    }

    fn optional(&self, key: &str) -> Result<Option<f64>> {
        self.number(key, self.get(key)?)
    }

    /// Parses the text written by [`optional`].
    fn number(&self, key: &str, value: &str) -> Result<Option<f64>> {
        match value {
            "-" => Ok(None),
            number => number.parse().map(Some).map_err(|_| self.bad_value(key, value)),
        }
    }

    fn bad_value(&self, key: &str, value: &str) -> TensorError {
        self.error(format!("training.{key} is {value:?}, which cannot be; the file is damaged"))
    }

    fn error(&self, reason: String) -> TensorError {
        TensorError::file(self.0.path(), reason)
    }
}
