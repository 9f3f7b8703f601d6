//! The text of a contract as a tree.

use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{
    Attribute, Block, Expr, Ident, Path, Result, ReturnType, Token, Type, braced, bracketed,
    parenthesized, token,
};

mod keyword {
    syn::custom_keyword!(mirror);
    syn::custom_keyword!(needs);
    syn::custom_keyword!(of);
    syn::custom_keyword!(plain);
    syn::custom_keyword!(session);
    syn::custom_keyword!(steps);
    syn::custom_keyword!(task);
}

/// A whole `contract!`.
pub struct Contract {
    pub attributes: Vec<Attribute>,
    pub name: Ident,
    /// Functions that belong to no task: a contract between two parts of the grader.
    pub functions: Vec<Function>,
    pub plain: Vec<Plain>,
    pub mirrors: Vec<Mirror>,
    pub steps: Vec<SessionSteps>,
    pub tasks: Vec<Task>,
}

/// A named, typed argument or field.
#[derive(Clone)]
pub struct Argument {
    pub name: Ident,
    pub of: Type,
}

/// One request.
pub struct Function {
    pub attributes: Vec<Attribute>,
    pub name: Ident,
    pub arguments: Vec<Argument>,
    pub returned: Type,
    /// How the driver answers; a contract without tasks has none.
    pub body: Option<Block>,
}

/// A request that makes a value of the student's and takes it through several steps.
pub struct Session {
    pub attributes: Vec<Attribute>,
    pub name: Ident,
    pub arguments: Vec<Argument>,
    /// The name of its [`SessionSteps`].
    pub steps: Ident,
    /// Makes the value, `state` in the steps.
    pub body: Block,
}

/// The steps that a session can have.
pub struct SessionSteps {
    pub attributes: Vec<Attribute>,
    pub name: Ident,
    pub reply: Type,
    pub steps: Vec<Step>,
}

/// One kind of step.
pub struct Step {
    pub attributes: Vec<Attribute>,
    pub name: Ident,
    pub arguments: Vec<Argument>,
    /// The only tasks whose sessions have this step; empty for all.
    pub tasks: Vec<Ident>,
    pub body: Block,
}

/// What belongs to one task of the rubric.
pub struct Task {
    pub name: Ident,
    /// The tasks whose interface this one's driver uses.
    pub needs: Vec<Ident>,
    pub functions: Vec<Function>,
    pub sessions: Vec<Session>,
}

/// Which conversions a mirror has.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum MirrorDirection {
    /// `<-`: from the student's type to plain data.
    ToWire,
    /// `->`: from plain data to the student's type.
    ToNative,
    /// `<->`: both.
    Both,
}

/// Plain data in the shape of a type that the driver alone knows.
pub struct Mirror {
    pub attributes: Vec<Attribute>,
    pub name: Ident,
    pub direction: MirrorDirection,
    pub native: Path,
    /// The tasks that use it; it is left out when all are missing. Empty for a type that is always there.
    pub tasks: Vec<Ident>,
    pub shape: MirrorShape,
}

/// Plain data without a type of the student's beside it.
pub struct Plain {
    pub attributes: Vec<Attribute>,
    pub name: Ident,
    pub shape: MirrorShape,
}

/// The inside of a mirror or of plain data.
pub enum MirrorShape {
    Struct(Vec<MirrorField>),
    Enum(Vec<MirrorVariant>),
}

/// A field.
pub struct MirrorField {
    pub argument: Argument,
    /// How a mirror reads it from `it`, a reference to the student's value; a field of the same name otherwise.
    pub value: Option<Expr>,
}

/// A variant: `A`, `B { x: u8 }` or, as a tuple whose fields have names here, `C(x: u8)`.
pub struct MirrorVariant {
    pub name: Ident,
    pub fields: Vec<Argument>,
    pub is_tuple: bool,
}

