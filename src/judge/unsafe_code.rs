//! What is promised of `unsafe` (spec: `unsafe-code`).

use super::Context;
use crate::commitment::{Commitment, UnsafeRule};
use crate::observation::code::UnsafeLint;
use crate::observation::workspace::{Member, Ships};
use crate::observation::{Observed, Reason};
use crate::source::Place;
use crate::verdict::Judgement;

/// How many places are listed one by one.
const LISTED: usize = 10;

/// What was seen of the members that the promise is about.
struct Scope<'a> {
    shipped: Vec<&'a Place>,
    elsewhere: usize,
    lints: Vec<&'a UnsafeLint>,
    unread: Vec<&'a (String, String)>,
    members: usize,
    files: u32,
}

/// Judges what is promised of `unsafe`.
pub fn unsafe_code(context: Context<'_>, commitment: &Commitment, rule: UnsafeRule) -> Judgement {
    let scope = match scope(context, commitment.component.as_deref()) {
        Ok(scope) => scope,
        Err(why) => return Judgement::unproven(Reason::new(why)),
    };
    let judgement = match rule {
        UnsafeRule::Forbid => forbid(&scope),
        UnsafeRule::Restrict => restrict(&scope),
    };
    match scope.elsewhere {
        0 => judgement,
        n => judgement
            .note(Reason::new(format!("{n} more in tests, benches, examples or build scripts, which the promise is not judged on"))),
    }
}

fn scope<'a>(context: Context<'a>, component: Option<&str>) -> Result<Scope<'a>, String> {
    let code = match &context.observations.code {
        Observed::Seen(code) => code,
        Observed::Absent(_) => return Err("no sources were found".into()),
        Observed::Unavailable(why) => return Err(format!("the sources could not be read: {why}")),
    };
    let members = &context.observations.workspace.members;
    let wanted = |member: &Member| component.map_or(member.ships == Ships::Yes, |name| member.name == name);
    // A path belongs to the member whose folder is the deepest around it.
    let owner = |path: &str| members.iter().filter(|m| path.starts_with(folder(m))).max_by_key(|m| folder(m).len());
    let inside = |path: &str| component.is_none() || owner(path).is_some_and(wanted);
    Ok(Scope {
        shipped: code.shipped.iter().filter(|place| inside(place.path())).collect(),
        elsewhere: code.elsewhere.iter().filter(|place| inside(place.path())).count(),
        lints: code.lints.iter().filter(|lint| component.is_none_or(|name| name == lint.member)).collect(),
        unread: code.unread.iter().filter(|(path, _)| inside(path)).collect(),
        members: members.iter().filter(|member| wanted(member)).count(),
        files: code.files,
    })
}

fn folder(member: &Member) -> &str {
    member.manifest.strip_suffix("Cargo.toml").unwrap_or(&member.manifest)
}

fn forbid(scope: &Scope<'_>) -> Judgement {
    let at_least = |levels: &[&str]| {
        let fits = |lint: &&UnsafeLint| lint.level.as_deref().is_some_and(|level| levels.contains(&level));
        scope.members > 0 && scope.lints.len() >= scope.members && scope.lints.iter().all(fits)
    };
    if at_least(&["forbid"]) {
        let reason = |lint: &&UnsafeLint| lint_reason("`unsafe_code` is at `forbid`", lint);
        let mut judgement =
            Judgement::kept(count(scope.lints.len()), Reason::new("`unsafe_code` is at `forbid` in every member that ships"));
        judgement.reasons.extend(scope.lints.iter().filter(|lint| lint.place.is_some()).take(LISTED).map(reason));
        return judgement;
    }
    if let Some((first, rest)) = scope.shipped.split_first() {
        let mut judgement = Judgement::broken(Reason::at("`unsafe` in what ships, outside tests", first));
        judgement.reasons.extend(rest.iter().take(LISTED - 1).map(|place| Reason::at("`unsafe` here too", place)));
        if scope.shipped.len() > LISTED {
            judgement.reasons.push(Reason::new(format!("{} places in all", scope.shipped.len())));
        }
        return judgement;
    }
    if let Some((path, why)) = scope.unread.first() {
        let said = format!("{} source(s) could not be read, the first is {path}: {why}", scope.unread.len());
        return Judgement::unproven(Reason::in_path(
            format!("{said}; `unsafe_code = \"forbid\"` in [lints.rust] would decide it"),
            path.clone(),
        ));
    }
    if at_least(&["forbid", "deny"]) {
        let said = format!("no `unsafe` in {} source files, and the lint `unsafe_code` is at `deny` or `forbid`", scope.files);
        return Judgement::kept(scope.files, Reason::new(said))
            .note(Reason::new("`deny` can be lifted by an `allow` in the code; `forbid` cannot"));
    }
    let open = scope.lints.iter().find(|lint| !matches!(lint.level.as_deref(), Some("forbid" | "deny"))).map_or("", |lint| &lint.member);
    let said = format!("no `unsafe` was found, but nothing keeps it out of `{open}`; `unsafe_code = \"forbid\"` in [lints.rust] would");
    Judgement::unproven(Reason::new(said))
}

