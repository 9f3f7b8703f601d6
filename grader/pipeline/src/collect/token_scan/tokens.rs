//! The compiler's tokens of a file, without white space, comments and items that `cfg` excludes.

use super::condition;
use ra_ap_rustc_lexer::{FrontmatterAllowed, LiteralKind, TokenKind, strip_shebang, tokenize};
use std::borrow::Cow;

/// A token and its position.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Token<'a> {
    pub kind: TokenKind,
    pub text: &'a str,
    /// Byte offset in the file.
    pub at: usize,
}

/// The tokens of one file.
pub(in super::super) struct SourceTokens<'a> {
    text: &'a str,
    tokens: Vec<Token<'a>>,
    /// For each bracket, the index of its partner.
    partners: Vec<Option<usize>>,
}

impl<'a> SourceTokens<'a> {
    /// The tokens that the grader's build compiles, without items under `#[cfg(test)]` and other conditions that
    /// are always false in it.
    ///
    /// # Cost
    /// Linear in the length of the text.
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
        let whole = Self::of_tokens(text, tokens);
        let built = condition::built_tokens(&whole);
        Self::of_tokens(text, built)
    }

    fn of_tokens(text: &'a str, tokens: Vec<Token<'a>>) -> Self {
        let partners = partners(&tokens);
        Self { text, tokens, partners }
    }

    pub fn len(&self) -> usize {
        self.tokens.len()
    }

    pub fn get(&self, index: usize) -> Option<Token<'a>> {
        self.tokens.get(index).copied()
    }

    /// The kind of the token at `index`; end of file if there is none.
    pub fn kind(&self, index: usize) -> TokenKind {
        self.get(index).map_or(TokenKind::Eof, |token| token.kind)
    }

    /// The kind of the token `back` places before `index`.
    pub fn kind_before(&self, index: usize, back: usize) -> TokenKind {
        index.checked_sub(back).map_or(TokenKind::Eof, |index| self.kind(index))
    }

    /// The index of the bracket that closes the one at `index`.
    pub fn closing(&self, index: usize) -> Option<usize> {
        self.partners.get(index).copied().flatten().filter(|&partner| partner > index)
    }

    /// The name of an identifier, without `r#`: macros and paths treat both forms alike.
    pub fn name(&self, index: usize) -> Option<&'a str> {
        let token = self.get(index)?;
        match token.kind {
            TokenKind::Ident => Some(token.text),
            TokenKind::RawIdent => token.text.strip_prefix("r#"),
            _ => None,
        }
    }

    /// The value of a string literal at `index`.
    pub fn string(&self, index: usize) -> Option<Cow<'a, str>> {
        let token = self.get(index)?;
        let TokenKind::Literal { kind, suffix_start } = token.kind else { return None };
        let literal = token.text.get(..suffix_start as usize)?;
        let inside = |text: &'a str| text.strip_prefix('"')?.strip_suffix('"');
        match kind {
            LiteralKind::Str { terminated: true } => Some(unescaped(inside(literal)?)),
            LiteralKind::RawStr { n_hashes: Some(_) } => {
                Some(Cow::Borrowed(inside(literal.strip_prefix('r')?.trim_matches('#'))?))
            }
            _ => None,
        }
    }

    /// Whether the token at `index` is this keyword; `r#unsafe` is not a keyword.
    pub fn is_keyword(&self, index: usize, keyword: &str) -> bool {
        self.get(index).is_some_and(|token| token.kind == TokenKind::Ident && token.text == keyword)
    }

    /// Whether `::` starts at `index`.
    pub fn is_path_separator(&self, index: usize) -> bool {
        self.kind(index) == TokenKind::Colon && self.kind(index + 1) == TokenKind::Colon
    }

    /// Whether the macro `name` is called at `index`.
    pub fn is_macro_call(&self, index: usize, name: &str) -> bool {
        self.name(index) == Some(name) && self.kind(index + 1) == TokenKind::Bang
    }

    /// One-based line and column, the column in characters.
    pub fn position(&self, at: usize) -> (u32, u32) {
        let before = &self.text[..at];
        let line = 1 + before.matches('\n').count();
        let column = 1 + before.rsplit('\n').next().unwrap_or_default().chars().count();
        (line as u32, column as u32)
    }
}

fn partners(tokens: &[Token<'_>]) -> Vec<Option<usize>> {
    let mut partners = vec![None; tokens.len()];
    let mut open: Vec<(usize, TokenKind)> = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        match token.kind {
            TokenKind::OpenBrace => open.push((index, TokenKind::CloseBrace)),
            TokenKind::OpenParen => open.push((index, TokenKind::CloseParen)),
            TokenKind::OpenBracket => open.push((index, TokenKind::CloseBracket)),
            TokenKind::CloseBrace | TokenKind::CloseParen | TokenKind::CloseBracket => {
                if let Some(&(start, closing)) = open.last()
                    && closing == token.kind
                {
                    open.pop();
                    partners[start] = Some(index);
                    partners[index] = Some(start);
                }
            }
            _ => {}
        }
    }
    partners
}

/// A string literal's text with simple escapes resolved, which is enough for paths.
fn unescaped(text: &str) -> Cow<'_, str> {
    if !text.contains('\\') {
        return Cow::Borrowed(text);
    }
    let mut out = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => out.extend(chars.next()),
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

fn is_trivia(kind: TokenKind) -> bool {
    matches!(
        kind,
        TokenKind::Whitespace | TokenKind::LineComment { .. } | TokenKind::BlockComment { .. }
    )
}
