//! The shim: a file system for SQLite that hands everything to SQLite's own, and comes in between for the bytes of
//! watched files.
//!
//! A file of the shim is a small head followed, in the same piece of memory, by the file of SQLite's own file system.

use std::ffi::{CStr, OsStr, c_char, c_int, c_void};
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::ptr;
use std::slice;
use std::sync::{Arc, OnceLock};

use rusqlite::ffi::{
    SQLITE_CANTOPEN, SQLITE_FULL, SQLITE_IOERR, SQLITE_IOERR_FSYNC, SQLITE_IOERR_READ, SQLITE_IOERR_SHMMAP, SQLITE_IOERR_TRUNCATE,
    SQLITE_IOERR_WRITE, SQLITE_OK, sqlite3_file, sqlite3_int64, sqlite3_io_methods, sqlite3_vfs, sqlite3_vfs_find, sqlite3_vfs_register,
};

use crate::fault::Act;
use crate::journal::FileId;
use crate::system::within_sqlite;
use crate::watched::{Verdict, Watched, watched};

/// SQLite's own file system. It is there as long as the process.
#[derive(Clone, Copy)]
struct Own(*mut sqlite3_vfs);

// SAFETY: SQLite itself uses the table from every thread, and changes nothing in it but the link to the next one.
unsafe impl Send for Own {}
// SAFETY: as above.
unsafe impl Sync for Own {}

static OWN: OnceLock<Own> = OnceLock::new();

/// An open file: this head, then the file of SQLite's own file system.
#[repr(C)]
struct Shim {
    methods: *const sqlite3_io_methods,
    watch: *mut Watch,
}

struct Watch {
    disk: Arc<Watched>,
    file: FileId,
}

/// Calls a method of SQLite's own file. Its methods differ in their arguments alone.
macro_rules! forward {
    ($method:ident($file:expr $(, $argument:expr)*)) => {{
        let method = methods($file).$method.expect("SQLite's own file system has every method of version 2");
        within_sqlite(|| method(inner($file) $(, $argument)*))
    }};
}

/// A method that hands its arguments on.
macro_rules! handed_on {
    ($($name:ident = $method:ident($($argument:ident: $kind:ty),*) $(-> $answer:ty)?;)*) => {$(
        unsafe extern "C" fn $name(file: *mut sqlite3_file $(, $argument: $kind)*) $(-> $answer)? {
            // SAFETY: SQLite's promise: an open file, and arguments for this method.
            unsafe { forward!($method(file $(, $argument)*)) }
        }
    )*};
}

handed_on! {
    file_size = xFileSize(out: *mut sqlite3_int64) -> c_int;
    lock = xLock(kind: c_int) -> c_int;
    unlock = xUnlock(kind: c_int) -> c_int;
    check_reserved_lock = xCheckReservedLock(out: *mut c_int) -> c_int;
    file_control = xFileControl(about: c_int, argument: *mut c_void) -> c_int;
    sector_size = xSectorSize() -> c_int;
    device_characteristics = xDeviceCharacteristics() -> c_int;
    shm_lock = xShmLock(offset: c_int, count: c_int, flags: c_int) -> c_int;
    shm_barrier = xShmBarrier();
    shm_unmap = xShmUnmap(remove: c_int) -> c_int;
}

/// Without memory mapping, which would write past us, if SQLite used it for writing.
static METHODS: sqlite3_io_methods = sqlite3_io_methods {
    iVersion: 2,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(file_size),
    xLock: Some(lock),
    xUnlock: Some(unlock),
    xCheckReservedLock: Some(check_reserved_lock),
    xFileControl: Some(file_control),
    xSectorSize: Some(sector_size),
    xDeviceCharacteristics: Some(device_characteristics),
    xShmMap: Some(shm_map),
    xShmLock: Some(shm_lock),
    xShmBarrier: Some(shm_barrier),
    xShmUnmap: Some(shm_unmap),
    xFetch: None,
    xUnfetch: None,
};

