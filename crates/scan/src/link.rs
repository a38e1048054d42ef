//! How the scripts of a project find each other.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use crate::analysis::FileAnalysis;
use crate::env_file::environment;
use crate::javascript::ScriptAnalysis;
use crate::javascript::ir::Expr;
use crate::path::normal;
use crate::project::Options;
use crate::values::Key;

/// The scripts of a project, and what they share.
pub(crate) struct Linked<'p> {
    scripts: Vec<(&'p FileAnalysis, &'p ScriptAnalysis)>,
    /// The first script of each file, by the file's normal path.
    files: FxHashMap<String, u32>,
    exports: FxHashMap<(u32, &'p str), Vec<Key>>,
    globals: FxHashMap<&'p str, Vec<Key>>,
    bundle_modules: FxHashMap<&'p str, Vec<(u32, u32)>>,
    /// Names of modules, of all import maps, and the paths that they stand for; longer names first.
    imports: Vec<(&'p str, String)>,
    functions: FxHashMap<Key, Key>,
    classes: FxHashMap<Key, Key>,
    objects: FxHashMap<Key, Key>,
    options: &'p Options,
    environment: BTreeMap<String, String>,
}

impl<'p> Linked<'p> {
    pub(crate) fn new(files: &'p BTreeMap<String, FileAnalysis>, options: &'p Options) -> Self {
        let mut linked = Self {
            scripts: Vec::new(),
            files: FxHashMap::default(),
            exports: FxHashMap::default(),
            globals: FxHashMap::default(),
            bundle_modules: FxHashMap::default(),
            imports: Vec::new(),
            functions: FxHashMap::default(),
            classes: FxHashMap::default(),
            objects: FxHashMap::default(),
            options,
            environment: environment(files.values(), options),
        };
        for file in files.values() {
            linked.add_file(file);
        }
        linked
            .imports
            .sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
        linked
    }

    fn add_file(&mut self, file: &'p FileAnalysis) {
        let folder = folder_of(&file.path);
        for (name, url) in &file.import_map {
            let path = match url.strip_prefix('/') {
                Some(rooted) => rooted.to_owned(),
                None => format!("{folder}/{url}"),
            };
            let end = if url.ends_with('/') { "/" } else { "" };
            self.imports.push((name, normal(&path) + end));
        }
        for script in &file.scripts {
            let index = self.scripts.len() as u32;
            self.files.entry(normal(&file.path)).or_insert(index);
            self.scripts.push((file, script));
            self.add_script(index, script);
        }
    }

    fn add_script(&mut self, index: u32, script: &'p ScriptAnalysis) {
        let key = |id: u32| Key { script: index, id };
        for (name, value) in &script.exports {
            self.exports
                .entry((index, name))
                .or_default()
                .push(key(*value));
        }
        for (name, value) in &script.globals {
            self.globals.entry(name).or_default().push(key(*value));
        }
        for (at, module) in script.modules.iter().enumerate() {
            self.bundle_modules
                .entry(&module.id)
                .or_default()
                .push((index, at as u32));
        }
        for (at, binding) in script.bindings.iter().enumerate() {
            for value in &binding.values {
                let name = key(at as u32);
                match script.exprs.get(*value as usize) {
                    Some(Expr::Function(function)) => {
                        self.functions.insert(key(*function), name);
                    }
                    Some(Expr::Class(class)) => {
                        self.classes.insert(key(*class), name);
                    }
                    Some(Expr::Object(_)) if !binding.properties.is_empty() => {
                        self.objects.insert(key(*value), name);
                    }
                    _ => {}
                }
            }
        }
    }

    pub(crate) fn script(&self, script: u32) -> &'p ScriptAnalysis {
        self.scripts[script as usize].1
    }

    pub(crate) fn scripts(
        &self,
    ) -> impl Iterator<Item = (u32, &'p FileAnalysis, &'p ScriptAnalysis)> + '_ {
        self.scripts
            .iter()
            .enumerate()
            .map(|(index, (file, script))| (index as u32, *file, *script))
    }

    pub(crate) fn path(&self, script: u32) -> &'p str {
        &self.scripts[script as usize].0.path
    }

    /// The values that a script exports under a name.
    pub(crate) fn exports(&self, script: u32, name: &str) -> Vec<Key> {
        let mut seen = Vec::new();
        self.exports_of(script, name, &mut seen)
    }

    fn exports_of(&self, script: u32, name: &str, seen: &mut Vec<u32>) -> Vec<Key> {
        if seen.contains(&script) || seen.len() > MOST_STARS {
            return Vec::new();
        }
        seen.push(script);
        if let Some(found) = self.exports.get(&(script, name)) {
            return found.clone();
        }
        let stars = self.script(script).stars.iter();
        let scripts = stars.filter_map(|module| self.resolve(script, module));
        let scripts: Vec<_> = scripts.collect();
        let found = scripts
            .into_iter()
            .map(|script| self.exports_of(script, name, seen));
        found
            .into_iter()
            .find(|found| !found.is_empty())
            .unwrap_or_default()
    }

    /// What scripts of the page declare under a name.
    pub(crate) fn global(&self, name: &str) -> Option<Vec<Key>> {
        self.globals.get(name).cloned()
    }

    pub(crate) fn environment(&self, name: &str) -> Option<&str> {
        self.environment.get(name).map(String::as_str)
    }

    /// The name that a function was given.
    pub(crate) fn name_of_function(&self, function: Key) -> Option<Key> {
        self.functions.get(&function).copied()
    }

    /// The name that a class was given.
    pub(crate) fn name_of_class(&self, class: Key) -> Option<Key> {
        self.classes.get(&class).copied()
    }

    /// The name that an object literal was given, if something is assigned to its properties by that name.
    pub(crate) fn name_of_object(&self, object: Key) -> Option<Key> {
        self.objects.get(&object).copied()
    }

    /// A module of the bundle of a script, or of the only bundle that has it.
    pub(crate) fn bundle_module(&self, script: u32, id: &str) -> Option<(u32, u32)> {
        let known = self.bundle_modules.get(id)?;
        let own = known.iter().find(|(known, _)| *known == script);
        own.or_else(|| known.first().filter(|_| known.len() == 1))
            .copied()
    }

    /// The script that a specifier names, seen from another script.
    pub(crate) fn resolve(&self, from: u32, module: &str) -> Option<u32> {
        let path = normal(self.path(from));
        let folder = folder_of(&path);
        let module = module.split(['?', '#']).next().unwrap_or(module);
        if module.starts_with('.') {
            return self.file(&normal(&format!("{folder}/{module}")));
        }
        if let Some(rooted) = module.strip_prefix('/') {
            return self.file(&normal(rooted));
        }
        for (name, target) in &self.imports {
            let rest = match name.strip_suffix('/') {
                Some(_) => module.strip_prefix(name),
                None => (module == *name).then_some(""),
            };
            if let Some(rest) = rest
                && let Some(found) = self.file(&format!("{target}{rest}"))
            {
                return Some(found);
            }
        }
        for (prefix, target) in &self.options.aliases {
            if let Some(rest) = module.strip_prefix(prefix.as_str())
                && let Some(found) = self.file(&normal(&format!("{target}{rest}")))
            {
                return Some(found);
            }
        }
        self.usual_alias(folder, module)
    }

    /// `@/api`, as most templates of projects have it, and `src/api`.
    fn usual_alias(&self, folder: &str, module: &str) -> Option<u32> {
        let usual = USUAL_ALIASES
            .iter()
            .find_map(|(prefix, target)| Some((module.strip_prefix(prefix)?, *target)));
        let (rest, targets): (&str, &[&str]) = match usual {
            Some((rest, targets)) => (rest, targets),
            None if module.contains('/') && !module.starts_with('@') => (module, &["", "src/"]),
            None => return None,
        };
        let mut folder = folder;
        loop {
            for target in targets {
                if let Some(found) = self.file(&normal(&format!("{folder}/{target}{rest}"))) {
                    return Some(found);
                }
            }
            if folder.is_empty() {
                return None;
            }
            folder = folder.rsplit_once('/').map_or("", |(parent, _)| parent);
        }
    }

    /// The file of a path without its extension, or a folder's index.
    fn file(&self, path: &str) -> Option<u32> {
        if let Some(found) = self.files.get(path) {
            return Some(*found);
        }
        let stems = [path, path.strip_suffix(".js").unwrap_or(path)];
        let candidates = stems.iter().flat_map(|stem| {
            let files = EXTENSIONS
                .iter()
                .map(move |extension| format!("{stem}.{extension}"));
            files.chain(
                EXTENSIONS
                    .iter()
                    .map(move |extension| format!("{stem}/index.{extension}")),
            )
        });
        candidates
            .into_iter()
            .find_map(|candidate| self.files.get(&candidate).copied())
    }
}

fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

const EXTENSIONS: &[&str] = &[
    "ts", "tsx", "js", "jsx", "mts", "mjs", "cts", "cjs", "vue", "svelte",
];
const USUAL_ALIASES: &[(&str, &[&str])] = &[
    ("@/", &["src/", ""]),
    ("~/", &["src/", "app/", ""]),
    ("@@/", &[""]),
    ("$lib/", &["src/lib/"]),
];
/// Modules that export everything of each other.
const MOST_STARS: usize = 256;
