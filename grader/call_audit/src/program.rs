//! Several object files as one graph: what refers to what.

use crate::name::ItemName;
use crate::object_file::{self, ObjectError, ObjectFile, ReferenceTarget};
use std::collections::HashMap;

/// Compiled code: a node for each section, and for each symbol that is defined elsewhere.
#[derive(Debug, Default)]
pub struct ProgramGraph {
    pub(crate) nodes: Vec<GraphNode>,
    /// All symbols. Of several that are called the same, the exported one.
    by_symbol: HashMap<String, usize>,
}

#[derive(Debug, Default)]
pub(crate) struct GraphNode {
    /// The names that it goes by; the first is the best.
    pub(crate) symbols: Vec<String>,
    /// What they say, in the same order. Read once: it is looked at again from every root.
    pub(crate) names: Vec<Option<ItemName>>,
    /// Whether it is somewhere else: in a library.
    pub(crate) outside: bool,
    /// Whether the program can change it while it runs: a variable.
    pub(crate) writable: bool,
    pub(crate) leads_to: Vec<GraphEdge>,
    /// What leads to it.
    pub(crate) used_by: Vec<usize>,
}

/// A reference to another node.
#[derive(Clone, Copy, Debug)]
pub(crate) struct GraphEdge {
    pub(crate) to: usize,
    /// Whether it is called, and no address of it is taken.
    pub(crate) call: bool,
}

impl ProgramGraph {
    /// Reads object files and archives of them, each under a name for messages.
    ///
    /// # Errors
    /// [`ObjectError`], with the file.
    ///
    /// # Cost
    /// Linear in the number of sections, symbols and relocations: some milliseconds for a megabyte.
    pub fn read(files: &[(&str, &[u8])]) -> Result<Self, ObjectError> {
        let mut objects = Vec::new();
        for (name, bytes) in files {
            objects.extend(object_file::read(name, bytes)?);
        }
        let mut program = Self::default();
        let mut starts = Vec::new();
        for object in &objects {
            starts.push(program.nodes.len());
            program.take(object);
        }
        for node in 0..program.nodes.len() {
            for symbol in program.nodes[node].symbols.clone() {
                program.by_symbol.entry(symbol).or_insert(node);
            }
        }
        for (object, start) in objects.iter().zip(starts) {
            program.connect(object, start);
        }
        for node in &mut program.nodes {
            node.names = node.symbols.iter().map(|symbol| ItemName::of(symbol)).collect();
        }
        Ok(program)
    }

    /// The node of a symbol.
    pub(crate) fn find(&self, symbol: &str) -> Option<usize> {
        self.by_symbol.get(symbol).copied()
    }

    /// The symbols of what `symbol` refers to directly: of a function that returns the address of
    /// another, that other one.
    pub fn referred(&self, symbol: &str) -> Vec<&str> {
        let nodes = self.find(symbol).map_or(&[][..], |node| &self.nodes[node].leads_to);
        nodes
            .iter()
            .filter_map(|edge| self.nodes[edge.to].symbols.first())
            .map(String::as_str)
            .collect()
    }

    fn take(&mut self, object: &ObjectFile) {
        let start = self.nodes.len();
        for section in &object.sections {
            let (symbols, writable) = (section.symbols.clone(), section.writable);
            self.nodes.push(GraphNode { symbols, writable, ..GraphNode::default() });
        }
        for (symbol, section) in &object.exports {
            self.by_symbol.entry(symbol.clone()).or_insert(start + section);
        }
    }

    fn connect(&mut self, object: &ObjectFile, start: usize) {
        for (at, section) in object.sections.iter().enumerate() {
            for reference in &section.refers_to {
                let to = match &reference.target {
                    ReferenceTarget::Section(section) => start + section,
                    ReferenceTarget::Symbol(symbol) => self.outside(symbol),
                };
                self.nodes[start + at].leads_to.push(GraphEdge { to, call: reference.call });
                self.nodes[to].used_by.push(start + at);
            }
        }
    }

    fn outside(&mut self, symbol: &str) -> usize {
        if let Some(known) = self.find(symbol) {
            return known;
        }
        let node = self.nodes.len();
        self.nodes.push(GraphNode {
            symbols: vec![symbol.to_owned()],
            outside: true,
            ..GraphNode::default()
        });
        self.by_symbol.insert(symbol.to_owned(), node);
        node
    }
}
