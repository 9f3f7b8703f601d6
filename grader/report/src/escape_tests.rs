use super::*;

#[test]
fn a_terminal_gets_nothing_to_obey() {
    let hostile = "a\u{1b}[2Jb\u{9b}31mc\u{7}d\u{202e}e\rf\ng\u{7f}";
    let line = line(hostile, 100);
    assert_eq!(
        line, r"a\u{1b}[2Jb\u{9b}31mc\u{7}d\u{202e}e\rf\ng\u{7f}",
        "written out, and still to be recognised"
    );
    assert!(!line.chars().any(char::is_control));
}

#[test]
fn a_block_keeps_lines_and_indents_only() {
    assert_eq!(block("a\r\n\tb\u{1b}c\rd", 100), "a\n    b\\u{1b}c\\rd");
}

#[test]
fn names_of_any_script_stay_as_they_are() {
    for name in ["Zoë Łukasz", "名前", "محمد", "नमस्ते", "می\u{200c}خواهم", "👩\u{200d}💻"]
    {
        assert_eq!(line(name, 100), name);
    }
}

#[test]
fn names_that_look_alike_are_told_apart() {
    assert_ne!(line("ada\u{200b}", 100), line("ada", 100));
    assert_eq!(line("\u{3164}", 100), r"\u{3164}");
}

#[test]
fn a_megabyte_is_cut_and_says_so() {
    let cut = block(&"x".repeat(1 << 20), 50);
    assert_eq!(cut, format!("{}… (1048576 bytes in all)", "x".repeat(50)));
    assert_eq!(line("exact", 5), "exact");
}

#[test]
fn stacked_marks_do_not_paint_over_other_lines() {
    let stack = format!("a{}", "\u{301}".repeat(500));
    assert_eq!(line(&stack, 1000), "a\u{301}\u{301}\u{301}\u{301}");
}

#[test]
fn workflow_commands_are_plain_text() {
    let defused = workflow_commands("ok\n  ::error file=a::b\nstd::process\nx ##[error]y");
    assert_eq!(defused, "ok\n  \\::error file=a::b\nstd::process\nx #\\#[error]y");
    assert_eq!(workflow_commands("\u{1b}[1m ::a"), "\u{1b}[1m \\::a", "behind a colour of ours");
}

#[test]
fn our_own_workflow_commands_cannot_be_ended_early() {
    assert_eq!(github_message("50%\n::error::x"), "50%25%0A::error::x");
    assert_eq!(github_property("a,b:c\r"), "a%2Cb%3Ac%0D");
}

#[test]
fn markdown_prose_has_no_markup() {
    let cases = [
        ("# x", r"\# x"),
        ("- x", r"\- x"),
        ("1. x", r"1\. x"),
        ("a-b 1.5", "a-b 1.5"),
        ("<b>&amp;", r"\<b\>\&amp;"),
        ("![a](b)", r"\!\[a\](b)"),
        ("a|b `c`", r"a\|b \`c\`"),
        ("http://x.y", r"http\://x.y"),
        ("WWW.x.y", r"WWW\.x.y"),
        ("@ada #12", "@<!-- -->ada \\#<!-- -->12"),
        ("::error::", r"\::error\::"),
    ];
    for (text, escaped) in cases {
        assert_eq!(markdown(text), escaped);
    }
}

#[test]
fn code_cannot_leave_its_fence() {
    assert_eq!(markdown_code("a``b"), "```a``b```");
    assert_eq!(markdown_code("`"), "`` ` ``");
    assert_eq!(markdown_block("x\n````\ny", ""), "`````text\nx\n````\ny\n`````\n");
}

#[test]
fn spreadsheets_compute_nothing() {
    for text in ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", " =1", "\t=1", "＝1"] {
        assert_eq!(spreadsheet(text), format!("'{text}"));
    }
    assert_eq!(spreadsheet("ada"), "ada");
}

#[test]
fn a_name_pasted_into_a_shell_is_one_argument() {
    assert_eq!(shell("ada.lovelace"), "ada.lovelace");
    assert_eq!(shell("$(rm -rf ~)"), "'$(rm -rf ~)'");
    assert_eq!(shell("o'neil"), r"'o'\''neil'");
    assert_eq!(shell("-rf"), "'-rf'");
    assert_eq!(shell(""), "''");
}
