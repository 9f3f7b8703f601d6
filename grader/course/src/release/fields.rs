//! Private fields that only solutions read. In the students' version rustc would report them as
//! dead code.

use std::ops::Range;

use super::tokens::TokenizedFile;

/// The private fields that the code in `region` reads from `self` and that no code outside the
/// `hidden` byte ranges reads. Fields that students cannot see are left out.
pub(super) fn unread<'a>(
    tokens: &TokenizedFile<'a>,
    region: &Range<usize>,
    hidden: &[Range<usize>],
) -> Vec<&'a str> {
    let file = FieldScan { tokens, hidden };
    let private = file.private_fields_at(region.start);
    let mut fields = Vec::new();
    for index in file.indices().filter(|&i| region.contains(&tokens.code[i].span.start)) {
        let is_access = file.text(index) == "self"
            && file.text(index + 1) == "."
            && file.text(index + 3) != "(";
        let field = file.text(index + 2);
        if is_access && private.contains(&field) && !fields.contains(&field) && !file.reads(field) {
            fields.push(field);
        }
    }
    fields
}

struct FieldScan<'t, 'a> {
    tokens: &'t TokenizedFile<'a>,
    hidden: &'t [Range<usize>],
}

impl<'a> FieldScan<'_, 'a> {
    fn indices(&self) -> Range<usize> {
        0..self.tokens.code.len()
    }

    fn text(&self, index: usize) -> &'a str {
        self.tokens.code.get(index).map_or("", |token| token.text)
    }

    /// Whether the token is visible to students.
    fn seen(&self, index: usize) -> bool {
        let start = self.tokens.code[index].span.start;
        !self.hidden.iter().any(|range| range.contains(&start))
    }

    /// Whether a visible line reads the field.
    fn reads(&self, field: &str) -> bool {
        self.indices().skip(1).any(|i| {
            self.text(i) == field
                && self.text(i - 1) == "."
                && self.text(i + 1) != "("
                && self.seen(i)
        })
    }

    /// The private fields of the struct whose `impl` contains the byte `offset`.
    fn private_fields_at(&self, offset: usize) -> Vec<&'a str> {
        let header = self.impl_header_at(offset);
        let names: Vec<&str> = header.map(|index| self.text(index)).collect();
        let is_own = |&i: &usize| self.text(i) == "struct" && names.contains(&self.text(i + 1));
        self.indices().filter(is_own).flat_map(|index| self.private_fields(index)).collect()
    }

    /// Tokens between the `impl` keyword around `offset` and its opening brace.
    fn impl_header_at(&self, offset: usize) -> Range<usize> {
        let around = |&start: &usize| {
            let open = self.after(start, "{");
            let close = open.and_then(|open| self.tokens.closing(open));
            let starts_before = self.tokens.code[start].span.start < offset;
            starts_before && close.is_some_and(|end| self.tokens.code[end].span.start > offset)
        };
        // In a signature (`f: impl Fn()`), `impl` follows other tokens.
        let begins_item = |&i: &usize| {
            let before = i.checked_sub(1).map_or("", |before| self.text(before));
            matches!(before, "" | "}" | ";" | "]" | "{" | "unsafe")
        };
        let mut impls = self.indices().filter(|&i| self.text(i) == "impl").filter(begins_item);
        // The last match is the innermost `impl`.
        let header = impls.rfind(around);
        header.map_or(0..0, |start| start + 1..self.after(start, "{").unwrap_or(start + 1))
    }

    /// Index of the first token `wanted` after `start`.
    fn after(&self, start: usize, wanted: &str) -> Option<usize> {
        (start..self.tokens.code.len()).find(|&i| self.text(i) == wanted)
    }

    /// Fields without `pub` of the struct at token `index`; none for tuple structs.
    fn private_fields(&self, index: usize) -> Vec<&'a str> {
        let ends = |&i: &usize| matches!(self.text(i), "{" | ";");
        let Some(open) = (index..self.tokens.code.len()).find(ends) else { return Vec::new() };
        let close = self.tokens.closing(open).filter(|_| self.text(open) == "{").unwrap_or(open);
        let is_field = |&i: &usize| {
            let starts = matches!(self.text(i - 1), "{" | "," | "]");
            starts && self.text(i + 1) == ":" && self.text(i + 2) != ":" && self.seen(i)
        };
        (open + 1..close.max(open + 1)).filter(is_field).map(|i| self.text(i)).collect()
    }
}
