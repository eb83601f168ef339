//! Waivers, sign-offs and other tools' ignore lists: one ledger. Pure.

use jiff::civil::Date;
use semver::Version;

use crate::observation::ignore::Ignore;
use crate::settings::Settings;
use crate::verdict::WaiverRef;

/// All that may cover a vulnerability or settle a verdict.
#[derive(Clone, Copy, Debug)]
pub struct Ledger<'a> {
    settings: &'a Settings,
    ignores: &'a [Ignore],
}

impl<'a> Ledger<'a> {
    /// The ledger of the settings' waivers and of other tools' ignores.
    pub const fn new(settings: &'a Settings, ignores: &'a [Ignore]) -> Self {
        Self { settings, ignores }
    }

    /// What covers the vulnerability with these `ids` (its advisory's id and aliases) in `package` at
    /// `version`: an unexpired waiver, else an effective ignore of another tool that carries a reason.
    pub fn covering(&self, _ids: &[&str], _package: &str, _version: &Version, _today: Date) -> Option<WaiverRef> {
        let _ = (self.settings, self.ignores);
        None
    }
}
