//! A command's words: quotes, wrappers and folders.

/// Programs that run the command that follows their options, and the options of theirs that take a value.
const WRAPPERS: &[(&str, &[&str])] = &[
    ("sudo", &["-u", "-g", "-C", "-h", "-p", "--user", "--group"]),
    ("doas", &["-u", "-C"]),
    ("time", &["-f", "-o"]),
    ("env", &["-u", "-C", "-S"]),
    ("nice", &["-n"]),
    ("ionice", &["-c", "-n"]),
    ("nohup", &[]),
    ("command", &[]),
    ("exec", &["-a"]),
    ("builtin", &[]),
    ("stdbuf", &["-i", "-o", "-e"]),
    ("xargs", &["-I", "-n", "-P", "-L", "-d", "-a", "-s"]),
    ("unbuffer", &[]),
    ("xvfb-run", &["-s", "-n"]),
    ("winpty", &[]),
    ("npx", &["-p", "--package", "-c"]),
    ("bunx", &["-p", "--package"]),
    ("uvx", &["--from", "--with", "-p", "--python"]),
];

/// Wrappers of two or more leading words, and the word after which the command follows; without one, it follows the options.
const LONG_WRAPPERS: &[(&[&str], Option<&[&str]>)] = &[
    (&["nix", "develop"], Some(&["-c", "--command"])),
    (&["nix", "shell"], Some(&["-c", "--command"])),
    (&["mise", "exec"], Some(&["--"])),
    (&["mise", "x"], Some(&["--"])),
    (&["flox", "activate"], Some(&["--"])),
    (&["devbox", "run"], Some(&["--"])),
    (&["direnv", "exec"], Some(&["."])),
    (&["pipx", "run"], None),
    (&["uv", "run"], None),
    (&["uv", "tool", "run"], None),
    (&["poetry", "run"], None),
    (&["pnpm", "exec"], None),
    (&["pnpm", "dlx"], None),
    (&["yarn", "dlx"], None),
    (&["bundle", "exec"], None),
    (&["op", "run"], Some(&["--"])),
    (&["doppler", "run"], Some(&["--"])),
];

/// Subcommands of cargo that run the subcommand after them.
const CARGO_WRAPPERS: &[&str] = &["hack", "all-features"];

/// Commands that run no tool and lead nowhere: they are not kept.
const INERT: &[&str] = &[
    "echo", "printf", "mkdir", "cp", "mv", "rm", "rmdir", "ls", "cat", "test", "[", "set", "unset", "true", "false", ":", "cd", "pushd",
    "popd", "exit", "return", "read", "shift", "sed", "awk", "grep", "sort", "head", "tail", "tr", "cut", "wc", "sleep", "chmod", "touch",
    "tee", "ln", "basename", "dirname", "which", "trap", "wait", "kill", "date", "uname", "pwd", "find", "export", "local", "jq", "df",
    "du",
];

/// Whether the command `name` runs no tool and leads nowhere.
pub(super) fn is_inert(name: &str) -> bool {
    INERT.contains(&name)
}

/// `word` without its quotes and with its line continuations joined.
pub(super) fn unquote(word: &str) -> String {
    let mut plain = String::with_capacity(word.len());
    let mut quote = None;
    let mut chars = word.chars().peekable();
    while let Some(char) = chars.next() {
        match (char, quote) {
            ('\'' | '"', None) => quote = Some(char),
            (char, Some(open)) if char == open => quote = None,
            ('\\', None | Some('"')) => match chars.next() {
                Some('\n') | None => {}
                Some(next) if quote.is_some() && !matches!(next, '"' | '\\' | '$' | '`') => plain.extend(['\\', next]),
                Some(next) => plain.push(next),
            },
            (char, _) => plain.push(char),
        }
    }
    plain
}

