//! Reporting channels: their form, and whether a GitHub link leads to this project (spec: `reporting-channel`).

use std::collections::BTreeSet;
use std::sync::Arc;

use super::Context;
use crate::address::{GithubHome, github_home, holds_email, is_email, is_url, pointed_file};
use crate::commitment::{Channel, Commitment};
use crate::observation::Reason;
use crate::source::Source;
use crate::verdict::Judgement;

/// Judges the form of a reporting channel.
pub fn reporting_channel(context: Context<'_>, commitment: &Commitment, channel: Channel, target: &str) -> Judgement {
    let target = target.trim();
    match channel {
        Channel::GithubAdvisory => advisory(context, commitment, target),
        Channel::Email | Channel::Url if target.is_empty() => pointed(context, commitment, channel),
        Channel::Email => form(commitment, is_email(target), "an e-mail address", target),
        Channel::Url => form(commitment, is_url(target), "a web address", target),
        // A platform or a chat may be named without an address.
        Channel::Platform | Channel::Chat => form(commitment, true, "a name or an address", target),
    }
}

fn form(commitment: &Commitment, well: bool, what: &str, target: &str) -> Judgement {
    if well {
        return Judgement::kept(
            0,
            Reason::at(format!("well formed as {what}; whether somebody reads it is not tested"), &commitment.place),
        );
    }
    Judgement::unproven(Reason::at(format!("`{target}` is not well formed as {what}"), &commitment.place))
}

/// The address is said to stand somewhere else.
fn pointed(context: Context<'_>, commitment: &Commitment, channel: Channel) -> Judgement {
    let Some(path) = pointed_file(&commitment.words) else {
        return Judgement::unproven(Reason::at("the address is said to stand on a page that is not in this repository", &commitment.place));
    };
    let named = |file: &&Arc<Source>| file.path().rsplit('/').next() == Some(path);
    let files: Vec<_> = context.observations.pointed_files.iter().filter(named).collect();
    if files.is_empty() {
        return Judgement::unproven(Reason::in_path(format!("{path}, where the address is said to stand, could not be read"), path));
    }
    let holds = |file: &&&Arc<Source>| match channel {
        Channel::Email => holds_email(file.text()),
        Channel::Url => file.text().contains("://"),
        Channel::GithubAdvisory | Channel::Platform | Channel::Chat => true,
    };
    if let Some(file) = files.iter().find(holds) {
        let said = format!("{} holds an address; whether somebody reads it is not tested", file.path());
        return Judgement::kept(1, Reason::in_path(said, file.path()));
    }
    Judgement::broken(Reason::in_path(format!("{path}, where the address is said to stand, is not there or holds none"), path))
}

fn advisory(context: Context<'_>, commitment: &Commitment, target: &str) -> Judgement {
    let kept = |tested, text: String| Judgement::kept(tested, Reason::at(text, &commitment.place));
    let Some(link) = github_home(target) else {
        return kept(
            0,
            "GitHub's private reporting, without a link to compare; whether it is switched on is a setting of the repository".into(),
        );
    };
    let homes = homes(context);
    if homes.is_empty() {
        return kept(0, "well formed; no home on GitHub is known to compare it with (no `repository` in a manifest, no remote)".into());
    }
    if homes.contains(&link) {
        return kept(
            1,
            "the link leads to this project's own repository; whether reporting is switched on there is a setting that no file shows"
                .into(),
        );
    }
    let GithubHome { owner, .. } = &link;
    let known = homes.iter().map(|home| format!("`{}`", full_name(home))).collect::<Vec<_>>().join(", ");
    if homes.iter().any(|home| home.owner == *owner) {
        let kept = kept(1, format!("the link leads to another repository of the same owner, `{owner}`"));
        return kept.note(Reason::new(format!("the link leads to `{}`, this project's home is {known}", full_name(&link))));
    }
    let said = format!("the link leads to `{}`, but this project's home on GitHub is {known}", full_name(&link));
    Judgement::broken(Reason::at(said, &commitment.place))
}

