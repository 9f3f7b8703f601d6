//! Task `low_rank`: low rank.

use super::prelude::*;

cases! { task "low_rank", client Client;
    /// The break-even rank is the largest that stores less.
    break_even_rank_stores_less;
}

fn break_even_rank_stores_less(code: &mut Client, draw: &mut Draw) -> CaseVerdict {
    for _ in 0..20 {
        let (m, n) = (draw.int(1..=40), draw.int(1..=40));
        let expected = (0..m.min(n)).rev().find(|rank| rank * (m + n) < m * n).unwrap_or(0);
        check::equal("the break-even rank", &code.break_even_rank(m, n)?, &expected)?;
    }
    Ok(())
}
