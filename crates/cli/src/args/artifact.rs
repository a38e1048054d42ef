//! Files that are made from the declarations, so that they cannot contradict them.

use clap::{Args, Command, Subcommand};
use clap_complete::Shell;

use super::markdown;

/// Which file to print.
#[derive(Debug, Args)]
pub(super) struct Artifact {
    #[command(subcommand)]
    kind: Kind,
}

#[derive(Debug, Subcommand)]
enum Kind {
    /// `docs/cli.md`
    CliMd,
    /// The manual page of the command, or of one subcommand
    Man { subcommand: Option<String> },
    /// `docs/schema/openapi.json`
    Openapi,
    /// Completions for a shell
    Completions { shell: Shell },
}

impl Artifact {
    /// The file's text.
    pub(super) fn text(&self, mut cli: Command) -> String {
        // Nobody looks up the help of the help.
        cli = cli.disable_help_subcommand(true);
        cli.build();
        match &self.kind {
            Kind::CliMd => markdown::page(&cli),
            Kind::Man { subcommand } => manual_page(&cli, subcommand.as_deref()),
            Kind::Openapi => openapi(),
            Kind::Completions { shell } => completions(cli, *shell),
        }
    }
}

fn manual_page(cli: &Command, subcommand: Option<&str>) -> String {
    let command = subcommand
        .and_then(|name| cli.find_subcommand(name))
        .unwrap_or(cli);
    let name = match subcommand {
        Some(subcommand) => format!("{}-{subcommand}", cli.get_name()),
        None => cli.get_name().to_owned(),
    };
    let command = command
        .clone()
        .name(name)
        .version(env!("CARGO_PKG_VERSION"));
    let mut page = Vec::new();
    // A date would make the page another one every day; none at all would move the version into its place.
    let man = clap_mangen::Man::new(command)
        .date(" ")
        .manual("connect-src");
    man.render(&mut page).expect("a Vec takes all bytes");
    String::from_utf8_lossy(&page).into_owned()
}

fn openapi() -> String {
    let document = connect_src_server::api::openapi();
    let text = serde_json::to_string_pretty(&document).expect("the document is plain data");
    text + "\n"
}

fn completions(mut cli: Command, shell: Shell) -> String {
    let name = cli.get_name().to_owned();
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut cli, name, &mut script);
    String::from_utf8_lossy(&script).into_owned()
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory as _, ValueEnum as _};

    use super::super::cli::Cli;
    use super::*;

    #[test]
    fn every_file_can_be_made_and_names_the_flags() {
        let shells = Shell::value_variants().iter();
        let mut kinds: Vec<_> = shells
            .map(|shell| Kind::Completions { shell: *shell })
            .collect();
        kinds.push(Kind::CliMd);
        kinds.push(Kind::Man {
            subcommand: Some("check".to_owned()),
        });
        for kind in kinds {
            let text = Artifact { kind }.text(Cli::command());
            assert!(text.contains("redirect"), "{text}");
        }
    }
}
