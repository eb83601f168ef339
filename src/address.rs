//! Addresses as policies and manifests write them: e-mail, GitHub homes, and files that are pointed to. Pure.

/// Whether `text` is an e-mail address by its form: one `@`, a name before it, a domain with a dot after it.
pub fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else { return false };
    let plain = |c: char| !c.is_whitespace() && !matches!(c, '@' | '<' | '>' | '(' | ')' | ',' | ';' | '"' | '[' | ']');
    !local.is_empty() && local.chars().all(plain) && is_domain(domain)
}

/// Whether a text holds an e-mail address anywhere.
pub fn holds_email(text: &str) -> bool {
    let edge =
        |c: char| c.is_whitespace() || matches!(c, '<' | '>' | '(' | ')' | ',' | ';' | '"' | '\'' | '[' | ']' | '`' | '|' | '*' | '=');
    text.split(edge).map(|word| word.trim_start_matches("mailto:").trim_matches(['.', ':', '!', '?'])).any(is_email)
}

/// Whether `text` is a web address by its form; the scheme may be left out.
pub fn is_url(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).unwrap_or(text);
    if rest == text && text.contains("://") {
        // Other schemes (matrix:, xmpp:, tel:) have forms of their own.
        return text.split_once("://").is_some_and(|(scheme, rest)| !scheme.is_empty() && !rest.is_empty() && !text.contains(' '));
    }
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = host.split_once(':').map_or(host, |(name, port)| if port.bytes().all(|b| b.is_ascii_digit()) { name } else { host });
    !text.contains(char::is_whitespace) && is_domain(host)
}

fn is_domain(text: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty() && !label.starts_with('-') && !label.ends_with('-') && label.chars().all(|c| c.is_alphanumeric() || c == '-')
    };
    let top = text.rsplit('.').next().unwrap_or_default();
    text.contains('.') && text.split('.').all(label) && top.chars().any(char::is_alphabetic)
}

/// A GitHub repository, in lower case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct GithubHome {
    /// The owner.
    pub owner: String,
    /// The repository; `None` where a link names the owner alone.
    pub repository: Option<String>,
}

/// The GitHub repository that a web address or a git remote's names; `None` where it is none of GitHub's.
pub fn github_home(url: &str) -> Option<GithubHome> {
    let url = url.trim().to_lowercase();
    let rest = ["https://", "http://", "ssh://", "git://", "git+https://", "git+ssh://"]
        .iter()
        .find_map(|scheme| url.strip_prefix(scheme))
        .unwrap_or(&url);
    let rest = rest.split_once('@').filter(|(user, _)| !user.contains('/')).map_or(rest, |(_, rest)| rest);
    let rest = rest.strip_prefix("www.").or_else(|| rest.strip_prefix("ssh.")).unwrap_or(rest);
    let path = rest.strip_prefix("github.com")?;
    let path = path.strip_prefix([':', '/'])?;
    // ssh://git@ssh.github.com:443/owner/repository
    let path =
        path.split_once('/').filter(|(port, _)| !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit())).map_or(path, |(_, p)| p);
    let mut parts = path.split(['/', '?', '#']).filter(|part| !part.is_empty());
    let owner = parts.next()?.to_owned();
    let repository = parts.next().map(|name| name.strip_suffix(".git").unwrap_or(name).to_owned());
    Some(GithubHome { owner, repository })
}

/// Files of a repository in which policies say that an address stands, and their spellings in prose.
const POINTED: &[(&str, &str)] = &[
    ("cargo.toml", "Cargo.toml"),
    ("authors.md", "AUTHORS.md"),
    ("authors", "AUTHORS"),
    ("maintainers.md", "MAINTAINERS.md"),
    ("maintainers", "MAINTAINERS"),
    ("codeowners", "CODEOWNERS"),
    ("readme.md", "README.md"),
    ("readme", "README.md"),
    ("contributing.md", "CONTRIBUTING.md"),
    ("code_of_conduct.md", "CODE_OF_CONDUCT.md"),
    ("support.md", "SUPPORT.md"),
];

/// The file of the repository that the words say holds the address ("the address in Cargo.toml"), relative
/// to the root; `None` where they name none. Names without a dot count only in capitals: "the maintainers"
/// are people.
pub fn pointed_file(words: &str) -> Option<&'static str> {
    let edge = |c: char| !(c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '/'));
    let spoken = |word: &str| {
        let word = word.trim_matches(['.', '-', '/']);
        let lower = word.to_lowercase();
        let exact = lower.contains('.') || word.chars().all(|c| c.is_uppercase() || c == '_');
        POINTED.iter().find(|(name, _)| exact && *name == lower).map(|(_, file)| *file)
    };
    words.split(edge).find_map(spoken)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_email_address_is_known_by_its_form() {
        for good in ["security@acme.io", "a.b+sec@mail.acme.co.uk", "x@sub-domain.acme.dev"] {
            assert!(is_email(good), "{good}");
        }
        for bad in ["security", "@acme.io", "a@acme", "a@@acme.io", "a b@acme.io", "a@-acme.io", "a@acme..io", "a@1.2.3", "", "a@"] {
            assert!(!is_email(bad), "{bad}");
        }
    }

    #[test]
    fn an_address_is_found_inside_a_manifest() {
        assert!(holds_email("[package]\nauthors = [\"Jo <jo@acme.io>\"]\n"));
        assert!(!holds_email("[package]\nname = \"app\" # app@1.2.3\n"));
    }

    #[test]
    fn a_web_address_is_known_by_its_form() {
        for good in ["https://acme.io/security", "hackerone.com/acme", "http://acme.io:8080/x?y#z", "matrix://room"] {
            assert!(is_url(good), "{good}");
        }
        for bad in ["", "https://", "our website", "https://acme", "docs/contact.md x"] {
            assert!(!is_url(bad), "{bad}");
        }
    }

    #[test]
    fn github_homes_are_read_from_links_and_remotes() {
        let home = |owner: &str, name: Option<&str>| Some(GithubHome { owner: owner.into(), repository: name.map(str::to_owned) });
        let cases = [
            ("https://github.com/Acme/App/security/advisories/new", home("acme", Some("app"))),
            ("git@github.com:acme/app.git", home("acme", Some("app"))),
            ("ssh://git@github.com/acme/app", home("acme", Some("app"))),
            ("ssh://git@ssh.github.com:443/acme/app.git", home("acme", Some("app"))),
            ("https://user:token@github.com/acme/app.git/", home("acme", Some("app"))),
            ("github.com/acme", home("acme", None)),
            ("https://www.github.com/acme/app?x#y", home("acme", Some("app"))),
            ("https://gitlab.com/acme/app", None),
            ("https://github.com.evil.io/acme/app", None),
            ("https://evil.io/github.com/acme", None),
            ("", None),
        ];
        for (url, expected) in cases {
            assert_eq!(github_home(url), expected, "{url}");
        }
    }

    #[test]
    fn a_file_is_pointed_to_by_its_name_and_people_are_not_files() {
        assert_eq!(pointed_file("Write to the address in Cargo.toml."), Some("Cargo.toml"));
        assert_eq!(pointed_file("see `MAINTAINERS.md`"), Some("MAINTAINERS.md"));
        assert_eq!(pointed_file("write to those in CODEOWNERS"), Some("CODEOWNERS"));
        assert_eq!(pointed_file("write to the maintainers or authors"), None);
        assert_eq!(pointed_file("see my profile"), None);
    }
}