impl Parse for Contract {
    fn parse(input: ParseStream) -> Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        input.parse::<Token![pub]>()?;
        input.parse::<Token![trait]>()?;
        let name = input.parse()?;
        let mut contract = Self {
            attributes,
            name,
            functions: Vec::new(),
            plain: Vec::new(),
            mirrors: Vec::new(),
            steps: Vec::new(),
            tasks: Vec::new(),
        };
        if input.peek(token::Brace) {
            let content;
            braced!(content in input);
            while !content.is_empty() {
                contract.functions.push(Function::parse(&content, false)?);
            }
            return Ok(contract);
        }
        input.parse::<Token![;]>()?;
        while !input.is_empty() {
            let attributes = input.call(Attribute::parse_outer)?;
            if input.peek(keyword::plain) {
                contract.plain.push(Plain::parse(attributes, input)?);
            } else if input.peek(keyword::mirror) {
                contract.mirrors.push(Mirror::parse(attributes, input)?);
            } else if input.peek(keyword::steps) {
                contract.steps.push(SessionSteps::parse(attributes, input)?);
            } else if input.peek(keyword::task) && attributes.is_empty() {
                contract.tasks.push(input.parse()?);
            } else {
                return Err(input.error("expected `task name { .. }`, `plain struct Name { .. }`, `mirror struct Name <- Type { .. }` or `steps Name -> Reply { .. }`"));
            }
        }
        check(&contract)?;
        Ok(contract)
    }
}

/// Names that are used exist.
fn check(contract: &Contract) -> Result<()> {
    let is_task = |name: &Ident| contract.tasks.iter().any(|task| task.name == *name);
    let steps = contract.steps.iter().flat_map(|steps| &steps.steps).flat_map(|step| &step.tasks);
    let mirrors = contract.mirrors.iter().flat_map(|mirror| &mirror.tasks);
    let needs = contract.tasks.iter().flat_map(|task| &task.needs);
    if let Some(unknown) = steps.chain(mirrors).chain(needs).find(|name| !is_task(name)) {
        return Err(syn::Error::new(unknown.span(), format!("there is no task `{unknown}`")));
    }
    for session in contract.tasks.iter().flat_map(|task| &task.sessions) {
        if contract.steps_of(session).is_none() {
            let what = format!("there are no steps called `{}`", session.steps);
            return Err(syn::Error::new(session.steps.span(), what));
        }
    }
    Ok(())
}

impl Contract {
    /// The steps of a session.
    pub fn steps_of(&self, session: &Session) -> Option<&SessionSteps> {
        self.steps.iter().find(|steps| steps.name == session.steps)
    }
}

impl Parse for Task {
    fn parse(input: ParseStream) -> Result<Self> {
        input.parse::<keyword::task>()?;
        let name = input.parse()?;
        let needs = if input.parse::<Option<keyword::needs>>()?.is_some() {
            names(input)?
        } else {
            Vec::new()
        };
        let content;
        braced!(content in input);
        let mut task = Self { name, needs, functions: Vec::new(), sessions: Vec::new() };
        while !content.is_empty() {
            let ahead = content.fork();
            ahead.call(Attribute::parse_outer)?;
            if ahead.peek(keyword::session) {
                task.sessions.push(content.parse()?);
            } else {
                task.functions.push(Function::parse(&content, true)?);
            }
        }
        Ok(task)
    }
}

impl Function {
    fn parse(input: ParseStream, with_body: bool) -> Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        input.parse::<Token![fn]>()?;
        let name = input.parse()?;
        let arguments = arguments(input)?;
        let returned = match input.parse::<ReturnType>()? {
            ReturnType::Type(_, of) => *of,
            ReturnType::Default => syn::parse_quote!(()),
        };
        let body = if with_body {
            Some(input.parse()?)
        } else {
            input.parse::<Token![;]>()?;
            None
        };
        Ok(Self { attributes, name, arguments, returned, body })
    }
}

impl Parse for Session {
    fn parse(input: ParseStream) -> Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        input.parse::<keyword::session>()?;
        let name = input.parse()?;
        let arguments = arguments(input)?;
        input.parse::<keyword::of>()?;
        let steps = input.parse()?;
        let body = input.parse()?;
        Ok(Self { attributes, name, arguments, steps, body })
    }
}

impl SessionSteps {
    fn parse(attributes: Vec<Attribute>, input: ParseStream) -> Result<Self> {
        input.parse::<keyword::steps>()?;
        let name = input.parse()?;
        input.parse::<Token![->]>()?;
        let reply = input.parse()?;
        let content;
        braced!(content in input);
        let mut steps = Vec::new();
        while !content.is_empty() {
            steps.push(content.parse()?);
        }
        Ok(Self { attributes, name, reply, steps })
    }
}