/// Puts the shim in the place of the default file system, once for the process.
pub(crate) fn install() {
    OWN.get_or_init(|| {
        // SAFETY: no name asks for the default file system, which SQLite brings itself.
        let own = unsafe { sqlite3_vfs_find(ptr::null()) };
        assert!(!own.is_null(), "SQLite has a file system of its own");
        // SAFETY: it is not null, and points to a table that is there as long as the process.
        let table = unsafe { *own };
        let head = c_int::try_from(size_of::<Shim>()).expect("a few bytes");
        // What is not replaced needs of its table no more than the copy has as well.
        let shim = sqlite3_vfs {
            szOsFile: head + table.szOsFile,
            pNext: ptr::null_mut(),
            zName: c"faulty-disk".as_ptr(),
            xOpen: Some(open),
            ..table
        };
        // SAFETY: the table is leaked, so it is there as long as the process, and complete.
        let registered = unsafe { sqlite3_vfs_register(Box::leak(Box::new(shim)), 1) };
        assert_eq!(registered, SQLITE_OK, "a complete table is registered");
        Own(own)
    });
}

fn own() -> *mut sqlite3_vfs {
    OWN.get().expect("SQLite knows the shim only once it is installed").0
}

/// Opens a file: with the shim in between in a watched folder, and just as SQLite would elsewhere.
unsafe extern "C" fn open(_: *mut sqlite3_vfs, name: *const c_char, file: *mut sqlite3_file, flags: c_int, out: *mut c_int) -> c_int {
    // SAFETY: SQLite's own table is complete.
    let open = unsafe { (*own()).xOpen }.expect("every file system opens files");
    // SAFETY: SQLite passes null, for a temporary file, or a C string.
    let path = (!name.is_null()).then(|| Path::new(OsStr::from_bytes(unsafe { CStr::from_ptr(name) }.to_bytes())));
    let Some((disk, short_name)) = path.and_then(watched) else {
        // SAFETY: SQLite's own arguments; the memory is larger than its own file system needs.
        return unsafe { open(own(), name, file, flags, out) };
    };
    let shim = file.cast::<Shim>();
    // SAFETY: the memory is as large as the table says. Without methods, a file that was not opened is not closed.
    unsafe { (*shim).methods = ptr::null() };
    if disk.refuses(Act::Open) {
        return SQLITE_CANTOPEN;
    }
    // SAFETY: SQLite's own arguments, with the part of the memory that is for its own file system.
    let opened = within_sqlite(|| unsafe { open(own(), name, inner(file), flags, out) });
    let Some(known) = disk.file(&short_name).filter(|_| opened == SQLITE_OK) else {
        return if opened == SQLITE_OK { SQLITE_IOERR } else { opened };
    };
    let watch = Box::into_raw(Box::new(Watch { disk, file: known }));
    // SAFETY: as above.
    unsafe { shim.write(Shim { methods: &raw const METHODS, watch }) };
    SQLITE_OK
}

/// The file of SQLite's own file system.
fn inner(file: *mut sqlite3_file) -> *mut sqlite3_file {
    file.cast::<Shim>().wrapping_add(1).cast()
}

/// The methods of SQLite's own file.
///
/// # Safety
///
/// `file` was opened by [`open`], in a watched folder, and is not closed.
unsafe fn methods<'a>(file: *mut sqlite3_file) -> &'a sqlite3_io_methods {
    // SAFETY: the inner file was opened, so it names its methods, and those are there as long as the process.
    unsafe { &*(*inner(file)).pMethods }
}

/// # Safety
///
/// As [`methods`].
unsafe fn watch<'a>(file: *mut sqlite3_file) -> &'a Watch {
    // SAFETY: the head was written when the file was opened, and its watch is freed when it is closed.
    unsafe { &*(*file.cast::<Shim>()).watch }
}

