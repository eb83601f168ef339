//! Builds passages from the parser's events.

use std::ops::Range;
use std::rc::Rc;

use pulldown_cmark::{Event, HeadingLevel, LinkType, Tag, TagEnd};

use super::super::html::{self, Piece};
use super::super::names;
use super::{DEEPEST, Document, Link, Passage, Role};

const ARMOR: &str = "-----BEGIN PGP PUBLIC KEY BLOCK-----";
const ARMOR_END: &str = "-----END PGP PUBLIC KEY BLOCK-----";

pub(super) struct Builder<'a> {
    source: &'a str,
    pub(super) done: Document,
    now: Option<Passage>,
    headings: Vec<(u8, usize)>,
    heading_stack: Rc<Vec<usize>>,
    /// The open lists: number, and the passage that introduces their items.
    lists: Vec<(usize, Option<usize>)>,
    list_count: usize,
    /// The last passage of the item or section that is open.
    last: Option<usize>,
    /// What introduces the item that is open: its own first passage, once there is one.
    item_first: Vec<Option<usize>>,
    table_lead: Option<usize>,
    in_head: bool,
    /// Whether the row of an HTML table that is open is its head.
    head_row: bool,
    skipped: usize,
    /// For each open block quote, how much was left out before it.
    quotes: Vec<usize>,
    strong_from: Vec<usize>,
    links: Vec<(usize, String, bool)>,
    /// The source ranges of armored keys that stand as plain text.
    armored: Vec<Range<usize>>,
}

impl<'a> Builder<'a> {
    pub(super) fn new(source: &'a str) -> Self {
        let mut armored = Vec::new();
        let mut from = 0;
        while let Some(start) = source.get(from..).and_then(|rest| rest.find(ARMOR)).map(|found| from + found) {
            let end =
                source.get(start..).and_then(|rest| rest.find(ARMOR_END)).map_or(source.len(), |found| start + found + ARMOR_END.len());
            armored.push(start..end);
            from = end;
        }
        let keys = armored.iter().map(|range| range.start).collect();
        Self {
            source,
            done: Document { keys, ..Document::default() },
            now: None,
            headings: Vec::new(),
            heading_stack: Rc::default(),
            lists: Vec::new(),
            list_count: 0,
            last: None,
            item_first: Vec::new(),
            table_lead: None,
            in_head: false,
            head_row: false,
            skipped: 0,
            quotes: Vec::new(),
            strong_from: Vec::new(),
            links: Vec::new(),
            armored,
        }
    }