fn restrict(scope: &Scope<'_>) -> Judgement {
    let said = format!(
        "`unsafe` stands in {} places of what ships; whether that is little and justified is for people to say",
        scope.shipped.len()
    );
    let mut judgement = Judgement::unproven(Reason::new(said));
    judgement.reasons.extend(scope.shipped.iter().take(LISTED).map(|place| Reason::at("`unsafe`", place)));
    judgement.notes.extend(scope.unread.iter().take(LISTED).map(|(path, why)| Reason::in_path(format!("not read: {why}"), path.clone())));
    judgement
}

fn lint_reason(text: &str, lint: &UnsafeLint) -> Reason {
    let said = format!("{text} for `{}`", lint.member);
    lint.place.as_ref().map_or_else(|| Reason::new(said.clone()), |place| Reason::at(said.clone(), place))
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commitment::Kind;
    use crate::observation::code::UnsafeCode;
    use crate::source::Source;
    use crate::testing::World;

    fn world(rule: UnsafeRule, shipped: &[&str], levels: &[Option<&str>]) -> World {
        let mut world = World::new().member("app", "1.0.0").member("lib", "1.0.0").promise(Kind::UnsafeCode { rule });
        let place = |path: &&str| Place::line_in(&Source::new(*path, "unsafe {}\n"), 1);
        let lint =
            |(member, level): (&str, &Option<&str>)| UnsafeLint { member: member.into(), level: level.map(str::to_owned), place: None };
        world.observations.code = Observed::Seen(UnsafeCode {
            shipped: shipped.iter().map(place).collect(),
            elsewhere: vec![place(&"lib/tests/a.rs")],
            lints: ["app", "lib"].into_iter().zip(levels).map(lint).collect(),
            unread: Vec::new(),
            files: 12,
        });
        world
    }

    const DENY: &[Option<&str>] = &[Some("deny"), Some("forbid")];

    #[test]
    fn forbid_in_effect_everywhere_is_kept() {
        let judged = world(UnsafeRule::Forbid, &[], &[Some("forbid"), Some("forbid")]).judge();
        assert_eq!((judged.outcome.word(), judged.tested, judged.notes.len()), ("kept", 2, 1));
    }

    #[test]
    fn unsafe_in_what_ships_is_broken_whatever_the_lint() {
        let judged = world(UnsafeRule::Forbid, &["src/lib.rs", "lib/src/a.rs"], DENY).judge();
        assert_eq!((judged.outcome.word(), judged.reasons.len()), ("broken", 2));
    }

    #[test]
    fn no_unsafe_is_enough_only_where_the_lint_keeps_it_out() {
        let judged = world(UnsafeRule::Forbid, &[], DENY).judge();
        assert_eq!((judged.outcome.word(), judged.tested), ("kept", 12));
        for open in [[Some("deny"), None], [Some("warn"), Some("deny")]] {
            assert_eq!(world(UnsafeRule::Forbid, &[], &open).outcomes(), ["unproven"]);
        }
        assert_eq!(world(UnsafeRule::Forbid, &[], &[Some("deny")]).outcomes(), ["unproven"], "a member whose lint is not known");
    }

    #[test]
    fn a_source_that_could_not_be_read_proves_nothing() {
        let mut unread = world(UnsafeRule::Forbid, &[], DENY);
        let Observed::Seen(code) = &mut unread.observations.code else { return };
        code.unread.push(("src/odd.rs".into(), "it does not parse".into()));
        assert_eq!(unread.outcomes(), ["unproven"]);
        unread.observations.code = Observed::Unavailable("too many files".into());
        assert_eq!(unread.outcomes(), ["unproven"]);
    }

    #[test]
    fn restrict_is_counted_and_left_to_people() {
        let judged = world(UnsafeRule::Restrict, &["src/lib.rs", "src/b.rs"], DENY).judge();
        assert_eq!((judged.outcome.word(), judged.reasons.len()), ("unproven", 3));
        assert!(judged.reasons[0].text.contains("in 2 places"));
    }

    #[test]
    fn a_component_is_judged_on_its_own_folder() {
        let mut world = world(UnsafeRule::Forbid, &["lib/src/a.rs"], &[Some("deny"), Some("deny")]);
        for component in ["app", "lib"] {
            world = world.promise_in("no unsafe code", Some(component), Kind::UnsafeCode { rule: UnsafeRule::Forbid });
        }
        assert_eq!(world.outcomes(), ["broken", "kept", "broken"]);
    }
}
