//! How the passed share of the case weight is converted to points.

use serde::{Deserialize, Serialize};

/// The rule for awarding points when only some cases of a task pass.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PartialCredit {
    /// Points in proportion to the weight of passed cases.
    Proportional,
    /// All points if every case passed, otherwise none.
    AllOrNothing,
    /// The fraction of the highest step reached. Steps ascend, and the last one has fraction 1.
    Steps(Vec<PartialStep>),
}

/// One step of [`PartialCredit::Steps`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PartialStep {
    /// Required share of the case weight, in percent: above 0, at most 100.
    pub percent: f64,
    /// Fraction of the task's points awarded: 0 to 1.
    pub fraction: f64,
}

impl PartialCredit {
    /// Fraction of a task's points for `passed` out of `total` case weight (both >= 0). Returns 0
    /// if the total weight is 0.
    pub fn fraction(&self, passed: f64, total: f64) -> f64 {
        // Written so that NaN also earns nothing.
        if !(total > 0.0 && passed > 0.0) {
            return 0.0;
        }
        // Sums of weights can differ in their last bits depending on the order of addition.
        let share = (passed / total).min(1.0);
        let reaches = |wanted: f64| share >= wanted - 1e-9;
        match self {
            Self::Proportional => share,
            Self::AllOrNothing => f64::from(u8::from(reaches(1.0))),
            Self::Steps(steps) => steps
                .iter()
                .rev()
                .find(|step| reaches(step.percent / 100.0))
                .map_or(0.0, |step| step.fraction),
        }
    }
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "these results are exact")]
mod tests {
    use super::*;

    #[test]
    fn the_highest_step_reached_counts() {
        let half_then_all = PartialCredit::Steps(vec![
            PartialStep { percent: 50.0, fraction: 0.5 },
            PartialStep { percent: 100.0, fraction: 1.0 },
        ]);
        let earned: Vec<f64> =
            [0.0, 4.9, 5.0, 9.9, 10.0].map(|passed| half_then_all.fraction(passed, 10.0)).to_vec();
        assert_eq!(earned, [0.0, 0.0, 0.5, 0.5, 1.0]);
    }

    #[test]
    fn a_task_without_weight_earns_nothing() {
        assert_eq!(PartialCredit::Proportional.fraction(0.0, 0.0), 0.0);
        assert_eq!(PartialCredit::AllOrNothing.fraction(0.0, 0.0), 0.0);
    }

    #[test]
    fn all_or_nothing_forgives_rounding_of_the_sum_only() {
        let total = 0.1 + 0.2 + 0.3;
        assert_eq!(PartialCredit::AllOrNothing.fraction(0.3 + 0.2 + 0.1, total), 1.0);
        assert_eq!(PartialCredit::AllOrNothing.fraction(0.599, total), 0.0);
    }
}
