//! Splits Rust source into tokens with byte ranges: code, comments and strings.

use std::ops::Range;

use ra_ap_rustc_lexer::{FrontmatterAllowed, LiteralKind, TokenKind, tokenize};

/// A token that is neither white space nor a comment.
#[derive(Debug, Clone)]
pub(super) struct CodeToken<'a> {
    pub(super) text: &'a str,
    pub(super) span: Range<usize>,
    pub(super) is_ident: bool,
}

/// A comment of any kind.
#[derive(Debug, Clone)]
pub(super) struct CommentToken<'a> {
    pub(super) text: &'a str,
    pub(super) span: Range<usize>,
    /// Whether it is a `// ...` comment, as opposed to a doc or block comment.
    pub(super) is_plain: bool,
}

/// A tokenized source file.
pub(super) struct TokenizedFile<'a> {
    pub(super) code: Vec<CodeToken<'a>>,
    pub(super) comments: Vec<CommentToken<'a>>,
    /// Byte ranges of string literals of all kinds.
    pub(super) strings: Vec<Range<usize>>,
}

impl<'a> TokenizedFile<'a> {
    /// Tokenizes `text`. Never fails; invalid Rust results in unusual tokens.
    pub(super) fn of(text: &'a str) -> Self {
        let mut tokens = Self { code: Vec::new(), comments: Vec::new(), strings: Vec::new() };
        let mut start = 0;
        for token in tokenize(text, FrontmatterAllowed::No) {
            let span = start..start + token.len as usize;
            start = span.end;
            tokens.take(token.kind, &text[span.clone()], span);
        }
        tokens
    }

    fn take(&mut self, kind: TokenKind, text: &'a str, span: Range<usize>) {
        match kind {
            TokenKind::Whitespace => return,
            TokenKind::LineComment { doc_style } => {
                let is_plain = doc_style.is_none();
                self.comments.push(CommentToken { text, span, is_plain });
                return;
            }
            TokenKind::BlockComment { .. } => {
                self.comments.push(CommentToken { text, span, is_plain: false });
                return;
            }
            TokenKind::Literal { kind, .. } if is_string(kind) => self.strings.push(span.clone()),
            _ => {}
        }
        let is_ident = kind == TokenKind::Ident;
        self.code.push(CodeToken { text, span, is_ident });
    }

    /// Index of the `)`, `]` or `}` that closes the opening bracket at index `open`.
    pub(super) fn closing(&self, open: usize) -> Option<usize> {
        let mut depth = 0_usize;
        for (index, token) in self.code.iter().enumerate().skip(open) {
            match token.text {
                "(" | "[" | "{" => depth += 1,
                ")" | "]" | "}" => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        return Some(index);
                    }
                }
                _ => {}
            }
        }
        None
    }
}

fn is_string(kind: LiteralKind) -> bool {
    !matches!(
        kind,
        LiteralKind::Int { .. }
            | LiteralKind::Float { .. }
            | LiteralKind::Char { .. }
            | LiteralKind::Byte { .. }
    )
}
