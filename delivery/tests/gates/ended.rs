//! Gates that do not end by themselves, or leave something behind.

use std::fs;
use std::time::Duration;

use promotion_delivery::gate::Ending;
use promotion_ledger::meaning::event::artifact::GateStatus;

use crate::stage::{LIMIT, stage, text, wait_until};

/// A grace that no test waits for.
const AMPLE: Duration = Duration::from_secs(600);
const SHORT: Duration = Duration::from_millis(200);

// proves: FR-012a, FR-012d, NFR-001
#[test]
fn past_its_limit_a_gate_has_failed_and_says_so() {
    let stage = stage().late();
    let run = stage.run_sh("echo $$ > leader; echo begun; touch ready; exec sleep 1000");
    assert_eq!(run.error().as_deref(), Some("Gate execution timed out after 300 seconds"));
    assert_eq!((run.status(), text(&run).as_str()), (GateStatus::Failed, "begun\n"));
    assert!(run.duration >= LIMIT, "{:?}", run.duration);
    assert!(!run.still_running && !stage.process("leader").runs());
}

// proves: FR-012c, NFR-002, NFR-003
#[test]
fn five_seconds_after_sigterm_the_whole_group_is_killed() {
    let stage = stage().late();
    let run = stage.run_sh(
        "trap 'echo heard' TERM
         sh -c 'trap \"\" TERM; echo $$ > child; while :; do sleep 0.1; done' &
         echo $$ > leader
         while ! [ -s child ]; do sleep 0.05; done
         touch ready
         while :; do sleep 0.1; done",
    );
    assert_eq!(run.ending, Ending::TimedOut(LIMIT));
    assert!(text(&run).contains("heard"), "it was told before it was killed");
    assert!(run.duration >= LIMIT + Duration::from_secs(5), "{:?}", run.duration);
    assert!(!stage.process("leader").runs() && !stage.process("child").runs());
}

// proves: FR-012c, FR-012d
#[test]
fn a_gate_that_ends_when_told_is_not_waited_for_and_has_failed_all_the_same() {
    let run = stage().late().grace(AMPLE).run_sh("trap 'echo bye; exit 0' TERM; touch ready; while :; do sleep 0.1; done");
    assert_eq!(run.ending, Ending::TimedOut(LIMIT));
    assert!(text(&run).ends_with("bye\n"), "what it wrote last is kept: {}", text(&run));
    assert!(run.duration < LIMIT + AMPLE, "{:?}", run.duration);
}

// proves: FR-012c, NFR-003
#[test]
fn a_child_has_its_grace_though_the_leader_is_gone() {
    let stage = stage().late().grace(AMPLE);
    let run = stage.run_sh(
        "sh -c 'trap \"sleep 0.5; touch tidied; exit\" TERM; touch ready; while :; do sleep 0.1; done' &
         wait",
    );
    assert_eq!(run.ending, Ending::TimedOut(LIMIT));
    assert!(stage.path("tidied").exists());
}

// proves: FR-012c, NFR-003
#[test]
fn fifty_children_that_ignore_sigterm_are_killed() {
    let stage = stage().late().grace(SHORT);
    fs::create_dir(stage.path("children")).unwrap();
    let run = stage.run_sh(
        "trap '' TERM
         for i in $(seq 50); do (sleep 1000 & echo $! > children/$i; wait) & done
         while [ $(cat children/* | wc -l) -lt 50 ]; do sleep 0.1; done
         touch ready
         wait",
    );
    assert_eq!(run.ending, Ending::TimedOut(LIMIT));
    for child in 1..=50 {
        assert!(!stage.process(&format!("children/{child}")).runs(), "child {child}");
    }
}

// proves: FR-012c
#[test]
fn a_gate_that_stopped_itself_is_ended() {
    let stage = stage().late().grace(AMPLE);
    let run = stage.run_sh(
        "echo $$ > leader
         (while ! grep -q '^State:.T' /proc/$$/status; do sleep 0.05; done; touch ready) &
         kill -STOP $$
         sleep 1000",
    );
    assert_eq!(run.ending, Ending::TimedOut(LIMIT));
    assert!(run.duration < LIMIT + AMPLE, "{:?}", run.duration);
    assert!(!stage.process("leader").runs());
}

// proves: NFR-003
#[test]
fn what_a_gate_leaves_in_its_group_ends_with_it() {
    let stage = stage();
    let run = stage.run_sh(
        "sh -c 'trap \"\" TERM HUP; echo $$ > child; while :; do sleep 0.1; done' &
         while ! [ -s child ]; do sleep 0.05; done
         echo done",
    );
    assert_eq!((run.ending.clone(), text(&run).as_str()), (Ending::Passed, "done\n"));
    assert!(!stage.process("child").runs());
}

#[test]
fn a_grandchild_that_left_the_group_with_the_pipe_is_not_waited_for() {
    let stage = stage();
    let run = stage.run_sh(
        "setsid sh -c 'echo $$ > away; exec sleep 1000' &
         while ! [ -s away ]; do sleep 0.05; done
         echo done; exit 7",
    );
    assert_eq!((run.ending.clone(), text(&run).as_str()), (Ending::Failed(7), "done\n"));
    let away = stage.process("away");
    assert!(away.runs(), "who left is not followed");
    away.kill();
}

#[test]
fn a_grandchild_that_left_and_writes_without_end_is_not_waited_for() {
    let stage = stage();
    let run = stage.run_sh(
        "setsid sh -c 'echo $$ > away; exec yes' &
         while ! [ -s away ]; do sleep 0.05; done
         exit 7",
    );
    assert_eq!(run.ending, Ending::Failed(7));
    let away = stage.process("away");
    wait_until("nobody reads any more, and SIGPIPE ended it", || !away.runs());
}

#[test]
fn a_leader_that_went_over_to_another_group_is_ended() {
    let stage = stage().late().grace(SHORT);
    let script = "
import os, signal, time
leader = os.getpid()
child = os.fork()
if child == 0:
    while os.getppid() == leader:
        time.sleep(0.1)
    os._exit(0)
signal.signal(signal.SIGTERM, signal.SIG_IGN)
os.setpgid(child, child)
os.setpgid(0, child)
open('leader', 'w').write(str(leader))
open('ready', 'w').close()
time.sleep(1000)
";
    let run = stage.run(&stage.argv(&["python3", "-c", script]));
    assert_eq!(run.ending, Ending::TimedOut(LIMIT), "{}", text(&run));
    assert!(!run.still_running && !stage.process("leader").runs());
}

#[test]
fn a_gate_that_closes_its_output_is_still_watched() {
    let run = stage().run_sh("echo before; exec >&- 2>&-; sleep 0.3; exit 4");
    assert_eq!((run.ending.clone(), text(&run).as_str()), (Ending::Failed(4), "before\n"));
    let late = stage().late();
    let run = late.run_sh("exec >&- 2>&-; echo $$ > leader; touch ready; exec sleep 1000");
    assert_eq!(run.ending, Ending::TimedOut(LIMIT));
    assert!(!late.process("leader").runs());
}
