//! Object files, and names in them: compiled by us, from code that a student wrote.

use crate::memory::MemoryAllowance;
use crate::script::{ChoiceScript, damage};
use grader_call_audit::{
    AllowList, CourseCallers, FunctionGroup, ItemName, ProgramGraph, WalkRules,
};

/// A compiled crate of two functions and a trait's method; see `seeds/kernel.rs`.
const OBJECT: &[u8] = include_bytes!("../seeds/kernel.o");
const ROOTS: [&str; 2] = [
    "_ZN6kernel4root17h226849836ebee773E",
    "_ZN39_$LT$kernel..S$u20$as$u20$kernel..T$GT$1m17hfc863dbcb4ff0e02E",
];

/// An object becomes nodes with their names; a name is cut into its parts.
const ALLOWANCE: MemoryAllowance = MemoryAllowance {
    fixed: 256 << 10,
    live_per_byte: 512,
    total_fixed: 2 << 20,
    total_per_byte: 8192,
};

/// A name can say a lot in few letters (each part can refer back to others); a demangler that follows
/// it stops at a million.
const NAME: MemoryAllowance = MemoryAllowance {
    fixed: 8 << 20,
    live_per_byte: 64,
    total_fixed: 64 << 20,
    total_per_byte: 512,
};

/// What symbols are made of, in both of Rust's manglings.
const PIECES: [&str; 40] = [
    "_ZN",
    "_R",
    "6kernel",
    "4root",
    "17h226849836ebee773E",
    "E",
    "$LT$",
    "$GT$",
    "$u20$as$u20$",
    "..",
    "39_",
    "C",
    "s_",
    "s1_",
    "Nv",
    "Nt",
    "M",
    "X",
    "Y",
    "I",
    "B_",
    "B2_",
    "T",
    "TB0_",
    "TB1_B1_E",
    "A",
    "S",
    "R",
    "F",
    "D",
    "K",
    "j10_",
    "L_",
    "p",
    "G_",
    "u",
    "$u7b$",
    "impl$u20$",
    "$C$",
    "_",
];

/// Reads an object, archived or not, whole or damaged, and follows it; or a symbol's name.
pub fn run(input: &[u8]) {
    let mut script = ChoiceScript::new(input);
    match script.byte() % 4 {
        0 => object(script.rest()),
        1 => object(&damaged(&mut script)),
        2 => object(&archived(&damaged(&mut script))),
        _ => name(&symbol(&mut script)),
    }
}

fn damaged(script: &mut ChoiceScript<'_>) -> Vec<u8> {
    let mut bytes = OBJECT.to_vec();
    damage(script, &mut bytes);
    bytes
}

/// An archive of one member (`ar`, System V).
fn archived(member: &[u8]) -> Vec<u8> {
    let header =
        format!("{:<16}{:<12}{:<6}{:<6}{:<8}{:<10}`\n", "a.o/", 0, 0, 0, 644, member.len());
    let mut bytes = [b"!<arch>\n", header.as_bytes(), member].concat();
    bytes.resize(bytes.len().next_multiple_of(2), b'\n');
    bytes
}

fn object(bytes: &[u8]) {
    let mut allow = AllowList::default();
    allow.add("core").expect("a crate's name");
    let roots = ROOTS.map(str::to_owned);
    let crates = ["kernel".to_owned()];
    let callers =
        CourseCallers { krate: "kernel", contract: "kernel", mains: &ROOTS, crates: &crates };
    let rules = WalkRules { own: "kernel", allow: &allow, roots: &roots, callers: Some(callers) };
    let group = FunctionGroup {
        name: "task".into(),
        entries: Vec::new(),
        roots: vec![ROOTS[0].to_owned()],
    };
    ALLOWANCE.hold("following an object", bytes.len(), || {
        match ProgramGraph::read(&[("a.o", bytes)]) {
            Ok(program) => {
                for root in ROOTS {
                    for lead in program.leads(root, &rules).unwrap_or_default() {
                        assert!(!lead.to.is_empty(), "something without a name is refused");
                    }
                    let _ = program.referred(root);
                }
                for charge in program.charges(&rules, std::slice::from_ref(&group), &[]) {
                    assert!(!charge.lead.to.is_empty(), "something without a name is charged");
                }
            }
            Err(why) => {
                assert!(
                    why.to_string().starts_with("a.o cannot be read as compiled code"),
                    "{why}"
                );
            }
        }
    });
}

/// A symbol of a few pieces, and bytes as they come.
fn symbol(script: &mut ChoiceScript<'_>) -> String {
    let mut symbol = String::new();
    for _ in 0..script.byte() % 64 {
        symbol += script.pick(&PIECES);
    }
    symbol + &String::from_utf8_lossy(script.rest())
}

fn name(symbol: &str) {
    NAME.hold("reading a name", symbol.len(), || {
        let Some(name) = ItemName::of(symbol) else { return };
        let mut allow = AllowList::default();
        for entry in ["core", "kernel::S::{m,n}", "kernel::deep::*", "<kernel::S as T>"] {
            allow.add(entry).expect("as in the documentation");
        }
        let _ = (allow.allows(&name), allow.allows_symbol(symbol), name.is_of("kernel"));
        assert!(name.short("kernel").len() <= name.to_string().len() + 16, "{name}");
    });
}

/// Inputs to begin with: the object in each way, and a name of each mangling.
pub fn seeds() -> Vec<Vec<u8>> {
    let whole = [&[0], OBJECT].concat();
    let older = [&[3, 0], ROOTS[1].as_bytes()].concat();
    let newer = [&[3, 0], &b"_RNvXs_C6kernelNtB4_1SNtB4_1T1m"[..]].concat();
    vec![whole, vec![1], vec![2], older, newer]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_undamaged_object_is_followed() {
        for bytes in [OBJECT.to_vec(), archived(OBJECT)] {
            let program = ProgramGraph::read(&[("a.o", &bytes)]).expect("an object of rustc's");
            for root in ROOTS {
                let rules = WalkRules {
                    own: "kernel",
                    allow: &AllowList::default(),
                    roots: &[],
                    callers: None,
                };
                assert_eq!(program.leads(root, &rules), Some(vec![]), "{root} leads nowhere else");
            }
        }
        assert!(
            ROOTS.iter().all(|root| ItemName::of(root).is_some_and(|name| name.is_of("kernel")))
        );
    }

    /// A damaged object referred to a symbol without a name, and the refusal named nothing.
    #[test]
    fn what_is_refused_has_a_name() {
        let found = "154809ff102510251616e0b5b0b5e06e656c3ab5b5b5b5b5b5b5b5b5b5a52db5b5bab5b5b5b5b5b5\
                     e02db5b5a9b5b5b5a4b5b5b5e2b5b53664";
        run(&crate::corpus::bytes(found).expect("hexadecimal"));
    }
}
