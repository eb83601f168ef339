//! GitHub's expressions, as far as a repository can decide them: three-valued, and never wrong where it says yes or no.

/// What an expression comes to.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    /// A text; numbers are kept as text.
    Text(String),
    /// A text of which the beginning alone is known (a pushed tag's `github.ref`).
    Starts(String),
    /// True or false.
    Bool(bool),
    /// Nothing (`null`, an input that is not given).
    Null,
    /// It cannot be told here.
    Unknown,
}

impl Value {
    /// Whether it counts as true; `None` where that cannot be told.
    pub(crate) fn truth(&self) -> Option<bool> {
        match self {
            Self::Text(text) => Some(!text.is_empty() && text != "0"),
            Self::Starts(start) => (!start.is_empty() && start != "0").then_some(true),
            Self::Bool(bool) => Some(*bool),
            Self::Null => Some(false),
            Self::Unknown => None,
        }
    }

    /// Whether it is no text that begins like `text`.
    fn rules_out(&self, text: &str) -> bool {
        matches!(self, Self::Starts(start) if !text.to_ascii_lowercase().starts_with(&start.to_ascii_lowercase()))
    }

    /// As text, where it has one.
    pub(crate) fn text(&self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text.clone()),
            Self::Bool(bool) => Some(bool.to_string()),
            Self::Null => Some(String::new()),
            Self::Starts(_) | Self::Unknown => None,
        }
    }
}

/// The value of `text`, with or without its `${{ }}`; `lookup` knows the contexts (`github.ref`).
pub(crate) fn evaluate(text: &str, lookup: &dyn Fn(&str) -> Value) -> Value {
    let text = text.trim();
    let inner = text.strip_prefix("${{").and_then(|rest| rest.strip_suffix("}}")).filter(|inner| !inner.contains("${{"));
    let text = inner.unwrap_or(text);
    if text.contains("${{") {
        return Value::Unknown;
    }
    let Some(tokens) = tokens(text) else { return Value::Unknown };
    let mut parser = Parser { tokens: &tokens, lookup, depth: 0 };
    let value = parser.any();
    if parser.tokens.is_empty() { value } else { Value::Unknown }
}

/// `text` with every `${{ }}` that can be told replaced by its value.
pub(crate) fn substitute(text: &str, lookup: &dyn Fn(&str) -> Value) -> String {
    // Most texts hold none, and that is found out faster than where the first would be.
    if !text.contains("${{") {
        return text.to_owned();
    }
    let mut done = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("${{") {
        let (before, from) = rest.split_at(start);
        done.push_str(before);
        let end = from.find("}}").map_or(from.len(), |end| end + 2);
        let (expression, after) = from.split_at(end);
        match evaluate(expression, lookup).text() {
            Some(value) => done.push_str(&value),
            None => done.push_str(expression),
        }
        rest = after;
    }
    done + rest
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Text(String),
    Name(String),
    Sign(&'static str),
}

const SIGNS: [&str; 14] = ["&&", "||", "==", "!=", "<=", ">=", "<", ">", "!", "(", ")", ",", "[", "]"];

fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        if tokens.len() > 500 {
            return None;
        }
        if first == '\'' {
            let (quoted, after) = quoted(rest.get(1..)?)?;
            tokens.push(Token::Text(quoted));
            rest = after;
        } else if let Some(sign) = SIGNS.into_iter().find(|sign| rest.starts_with(sign)) {
            tokens.push(Token::Sign(sign));
            rest = rest.get(sign.len()..)?;
        } else {
            let end = rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '*'))).unwrap_or(rest.len());
            if end == 0 {
                return None;
            }
            let (name, after) = rest.split_at(end);
            tokens.push(Token::Name(name.to_owned()));
            rest = after;
        }
        rest = rest.trim_start();
    }
    Some(tokens)
}

fn quoted(rest: &str) -> Option<(String, &str)> {
    let mut text = String::new();
    let mut rest = rest;
    loop {
        let (before, after) = rest.split_once('\'')?;
        text.push_str(before);
        match after.strip_prefix('\'') {
            Some(more) => {
                text.push('\'');
                rest = more;
            }
            None => return Some((text, after)),
        }
    }
}

struct Parser<'t, 'l> {
    tokens: &'t [Token],
    lookup: &'l dyn Fn(&str) -> Value,
    depth: usize,
}

impl Parser<'_, '_> {
    fn take(&mut self, sign: &str) -> bool {
        match self.tokens.split_first() {
            Some((Token::Sign(next), rest)) if *next == sign => {
                self.tokens = rest;
                true
            }
            _ => false,
        }
    }

    fn any(&mut self) -> Value {
        self.depth += 1;
        if self.depth > 40 {
            self.tokens = &[];
            return Value::Unknown;
        }
        let mut value = self.all();
        while self.take("||") {
            let right = self.all();
            value = match value.truth() {
                Some(true) => value,
                Some(false) => right,
                None if right.truth() == Some(true) && right == Value::Bool(true) => right,
                None => Value::Unknown,
            };
        }
        self.depth -= 1;
        value
    }

    fn all(&mut self) -> Value {
        let mut value = self.comparison();
        while self.take("&&") {
            let right = self.comparison();
            value = match value.truth() {
                Some(false) => value,
                Some(true) => right,
                None if right.truth() == Some(false) => Value::Bool(false),
                None => Value::Unknown,
            };
        }
        value
    }

