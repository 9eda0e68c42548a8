//! The program `chatc`: everything is in `chatd::client`, where tests can reach it.

fn main() -> std::process::ExitCode {
    chatd::client::main()
}
