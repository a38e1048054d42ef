//! The linter's rules on a terminal.

use std::io::{self, Write as _};

use anstyle::Style;
use connect_src_lint::{Group, Rule};

use crate::output::prose::InLines as _;
use crate::output::style::{CODE, DIM, STRONG};
use crate::output::{Output, Prose};

/// Prints the page of a rule.
pub(crate) fn rule(rule: &Rule, out: &mut Output) -> io::Result<()> {
    let level = rule
        .severity
        .map_or("off by itself", |severity| severity.as_str());
    writeln!(
        out,
        "{STRONG}{}{STRONG:#}  {DIM}rule of the group {}, {level}{DIM:#}",
        rule.name,
        rule.group.as_str()
    )?;
    writeln!(out)?;
    let mut paragraph = String::new();
    let mut is_code = false;
    for line in rule.documentation.lines().map(str::trim) {
        if let Some(info) = line.strip_prefix("```") {
            is_code = !is_code;
            if is_code {
                let word = if info.contains("fires") {
                    "found:"
                } else {
                    "not found:"
                };
                writeln!(out, "  {DIM}{word}{DIM:#}")?;
            }
        } else if is_code {
            writeln!(out, "    {CODE}{line}{CODE:#}")?;
        } else if let Some(heading) = line.strip_prefix("## ") {
            flush(&mut paragraph, out)?;
            writeln!(out, "{STRONG}{heading}{STRONG:#}")?;
        } else if line.is_empty() || line.starts_with("- ") {
            flush(&mut paragraph, out)?;
            paragraph.push_str(line.trim_start_matches("- ").trim_matches(['<', '>']));
        } else {
            paragraph.push(' ');
            paragraph.push_str(line);
        }
    }
    flush(&mut paragraph, out)
}

fn flush(paragraph: &mut String, out: &mut Output) -> io::Result<()> {
    let width = out.width().min(100).saturating_sub(2);
    if !paragraph.is_empty() {
        for line in Prose::of_markup(paragraph.trim()).lines(width, Style::new()) {
            writeln!(out, "  {line}")?;
        }
    }
    paragraph.clear();
    Ok(())
}

/// Prints all rules, a line each.
pub(crate) fn rules(out: &mut Output) -> io::Result<()> {
    writeln!(out, "`connect-src explain RULE` prints the page of a rule.")?;
    for group in Group::ALL {
        writeln!(
            out,
            "\n{STRONG}{}{STRONG:#}  {DIM}{}{DIM:#}",
            group.as_str(),
            group.summary()
        )?;
        for rule in connect_src_lint::rules()
            .iter()
            .filter(|rule| rule.group == group)
        {
            writeln!(out, "  {CODE}{:<28}{CODE:#} {}", rule.name, rule.summary)?;
        }
    }
    Ok(())
}
