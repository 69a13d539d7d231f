//! The story: two releases, three environments, a gate, a downgrade, an incident, a rollback, an audit.

use std::path::Path;

use promotion_ledger::meaning::digest::Digest;
use promotion_ledger::meaning::refusal::ExitCode::{Done, GateFailed, Locked, VersionGuard};

use super::images;
use super::stage::Stage;
use crate::commands::export::shell_word;
use crate::error::{CommandError, file};

const MANIFEST: &str = "\
artifacts:
  registry: oci-layout:images        # any OCI registry: registry.acme.example
  promotion:
    components: { api: api }
    environments:
      - dev
      - { name: staging, gates: [tests] }
      - prod
";

/// What the only file of each image holds.
pub(super) const TEXTS: [&str; 2] = ["api v1.4.1\n", "api v1.5.0\n"];

/// Tells the story from the beginning to the end.
pub(super) fn tell(stage: &mut Stage, kept: Option<&Path>) -> Result<(), CommandError> {
    let images = stage.folder().join("images").join("api");
    let [old, new] = images::lay_out(&images, TEXTS).map_err(|error| file(&images, "written", &error))?;
    let genesis = begin(stage)?;
    promote(stage, &old)?;
    refuse_a_downgrade(stage, &new)?;
    lock(stage, &new)?;
    let rollback = roll_back(stage)?;
    look(stage, &rollback)?;
    audit(stage, &genesis)?;
    end(stage, kept)
}

fn begin(stage: &mut Stage) -> Result<String, CommandError> {
    stage.say("The rules: what is promoted, along which path, and what must have passed.")?;
    stage.write_and_show("manifest.yaml", MANIFEST)?;
    stage.say("A ledger, a key, and the rules in force.")?;
    let said = stage.run(Done, &["init", "--origin", "demo.example/promotions"])?;
    Ok(word_after(&said, "genesis").unwrap_or_default().to_owned())
}

fn promote(stage: &mut Stage, old: &Digest) -> Result<(), CommandError> {
    stage.say("A release is a version that stands for a digest, for good.")?;
    stage.run(Done, &["register", "v1.4.1", "--ref", old.as_str()])?;
    stage.run(Done, &["promote", "v1.4.1", "--from", "none", "--to", "dev"])?;
    stage.say("Staging wants its tests to have passed, for this very digest. Refusals are recorded, too:")?;
    stage.run(GateFailed, &["promote", "v1.4.1", "--from", "dev", "--to", "staging"])?;
    stage.write("tests.json", "{\"passed\":212,\"failed\":0}\n")?;
    let digest = ["--digest", old.as_str()];
    stage.run(
        Done,
        &[&["record", "gate", "tests", "--env", "staging", "--status", "passed", "--evidence", "tests.json"], &digest[..]].concat(),
    )?;
    stage.run(Done, &["promote", "v1.4.1", "--from", "dev", "--to", "staging"])?;
    Ok(())
}

fn refuse_a_downgrade(stage: &mut Stage, new: &Digest) -> Result<(), CommandError> {
    stage.say("The next release goes the same way. Going back to the older one by accident does not:")?;
    stage.run(Done, &["register", "v1.5.0", "--ref", new.as_str()])?;
    stage.run(Done, &["promote", "v1.5.0", "--from", "none", "--to", "dev"])?;
    stage.run(VersionGuard, &["promote", "v1.4.1", "--from", "none", "--to", "dev"])?;
    Ok(())
}

fn lock(stage: &mut Stage, new: &Digest) -> Result<(), CommandError> {
    let to_staging = ["promote", "v1.5.0", "--from", "dev", "--to", "staging"];
    stage.say("An incident: while staging is locked, nothing enters.")?;
    stage.run(Done, &["record", "gate", "tests", "--digest", new.as_str(), "--env", "staging", "--status", "passed"])?;
    stage.run(Done, &["lock", "--env", "staging", "--reason", "Incident 123: database migration"])?;
    stage.run(Locked, &to_staging)?;
    stage.run(Done, &["unlock", "--env", "staging", "--reason", "migration done"])?;
    stage.run(Done, &to_staging)?;
    Ok(())
}

/// Gives the rollback's own words, which name its promotion.
fn roll_back(stage: &mut Stage) -> Result<String, CommandError> {
    stage.say("v1.5.0 does not hold: back to the newest release that was there before.")?;
    let said = stage.run(Done, &["rollback", "--env", "staging", "--reason", "errors in checkout"])?;
    Ok(word_after(&said, "promotion").unwrap_or_default().trim_end_matches(',').to_owned())
}

fn look(stage: &mut Stage, rollback: &str) -> Result<(), CommandError> {
    stage.say("What is where, what was refused, and all of the rollback:")?;
    stage.run(Done, &["status"])?;
    stage.run(Done, &["history", "--type", "promotion.refused"])?;
    stage.run(Done, &["show", rollback])?;
    Ok(())
}

fn audit(stage: &mut Stage, genesis: &str) -> Result<(), CommandError> {
    stage.say("An auditor trusts nobody who wrote this: every byte, signature and rule again, from what `init` told to pin.")?;
    stage.run(Done, &["verify", "--genesis", genesis, "--require", "pinned"])?;
    Ok(())
}

fn end(stage: &mut Stage, kept: Option<&Path>) -> Result<(), CommandError> {
    if let Some(folder) = kept {
        let folder = shell_word(&folder.display().to_string());
        stage.say(&format!("Everything is in {folder}; to go on with it: cd {folder} && export HOME=$PWD"))?;
    }
    stage.say("Every command ended as expected. Next: docs/getting-started.md, or begin your own: promoledger init --origin NAME")
}

/// The word behind another one.
fn word_after<'a>(text: &'a str, before: &str) -> Option<&'a str> {
    let mut words = text.split_whitespace();
    words.find(|word| *word == before)?;
    words.next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_behind_others() {
        let said = "api v1.4.1  back into staging  promotion 0198f0a4-6f3a, entries 31 to 38\n  genesis  00ff\n";
        assert_eq!(word_after(said, "promotion"), Some("0198f0a4-6f3a,"));
        assert_eq!(word_after(said, "genesis"), Some("00ff"));
        assert_eq!(word_after(said, "head"), None);
    }

    #[test]
    fn the_manifest_of_the_story_is_in_order() {
        let rules = promotion_delivery::manifest::parse(
            MANIFEST.as_bytes(),
            promotion_ledger::meaning::time::Timestamp::EPOCH,
            &promotion_delivery::manifest::NoFiles,
        )
        .unwrap();
        assert_eq!(rules.environments().len(), 3);
    }
}
