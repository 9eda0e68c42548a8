//! Talk between browsers and everybody else.
use crate::browser_support::driver::Driver;
use crate::browser_support::tab::{Options, Tab, CONTROL};
use crate::browser_support::axe;

#[test]
fn prove() {
    let d = Driver::start();
    let t = Tab::start(&d, "x", &Options{language:"ko-KR", watched: true, ..Options::default()});
    t.goes_to("data:text/html,<title>x</title><html lang=en><body><main><h1>H</h1><label for=a>A</label><textarea id=a></textarea><button id=b onclick='document.title=1'>Go</button></main>");
    t.clicks("#a");
    t.run("window.ev=[]; for (const n of ['keydown','compositionstart','compositionupdate','compositionend','input','keyup']) document.addEventListener(n,e=>ev.push([n,e.key,e.keyCode,e.isComposing,e.data]))", serde_json::json!([]));
    t.types("안a");
    t.devtools("Input.imeSetComposition", serde_json::json!({"text":"한","selectionStart":1,"selectionEnd":1}));
    t.devtools("Input.dispatchKeyEvent", serde_json::json!({"type":"rawKeyDown","key":"Process","code":"Enter","windowsVirtualKeyCode":229}));
    t.devtools("Input.insertText", serde_json::json!({"text":"한"}));
    t.chord(&[CONTROL], "k");
    println!("{}", t.value("JSON.stringify(ev).replaceAll('],','],\\n')").as_str().unwrap());
    println!("{} {} {}", t.value("document.querySelector('#a').value"), t.value("navigator.language"), t.value("navigator.languages"));
    axe::finds_nothing(&t, "plain");
    println!("{:?}", t.performance().len());
    println!("{:?}", t.console());
    println!("{:?}", t.screenshot().len());
}
