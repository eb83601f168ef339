//! Versions: patch releases, the changelog.

use super::Context;
use crate::commitment::{Commitment, Record, ReleaseChannel};
use crate::observation::{Observed, Reason};
use crate::releases::{Line, Release, lines, tags_incomplete};
use crate::verdict::Judgement;

/// How many releases before the newest one a changelog may lag behind and still be known to be the changelog
/// (spec: `changelog`).
const LAG: usize = 5;

/// Judges how a security fix is shipped.
pub fn release_channel(context: Context<'_>, commitment: &Commitment, channel: ReleaseChannel) -> Judgement {
    let lines = lines(context.observations.git.seen(), &context.observations.workspace, commitment.component.as_deref());
    let patch = |release: &&Release| release.is_stable() && release.version.patch > 0 && release.tag.is_some();
    let patches: Vec<&Release> = lines.iter().flat_map(|line| line.releases.iter().filter(patch)).collect();
    match channel {
        ReleaseChannel::PatchRelease => match patches.last() {
            Some(newest) => {
                let tested = u32::try_from(patches.len()).unwrap_or(u32::MAX);
                Judgement::kept(tested, Reason::new(format!("patch releases are made: the newest is {newest}")))
            }
            None => no_tag(context, "no patch release is among the tags"),
        },
    }
}

/// Judges that security fixes are recorded.
pub fn changelog(context: Context<'_>, commitment: &Commitment, record: Record) -> Judgement {
    if record == Record::ReleaseNotes {
        return Judgement::unproven(Reason::new("release notes lie outside the repository; the releases' own pages would show them"));
    }
    let changelog = match &context.observations.changelog {
        Observed::Seen(changelog) => changelog,
        Observed::Absent(places) => {
            return Judgement::unproven(Reason::new(format!("no changelog was found ({}); it may be kept elsewhere", places.join(", "))));
        }
        Observed::Unavailable(why) => return Judgement::unproven(Reason::new(format!("the changelog could not be read: {why}"))),
    };
    let named = |release: &Release| changelog.versions.iter().find(|(version, _)| same(version, release)).map(|(_, place)| place);
    let lines = lines(context.observations.git.seen(), &context.observations.workspace, commitment.component.as_deref());
    let Some((newest, before)) = newest_and_before(&lines) else {
        return no_tag(context, "no stable release is among the tags, so there is none to look for");
    };
    if let Some(why) = context.observations.git.seen().and_then(tags_incomplete) {
        let text = format!("{why}, so the newest release is not known; all tags would decide it");
        return Judgement::unproven(Reason::new(text)).wants_history(true);
    }
    if let Some(place) = named(newest) {
        return Judgement::kept(1, Reason::at(format!("{} names the newest stable release, {newest}", changelog.path), place));
    }
    let Some((earlier, place)) = before.iter().find_map(|release| Some((release, named(release)?))) else {
        let moved = changelog.points_elsewhere.as_ref();
        let said = format!("{} names none of the newest releases (newest: {newest})", changelog.path);
        return Judgement::unproven(match moved {
            Some(place) => Reason::at(format!("{said}; it points elsewhere"), place),
            None => Reason::in_path(format!("{said}; it may be kept elsewhere"), changelog.path.clone()),
        });
    };
    let said = format!("{} names {earlier}, but not the newest stable release, {newest}", changelog.path);
    Judgement::broken(Reason::at(said, place))
        .because(Reason::new(format!("an entry for {} in {} would mend it", newest.version, changelog.path)))
}

/// The newest stable release and the five before it, the newest first; `None` where there is none, or where
/// each package is a line of its own.
fn newest_and_before(lines: &[Line]) -> Option<(&Release, Vec<&Release>)> {
    let [line] = lines else { return None };
    let mut stable = line.releases.iter().rev().filter(|release| release.is_stable());
    let newest = stable.next()?;
    Some((newest, stable.take(LAG).collect()))
}

/// Build metadata does not make another release.
fn same(version: &semver::Version, release: &Release) -> bool {
    version.cmp_precedence(&release.version).is_eq()
}

