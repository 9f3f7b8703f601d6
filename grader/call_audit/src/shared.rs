//! Which shared libraries an executable asks for.

use crate::ObjectError;
use object::Endianness;
use object::elf::DT_NEEDED;
use object::read::elf::{Dyn, ElfFile64, ProgramHeader};

/// What an executable, or a shared library, names of the system.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SystemNeeds {
    /// The loader that starts it: a path. Libraries have none.
    pub loader: Option<String>,
    /// The libraries that the loader looks for: names of files.
    pub libraries: Vec<String>,
}

impl SystemNeeds {
    /// Those of the file `name` with these bytes. A file that is linked statically needs nothing.
    ///
    /// # Errors
    /// When it is no 64-bit ELF file, or a damaged one.
    pub fn of(name: &str, bytes: &[u8]) -> Result<Self, ObjectError> {
        Self::read(bytes).map_err(|error| ObjectError::new(name, &error.to_string()))
    }

    fn read(bytes: &[u8]) -> object::Result<Self> {
        let file = ElfFile64::<Endianness>::parse(bytes)?;
        let (endian, data, sections) = (file.endian(), file.data(), file.elf_section_table());
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let mut needs = Self::default();
        for header in file.elf_program_headers() {
            if let Some(path) = header.interpreter(endian, data)? {
                needs.loader = Some(text(path));
            }
        }
        let Some((entries, strings)) = sections.dynamic(endian, data)? else { return Ok(needs) };
        let strings = sections.strings(endian, data, strings)?;
        for entry in entries {
            if entry.tag(endian) == DT_NEEDED {
                needs.libraries.push(text(entry.string(endian, strings)?));
            }
        }
        Ok(needs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_test_needs_a_loader_and_the_c_library() {
        let bytes = std::fs::read(std::env::current_exe().unwrap()).unwrap();
        let needs = SystemNeeds::of("this test", &bytes).unwrap();
        let loader = needs.loader.unwrap();
        assert!(std::path::Path::new(&loader).is_file(), "{loader}");
        assert!(needs.libraries.iter().any(|name| name.contains("libc.")), "{:?}", needs.libraries);
    }

    #[test]
    fn what_is_no_program_is_unreadable() {
        let error = SystemNeeds::of("a script", b"#!/bin/sh\n").unwrap_err();
        assert!(error.to_string().contains("a script"), "{error}");
    }
}
