//! Parses the command line, calls the library, prints, and exits. Nothing else.

use std::io::{self, BufRead, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use cargo_secpolicy::check::{self, Options};
use cargo_secpolicy::cli::{
    self, CheckArgs, Cli, Color, Command, CommitmentsArgs, DraftArgs, Format, HistoryArgs, HistoryFormat, InitArgs, ProjectArgs, Written,
};
use cargo_secpolicy::draft::wishes::Wishes;
use cargo_secpolicy::draft::{self, QUESTIONS};
use cargo_secpolicy::error::{Error, Result, exit};
use cargo_secpolicy::gather::workspace::cargo::Flags;
use cargo_secpolicy::render;
use cargo_secpolicy::render::escape;
use cargo_secpolicy::render::terminal::{Style, Verbosity};
use cargo_secpolicy::{history, init};
use clap::{CommandFactory, Parser};
use jiff::Timestamp;
use jiff::tz::TimeZone;

fn main() -> ExitCode {
    let cli = Cli::parse_from(cli::arguments(std::env::args_os()));
    let code = match cli.command {
        Command::Check(args) => check(*args),
        Command::Commitments(args) => commitments(args),
        Command::History(args) => history(&args),
        Command::Draft(args) => draft(*args),
        Command::Init(args) => init(&args),
        Command::Completions { shell } => Ok(completions(shell)),
        Command::Man { page } => man(page.as_deref()),
    };
    ExitCode::from(code.unwrap_or_else(|error| {
        let style = style(Color::Auto, Verbosity::Normal, io::stderr().is_terminal());
        // Nothing is left to be done where even the message cannot be written.
        let _ = write!(io::stderr(), "{}", render::terminal::error(&error, &style));
        error.class.code()
    }))
}

fn check(args: CheckArgs) -> Result<u8> {
    let asked = Options { deny: args.deny, baseline: args.baseline, against: args.against, ..options(&args.project)? };
    let report = check::run(&asked)?;
    let text = match args.output.format {
        Format::Terminal => render::terminal::render(&report, &out_style(&args.output.written)),
        Format::Json => render::json::render(&report).map_err(|error| unwritable("the report", &error))?,
    };
    write_out(&args.output.written, &text)?;
    Ok(report.exit_code())
}

fn commitments(args: CommitmentsArgs) -> Result<u8> {
    let read = check::commitments(&start()?, args.manifest_path.as_deref(), args.policy.as_deref(), args.history)?;
    let text = match args.output.format {
        Format::Terminal => match &read.history {
            Some(history) => render::terminal::promises(&read.path, &read.policy, history, &out_style(&args.output.written)),
            None => render::terminal::commitments(&read.path, &read.policy, &out_style(&args.output.written)),
        },
        Format::Json => {
            render::json::commitments(&read.path, &read.policy, read.history.as_ref()).map_err(|error| unwritable("the list", &error))?
        }
    };
    write_out(&args.output.written, &text)?;
    Ok(if read.policy.errors.is_empty() { exit::OK } else { exit::USAGE })
}

fn history(args: &HistoryArgs) -> Result<u8> {
    let asked = history::Options {
        check: options(&args.project)?,
        since: args.since,
        until: args.until,
        severities: args.severity.iter().map(|severity| severity.severity()).collect(),
        kinds: args.kind.iter().map(|kind| kind.kind()).collect(),
    };
    let replayed = history::run(&asked)?;
    let text = match args.format {
        HistoryFormat::Terminal => render::terminal::history(&replayed, args.per_release, &out_style(&args.output)),
        HistoryFormat::Json => render::json::history(&replayed).map_err(|error| unwritable("the history", &error))?,
        HistoryFormat::Csv => render::csv::history(&replayed, args.per_release),
    };
    write_out(&args.output, &text)?;
    Ok(if replayed.errors.is_empty() { exit::OK } else { exit::UNREADABLE })
}

fn start() -> Result<PathBuf> {
    std::env::current_dir().map_err(|error| Error::usage(format!("the current folder cannot be told: {error}")))
}

fn options(args: &ProjectArgs) -> Result<Options> {
    let now = match args.as_of {
        Some(day) => day.to_zoned(TimeZone::UTC).map_err(|error| Error::usage(format!("--as-of {day}: {error}")))?.timestamp(),
        // The report speaks of days; a fraction of a second would only make two runs differ.
        None => Timestamp::from_second(Timestamp::now().as_second()).unwrap_or(Timestamp::UNIX_EPOCH),
    };
    Ok(Options {
        manifest_path: args.manifest_path.clone(),
        flags: Flags { offline: args.offline, locked: args.locked, frozen: args.frozen },
        policy: args.policy.clone(),
        configs: args.config.clone(),
        lockfile: args.lockfile.clone(),
        db: args.db.clone(),
        db_url: args.db_url.clone(),
        db_max_age: args.db_max_age,
        ..Options::new(start()?, now)
    })
}

/// Asks where a person sits at a terminal and said nothing; a draft that adds to a policy has nothing to ask.
fn draft(args: DraftArgs) -> Result<u8> {
    let desk = draft::open(options(&args.project)?)?;
    let mut wishes = Wishes {
        contacts: args.contact,
        acknowledge: args.acknowledge,
        fixes: args.fix,
        supported: args.supported,
        best_effort: args.best_effort,
    };
    if desk.is_new() && wishes.is_empty() && io::stdin().is_terminal() && io::stderr().is_terminal() {
        ask(&mut wishes, &mut io::stdin().lock(), &mut io::stderr())
            .map_err(|error| Error::usage(format!("no answer could be read: {error}")))?;
    }
    let drafted = desk.draft(&wishes, args.output.as_deref())?;
    for note in &drafted.notes {
        // Notes are advice: nothing is lost where they cannot be shown.
        let _ = writeln!(io::stderr(), "note: {}", escape::short(note));
    }
    match &args.output {
        Some(path) => write_new(path, &drafted.text)?,
        None => io::stdout().write_all(drafted.text.as_bytes()).or_else(closed_pipe).map_err(|error| unwritable("the draft", &error))?,
    }
    Ok(exit::OK)
}

/// Asks each question until its answer is understood; an empty one, or the end of the input, leaves it open.
fn ask(wishes: &mut Wishes, input: &mut impl BufRead, output: &mut impl Write) -> io::Result<()> {
    for question in QUESTIONS {
        loop {
            write!(output, "{}\n> ", question.text)?;
            output.flush()?;
            let mut answer = String::new();
            let ended = input.by_ref().take(LONGEST_ANSWER).read_line(&mut answer)? == 0;
            match (question.answer)(wishes, answer.trim()) {
                Err(why) if !ended => writeln!(output, "{why}")?,
                Ok(()) | Err(_) => break,
            }
        }
    }
    Ok(())
}

/// In bytes; more is no answer to any of the questions.
const LONGEST_ANSWER: u64 = 4096;

fn init(args: &InitArgs) -> Result<u8> {
    let plan = init::plan(&options(&args.project)?)?;
    for (path, text) in &plan.files {
        write_new(path, text)?;
    }
    io::stdout().write_all(plan.said.as_bytes()).or_else(closed_pipe).map_err(|error| unwritable("the output", &error))?;
    Ok(exit::OK)
}

/// Writes a file that is not there yet: nothing that somebody wrote is lost.
fn write_new(path: &Path, text: &str) -> Result<()> {
    let file = std::fs::OpenOptions::new().write(true).create_new(true).open(path);
    file.and_then(|mut file| file.write_all(text.as_bytes())).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => Error::usage(format!("{} is there already, and stays as it is", path.display()))
            .help("name another file, or move it away first"),
        _ => unwritable(&path.display().to_string(), &error),
    })
}