/// `words` without the wrappers before the command proper; what they set goes to `env`.
pub(super) fn unwrap(mut words: Vec<String>, env: &mut Vec<(String, String)>) -> Vec<String> {
    for _ in 0..8 {
        let Some(first) = words.first() else { break };
        let name = first.rsplit('/').next().unwrap_or(first);
        if let Some((_, valued)) = WRAPPERS.iter().find(|(wrapper, _)| *wrapper == name) {
            // `command -v x` asks, and runs nothing.
            if name == "command" && words.get(1).is_some_and(|word| word.starts_with('-')) {
                break;
            }
            words = after_options(words.split_off(1), valued, env);
        } else if matches!(name, "timeout" | "gtimeout") {
            words = after_options(words.split_off(1), &["-k", "-s", "--kill-after", "--signal"], env);
            words = words.split_off(1.min(words.len()));
        } else if name == "rustup" && words.get(1).is_some_and(|word| word == "run") {
            words = after_options(words.split_off(2), &[], env);
            words = words.split_off(1.min(words.len()));
        } else if matches!(name, "python" | "python3") && words.get(1).is_some_and(|word| word == "-m") {
            words = words.split_off(2);
        } else if name == "nix" && words.get(1).is_some_and(|word| word == "run") {
            words = nix_run(&words);
        } else if let Some((long, marker)) = LONG_WRAPPERS.iter().find(|(long, _)| starts_with(&words, long)) {
            let rest = words.split_off(long.len());
            words = match marker {
                None => after_options(rest, &[], env),
                Some(marker) => match rest.iter().position(|word| marker.contains(&word.as_str())) {
                    Some(at) => rest.into_iter().skip(at + 1).collect(),
                    None => return long.iter().map(|&word| word.to_owned()).chain(rest).collect(),
                },
            };
        } else {
            break;
        }
    }
    plain_cargo(words)
}

/// `$CARGO` as `cargo`, and `cargo hack clippy` as `cargo clippy`.
fn plain_cargo(mut words: Vec<String>) -> Vec<String> {
    let Some(first) = words.first_mut() else { return words };
    if first.strip_prefix('$').is_some_and(|name| matches!(name.trim_matches(['{', '}']), "CARGO" | "CARGO_BIN")) {
        "cargo".clone_into(first);
    }
    if first.rsplit('/').next() == Some("cargo")
        && let Some(at) = words.iter().skip(1).position(|word| !word.starts_with(['-', '+'])).map(|at| at + 1)
        && words.get(at).is_some_and(|word| CARGO_WRAPPERS.contains(&word.as_str()))
        && words.len() > at + 1
    {
        words.remove(at);
    }
    words
}

/// `nix run nixpkgs#cargo-audit -- audit` runs `cargo-audit audit`.
fn nix_run(words: &[String]) -> Vec<String> {
    let program = words.iter().skip(2).find(|word| !word.starts_with('-')).and_then(|word| word.split_once('#'));
    let args = words.iter().position(|word| word == "--").map_or(words.len(), |at| at + 1);
    match program {
        Some((from, name)) if from.starts_with("nixpkgs") => {
            std::iter::once(name.to_owned()).chain(words.iter().skip(args).cloned()).collect()
        }
        // Its own flake's program: not a wrapper, and the caller names it as hidden.
        Some(_) | None => std::iter::once("nix-run").map(str::to_owned).chain(words.iter().skip(2).cloned()).collect(),
    }
}

fn starts_with(words: &[String], prefix: &[&str]) -> bool {
    words.len() >= prefix.len() && words.iter().zip(prefix).all(|(word, wanted)| word == wanted)
}

fn after_options(words: Vec<String>, valued: &[&str], env: &mut Vec<(String, String)>) -> Vec<String> {
    let mut rest = words.into_iter().peekable();
    while let Some(word) = rest.peek() {
        let is_assignment = word.split_once('=').is_some_and(|(name, _)| is_variable(name));
        if word == "--" {
            rest.next();
            break;
        } else if is_assignment {
            env.extend(rest.next().and_then(|word| word.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()))));
        } else if word.starts_with('-') {
            let takes_value = valued.contains(&word.as_str());
            rest.next();
            if takes_value {
                rest.next();
            }
        } else {
            break;
        }
    }
    rest.collect()
}

fn is_variable(name: &str) -> bool {
    !name.is_empty() && !name.starts_with('-') && name.chars().all(|char| char.is_ascii_alphanumeric() || char == '_')
}

/// The folder that `target` leads to from `folder`, both relative; `None` where it leaves or hangs on a variable.
pub(crate) fn enter(folder: &str, target: &str) -> Option<String> {
    const WORKSPACE: [&str; 4] = ["${{ github.workspace }}", "$GITHUB_WORKSPACE", "${GITHUB_WORKSPACE}", "$CI_PROJECT_DIR"];
    for root in WORKSPACE {
        if let Some(rest) = target.strip_prefix(root) {
            return enter("", rest.trim_start_matches('/'));
        }
    }
    if target.starts_with(['/', '~']) || target == "-" || target.contains('$') {
        return None;
    }
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}
