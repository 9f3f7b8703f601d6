//! Secret seeds.

use crate::exit::{Failure, Result};

/// 64 bits from the operating system.
pub fn fresh() -> Result<u64> {
    getrandom::u64().map_err(|error| Failure::ours(format!("no random numbers: {error}")))
}
