//! The program `chatctl`: everything is in `chatd::admin`, where tests can reach it.

fn main() -> std::process::ExitCode {
    chatd::admin::main()
}
