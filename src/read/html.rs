//! Raw HTML inside Markdown: tags, text and comments, with their offsets. One pass, no tree.

use std::ops::Range;

/// One piece of raw HTML; offsets are into the text that was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// Text between tags.
    Text(Range<usize>),
    /// `<name …>` or `<name …/>`, and where it begins; the name in lower case, the attributes as written.
    Open { name: String, attributes: &'a str, at: usize },
    /// `</name>`
    Close { name: String },
    /// The inside of `<!-- … -->`.
    Comment(Range<usize>),
}

/// The pieces of `html`, in order.
pub(super) fn pieces(html: &str) -> Vec<Piece<'_>> {
    let mut found = Vec::new();
    let mut at = 0;
    // After one unclosed `<!--` or `<` there is no closed one either: looked for once, so the cost stays linear.
    let (mut comments, mut tags) = (true, true);
    while at < html.len() {
        let rest = html.get(at..).unwrap_or_default();
        let Some(less) = rest.find('<').filter(|_| tags) else {
            found.push(Piece::Text(at..html.len()));
            break;
        };
        let start = at + less;
        if less > 0 {
            found.push(Piece::Text(at..start));
        }
        let tag = html.get(start..).unwrap_or_default();
        if let Some(inside) = tag.strip_prefix("<!--").filter(|_| comments) {
            let Some(end) = inside.find("-->") else {
                comments = false;
                at = start;
                continue;
            };
            found.push(Piece::Comment(start + 4..start + 4 + end));
            at = start + 4 + end + 3;
            continue;
        }
        let Some(end) = tag.find('>') else {
            tags = false;
            at = start;
            continue;
        };
        match open_or_close(tag.get(1..end).unwrap_or_default(), start) {
            Some(piece) => found.push(piece),
            None => found.push(Piece::Text(start..start + end + 1)),
        }
        at = start + end + 1;
    }
    found
}

fn open_or_close(inside: &str, at: usize) -> Option<Piece<'_>> {
    let (closes, body) = inside.strip_prefix('/').map_or((false, inside), |body| (true, body));
    let length = body.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(body.len());
    let (name, attributes) = body.split_at_checked(length)?;
    let name = name.to_ascii_lowercase();
    if !KNOWN.contains(&name.as_str()) {
        return None;
    }
    Some(if closes { Piece::Close { name } } else { Piece::Open { name, attributes, at } })
}

/// The tags that are markup; anything else in angle brackets is a writer's own slot (`<your e-mail>`).
const KNOWN: &[&str] = &[
    "a",
    "abbr",
    "b",
    "blockquote",
    "br",
    "center",
    "code",
    "dd",
    "del",
    "details",
    "div",
    "dl",
    "dt",
    "em",
    "font",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "img",
    "ins",
    "kbd",
    "li",
    "mark",
    "ol",
    "p",
    "picture",
    "pre",
    "s",
    "samp",
    "section",
    "small",
    "source",
    "span",
    "strike",
    "strong",
    "sub",
    "summary",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "tt",
    "u",
    "ul",
    "var",
];

/// The value of the attribute `name` among `attributes`.
pub(super) fn attribute<'a>(attributes: &'a str, name: &str) -> Option<&'a str> {
    let lower = attributes.to_ascii_lowercase();
    let mut from = 0;
    while let Some(found) = lower.get(from..)?.find(name) {
        let start = from + found;
        from = start + name.len();
        let fresh = start == 0 || attributes.as_bytes().get(start - 1).is_some_and(u8::is_ascii_whitespace);
        let value = attributes.get(from..)?.trim_start();
        let Some(value) = value.strip_prefix('=').filter(|_| fresh).map(str::trim_start) else { continue };
        let quoted = |quote: char| value.strip_prefix(quote).map(|inside| inside.split(quote).next().unwrap_or_default());
        return quoted('"').or_else(|| quoted('\'')).or_else(|| value.split([' ', '/', '>']).next());
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_text_comments_and_slots_are_told_apart() {
        let html = "<p>Hi <b class='x'>you</b><!-- note --> <your e-mail> 1 < 2";
        let text: Vec<_> = pieces(html).into_iter().filter_map(|p| if let Piece::Text(r) = p { html.get(r) } else { None }).collect();
        assert_eq!(text, ["Hi ", "you", " ", "<your e-mail>", " 1 ", "< 2"]);
        assert!(pieces(html).contains(&Piece::Comment(30..36)));
        assert_eq!(attribute(" width=\"20\" src=\"/img/tick.svg\"", "src"), Some("/img/tick.svg"));
        assert_eq!(attribute(" data-src=\"a\" src=b", "src"), Some("b"));
        assert!(pieces(html).contains(&Piece::Open { name: "b".into(), attributes: " class='x'", at: 6 }));
    }

    #[test]
    fn the_words_before_an_unclosed_comment_are_said_once() {
        assert_eq!(pieces("Hi <!-- note"), [Piece::Text(0..3), Piece::Text(3..12)]);
    }
}
