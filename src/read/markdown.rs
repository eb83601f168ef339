//! From Markdown to passages: plain text with its place, its headings, and what introduces it.
//!
//! Code blocks, comments and struck-out text are no prose and are left out; an armored key and a
//! `secpolicy:` comment are remembered.

mod build;

use std::ops::Range;
use std::rc::Rc;

use pulldown_cmark::{Options, Parser};

use build::Builder;

/// The most headings, lists and quotes that are kept open; what lies deeper is read as if it lay here.
const DEEPEST: usize = 32;

/// What a passage is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// A heading of this level.
    Heading(u8),
    /// A paragraph, or what stands alone.
    Paragraph,
    /// An item of the list with this number.
    Item(usize),
    /// A row of the table with this number.
    Row(usize),
}

/// A link: the part of the plain text that shows it, and where it leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) shown: Range<usize>,
    pub(super) target: String,
    pub(super) image: bool,
}

/// One stretch of prose.
#[derive(Clone, Debug)]
pub(super) struct Passage {
    pub(super) role: Role,
    /// The words without markup.
    pub(super) text: String,
    /// Where each run of `text` begins, and the source offset it came from.
    map: Vec<(usize, usize)>,
    /// The line breaks of the source, as offsets into `text`; `true` where the writer forced one.
    pub(super) breaks: Vec<(usize, bool)>,
    pub(super) links: Vec<Link>,
    pub(super) code: Vec<Range<usize>>,
    pub(super) strong: Vec<Range<usize>>,
    /// The cells of a row.
    pub(super) cells: Vec<Range<usize>>,
    /// The passages of the headings above, the outermost first.
    pub(super) headings: Rc<Vec<usize>>,
    /// The passage that introduces this one: the sentence before its list or table, or the item it lies in.
    pub(super) lead: Option<usize>,
}

impl Passage {
    /// The source offset of the plain-text `offset`.
    pub(super) fn source(&self, offset: usize) -> usize {
        let index = self.map.partition_point(|&(plain, _)| plain <= offset).saturating_sub(1);
        self.map.get(index).map_or(0, |&(plain, source)| source + offset.saturating_sub(plain))
    }

    /// The text of the cell `index`; empty where there is none.
    pub(super) fn cell(&self, index: usize) -> &str {
        self.cells.get(index).and_then(|range| self.text.get(range.clone())).unwrap_or_default()
    }
}

/// A whole policy, in passages.
#[derive(Debug, Default)]
pub(super) struct Document {
    pub(super) passages: Vec<Passage>,
    /// The header cells of each table.
    pub(super) tables: Vec<Vec<String>>,
    /// The source offset and inside of each `secpolicy:` comment.
    pub(super) annotations: Vec<(usize, String)>,
    /// The source offset of each armored public key.
    pub(super) keys: Vec<usize>,
}

/// Reads `source` as Markdown.
pub(super) fn document(source: &str) -> Document {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_GFM
        | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS
        | Options::ENABLE_PLUSES_DELIMITED_METADATA_BLOCKS;
    let mut builder = Builder::new(source);
    for (event, range) in Parser::new_ext(source, options).into_offset_iter() {
        builder.event(event, range);
    }
    builder.flush();
    builder.done
}
