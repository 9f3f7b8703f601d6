//! Prevents warnings in unwritten functions without hiding warnings in written ones.
//!
//! A body of `todo!(..)` leaves every parameter unused, and rustc warns about each. A crate-wide
//! `allow` would silence these warnings, but also those about a forgotten variable in a student's
//! code. An attribute on the function would remain after the body is written. So the stub mentions
//! its parameters itself, in lines that students delete when they start: `let _ = (&a, &b);`. It
//! also mentions private fields that only the solution reads.

use std::ops::Range;

use super::fields;
use super::tokens::{CodeToken, TokenizedFile};

/// The names a stub must mention, like `&mut f` and `&self.clock`: the parameters it leaves unused,
/// and the private fields that are no longer read. `Err` if the region is not inside a function.
/// `hidden` contains the byte ranges that students do not see.
pub(super) fn mention(
    tokens: &TokenizedFile<'_>,
    region: &Range<usize>,
    hidden: &[Range<usize>],
) -> Result<Vec<String>, NotInFunction> {
    let function = enclosing_function(tokens, region.start).ok_or(NotInFunction)?;
    let body_end = tokens.closing(function.body).unwrap_or(tokens.code.len());
    let body = &tokens.code[function.body..body_end];
    let used = |name: &str| {
        body.iter().enumerate().any(|(index, token)| {
            token.text == name
                && !hidden.iter().any(|range| range.contains(&token.span.start))
                && !(index > 0 && body[index - 1].text == ".")
        })
    };
    let parameters = parameters(tokens, function.keyword);
    let unused = parameters.into_iter().filter(|parameter| !used(parameter.name));
    // Use `&mut` for a `mut` binding; otherwise rustc warns that it need not be mutable.
    let unused = unused.map(|p| format!("{}{}", if p.mutable { "&mut " } else { "&" }, p.name));
    let fields = fields::unread(tokens, region, hidden).into_iter();
    Ok(fields.map(|field| format!("&self.{field}")).chain(unused).collect())
}

/// The region is outside of any function body.
#[derive(Debug)]
pub(super) struct NotInFunction;

/// Token indices of a function's `fn` keyword and of the brace that opens its body.
#[derive(Clone, Copy)]
struct FunctionTokens {
    keyword: usize,
    body: usize,
}

/// The innermost function whose body contains the byte `offset`.
fn enclosing_function(tokens: &TokenizedFile<'_>, offset: usize) -> Option<FunctionTokens> {
    let mut open: Vec<Option<FunctionTokens>> = Vec::new();
    let mut depth_of_signature = None;
    for (index, token) in tokens.code.iter().enumerate() {
        if token.span.start >= offset {
            break;
        }
        match token.text {
            // A function type such as `fn(i32) -> i32` has no name.
            "fn" if tokens.code.get(index + 1).is_some_and(|next| next.is_ident) => {
                depth_of_signature = Some((index, open.len()));
            }
            ";" if depth_of_signature.is_some_and(|(_, depth)| depth == open.len()) => {
                depth_of_signature = None;
            }
            "{" => {
                let signature = depth_of_signature.filter(|&(_, depth)| depth == open.len());
                open.push(signature.map(|(keyword, _)| FunctionTokens { keyword, body: index }));
                if signature.is_some() {
                    depth_of_signature = None;
                }
            }
            "(" | "[" => open.push(None),
            ")" | "]" | "}" => {
                open.pop();
            }
            _ => {}
        }
    }
    open.into_iter().rev().flatten().next()
}

struct FunctionParameter<'a> {
    name: &'a str,
    mutable: bool,
}

/// The names bound by the parameter list of the function at token `keyword`, except `self` and
/// names starting with `_` (never reported as unused).
fn parameters<'a>(tokens: &TokenizedFile<'a>, keyword: usize) -> Vec<FunctionParameter<'a>> {
    let Some(open) = after_generics(tokens, keyword + 2) else {
        return Vec::new();
    };
    let close = tokens.closing(open).unwrap_or(tokens.code.len());
    let mut bound = Vec::new();
    let mut depth = 0_i32;
    let mut in_pattern = true;
    let list = &tokens.code[open + 1..close];
    for (index, token) in list.iter().enumerate() {
        let before = index.checked_sub(1).map_or("", |i| list[i].text);
        let following = |n: usize| list.get(index + n).map_or("", |next| next.text);
        let after = following(1);
        let is_path = after == ":" && following(2) == ":";
        let is_field = after == ":" && depth > 0;
        match token.text {
            "(" | "[" | "{" | "<" => depth += 1,
            ")" | "]" | "}" => depth -= 1,
            ">" if before != "-" => depth -= 1,
            "," if depth == 0 => in_pattern = true,
            ":" if depth == 0 && before != ":" && after != ":" => in_pattern = false,
            _ if in_pattern && !is_path && !is_field && binds(token, after) => {
                bound.push(FunctionParameter { name: token.text, mutable: before == "mut" });
            }
            _ => {}
        }
    }
    bound
}

/// Whether an identifier in a pattern binds a variable. Keywords, types and constructors do not.
fn binds(token: &CodeToken<'_>, after: &str) -> bool {
    let is_variable = token.is_ident && token.text.starts_with(|c: char| c.is_lowercase());
    let is_keyword =
        matches!(token.text, "mut" | "ref" | "self" | "box" | "dyn" | "true" | "false");
    is_variable && !is_keyword && !matches!(after, "(" | "{" | "!")
}

/// Index of the `(` that opens the parameter list, after the generics that may begin at `start`.
fn after_generics(tokens: &TokenizedFile<'_>, start: usize) -> Option<usize> {
    let mut depth = 0_i32;
    for index in start..tokens.code.len() {
        match tokens.code[index].text {
            "(" if depth == 0 => return Some(index),
            "<" => depth += 1,
            ">" if tokens.code[index - 1].text != "-" => depth -= 1,
            _ => {}
        }
    }
    None
}