    pub(super) fn event(&mut self, event: Event<'_>, range: Range<usize>) {
        match event {
            Event::Start(tag) => self.start(tag, range),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => self.push(&text, range.start),
            Event::Code(code) => {
                let inside = self.source.get(range.clone()).unwrap_or_default();
                let lead = inside.len() - inside.trim_start_matches('`').len();
                let from = self.here();
                self.push(&code, range.start + lead);
                let until = self.here();
                if let Some(now) = &mut self.now {
                    now.code.push(from..until);
                }
            }
            Event::SoftBreak => self.line_break(range.start, false),
            Event::HardBreak => self.line_break(range.start, true),
            Event::InlineHtml(tag) => self.html(&tag, range.start),
            Event::Rule => self.flush(),
            Event::TaskListMarker(_) | Event::Html(_) | Event::FootnoteReference(_) | Event::InlineMath(_) | Event::DisplayMath(_) => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>, range: Range<usize>) {
        match tag {
            Tag::Heading { level, .. } => self.open(Role::Heading(level_of(level)), range.start),
            Tag::Paragraph if self.now.is_none() => self.open_here(range.start),
            Tag::BlockQuote(_) => {
                self.flush();
                self.quotes.push(self.skipped);
                self.skipped += usize::from(self.is_example());
            }
            Tag::CodeBlock(_) | Tag::MetadataBlock(_) => {
                self.flush();
                self.skipped += 1;
            }
            Tag::Strikethrough => self.skipped += 1,
            Tag::HtmlBlock => {
                self.flush();
                let text = self.source.get(range.clone()).unwrap_or_default();
                self.html(text, range.start);
                self.flush();
            }
            Tag::List(_) => {
                self.flush();
                let lead = self.item_first.last().copied().flatten().or(self.last);
                self.list_count += 1;
                if self.lists.len() < DEEPEST {
                    self.lists.push((self.list_count, lead));
                }
            }
            Tag::Item => {
                self.flush();
                self.item_first.push(None);
            }
            Tag::Table(_) => {
                self.flush();
                self.table_lead = self.last;
                self.done.tables.push(Vec::new());
            }
            Tag::TableHead => self.in_head = true,
            Tag::TableRow => self.open(Role::Row(self.done.tables.len().saturating_sub(1)), range.start),
            Tag::TableCell => self.cell_start(range.start),
            Tag::Strong => self.strong_from.push(self.here()),
            Tag::Link { dest_url, link_type, .. } => {
                let target = if link_type == LinkType::Email { format!("mailto:{dest_url}") } else { dest_url.to_string() };
                self.links.push((self.here(), target, false));
            }
            Tag::Image { dest_url, .. } => {
                self.links.push((self.here(), dest_url.to_string(), true));
            }
            Tag::Paragraph
            | Tag::FootnoteDefinition(_)
            | Tag::DefinitionList
            | Tag::DefinitionListTitle
            | Tag::DefinitionListDefinition
            | Tag::Emphasis
            | Tag::Superscript
            | Tag::Subscript => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Heading(_) | TagEnd::Paragraph | TagEnd::TableRow | TagEnd::FootnoteDefinition => self.flush(),
            TagEnd::BlockQuote(_) => {
                self.flush();
                self.skipped = self.quotes.pop().unwrap_or_default();
            }
            TagEnd::CodeBlock | TagEnd::MetadataBlock(_) | TagEnd::Strikethrough => self.skipped = self.skipped.saturating_sub(1),
            TagEnd::Item => {
                self.flush();
                self.item_first.pop();
            }
            TagEnd::List(_) => {
                self.flush();
                if let Some((_, lead)) = self.lists.pop() {
                    self.last = lead.filter(|_| !self.lists.is_empty());
                }
            }
            TagEnd::TableHead => {
                self.in_head = false;
                self.now = None;
            }
            TagEnd::TableCell => self.cell_end(),
            TagEnd::Table => self.last = None,
            TagEnd::Strong => {
                let until = self.here();
                if let (Some(from), Some(now)) = (self.strong_from.pop(), &mut self.now) {
                    now.strong.push(from..until);
                }
            }
            TagEnd::Link | TagEnd::Image => self.link_end(),
            TagEnd::HtmlBlock
            | TagEnd::DefinitionList
            | TagEnd::DefinitionListTitle
            | TagEnd::DefinitionListDefinition
            | TagEnd::Emphasis
            | TagEnd::Superscript
            | TagEnd::Subscript => {}
        }
    }

    /// Whether a block quote that begins here is an example: the sentence before it says so.
    fn is_example(&self) -> bool {
        let before =
            self.last.and_then(|index| self.done.passages.get(index)).map(|passage| passage.text.to_lowercase()).unwrap_or_default();
        ["example", "template", "for instance", "e.g.", "quote", "sample", "wording"].iter().any(|word| before.contains(word))
    }

    fn link_end(&mut self) {
        let Some((from, target, image)) = self.links.pop() else { return };
        if image {
            let alt = self.now.as_ref().and_then(|now| now.text.get(from..)).unwrap_or_default();
            let mark = names::mark_of_image(alt, &target);
            self.push_mark(mark);
        }
        let until = self.here();
        if let Some(now) = &mut self.now {
            now.links.push(Link { shown: from.min(until)..until, target, image });
        }
    }

    fn push_mark(&mut self, mark: &str) {
        let at = self.now.as_ref().map_or(0, |now| now.source(now.text.len()));
        self.push(mark, at);
    }

    fn here(&self) -> usize {
        self.now.as_ref().map_or(0, |now| now.text.len())
    }

    fn cell_start(&mut self, at: usize) {
        if self.in_head && self.now.is_none() {
            self.open(Role::Paragraph, at);
        }
        let from = self.here();
        if let Some(now) = &mut self.now {
            now.cells.push(from..from);
        }
    }

    fn cell_end(&mut self) {
        let until = self.here();
        let Some(now) = &mut self.now else { return };
        if let Some(cell) = now.cells.last_mut() {
            cell.end = until;
        }
        if self.in_head {
            let text = now.cells.last().and_then(|range| now.text.get(range.clone())).unwrap_or_default().trim().to_owned();
            if let Some(table) = self.done.tables.last_mut() {
                table.push(text);
            }
        }
        if !now.text.is_empty() {
            now.text.push_str(" | ");
        }
    }

    fn open_here(&mut self, at: usize) {
        let role = match (self.item_first.last(), self.lists.last()) {
            (Some(None), Some(&(list, _))) => Role::Item(list),
            _ => Role::Paragraph,
        };
        self.open(role, at);
    }

    fn open(&mut self, role: Role, at: usize) {
        self.flush();
        let lead = match role {
            Role::Heading(_) => None,
            Role::Row(_) => self.table_lead,
            Role::Item(_) => self.lists.last().and_then(|&(_, lead)| lead),
            // A paragraph after "… as follows:" is what follows.
            Role::Paragraph => {
                let opened =
                    || self.last.filter(|&last| self.done.passages.get(last).is_some_and(|last| last.text.trim_end().ends_with(':')));
                self.item_first.last().copied().flatten().or_else(opened)
            }
        };
        self.now = Some(Passage {
            role,
            text: String::new(),
            map: vec![(0, at)],
            breaks: Vec::new(),
            links: Vec::new(),
            code: Vec::new(),
            strong: Vec::new(),
            cells: Vec::new(),
            headings: Rc::clone(&self.heading_stack),
            lead,
        });
    }

    fn push(&mut self, text: &str, at: usize) {
        if self.skipped > 0 || text.is_empty() || self.is_armored(at) {
            return;
        }
        if self.now.is_none() {
            self.open_here(at);
        }
        if let Some(now) = &mut self.now {
            if now.source(now.text.len()) != at || now.text.is_empty() {
                now.map.push((now.text.len(), at));
            }
            now.text.push_str(text);
        }
    }

    fn is_armored(&self, at: usize) -> bool {
        let index = self.armored.partition_point(|range| range.end <= at);
        self.armored.get(index).is_some_and(|range| range.contains(&at))
    }

    fn line_break(&mut self, at: usize, forced: bool) {
        let here = self.here();
        if let Some(now) = &mut self.now {
            now.breaks.push((here + 1, forced));
        }
        self.push(if forced { "\n" } else { " " }, at);
    }

    /// Closes the passage that is open and keeps it where it says anything.
    pub(super) fn flush(&mut self) {
        let Some(passage) = self.now.take() else { return };
        self.strong_from.clear();
        self.links.clear();
        if passage.text.trim().is_empty() && passage.links.is_empty() {
            return;
        }
        let index = self.done.passages.len();
        match passage.role {
            Role::Heading(level) => {
                self.headings.retain(|&(above, _)| above < level);
                self.headings.push((level, index));
                self.heading_stack = Rc::new(self.headings.iter().map(|&(_, index)| index).collect());
                self.last = None;
            }
            Role::Paragraph | Role::Item(_) => {
                self.last = Some(index);
                if let Some(first @ None) = self.item_first.last_mut() {
                    *first = Some(index);
                }
            }
            Role::Row(_) => {}
        }
        self.done.passages.push(passage);
    }

    /// Reads raw HTML: one inline tag, or a whole block.
    fn html(&mut self, text: &str, at: usize) {
        let mut in_pre = false;
        for piece in html::pieces(text) {
            match piece {
                Piece::Comment(range) => self.comment(text.get(range.clone()).unwrap_or_default(), at + range.start),
                Piece::Text(range) if !in_pre => self.html_text(text.get(range.clone()).unwrap_or_default(), at + range.start),
                Piece::Text(_) => {}
                Piece::Open { name, attributes, at: start } => {
                    in_pre |= name == "pre";
                    self.html_open(&name, attributes, at + start);
                }
                Piece::Close { name } => {
                    in_pre &= name != "pre";
                    self.html_close(&name);
                }
            }
        }
    }

    fn html_text(&mut self, text: &str, at: usize) {
        if self.now.is_none() && text.trim().is_empty() {
            return;
        }
        let mut offset = at;
        for (index, line) in text.split('\n').enumerate() {
            if index > 0 {
                self.line_break(offset - 1, false);
            }
            let indent = if index > 0 { line.len() - line.trim_start().len() } else { 0 };
            self.push(line.get(indent..).unwrap_or_default().trim_end_matches('\r'), offset + indent);
            offset += line.len() + 1;
        }
    }

    fn html_open(&mut self, name: &str, attributes: &str, at: usize) {
        match name {
            "br" => self.line_break(at, true),
            "img" => {
                let (alt, src) =
                    (html::attribute(attributes, "alt").unwrap_or_default(), html::attribute(attributes, "src").unwrap_or_default());
                let mark = names::mark_of_image(alt, src);
                self.push(mark, at);
            }
            "a" => {
                if let Some(target) = html::attribute(attributes, "href") {
                    self.links.push((self.here(), target.to_owned(), false));
                }
            }
            "del" | "s" | "strike" => self.skipped += 1,
            "table" => {
                self.flush();
                self.table_lead = self.last;
                self.done.tables.push(Vec::new());
            }
            "tr" => self.open(Role::Row(self.done.tables.len().saturating_sub(1)), at),
            "td" | "th" => {
                self.in_head = name == "th"
                    && self.done.tables.last().is_some_and(|head| self.now.as_ref().is_some_and(|now| head.len() == now.cells.len()));
                self.head_row |= self.in_head;
                self.cell_start(at);
            }
            "ul" | "ol" => self.start(Tag::List(None), at..at),
            "li" => self.start(Tag::Item, at..at),
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => self.open(Role::Heading(name.as_bytes().get(1).map_or(6, |digit| digit - b'0')), at),
            "p" | "div" | "summary" | "details" | "dd" | "dt" | "hr" | "section" | "blockquote" => self.flush(),
            _ => {}
        }
    }

    fn html_close(&mut self, name: &str) {
        match name {
            "a" => self.link_end(),
            "del" | "s" | "strike" => self.skipped = self.skipped.saturating_sub(1),
            "td" | "th" => {
                self.cell_end();
                self.in_head = false;
            }
            "tr" => {
                if std::mem::take(&mut self.head_row) {
                    self.now = None;
                } else {
                    self.flush();
                }
            }
            "table" => self.last = None,
            "ul" | "ol" => self.end(TagEnd::List(false)),
            "li" => self.end(TagEnd::Item),
            "p" | "div" | "summary" | "details" | "dd" | "dt" | "section" | "blockquote" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                self.flush()
            }
            _ => {}
        }
    }

    fn comment(&mut self, inside: &str, at: usize) {
        if let Some(body) = inside.trim().strip_prefix("secpolicy:") {
            self.done.annotations.push((at, body.trim().to_owned()));
        }
    }
}

const fn level_of(level: HeadingLevel) -> u8 {
    match level {
        HeadingLevel::H1 => 1,
        HeadingLevel::H2 => 2,
        HeadingLevel::H3 => 3,
        HeadingLevel::H4 => 4,
        HeadingLevel::H5 => 5,
        HeadingLevel::H6 => 6,
    }
}
