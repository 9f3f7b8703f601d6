//! Secret seeds.

use crate::exit::{CommandFailure, Result};

/// 64 bits from the operating system.
pub fn fresh() -> Result<u64> {
    getrandom::u64().map_err(|error| CommandFailure::ours(format!("no random numbers: {error}")))
}
