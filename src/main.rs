//! Parses the command line, calls the library, prints, and exits. Nothing else.

use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use cargo_secpolicy::check::{self, Options};
use cargo_secpolicy::cli::{self, CheckArgs, Cli, Color, Command, CommitmentsArgs, Format, HistoryArgs, HistoryFormat, Written};
use cargo_secpolicy::error::{Error, Result, exit};
use cargo_secpolicy::gather::workspace::cargo::Flags;
use cargo_secpolicy::history;
use cargo_secpolicy::render;
use cargo_secpolicy::render::terminal::{Style, Verbosity};
use clap::{CommandFactory, Parser};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

fn main() -> ExitCode {
    let cli = Cli::parse_from(cli::arguments(std::env::args_os()));
    let code = match cli.command {
        Command::Check(args) => check(*args),
        Command::Commitments(args) => commitments(args),
        Command::History(args) => history(*args),
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
    let report = check::run(&options(&args)?)?;
    let text = match args.output.format {
        Format::Terminal => render::terminal::render(&report, &out_style(&args.output.written)),
        Format::Json => render::json::render(&report).map_err(|error| unwritable("the report", &error))?,
    };
    write_out(&args.output.written, &text)?;
    Ok(report.exit_code())
}

fn commitments(args: CommitmentsArgs) -> Result<u8> {
    let read = check::commitments(&start()?, args.manifest_path.as_deref(), args.policy.as_deref())?;
    let text = match args.output.format {
        Format::Terminal => render::terminal::commitments(&read.path, &read.policy, &out_style(&args.output.written)),
        Format::Json => render::json::commitments(&read.path, &read.policy).map_err(|error| unwritable("the list", &error))?,
    };
    write_out(&args.output.written, &text)?;
    Ok(if read.policy.errors.is_empty() { exit::OK } else { exit::USAGE })
}

fn history(args: HistoryArgs) -> Result<u8> {
    let asked = history::Options {
        check: Options {
            manifest_path: args.manifest_path.clone(),
            flags: Flags { offline: args.offline, locked: args.locked, frozen: args.frozen },
            policy: args.policy.clone(),
            configs: args.config.clone(),
            lockfile: args.lockfile.clone(),
            db: args.db.clone(),
            db_url: args.db_url.clone(),
            ..Options::new(start()?, now(args.as_of)?)
        },
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
    Ok(exit::OK)
}

fn start() -> Result<PathBuf> {
    std::env::current_dir().map_err(|error| Error::usage(format!("the current folder cannot be told: {error}")))
}

fn options(args: &CheckArgs) -> Result<Options> {
    Ok(Options {
        manifest_path: args.manifest_path.clone(),
        flags: Flags { offline: args.offline, locked: args.locked, frozen: args.frozen },
        policy: args.policy.clone(),
        configs: args.config.clone(),
        lockfile: args.lockfile.clone(),
        deny: args.deny.clone(),
        db: args.db.clone(),
        db_url: args.db_url.clone(),
        db_max_age: args.db_max_age,
        baseline: args.baseline.clone(),
        against: args.against.clone(),
        ..Options::new(start()?, now(args.as_of)?)
    })
}

/// The time of judgement.
fn now(as_of: Option<Date>) -> Result<Timestamp> {
    match as_of {
        Some(day) => Ok(day.to_zoned(TimeZone::UTC).map_err(|error| Error::usage(format!("--as-of {day}: {error}")))?.timestamp()),
        // The report speaks of days; a fraction of a second would only make two runs differ.
        None => Ok(Timestamp::from_second(Timestamp::now().as_second()).unwrap_or(Timestamp::UNIX_EPOCH)),
    }
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
