//! Whether an instruction calls a function, or takes its address to be called by anybody.

use object::{Architecture, RelocationFlags, elf};

/// Whether the relocation at `offset` of `code` is the target of a call or a jump. A compiler may load an address first
/// and call it later, which counts as taken; it does not in code that is not optimized and uses the linkage table
/// (`-Crelro-level=partial`). On processors that are not known here, an address is taken each time: the stricter of the
/// two.
pub(crate) fn is_call(
    architecture: Architecture,
    code: &[u8],
    offset: u64,
    flags: RelocationFlags,
) -> bool {
    let RelocationFlags::Elf { r_type } = flags else { return false };
    match architecture {
        Architecture::X86_64 => is_call_of_x86(code, offset, r_type),
        Architecture::Aarch64 => {
            !code.is_empty() && matches!(r_type, elf::R_AARCH64_CALL26 | elf::R_AARCH64_JUMP26)
        }
        _ => false,
    }
}

/// The relocation fills the last four bytes of an instruction: those before it say which one it is.
fn is_call_of_x86(code: &[u8], offset: u64, r_type: u32) -> bool {
    let before = usize::try_from(offset).ok().and_then(|offset| code.get(..offset));
    let Some(before) = before else { return false };
    match r_type {
        elf::R_X86_64_PLT32 | elf::R_X86_64_PC32 => {
            // `call` and `jmp` of a near place.
            matches!(before, [.., 0xe8 | 0xe9])
        }
        elf::R_X86_64_GOTPCREL | elf::R_X86_64_GOTPCRELX => {
            // `call` and `jmp` through the table of addresses.
            matches!(before, [.., 0xff, 0x15 | 0x25])
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn x86(before: &[u8], r_type: u32) -> bool {
        let code = [before, &[0; 4]].concat();
        let flags = RelocationFlags::Elf { r_type };
        is_call(Architecture::X86_64, &code, before.len() as u64, flags)
    }

    #[test]
    fn calls_and_jumps_are_no_addresses() {
        assert!(x86(&[0x90, 0xe8], elf::R_X86_64_PLT32) && x86(&[0xe9], elf::R_X86_64_PC32));
        assert!(x86(&[0xff, 0x15], elf::R_X86_64_GOTPCREL));
        assert!(x86(&[0x50, 0xff, 0x25], elf::R_X86_64_GOTPCRELX));
    }

    #[test]
    fn loads_and_tables_take_an_address() {
        // `lea rax, [rip + f]`, `mov rax, [rip + f]`, and a pointer in a table.
        assert!(!x86(&[0x48, 0x8d, 0x05], elf::R_X86_64_PC32));
        assert!(!x86(&[0x48, 0x8b, 0x05], elf::R_X86_64_REX_GOTPCRELX));
        assert!(!x86(&[0x48, 0x8b, 0x05], elf::R_X86_64_GOTPCREL));
        assert!(!x86(&[0xe8], elf::R_X86_64_64));
        assert!(!x86(&[], elf::R_X86_64_PC32));
    }

    #[test]
    fn an_offset_outside_of_the_code_is_no_call() {
        let flags = RelocationFlags::Elf { r_type: elf::R_X86_64_PLT32 };
        assert!(!is_call(Architecture::X86_64, &[0xe8], 9, flags));
        assert!(!is_call(Architecture::X86_64, &[0xe8], u64::MAX, flags));
    }

    #[test]
    fn on_an_unknown_processor_each_reference_takes_an_address() {
        let flags = |r_type| RelocationFlags::Elf { r_type };
        let branch = flags(elf::R_AARCH64_CALL26);
        assert!(is_call(Architecture::Aarch64, &[0; 4], 0, branch));
        let page = flags(elf::R_AARCH64_ADR_PREL_PG_HI21);
        assert!(!is_call(Architecture::Aarch64, &[0; 4], 0, page));
        assert!(!is_call(Architecture::Riscv64, &[0; 4], 0, branch));
    }
}
