//! Relative links in the Markdown files: does the file exist, does the heading exist.

use std::collections::{BTreeMap, BTreeSet};

use crate::{failure::Failure, repository::Repository};

mod page;

use page::Page;

/// Checks the Markdown files that git knows or would know.
pub(crate) fn run(repository: &Repository) -> Result<String, Failure> {
    let files = repository.files()?;
    let mut site = Site {
        pages: BTreeMap::new(),
        files,
    };
    for path in site.files.iter().filter(|it| is_markdown(it)) {
        site.pages
            .insert(path.clone(), Page::read(&repository.read(path)?));
    }
    let links: usize = site.pages.values().map(|page| page.links.len()).sum();
    let summary = format!("{} pages, {links} links, all resolve", site.pages.len());
    Failure::unless_empty(site.findings(), summary)
}

/// Everything a link can lead to.
#[derive(Debug)]
struct Site {
    pages: BTreeMap<String, Page>,
    files: BTreeSet<String>,
}

impl Site {
    /// One line for each link that leads nowhere.
    fn findings(&self) -> Vec<String> {
        let mut findings = Vec::new();
        for (path, page) in &self.pages {
            for link in &page.links {
                if let Err(why) = self.follow(path, &link.target) {
                    findings.push(format!(
                        "{path}:{}: link to `{}`: {why}",
                        link.line, link.target
                    ));
                }
            }
        }
        findings
    }

    /// Follows `target` from the page at `from`; an absolute URL is not ours to check.
    fn follow(&self, from: &str, target: &str) -> Result<(), String> {
        if is_absolute(target) {
            return Ok(());
        }
        let (path, anchor) = split(target);
        let path = resolve(from, path).ok_or("leads out of the repository; use an absolute URL")?;
        let page = self.shown_at(&path)?;
        match (anchor, page) {
            (Some(anchor), Some(page)) if !page.anchors.contains(anchor) => Err(format!(
                "no heading in {path} has this anchor; correct one of the two"
            )),
            _ => Ok(()),
        }
    }

    /// The page that a path shows: itself, or a folder's README; `None` for what is not Markdown.
    fn shown_at(&self, path: &str) -> Result<Option<&Page>, String> {
        let below = if path.is_empty() {
            String::new()
        } else {
            format!("{path}/")
        };
        if self.files.contains(path) {
            Ok(self.pages.get(path))
        } else if self.files.iter().any(|file| file.starts_with(&below)) {
            Ok(self.pages.get(&format!("{below}README.md")))
        } else {
            Err("no such file in the repository; correct the path or add the file".to_owned())
        }
    }
}

fn is_markdown(path: &str) -> bool {
    path.rsplit_once('.')
        .is_some_and(|(_, extension)| extension.eq_ignore_ascii_case("md"))
}

/// Whether a target starts with a scheme, or with `//`.
fn is_absolute(target: &str) -> bool {
    let scheme = |head: &str| {
        head.starts_with(|first: char| first.is_ascii_alphabetic())
            && head
                .chars()
                .all(|it| it.is_ascii_alphanumeric() || "+-.".contains(it))
    };
    target.starts_with("//") || target.split_once(':').is_some_and(|(head, _)| scheme(head))
}

/// The path without its query, and the anchor.
fn split(target: &str) -> (&str, Option<&str>) {
    let (path, anchor) = match target.split_once('#') {
        Some((path, anchor)) => (path, Some(anchor).filter(|it| !it.is_empty())),
        None => (target, None),
    };
    (path.split_once('?').map_or(path, |(path, _)| path), anchor)
}

/// `path` as seen from the page at `from`, relative to the root; `None` when it leaves the root.
fn resolve(from: &str, path: &str) -> Option<String> {
    if path.is_empty() {
        return Some(from.to_owned());
    }
    let base = from.rsplit_once('/').map_or("", |(folder, _)| folder);
    let base = if path.starts_with('/') { "" } else { base };
    let mut parts: Vec<&str> = base.split('/').filter(|it| !it.is_empty()).collect();
    let decoded = path.replace("%20", " ");
    for part in decoded.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(pages: &[(&str, &str)], others: &[&str]) -> Site {
        let pages: BTreeMap<String, Page> = pages
            .iter()
            .map(|(path, text)| ((*path).to_owned(), Page::read(text)))
            .collect();
        let files = pages
            .keys()
            .cloned()
            .chain(others.iter().map(|it| (*it).to_owned()))
            .collect();
        Site { pages, files }
    }

    #[test]
    fn files_folders_and_headings_are_found() {
        let guide = "[a](../README.md) [b](../README.md#second-part) [c](#here) [d](../src)\n\
                     [e](../src/my%20file.rs#L10) [f](/README.md?plain=1#top) [g](..#second-part)\n\n\
                     # Here";
        let readme = "<a id=\"top\"></a>\n\n## Second *part*";
        let site = site(
            &[("docs/guide.md", guide), ("README.md", readme)],
            &["src/my file.rs"],
        );
        assert_eq!(site.findings(), [""; 0]);
    }

    #[test]
    fn absolute_urls_are_not_followed() {
        let text = "[a](https://example.com/x) [b](mailto:a@example.com) [c](//example.com)";
        assert_eq!(site(&[("README.md", text)], &[]).findings(), [""; 0]);
    }

    #[test]
    fn a_missing_file_is_found_with_its_line() {
        let site = site(&[("docs/guide.md", "text\n\n[a](other.md)")], &["other.md"]);
        assert_eq!(
            site.findings(),
            [
                "docs/guide.md:3: link to `other.md`: no such file in the repository; correct the \
              path or add the file"
            ]
        );
    }

    #[test]
    fn a_missing_heading_is_found() {
        let site = site(&[("README.md", "[a](#use)\n\n# Usage")], &[]);
        assert_eq!(
            site.findings(),
            [
                "README.md:1: link to `#use`: no heading in README.md has this anchor; correct one of the two"
            ]
        );
    }

    #[test]
    fn a_link_out_of_the_repository_is_found() {
        let site = site(&[("docs/guide.md", "[a](../../x.md)")], &[]);
        assert!(
            site.findings()[0].contains("leads out of the repository"),
            "{site:?}"
        );
    }

    #[test]
    fn a_file_name_is_no_prefix_of_a_folder() {
        let site = site(&[("README.md", "[a](doc)")], &["docs/guide.txt"]);
        assert_eq!(site.findings().len(), 1);
    }
}