fn completions(shell: clap_complete::Shell) -> u8 {
    clap_complete::generate(shell, &mut Cli::command(), "cargo-secpolicy", &mut io::stdout());
    exit::OK
}

/// The main page, or a subcommand's.
fn man(page: Option<&str>) -> Result<u8> {
    let mut command = Cli::command();
    // Only then do the subcommands know their full names.
    command.build();
    let page = page.and_then(|name| command.find_subcommand(name)).cloned().unwrap_or(command);
    clap_mangen::Man::new(page).render(&mut io::stdout()).or_else(closed_pipe).map_err(|error| unwritable("the output", &error))?;
    Ok(exit::OK)
}

fn write_out(output: &Written, text: &str) -> Result<()> {
    match &output.output {
        Some(path) => std::fs::write(path, text).map_err(|error| unwritable(&path.display().to_string(), &error)),
        None => io::stdout().write_all(text.as_bytes()).or_else(closed_pipe).map_err(|error| unwritable("the output", &error)),
    }
}

/// A reader that has seen enough (`| head`) is no failure.
fn closed_pipe(error: io::Error) -> io::Result<()> {
    if error.kind() == io::ErrorKind::BrokenPipe { Ok(()) } else { Err(error) }
}

fn unwritable(what: &str, error: &dyn std::fmt::Display) -> Error {
    Error::usage(format!("{what} could not be written: {error}"))
}

