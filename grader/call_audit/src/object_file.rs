//! Reading object files and archives of them. They come from our own compiler, so what cannot be read
//! is our fault; but a student's code is in them, so nothing is taken for granted.

use crate::instruction;
use object::read::archive::ArchiveFile;
use object::{
    Object, ObjectSection, ObjectSymbol, RelocationTarget, SectionFlags, SectionIndex, SymbolKind,
    SymbolSection, elf,
};
use std::collections::HashMap;

/// A file that is no object file, or a damaged one.
#[derive(Debug, thiserror::Error)]
#[error("{file} cannot be read as compiled code: {why}")]
pub struct ObjectError {
    file: String,
    why: String,
}

impl ObjectError {
    pub(crate) fn new(file: &str, why: &str) -> Self {
        Self { file: file.into(), why: why.into() }
    }
}

/// A section of code or data.
#[derive(Debug, Default)]
pub(crate) struct CodeSection {
    /// The symbols that lie in it, functions first.
    pub(crate) symbols: Vec<String>,
    /// Whether the program can change it while it runs.
    pub(crate) writable: bool,
    /// What it refers to.
    pub(crate) refers_to: Vec<SymbolReference>,
}

/// What a relocation refers to, and how.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct SymbolReference {
    pub(crate) target: ReferenceTarget,
    /// Whether it is called there, and no address of it is taken.
    pub(crate) call: bool,
}

/// What a relocation refers to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum ReferenceTarget {
    /// A section of the same file.
    Section(usize),
    /// A symbol that is defined elsewhere.
    Symbol(String),
}

/// One object file.
#[derive(Debug, Default)]
pub(crate) struct ObjectFile {
    pub(crate) sections: Vec<CodeSection>,
    /// Symbols that other files can refer to, and the section in which each lies.
    pub(crate) exports: HashMap<String, usize>,
}

/// The object files in `bytes`: an archive (an rlib), or a single one.
pub(crate) fn read(file: &str, bytes: &[u8]) -> Result<Vec<ObjectFile>, ObjectError> {
    let failed = |why: object::Error| ObjectError::new(file, &why.to_string());
    if !bytes.starts_with(b"!<arch>\n") {
        return Ok(vec![ObjectFile::parse(bytes).map_err(failed)?]);
    }
    let mut objects = Vec::new();
    for member in ArchiveFile::parse(bytes).map_err(failed)?.members() {
        let member = member.map_err(failed)?;
        // Beside code an rlib holds metadata.
        if member.name().ends_with(b".o") {
            objects.push(ObjectFile::parse(member.data(bytes).map_err(failed)?).map_err(failed)?);
        }
    }
    if objects.is_empty() {
        return Err(ObjectError::new(file, "there is no object in this archive"));
    }
    Ok(objects)
}

impl ObjectFile {
    fn parse(bytes: &[u8]) -> Result<Self, object::Error> {
        let file = object::File::parse(bytes)?;
        let mut object = Self::default();
        let mut places: HashMap<SectionIndex, usize> = HashMap::new();
        for section in file.sections() {
            let SectionFlags::Elf { sh_flags } = section.flags() else { continue };
            let name = section.name()?;
            if sh_flags & u64::from(elf::SHF_ALLOC) == 0 || is_for_unwinding(name) {
                continue;
            }
            // Tables of pointers are written once, before the program starts.
            let writable =
                sh_flags & u64::from(elf::SHF_WRITE) != 0 && !name.starts_with(".data.rel.ro");
            places.insert(section.index(), object.sections.len());
            object.sections.push(CodeSection { writable, ..CodeSection::default() });
        }
        object.take_symbols(&file, &places)?;
        object.take_relocations(&file, &places)?;
        Ok(object)
    }

    fn take_symbols(
        &mut self,
        file: &object::File<'_>,
        places: &HashMap<SectionIndex, usize>,
    ) -> Result<(), object::Error> {
        for symbol in file.symbols() {
            let Some(place) = symbol.section_index().and_then(|index| places.get(&index)) else {
                continue;
            };
            let name = symbol.name()?.to_owned();
            if name.is_empty() || matches!(symbol.kind(), SymbolKind::Section | SymbolKind::File) {
                continue;
            }
            if symbol.is_global() {
                self.exports.insert(name.clone(), *place);
            }
            let symbols = &mut self.sections[*place].symbols;
            let at = if symbol.kind() == SymbolKind::Text { 0 } else { symbols.len() };
            symbols.insert(at, name);
        }
        Ok(())
    }

    fn take_relocations(
        &mut self,
        file: &object::File<'_>,
        places: &HashMap<SectionIndex, usize>,
    ) -> Result<(), object::Error> {
        for section in file.sections() {
            let Some(&from) = places.get(&section.index()) else { continue };
            let SectionFlags::Elf { sh_flags } = section.flags() else { continue };
            let is_code = sh_flags & u64::from(elf::SHF_EXECINSTR) != 0;
            let code = if is_code { section.data()? } else { &[] };
            for (offset, relocation) in section.relocations() {
                let target = match relocation.target() {
                    RelocationTarget::Section(index) => Self::inside(index, places),
                    RelocationTarget::Symbol(index) => {
                        let symbol = file.symbol_by_index(index)?;
                        match symbol.section() {
                            SymbolSection::Section(index) => Self::inside(index, places),
                            // Undefined, or common to several files.
                            _ => Some(ReferenceTarget::Symbol(symbol.name()?.to_owned())),
                        }
                    }
                    _ => None,
                };
                let call =
                    instruction::is_call(file.architecture(), code, offset, relocation.flags());
                let reference = target.map(|target| SymbolReference { target, call });
                let known = &mut self.sections[from].refers_to;
                known.extend(reference.filter(|reference| known.last() != Some(reference)));
            }
        }
        Ok(())
    }

    fn inside(
        index: SectionIndex,
        places: &HashMap<SectionIndex, usize>,
    ) -> Option<ReferenceTarget> {
        places.get(&index).copied().map(ReferenceTarget::Section)
    }
}

/// These refer to every function, and no function to them.
fn is_for_unwinding(section: &str) -> bool {
    section.starts_with(".eh_frame") || section.starts_with(".gcc_except_table")
}