fn full_name(home: &GithubHome) -> String {
    home.repository.as_ref().map_or_else(|| home.owner.clone(), |name| format!("{}/{name}", home.owner))
}

/// The repositories on GitHub that the manifests and the remotes name.
fn homes(context: Context<'_>) -> BTreeSet<GithubHome> {
    let manifests = context.observations.workspace.members.iter().filter_map(|member| member.repository.as_deref());
    let remotes = context.observations.git.seen().into_iter().flat_map(|git| git.remotes.iter().map(|remote| remote.url.as_str()));
    manifests.chain(remotes).filter_map(github_home).collect()
}

#[cfg(test)]
mod tests {
    use crate::commitment::{Channel, Kind};
    use crate::source::Source;
    use crate::testing::World;

    fn world(channel: Channel, target: &str) -> World {
        World::new().member("app", "1.0.0").promise(Kind::ReportingChannel { channel, target: target.into() })
    }

    const LINK: &str = "https://github.com/acme/app/security/advisories/new";

    #[test]
    fn a_link_to_the_projects_own_repository_is_kept() {
        let judged = world(Channel::GithubAdvisory, LINK).remote("git@github.com:Acme/App.git").judge();
        assert_eq!((judged.outcome.word(), judged.tested), ("kept", 1));
        assert!(judged.notes.is_empty());
    }

    #[test]
    fn a_link_to_a_stranger_is_broken() {
        let judged = world(Channel::GithubAdvisory, LINK).remote("https://github.com/other/app").judge();
        assert_eq!(judged.outcome.word(), "broken");
        assert_eq!(judged.reasons[0].text, "the link leads to `acme/app`, but this project's home on GitHub is `other/app`");
        assert!(judged.reasons[0].at.is_some());
    }

    #[test]
    fn a_fork_whose_manifest_names_the_home_is_kept() {
        let mut world = world(Channel::GithubAdvisory, LINK).remote("https://github.com/fork/app");
        world.observations.workspace.members[0].repository = Some("https://github.com/acme/app".into());
        assert_eq!(world.outcomes(), ["kept"]);
    }

    #[test]
    fn another_repository_of_the_owner_is_kept_with_a_note() {
        let judged = world(Channel::GithubAdvisory, LINK).remote("https://github.com/acme/other").judge();
        assert_eq!((judged.outcome.word(), judged.notes.len()), ("kept", 1));
    }

    #[test]
    fn without_a_home_or_a_link_only_the_form_is_judged() {
        for world in [world(Channel::GithubAdvisory, LINK), world(Channel::GithubAdvisory, "").remote("https://github.com/other/app")] {
            let judged = world.judge();
            assert_eq!((judged.outcome.word(), judged.tested), ("kept", 0));
        }
    }

    #[test]
    fn well_formed_addresses_are_kept_and_not_tested() {
        for (channel, target) in [
            (Channel::Email, "security@acme.io"),
            (Channel::Url, "https://acme.io/contact"),
            (Channel::Platform, "hackerone.com/acme"),
            (Channel::Chat, "@acme"),
        ] {
            let judged = world(channel, target).judge();
            assert_eq!((judged.outcome.word(), judged.tested), ("kept", 0), "{target}");
        }
        assert_eq!(world(Channel::Email, "security at acme").outcomes(), ["unproven"]);
    }

    #[test]
    fn a_file_that_should_hold_the_address_is_read() {
        let pointed = |text: Option<&str>| {
            let kind = Kind::ReportingChannel { channel: Channel::Email, target: String::new() };
            let mut world = World::new().promise_in("write to the address in Cargo.toml", None, kind);
            world.observations.pointed_files.extend(text.map(|text| Source::new("Cargo.toml", text)));
            world.outcomes()
        };
        assert_eq!(pointed(Some("authors = [\"Jo <jo@acme.io>\"]")), ["kept"]);
        assert_eq!(pointed(Some("authors = [\"Jo\"]")), ["broken"]);
        assert_eq!(pointed(None), ["unproven"]);
        assert_eq!(world(Channel::Email, "").outcomes(), ["unproven"], "a page elsewhere");
    }
}