fn out_style(output: &Written) -> Style {
    let verbosity = match (output.quiet, output.verbose) {
        (true, _) => Verbosity::Quiet,
        (false, 0) => Verbosity::Normal,
        (false, _) => Verbosity::Verbose,
    };
    let on_terminal = output.output.as_deref().is_none_or(|path| path == Path::new("/dev/stdout")) && io::stdout().is_terminal();
    style(output.color, verbosity, on_terminal)
}

fn style(color: Color, verbosity: Verbosity, on_terminal: bool) -> Style {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let is = |name: &str, value: &str| std::env::var_os(name).is_some_and(|known| known == value);
    let color = match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto if set("NO_COLOR") || is("CARGO_TERM_COLOR", "never") => false,
        Color::Auto if is("CARGO_TERM_COLOR", "always") => true,
        Color::Auto => on_terminal && !is("TERM", "dumb"),
    };
    // As other programs have it: who exports COLUMNS wants that width, on a terminal or not.
    let stated = std::env::var("COLUMNS").ok().and_then(|columns| columns.trim().parse().ok()).filter(|columns| *columns > 0);
    let measured = || terminal_size::terminal_size().filter(|_| on_terminal).map_or(100, |(width, _)| usize::from(width.0));
    let width = stated.unwrap_or_else(measured);
    Style { color, width, verbosity, unicode: speaks_unicode() }
}

/// Whether the locale is one of UTF-8; Windows' terminal shows it since it has one.
fn speaks_unicode() -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()));
    cfg!(windows) || locale.is_some_and(|locale| locale.to_ascii_lowercase().replace('-', "").contains("utf8"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answers(text: &str) -> (Wishes, String) {
        let (mut wishes, mut said) = (Wishes::default(), Vec::new());
        ask(&mut wishes, &mut text.as_bytes(), &mut said).expect("it is read");
        (wishes, String::from_utf8(said).expect("UTF-8"))
    }

    #[test]
    fn an_answer_that_is_not_understood_is_asked_for_again() {
        let (wishes, said) = answers("security@acme.io\nsoon\n3 days\n\nlatest-minor\n");
        assert_eq!(wishes.contacts.len(), 1);
        assert_eq!(wishes.acknowledge.map(|window| window.to_string()), Some("3 days".into()));
        assert_eq!((wishes.fixes.len(), wishes.supported.len()), (0, 1));
        assert!(said.contains("`soon` is no length of time"), "{said}");
    }

    #[test]
    fn nothing_and_the_end_of_the_input_leave_it_open() {
        assert!(answers("\n\n\n\n").0.is_empty());
        assert!(answers("").0.is_empty());
        assert!(answers("what?").0.is_empty());
    }
}
