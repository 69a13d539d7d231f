//! What happens to names, and what the standard library asks for: the C library's functions, under their own names.
//!
//! A program takes a function that it defines itself before one of a shared library. So the standard library, and
//! SQLite's own file system below the shim, come here first. Each function does what the C library's does, by the same
//! system call; what it sees in a watched folder is written down, and what is to fail there fails.

use std::cell::Cell;
use std::ffi::{CStr, OsStr};
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use libc::{AT_FDCWD, EIO, O_CREAT, O_TRUNC, c_char, c_int, c_long, mode_t};

use crate::fault::Act;
use crate::watched::{watched, watched_folder};

thread_local! {
    static WITHIN_SQLITE: Cell<bool> = const { Cell::new(false) };
}

/// Runs something of SQLite's: what it does to bytes is seen and judged by the shim, and not here once more.
pub(crate) fn within_sqlite<T>(run: impl FnOnce() -> T) -> T {
    let before = WITHIN_SQLITE.replace(true);
    let done = run();
    WITHIN_SQLITE.set(before);
    done
}

fn is_within_sqlite() -> bool {
    WITHIN_SQLITE.try_with(Cell::get).unwrap_or_default()
}

/// `open(2)`.
///
/// # Safety
///
/// As that of the C library. It is declared there with an open end; on every machine that Linux runs on, the mode, when
/// it is passed, is passed as it is here.
#[unsafe(no_mangle)]
unsafe extern "C" fn open(path: *const c_char, flags: c_int, mode: mode_t) -> c_int {
    // SAFETY: the caller's promise.
    unsafe { opened(path, flags, mode) }
}

/// `open(2)` under the name that it has where files may be large.
///
/// # Safety
///
/// As [`open`].
#[unsafe(no_mangle)]
unsafe extern "C" fn open64(path: *const c_char, flags: c_int, mode: mode_t) -> c_int {
    // SAFETY: the caller's promise.
    unsafe { opened(path, flags, mode) }
}

/// `unlink(2)`.
///
/// # Safety
///
/// As that of the C library.
#[unsafe(no_mangle)]
unsafe extern "C" fn unlink(path: *const c_char) -> c_int {
    // SAFETY: the caller's promise: a C string.
    let place = watched(unsafe { path_of(path) });
    if place.as_ref().is_some_and(|(disk, _)| disk.refuses(Act::Remove)) {
        return refuse();
    }
    // SAFETY: the system call behind the C library's function, with its arguments.
    let done = short(unsafe { libc::syscall(libc::SYS_unlinkat, AT_FDCWD, path, 0) });
    if let (0, Some((disk, name))) = (done, place) {
        disk.removed(&name);
    }
    done
}

/// `rename(2)`.
///
/// # Safety
///
/// As that of the C library.
#[unsafe(no_mangle)]
unsafe extern "C" fn rename(from: *const c_char, to: *const c_char) -> c_int {
    // SAFETY: the caller's promise: two C strings.
    let places = unsafe { (watched(path_of(from)), watched(path_of(to))) };
    if places.1.as_ref().is_some_and(|(disk, _)| disk.refuses(Act::Rename)) {
        return refuse();
    }
    // SAFETY: the system call behind the C library's function, with its arguments.
    let done = short(unsafe { libc::syscall(libc::SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0) });
    if let (0, (Some((disk, from)), Some((_, to)))) = (done, places) {
        disk.renamed(&from, &to);
    }
    done
}

/// `fsync(2)`.
///
/// # Safety
///
/// As that of the C library: it has no conditions.
#[unsafe(no_mangle)]
unsafe extern "C" fn fsync(file: c_int) -> c_int {
    synced(libc::SYS_fsync, file)
}

/// `fdatasync(2)`.
///
/// # Safety
///
/// As that of the C library: it has no conditions.
#[unsafe(no_mangle)]
unsafe extern "C" fn fdatasync(file: c_int) -> c_int {
    synced(libc::SYS_fdatasync, file)
}

/// # Safety
///
/// As [`open`].
unsafe fn opened(path: *const c_char, flags: c_int, mode: mode_t) -> c_int {
    // SAFETY: the caller's promise: a C string.
    let own = unsafe { path_of(path) };
    let place = watched(own);
    if let Some((disk, _)) = &place
        && !is_within_sqlite()
        && disk.refuses(Act::Open)
    {
        return refuse();
    }
    let was_there = place.is_none() || fs::symlink_metadata(own).is_ok();
    // SAFETY: the system call behind the C library's function, with its arguments.
    let file = short(unsafe { libc::syscall(libc::SYS_openat, AT_FDCWD, path, flags, mode) });
    if let (0.., Some((disk, name))) = (file, place) {
        if flags & O_CREAT != 0 && !was_there {
            disk.created(&name);
        } else if flags & O_TRUNC != 0
            && let Some(known) = disk.file(&name)
        {
            disk.cut(known, 0, 0);
        }
    }
    file
}

fn synced(call: c_long, descriptor: c_int) -> c_int {
    // SAFETY: a system call that takes any number for a descriptor, and refuses those that are none.
    let go = || short(unsafe { libc::syscall(call, descriptor) });
    let Some(path) = path_behind(descriptor) else { return go() };
    if let Some(disk) = watched_folder(&path) {
        if disk.refuses(Act::SyncNames) {
            return refuse();
        }
        disk.names_synced();
    } else if let Some((disk, name)) = watched(&path)
        && let Some(file) = disk.file(&name)
        && !is_within_sqlite()
    {
        let well = !disk.refuses(Act::Sync);
        disk.synced(file, well);
        return if well { go() } else { refuse() };
    }
    go()
}

/// The path that a descriptor was opened by.
fn path_behind(descriptor: c_int) -> Option<PathBuf> {
    fs::read_link(format!("/proc/self/fd/{descriptor}")).ok()
}

/// # Safety
///
/// `path` is a C string that lives as long as `'a`.
unsafe fn path_of<'a>(path: *const c_char) -> &'a Path {
    // SAFETY: the caller's promise.
    Path::new(OsStr::from_bytes(unsafe { CStr::from_ptr(path) }.to_bytes()))
}

/// Fails as a disk fails.
fn refuse() -> c_int {
    // SAFETY: the place of this thread's error number, which is always there.
    unsafe { *libc::__errno_location() = EIO };
    -1
}

/// What a system call came to: a descriptor, zero, or -1.
fn short(done: c_long) -> c_int {
    c_int::try_from(done).unwrap_or(-1)
}