unsafe extern "C" fn close(file: *mut sqlite3_file) -> c_int {
    // SAFETY: SQLite closes a file that it opened, once; nothing uses the watch afterwards.
    unsafe {
        drop(Box::from_raw((*file.cast::<Shim>()).watch));
        forward!(xClose(file))
    }
}

unsafe extern "C" fn read(file: *mut sqlite3_file, data: *mut c_void, amount: c_int, at: sqlite3_int64) -> c_int {
    // SAFETY: SQLite's promise: an open file, and memory for so many bytes.
    unsafe {
        if watch(file).disk.refuses(Act::Read) {
            return SQLITE_IOERR_READ;
        }
        forward!(xRead(file, data, amount, at))
    }
}

unsafe extern "C" fn write(file: *mut sqlite3_file, data: *const c_void, amount: c_int, at: sqlite3_int64) -> c_int {
    let length = usize::try_from(amount).unwrap_or_default();
    let start = u64::try_from(at).unwrap_or_default();
    // SAFETY: SQLite's promise: an open file, and so many bytes.
    let (Watch { disk, file: known }, bytes, size) = unsafe { (watch(file), slice::from_raw_parts(data.cast::<u8>(), length), size(file)) };
    let growth = (start + length as u64).saturating_sub(size.max(start));
    let (through, answer) = match disk.judge_write(length, growth) {
        Verdict::Goes => (length, SQLITE_OK),
        Verdict::Fails(through) => (through, SQLITE_IOERR_WRITE),
        Verdict::Full(through) => (through, SQLITE_FULL),
    };
    let part = c_int::try_from(through).unwrap_or(amount);
    // SAFETY: as above, with no more bytes than there are.
    let written = if part == 0 { SQLITE_OK } else { unsafe { forward!(xWrite(file, data, part, at)) } };
    if written != SQLITE_OK {
        return written;
    }
    disk.written(*known, start, bytes.get(..through).unwrap_or(bytes));
    answer
}

unsafe extern "C" fn truncate(file: *mut sqlite3_file, size_wanted: sqlite3_int64) -> c_int {
    // SAFETY: SQLite's promise: an open file.
    unsafe {
        let Watch { disk, file: known } = watch(file);
        if disk.refuses(Act::Cut) {
            return SQLITE_IOERR_TRUNCATE;
        }
        let before = size(file);
        let done = forward!(xTruncate(file, size_wanted));
        if done == SQLITE_OK {
            let now = u64::try_from(size_wanted).unwrap_or_default();
            disk.cut(*known, now, before.saturating_sub(now));
        }
        done
    }
}

unsafe extern "C" fn sync(file: *mut sqlite3_file, flags: c_int) -> c_int {
    // SAFETY: SQLite's promise: an open file.
    unsafe {
        let Watch { disk, file: known } = watch(file);
        if disk.refuses(Act::Sync) {
            disk.synced(*known, false);
            return SQLITE_IOERR_FSYNC;
        }
        // Before the names in the folder, which SQLite makes durable together with a new file: as the system does it.
        disk.synced(*known, true);
        forward!(xSync(file, flags))
    }
}

unsafe extern "C" fn shm_map(file: *mut sqlite3_file, page: c_int, size: c_int, extend: c_int, out: *mut *mut c_void) -> c_int {
    // SAFETY: SQLite's promise: an open file, and a place for the answer.
    unsafe {
        if watch(file).disk.refuses(Act::Share) {
            *out = ptr::null_mut();
            return SQLITE_IOERR_SHMMAP;
        }
        forward!(xShmMap(file, page, size, extend, out))
    }
}

/// The size of the file now.
///
/// # Safety
///
/// As [`methods`].
unsafe fn size(file: *mut sqlite3_file) -> u64 {
    let mut size = 0;
    // SAFETY: the caller's promise, and a place for the answer.
    let asked = unsafe { forward!(xFileSize(file, &raw mut size)) };
    if asked == SQLITE_OK { u64::try_from(size).unwrap_or_default() } else { 0 }
}
