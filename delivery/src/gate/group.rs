//! The process group of one gate: its leader, and whatever the leader started that did not leave the group.

use std::io;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, ExitStatus};

use rustix::io::Errno;
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, getpgid, kill_process, kill_process_group, test_kill_process_group, waitid};

/// A process group that does not outlive its use.
#[derive(Debug)]
pub(super) struct Group {
    leader: Child,
    /// The leader's number, and the group's.
    id: Pid,
    /// How the leader ended, once it was waited for.
    end: Option<Result<ExitStatus, String>>,
    /// Whether nothing is left, so that the number may be somebody else's by now.
    gone: bool,
}

impl Group {
    pub(super) fn start(mut command: Command) -> io::Result<Self> {
        let leader = command.process_group(0).spawn()?;
        let id = Pid::from_child(&leader);
        Ok(Self { leader, id, end: None, gone: false })
    }

    /// Whether the leader has ended. It is not waited for yet: until it is, the group's number cannot become anybody else's.
    pub(super) fn leader_has_ended(&self) -> bool {
        let look = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        self.end.is_some() || !matches!(waitid(WaitId::Pid(self.id), look), Ok(None) | Err(Errno::INTR))
    }

    /// Whether nothing of the group is left. Waits for the leader where it has ended.
    pub(super) fn is_gone(&mut self) -> bool {
        if !self.leader_has_ended() {
            return false;
        }
        if self.end.is_none() {
            self.end = Some(self.leader.wait().map_err(|error| error.to_string()));
        }
        self.gone = self.gone || test_kill_process_group(self.id) == Err(Errno::SRCH);
        self.gone
    }

    /// How the leader ended, once [`is_gone`](Self::is_gone) has seen that it did; `None` when it did not.
    pub(super) fn end(&self) -> Option<Result<ExitStatus, String>> {
        self.end.clone()
    }

    /// Asks the group to end. What was stopped goes on, or it could not hear.
    pub(super) fn ask_to_end(&self) {
        self.signal(Signal::TERM);
        self.signal(Signal::CONT);
    }

    pub(super) fn kill(&self) {
        self.signal(Signal::KILL);
    }

    fn signal(&self, signal: Signal) {
        if self.gone {
            return;
        }
        // It fails where nobody is left, and where all that is left belongs to another user: looking who is gone tells.
        let _ = kill_process_group(self.id, signal);
        // A leader may have gone over to a group that it made for a child; it is ours all the same.
        if self.end.is_none() && getpgid(Some(self.id)).is_ok_and(|group| group != self.id) {
            let _ = kill_process(self.id, signal);
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if !self.is_gone() {
            self.kill();
        }
    }
}