    fn comparison(&mut self) -> Value {
        let left = self.unary();
        let equal = if self.take("==") {
            true
        } else if self.take("!=") {
            false
        } else if ["<=", ">=", "<", ">"].into_iter().any(|sign| self.take(sign)) {
            self.unary();
            return Value::Unknown;
        } else {
            return left;
        };
        let right = self.unary();
        match (left.text(), right.text()) {
            (Some(left), Some(right)) => Value::Bool(left.eq_ignore_ascii_case(&right) == equal),
            (Some(text), None) if right.rules_out(&text) => Value::Bool(!equal),
            (None, Some(text)) if left.rules_out(&text) => Value::Bool(!equal),
            (None, _) | (_, None) => Value::Unknown,
        }
    }

    fn unary(&mut self) -> Value {
        let mut turned = 0_usize;
        while self.take("!") {
            turned += 1;
        }
        let value = self.primary();
        match (turned, value.truth()) {
            (0, _) => value,
            (_, None) => Value::Unknown,
            (times, Some(truth)) => Value::Bool(truth == (times % 2 == 0)),
        }
    }

    fn primary(&mut self) -> Value {
        if self.take("(") {
            let value = self.any();
            return if self.take(")") { value } else { Value::Unknown };
        }
        let Some((first, rest)) = self.tokens.split_first() else { return Value::Unknown };
        self.tokens = rest;
        match first {
            Token::Text(text) => Value::Text(text.clone()),
            Token::Name(name) if self.take("(") => self.call(name),
            Token::Name(name) => self.name(name),
            Token::Sign(_) => Value::Unknown,
        }
    }

    fn name(&mut self, name: &str) -> Value {
        if self.take("[") {
            // `steps['x']` and its like are not followed.
            self.any();
            self.take("]");
            if let Some((Token::Name(more), rest)) = self.tokens.split_first()
                && more.starts_with('.')
            {
                self.tokens = rest;
            }
            return Value::Unknown;
        }
        match name {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            "null" => Value::Null,
            _ if name.starts_with(|c: char| c.is_ascii_digit() || c == '-') => Value::Text(name.to_owned()),
            _ => (self.lookup)(&name.to_ascii_lowercase()),
        }
    }

    fn call(&mut self, name: &str) -> Value {
        let mut args = Vec::new();
        while !self.take(")") {
            if self.tokens.is_empty() {
                return Value::Unknown;
            }
            args.push(self.any());
            self.take(",");
        }
        if let [Value::Starts(start), asked, ..] = args.as_slice() {
            return begun(&name.to_ascii_lowercase(), &start.to_ascii_lowercase(), asked.text());
        }
        let texts: Option<Vec<String>> = args.iter().map(|arg| arg.text().map(|text| text.to_ascii_lowercase())).collect();
        match (name.to_ascii_lowercase().as_str(), texts.as_deref()) {
            ("always" | "success", _) => Value::Bool(true),
            // What runs only after a failure or a cancellation is no run.
            ("failure" | "cancelled", _) => Value::Bool(false),
            ("startswith", Some([text, start])) => Value::Bool(text.starts_with(start.as_str())),
            ("endswith", Some([text, end])) => Value::Bool(text.ends_with(end.as_str())),
            ("contains", Some([text, part])) => Value::Bool(text.contains(part.as_str())),
            _ => Value::Unknown,
        }
    }
}

/// What the function `name` says of a text that begins with `start`.
fn begun(name: &str, start: &str, asked: Option<String>) -> Value {
    let Some(asked) = asked.map(|asked| asked.to_ascii_lowercase()) else { return Value::Unknown };
    match name {
        "startswith" if start.starts_with(&asked) => Value::Bool(true),
        "startswith" if !asked.starts_with(start) => Value::Bool(false),
        "contains" if start.contains(&asked) => Value::Bool(true),
        _ => Value::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn truth(text: &str) -> Option<bool> {
        let lookup = |name: &str| match name {
            "github.event_name" => Value::Text("push".into()),
            "github.ref" => Value::Text("refs/heads/main".into()),
            "inputs.no" => Value::Null,
            "github.tag" => Value::Starts("refs/tags/v".into()),
            _ => Value::Unknown,
        };
        evaluate(text, &lookup).truth()
    }

    #[test]
    fn what_can_be_told_is_told_and_nothing_else() {
        for (text, expected) in [
            ("false", Some(false)),
            ("${{ false }}", Some(false)),
            ("always() && !failure() && !cancelled()", Some(true)),
            ("github.event_name == 'pull_request'", Some(false)),
            ("github.event_name != 'pull_request' && secrets.X", None),
            ("github.event_name == 'pull_request' && secrets.X", Some(false)),
            ("secrets.X || true", Some(true)),
            ("startsWith(github.ref, 'refs/tags/')", Some(false)),
            ("contains(github.ref, 'MAIN')", Some(true)),
            ("!(github.ref == 'refs/heads/main')", Some(false)),
            ("inputs.no", Some(false)),
            ("steps['a'].outputs.b == 'x'", None),
            ("github.event_name == 'it''s'", Some(false)),
            ("needs.a.outputs.b > 3", None),
            ("startsWith(github.tag, 'refs/tags/')", Some(true)),
            ("startsWith(github.tag, 'refs/tags/v1')", None),
            ("!startsWith(github.tag, 'refs/tags/name-')", Some(true)),
            ("contains(github.tag, '-rc')", None),
            ("endsWith(github.tag, '.0')", None),
            ("github.tag == 'refs/heads/main'", Some(false)),
            ("github.tag != 'refs/heads/main'", Some(true)),
            ("github.tag == 'refs/tags/v1.0.0'", None),
            ("github.tag", Some(true)),
            ("((((", None),
            ("'open", None),
            ("a ? b", None),
            ("", None),
        ] {
            assert_eq!(truth(text), expected, "{text}");
        }
        assert_eq!(truth(&"(".repeat(10_000)), None);
    }
}
