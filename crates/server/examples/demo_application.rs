//! The demo application alone: `cargo run -p connect-src-server --example demo_application`.
#![expect(clippy::print_stdout, reason = "it says where it is")]

use connect_src_server::demo::Demo;

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let demo = Demo::start().await?;
    println!("{}", demo.upstream());
    tokio::signal::ctrl_c().await
}
