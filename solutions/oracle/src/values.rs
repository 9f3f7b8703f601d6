//! Tables of outside answers: of `PyTorch`, ONNX Runtime, `NumPy` and `SciPy`. They are in `oracle/values` of the modules,
//! with the scripts that wrote them (`make.py`). What the columns of a table mean, and what may differ in the last place, is said
//! at the top of its file.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::str::FromStr;

/// A table: its rows, in the file's order.
#[derive(Debug)]
pub struct Table {
    /// In the file's order.
    pub rows: Vec<Row>,
}

/// A row: its fields, by the names of the columns.
#[derive(Debug)]
pub struct Row {
    fields: BTreeMap<&'static str, &'static str>,
}

impl Table {
    /// Reads a file of the folder `values`.
    ///
    /// # Panics
    /// When a row has more or fewer fields than there are columns: a mistake in the file.
    pub fn read(file: &'static str) -> Self {
        let mut lines = file.lines().filter(|line| !line.starts_with('#'));
        let columns: Vec<_> = lines.next().expect("no columns").split(',').collect();
        let row = |line: &'static str| {
            let fields: Vec<_> = line.split(',').collect();
            assert_eq!(fields.len(), columns.len(), "{line}");
            Row { fields: columns.iter().copied().zip(fields).collect() }
        };
        Self { rows: lines.map(row).collect() }
    }
}

impl Row {
    /// A field as it is written.
    ///
    /// # Panics
    /// When there is no such column: a mistake in a case. So do all others, and when an element is not a `T`.
    pub fn text(&self, column: &str) -> &'static str {
        self.fields.get(column).unwrap_or_else(|| panic!("no column {column}"))
    }

    /// A single value.
    pub fn one<T: FromStr<Err: Debug>>(&self, column: &str) -> T {
        parse(self.text(column))
    }

    /// A list.
    pub fn list<T: FromStr<Err: Debug>>(&self, column: &str) -> Vec<T> {
        self.text(column).split_whitespace().map(parse).collect()
    }

    /// A list of lists.
    pub fn lists<T: FromStr<Err: Debug>>(&self, column: &str) -> Vec<Vec<T>> {
        let parts = self.text(column).split('|');
        parts.map(|part| part.split_whitespace().map(parse).collect()).collect()
    }

    /// Bits, written in hexadecimal.
    ///
    /// # Panics
    /// When the field is no such number: a mistake in the file.
    pub fn bits(&self, column: &str) -> u32 {
        let text = self.text(column);
        u32::from_str_radix(text, 16).unwrap_or_else(|error| panic!("{text}: {error}"))
    }
}

fn parse<T: FromStr<Err: Debug>>(text: &str) -> T {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error:?}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_and_bits_are_read() {
        let table = Table::read("# about\nx,y,z\n1.5 -2|3,0x,7fC0\n");
        let [row] = &table.rows[..] else { panic!("{table:?}") };
        assert_eq!(row.lists::<f32>("x"), [vec![1.5, -2.0], vec![3.0]]);
        assert_eq!((row.text("y"), row.bits("z")), ("0x", 0x7FC0));
    }
}
