//! A calendar date.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

/// A date of the Gregorian calendar, in chronological order. Written `YYYY-MM-DD`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Date {
    /// Year, four digits.
    pub year: u16,
    /// Month, 1 to 12.
    pub month: u8,
    /// Day of the month, from 1.
    pub day: u8,
}

impl FromStr for Date {
    type Err = ();

    /// Reads `YYYY-MM-DD`. Any other form or a date that does not exist is an error.
    fn from_str(text: &str) -> Result<Self, ()> {
        let digits = |range: std::ops::Range<usize>| -> Result<u16, ()> {
            let part = text.get(range).ok_or(())?;
            let all_digits = part.bytes().all(|byte| byte.is_ascii_digit());
            all_digits.then(|| part.parse().ok()).flatten().ok_or(())
        };
        if text.len() != 10 || text.get(4..5) != Some("-") || text.get(7..8) != Some("-") {
            return Err(());
        }
        let (year, month, day) = (digits(0..4)?, digits(5..7)? as u8, digits(8..10)? as u8);
        let exists = day >= 1 && day <= days_in(year, month);
        exists.then_some(Self { year, month, day }).ok_or(())
    }
}

/// Number of days in a month; 0 for a month that does not exist.
fn days_in(year: u16, month: u8) -> u8 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => 0,
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_days_of_the_calendar_are_dates() {
        assert_eq!("2028-02-29".parse::<Date>().unwrap().to_string(), "2028-02-29");
        for wrong in
            ["2027-02-29", "2027-13-01", "2027-04-31", "2027-4-1", "tomorrow", "2027-01-0é"]
        {
            assert!(wrong.parse::<Date>().is_err(), "{wrong}");
        }
    }
}