/// Unproven for want of a tag; `otherwise` where all tags are here.
fn no_tag(context: Context<'_>, otherwise: &str) -> Judgement {
    let (text, wants) = match &context.observations.git {
        Observed::Seen(git) => match tags_incomplete(git) {
            Some(why) => (format!("{otherwise}, but {why}; all tags would decide it"), true),
            None => (otherwise.to_owned(), false),
        },
        Observed::Absent(_) => ("there is no git repository here, so no release can be seen".to_owned(), true),
        Observed::Unavailable(why) => (format!("git could not be read: {why}"), false),
    };
    Judgement::unproven(Reason::new(text)).wants_history(wants)
}

#[cfg(test)]
mod tests {
    use crate::commitment::{Kind, Record, ReleaseChannel};
    use crate::observation::Observed;
    use crate::observation::code::Changelog;
    use crate::observation::git::Incomplete;
    use crate::source::{Place, Source};
    use crate::testing::World;

    fn world(kind: Kind, tags: &[&str]) -> World {
        tags.iter().fold(World::new().member("app", "1.0.0").promise(kind), |world, tag| world.tag(tag, "2026-01-01"))
    }

    fn patches(tags: &[&str]) -> World {
        world(Kind::ReleaseChannel { channel: ReleaseChannel::PatchRelease }, tags)
    }

    #[test]
    fn a_patch_release_among_the_tags_is_enough() {
        let kept = patches(&["v1.0.0", "v1.0.1", "v1.0.2"]).judge();
        assert_eq!((kept.outcome.word(), kept.tested), ("kept", 2));
        assert!(kept.reasons[0].text.contains("1.0.2"));
        assert_eq!(patches(&["v1.0.0", "v1.1.0", "v1.1.1-rc.1"]).outcomes(), ["unproven"]);
        let mut without = patches(&[]);
        without.observations.git = Observed::Absent(Vec::new());
        assert!(without.judge().reasons[0].text.contains("no git repository"));
    }

    fn logged(tags: &[&str], versions: &[&str]) -> World {
        let mut world = world(Kind::Changelog { record: Record::Changelog }, tags);
        let source = Source::new("CHANGELOG.md", "# Changes\n");
        let versions = versions.iter().map(|version| (version.parse().unwrap(), Place::line_in(&source, 1))).collect();
        world.observations.changelog = Observed::Seen(Changelog { versions, path: "CHANGELOG.md".into(), points_elsewhere: None });
        world
    }

    const TAGS: &[&str] = &["v1.0.0", "v1.1.0", "v1.2.0", "v1.3.0", "v1.4.0", "v1.5.0", "v1.6.0", "v1.7.0-rc.1"];

    #[test]
    fn a_changelog_that_names_the_newest_stable_release_is_kept() {
        assert_eq!(logged(TAGS, &["1.6.0", "1.5.0"]).outcomes(), ["kept"]);
        assert_eq!(logged(TAGS, &["1.6.0"]).outcomes(), ["kept"]);
    }

    #[test]
    fn one_that_stopped_within_five_releases_is_broken() {
        let broken = logged(TAGS, &["1.4.0", "1.3.0"]).judge();
        assert_eq!(broken.outcome.word(), "broken");
        assert!(broken.reasons[0].text.contains("names 1.4.0") && broken.reasons[0].text.contains("1.6.0 (tag v1.6.0, 2026-01-01)"));
        assert_eq!(logged(TAGS, &["1.1.0"]).outcomes(), ["broken"]);
    }

    #[test]
    fn what_is_none_of_the_newest_or_elsewhere_is_unproven() {
        assert_eq!(logged(TAGS, &["1.0.0"]).outcomes(), ["unproven"], "the sixth before it");
        assert_eq!(logged(TAGS, &[]).outcomes(), ["unproven"]);
        assert_eq!(logged(&[], &["1.0.0"]).outcomes(), ["unproven"]);
        assert_eq!(logged(TAGS, &["1.4.0"]).incomplete(Incomplete::Shallow).outcomes(), ["unproven"]);
        let mut absent = logged(TAGS, &[]);
        absent.observations.changelog = Observed::Absent(vec!["CHANGELOG.md".into()]);
        assert_eq!(absent.outcomes(), ["unproven"]);
        assert_eq!(world(Kind::Changelog { record: Record::ReleaseNotes }, TAGS).outcomes(), ["unproven"]);
    }
}
