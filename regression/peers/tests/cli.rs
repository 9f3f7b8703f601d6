//! The program as a whole.

use std::process::{Command, Output};

fn peers(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_peers")).args(arguments).output().unwrap()
}

fn stdout(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[cfg(feature = "frameworks")]
#[test]
fn without_python_there_is_a_report_that_says_how_to_get_it() {
    let only_mlp = ["training", "--quick", "--one-thread", "--model", "mlp", "--format", "json"];
    let nowhere = ["--python", "no/such/python"];
    let report = stdout(&peers(&[&only_mlp[..], &nowhere].concat()));
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    for row in report["rows"].as_array().unwrap() {
        let outcomes = row["outcomes"].as_array().unwrap();
        assert_eq!(outcomes.len(), 3);
        assert!(outcomes[0]["seconds"].as_f64().unwrap() > 0.0);
        assert!(outcomes[1]["ratio"]["mean"].as_f64().unwrap() > 0.0);
        assert!(outcomes[2]["problem"].as_str().unwrap().starts_with("not installed: python3 -m"));
        assert!(outcomes[2]["ratio"].is_null());
    }
}

#[test]
fn a_profile_names_the_layers_and_their_passes() {
    let profile = ["profile", "--model", "cnn", "--task", "training", "--repetitions", "1"];
    let text = stdout(&peers(&profile));
    for part in ["conv1", "pool2", "  forward", "  backward", "loss", "update", "GFLOP/s"] {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
}

#[test]
fn a_worker_says_what_it_cannot_do_and_goes_on() {
    use std::io::Write;
    use std::process::Stdio;
    let mut worker = Command::new(env!("CARGO_BIN_EXE_peers"))
        .args(["worker", "ours"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let requests = b"nonsense\n{\"do\":\"time\",\"task\":\"inference\",\"repetitions\":1}\n";
    worker.stdin.take().unwrap().write_all(requests).unwrap();
    let output = worker.wait_with_output().unwrap();
    let answers = stdout(&output);
    let answers: Vec<_> = answers.lines().collect();
    assert_eq!(answers.len(), 2, "{answers:?}");
    assert!(answers[0].contains("error"));
    assert!(answers[1].contains("nothing is loaded"));
}

#[cfg(feature = "frameworks")]
#[test]
fn a_reference_run_checks_and_compares_everyone_who_is_there() {
    let small = ["reference", "--quick", "--size", "20", "--context", "4", "--format", "json"];
    let nowhere = ["--python", "no/such/python"];
    let report = stdout(&peers(&[&small[..], &nowhere].concat()));
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    for (part, count, python) in [("products", 10, "NumPy (OpenBLAS)"), ("decode", 5, "PyTorch")] {
        let outcomes = report[part][0]["field"]["outcomes"].as_array().unwrap();
        assert_eq!(outcomes.len(), count, "{part}");
        for outcome in outcomes {
            let (name, problem) = (&outcome["contender"]["name"], &outcome["problem"]);
            if name == python {
                assert!(problem.as_str().unwrap().starts_with("not installed: python3 -m"));
                assert!(outcome["seconds"].is_null());
            } else {
                assert!(problem.is_null(), "{name}: {problem}");
                assert!(outcome["seconds"].as_f64().unwrap() > 0.0, "{name}");
            }
        }
    }
}

#[cfg(feature = "frameworks")]
#[test]
fn a_recorded_run_replaces_the_one_before_and_is_drawn() {
    let folder = tempfile::tempdir().unwrap();
    let document = folder.path().join("RESULTS.md");
    let begin = "<!-- written by `peers reference` -->";
    std::fs::write(&document, format!("before\n{begin}\nold\n<!-- end -->\nafter\n")).unwrap();
    let record = ["--record", document.to_str().unwrap(), "--python", "no/such/python"];
    let small = ["reference", "--quick", "--size", "20", "--context", "4"];
    let table = stdout(&peers(&[&small[..], &record].concat()));
    assert!(table.contains("tiled over ndarray, n = 20"), "{table}");
    let text = std::fs::read_to_string(&document).unwrap();
    assert!(text.starts_with("before\n") && text.ends_with("\nafter\n"), "{text}");
    assert!(text.contains("| n = 20 |") && text.contains("Left out: PyTorch"), "{text}");
    assert!(!text.contains("old"), "{text}");
    let drawing = std::fs::read_to_string(folder.path().join("reference.svg")).unwrap();
    assert!(drawing.contains("bytes floor") && drawing.contains("nalgebra"), "{drawing}");
    assert!(!drawing.contains("NaN") && !drawing.contains("inf"), "{drawing}");
}

#[test]
fn layers_in_bytes_are_measured_recorded_and_drawn() {
    let folder = tempfile::tempdir().unwrap();
    let document = folder.path().join("RESULTS.md");
    let begin = "<!-- written by `peers int8` -->";
    std::fs::write(&document, format!("before\n{begin}\nold\n<!-- end -->\nafter\n")).unwrap();
    let record = ["--record", document.to_str().unwrap(), "--python", "no/such/python"];
    let small = ["int8", "--quick", "--layer", "single", "--format", "json"];
    let report = stdout(&peers(&[&small[..], &record].concat()));
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    let outcomes = report["layers"][0]["field"]["outcomes"].as_array().unwrap();
    assert_eq!(outcomes.len(), 13);
    for outcome in outcomes {
        let name = outcome["contender"]["name"].as_str().unwrap();
        if ["acceleration", "tinytorch", "quantization"].iter().any(|own| name.starts_with(own)) {
            assert!(outcome["seconds"].as_f64().unwrap() > 0.0, "{outcome}");
        } else {
            assert!(outcome["problem"].as_str().unwrap().starts_with("not installed: python3 -m"));
        }
    }
    let text = std::fs::read_to_string(&document).unwrap();
    assert!(text.starts_with("before\n") && text.ends_with("\nafter\n"), "{text}");
    assert!(
        text.contains("| linear, 1 x 512 x 512 |") && text.contains("Left out: PyTorch"),
        "{text}"
    );
    assert!(!text.contains("old"), "{text}");
    let drawing = std::fs::read_to_string(folder.path().join("int8.svg")).unwrap();
    assert!(drawing.contains("quantization, u8 to u8"), "{drawing}");
    assert!(!drawing.contains("NaN") && !drawing.contains("inf"), "{drawing}");
}
