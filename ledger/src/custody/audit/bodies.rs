//! Whether the bodies that entries name are there, and are what was named.

use std::ops::ControlFlow;

use super::judge::Audit;
use crate::custody::log::Log;
use crate::evidence::hash::body_digest;
use crate::meaning::refusal::ExitCode;

impl Audit<'_> {
    /// Checks every body that an entry names.
    pub(super) fn check_bodies(&mut self, log: &dyn Log) {
        for (digest, (sequence, evidence)) in std::mem::take(&mut self.named) {
            match log.body(&digest) {
                Ok(None) if self.removed.contains(&digest) => {}
                Ok(None) => {
                    let message = format!("the body that it names is missing, and no entry says that it was removed: {digest}");
                    self.found(ExitCode::Incomplete, Some(sequence), message);
                }
                Ok(Some(body)) => {
                    let actual = body_digest(&body.salt, &body.bytes);
                    if actual != digest || u64::try_from(body.bytes.len()) != Ok(evidence.size) {
                        let message = format!(
                            "the body that it names was changed: expected {digest}, {} bytes, found {actual}, {} bytes",
                            evidence.size,
                            body.bytes.len()
                        );
                        self.found(ExitCode::Tampered, Some(sequence), message);
                    }
                }
                Err(error) => self.found(error.exit_code(), Some(sequence), format!("the body that it names: {error}")),
            }
            self.named.insert(digest, (sequence, evidence));
        }
        self.check_strays(log);
    }

    /// A body that no entry names proves nothing and hurts nothing, but an auditor should know.
    fn check_strays(&mut self, log: &dyn Log) {
        let mut strays = 0u64;
        let named = &self.named;
        let read = log.bodies(&mut |digest| {
            strays += u64::from(!named.contains_key(&digest));
            ControlFlow::Continue(())
        });
        if let Err(error) = read {
            self.found(error.exit_code(), None, error.to_string());
        }
        if strays > 0 {
            let bodies = if strays == 1 { "1 body is".to_owned() } else { format!("{strays} bodies are") };
            self.remarks.push(format!("{bodies} named by no entry: that proves nothing"));
        }
    }
}