impl Parse for Step {
    fn parse(input: ParseStream) -> Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        let name = input.parse()?;
        let arguments = arguments(input)?;
        let tasks = tasks(input)?;
        let body = input.parse()?;
        Ok(Self { attributes, name, arguments, tasks, body })
    }
}

impl Mirror {
    fn parse(attributes: Vec<Attribute>, input: ParseStream) -> Result<Self> {
        input.parse::<keyword::mirror>()?;
        let is_enum = is_enum(input)?;
        let name = input.parse()?;
        let direction = direction(input)?;
        let native = input.call(Path::parse_mod_style)?;
        let tasks = tasks(input)?;
        let shape = MirrorShape::parse(is_enum, input)?;
        Ok(Self { attributes, name, direction, native, tasks, shape })
    }
}

impl Plain {
    fn parse(attributes: Vec<Attribute>, input: ParseStream) -> Result<Self> {
        input.parse::<keyword::plain>()?;
        let is_enum = is_enum(input)?;
        let name = input.parse()?;
        let shape = MirrorShape::parse(is_enum, input)?;
        Ok(Self { attributes, name, shape })
    }
}

/// `enum` or `struct`.
fn is_enum(input: ParseStream) -> Result<bool> {
    if input.parse::<Option<Token![enum]>>()?.is_some() {
        return Ok(true);
    }
    input.parse::<Token![struct]>()?;
    Ok(false)
}

impl MirrorShape {
    fn parse(is_enum: bool, input: ParseStream) -> Result<Self> {
        let content;
        braced!(content in input);
        Ok(if is_enum {
            let variants = Punctuated::<MirrorVariant, Token![,]>::parse_terminated(&content)?;
            Self::Enum(variants.into_iter().collect())
        } else {
            let fields = Punctuated::<MirrorField, Token![,]>::parse_terminated(&content)?;
            Self::Struct(fields.into_iter().collect())
        })
    }
}

/// `<-`, `->` or `<->`.
fn direction(input: ParseStream) -> Result<MirrorDirection> {
    if input.peek(Token![->]) {
        input.parse::<Token![->]>()?;
        return Ok(MirrorDirection::ToNative);
    }
    if input.peek(Token![<-]) {
        input.parse::<Token![<-]>()?;
        // `<->` is read as `<-` and `>`.
        let is_both = input.parse::<Option<Token![>]>>()?.is_some();
        return Ok(if is_both { MirrorDirection::Both } else { MirrorDirection::ToWire });
    }
    Err(input.error("expected `<-` (to plain data), `->` (to the student's type) or `<->`"))
}

impl Parse for Argument {
    fn parse(input: ParseStream) -> Result<Self> {
        let name = input.parse()?;
        input.parse::<Token![:]>()?;
        Ok(Self { name, of: input.parse()? })
    }
}

impl Parse for MirrorField {
    fn parse(input: ParseStream) -> Result<Self> {
        let argument = input.parse()?;
        let value =
            if input.parse::<Option<Token![=]>>()?.is_some() { Some(input.parse()?) } else { None };
        Ok(Self { argument, value })
    }
}

impl Parse for MirrorVariant {
    fn parse(input: ParseStream) -> Result<Self> {
        let name = input.parse()?;
        let is_tuple = input.peek(token::Paren);
        let mut fields = Vec::new();
        if is_tuple {
            fields = arguments(input)?;
        } else if input.peek(token::Brace) {
            let content;
            braced!(content in input);
            fields.extend(Punctuated::<Argument, Token![,]>::parse_terminated(&content)?);
        }
        Ok(Self { name, fields, is_tuple })
    }
}

/// `(a: A, b: B)`.
fn arguments(input: ParseStream) -> Result<Vec<Argument>> {
    let content;
    parenthesized!(content in input);
    Ok(Punctuated::<Argument, Token![,]>::parse_terminated(&content)?.into_iter().collect())
}

/// `in a` or `in [a, b]`; nothing for everywhere.
fn tasks(input: ParseStream) -> Result<Vec<Ident>> {
    if input.parse::<Option<Token![in]>>()?.is_none() {
        return Ok(Vec::new());
    }
    if input.peek(token::Bracket) { names(input) } else { Ok(vec![input.parse()?]) }
}

/// `[a, b]`.
fn names(input: ParseStream) -> Result<Vec<Ident>> {
    let content;
    bracketed!(content in input);
    Ok(Punctuated::<Ident, Token![,]>::parse_terminated(&content)?.into_iter().collect())
}
