//! axe-core: the accessibility rules, run in the page.
//!
//! Knows no page. Why it is not in this repository: it is another's program of half
//! a megabyte; `tests/run` fetches the version that `axe.txt` names, by its digest.

use std::path::Path;

use serde_json::{Value, json};

use super::tab::Tab;

/// Fails with every rule that the page breaks as it is shown now.
pub fn finds_nothing(tab: &Tab, state: &str) {
    if tab.value("!!window.axe") == json!(false) {
        // Where the page's policy has no say, as in a person's developer tools.
        tab.devtools("Runtime.evaluate", json!({"expression": source(), "silent": true}));
    }
    // A colour that is still changing is neither of the two.
    tab.until("the end of animations", "document.getAnimations().every(a => a.playState !== 'running')");
    let found = tab.promised("axe.run(document, {resultTypes: ['violations', 'incomplete']})", json!([]));
    let passed = found["passes"].as_array().map_or(0, Vec::len);
    assert!(passed > 10, "{state}: axe-core tried {passed} rules, which is too few to mean anything");
    let violations = found["violations"].as_array().expect("axe-core lists violations");
    let faults: Vec<String> = violations.iter().flat_map(faults).collect();
    assert!(faults.is_empty(), "{state}:\n{}", faults.join("\n"));
}

/// A rule with each place that breaks it.
fn faults(violation: &Value) -> Vec<String> {
    let nodes = violation["nodes"].as_array().expect("a violation is somewhere");
    let place = |node: &Value| {
        let html: String = node["html"].as_str().unwrap_or_default().chars().take(200).collect();
        format!("{}: {html}\n    {}", violation["id"], node["failureSummary"].as_str().unwrap_or_default())
    };
    nodes.iter().map(place).collect()
}

fn source() -> String {
    // Cargo's own directory for tests is in the target directory, wherever that is.
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("it is in the target directory");
    let file = target.join("axe/axe_playwright_python/axe.min.js");
    std::fs::read_to_string(&file).unwrap_or_else(|error| {
        let (file, into) = (file.display(), target.join("axe"));
        panic!(
            "this test needs axe-core, {file}: {error}; fetch it with: python3 -m pip install --no-deps \
             --target {} -r tests/browser_support/axe.txt",
            into.display()
        )
    })
}
