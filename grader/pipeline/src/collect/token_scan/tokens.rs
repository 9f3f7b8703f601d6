//! A file as the compiler's tokens, without white space and comments.

use ra_ap_rustc_lexer::{FrontmatterAllowed, TokenKind, strip_shebang, tokenize};

/// A token and where it starts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token<'a> {
    pub kind: TokenKind,
    pub text: &'a str,
    /// Byte offset in the file.
    pub at: usize,
}

/// The tokens of one file.
pub(super) struct Code<'a> {
    text: &'a str,
    tokens: Vec<Token<'a>>,
}

impl<'a> Code<'a> {
    pub fn new(text: &'a str) -> Self {
        let mut at = strip_shebang(text).unwrap_or(0);
        let mut tokens = Vec::new();
        for token in tokenize(&text[at..], FrontmatterAllowed::No) {
            let end = at + token.len as usize;
            if !is_trivia(token.kind) {
                tokens.push(Token { kind: token.kind, text: &text[at..end], at });
            }
            at = end;
        }
        Self { text, tokens }
    }

    pub fn len(&self) -> usize {
        self.tokens.len()
    }

    pub fn get(&self, index: usize) -> Option<Token<'a>> {
        self.tokens.get(index).copied()
    }

    /// The kind of the token at `index`; the end of the file when there is none.
    pub fn kind(&self, index: usize) -> TokenKind {
        self.get(index).map_or(TokenKind::Eof, |token| token.kind)
    }

    /// The kind of the token `back` places before `index`.
    pub fn kind_before(&self, index: usize, back: usize) -> TokenKind {
        index.checked_sub(back).map_or(TokenKind::Eof, |index| self.kind(index))
    }

    /// An identifier's name, a raw one without `r#`: macros and paths do not tell them apart.
    pub fn name(&self, index: usize) -> Option<&'a str> {
        let token = self.get(index)?;
        match token.kind {
            TokenKind::Ident => Some(token.text),
            TokenKind::RawIdent => token.text.strip_prefix("r#"),
            _ => None,
        }
    }

    /// Whether this very keyword stands at `index`; `r#unsafe` is not the keyword.
    pub fn is_keyword(&self, index: usize, keyword: &str) -> bool {
        self.get(index).is_some_and(|token| token.kind == TokenKind::Ident && token.text == keyword)
    }

    /// Whether `::` starts at `index`.
    pub fn is_path_separator(&self, index: usize) -> bool {
        self.kind(index) == TokenKind::Colon && self.kind(index + 1) == TokenKind::Colon
    }

    /// One-based line and column, the column in characters.
    pub fn position(&self, at: usize) -> (u32, u32) {
        let before = &self.text[..at];
        let line = 1 + before.matches('\n').count();
        let column = 1 + before.rsplit('\n').next().unwrap_or_default().chars().count();
        (line as u32, column as u32)
    }
}

fn is_trivia(kind: TokenKind) -> bool {
    matches!(
        kind,
        TokenKind::Whitespace | TokenKind::LineComment { .. } | TokenKind::BlockComment { .. }
    )
}
