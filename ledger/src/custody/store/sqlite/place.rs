//! Where a ledger is, and where it may be: on a file system of this machine alone.
//!
//! A ledger's own path, without links, is what counts: what belongs to it stands beside it, not beside a link to it.
//! SQLite's write-ahead log needs memory shared by all who have the file open, and locks that hold; between machines
//! there is neither (<https://sqlite.org/wal.html>, "all processes using a database must be on the same host").

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use super::connect::beside;
use super::fault::unavailable;
use crate::custody::store::StoreError;

/// The beginning of a rollback journal: its mark, two numbers, and how many pages the file had when the write began that
/// the journal undoes (<https://sqlite.org/fileformat2.html#the_rollback_journal>).
const JOURNAL_MAGIC: &[u8; 8] = b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7";
const JOURNAL_HEADER: usize = 20;

/// The types of network and cluster file systems, as Linux names them in a mount table.
const NETWORK: [&str; 25] = [
    "9p",
    "acfs",
    "afs",
    "beegfs",
    "ceph",
    "cifs",
    "coda",
    "davfs",
    "fuse.ceph-fuse",
    "fuse.davfs2",
    "fuse.glusterfs",
    "fuse.rclone",
    "fuse.s3fs",
    "fuse.sshfs",
    "gfs2",
    "glusterfs",
    "gpfs",
    "lustre",
    "ncpfs",
    "nfs",
    "nfs4",
    "ocfs2",
    "smb3",
    "smbfs",
    "sshfs",
];

/// The own path of a ledger that is there.
pub(super) fn of_existing(path: &Path) -> Result<PathBuf, StoreError> {
    match fs::canonicalize(path) {
        Ok(own) => refuse_network(own),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(StoreError::Missing { path: path.to_owned() }),
        Err(error) => Err(unavailable(path, &error)),
    }
}

/// The own path of a ledger that is to be made. What an interrupted creation leaves may be there: a file of no bytes, or
/// one whose journal will undo all of it. It is as good as none.
pub(super) fn of_new(path: &Path) -> Result<PathBuf, StoreError> {
    match fs::symlink_metadata(path) {
        Ok(file) if file.is_file() && (file.len() == 0 || will_be_undone(path)?) => {}
        Ok(_) => return Err(StoreError::Exists { path: path.to_owned() }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(unavailable(path, &error)),
    }
    let absolute = std::path::absolute(path).map_err(|error| unavailable(path, &error))?;
    let (Some(directory), Some(name)) = (absolute.parent(), absolute.file_name()) else {
        return Err(StoreError::Exists { path: absolute });
    };
    let own = fs::canonicalize(directory).map_err(|error| unavailable(directory, &error))?;
    refuse_network(own.join(name))
}

/// Whether all that is in the file will be undone by whoever opens it next: the journal beside it says that the file was
/// empty when the write began that was interrupted.
fn will_be_undone(path: &Path) -> Result<bool, StoreError> {
    let journal = beside(path, "-journal");
    let mut header = Vec::with_capacity(JOURNAL_HEADER);
    let read = File::open(&journal).and_then(|file| file.take(JOURNAL_HEADER as u64).read_to_end(&mut header));
    match read {
        Ok(_) => Ok(header.len() == JOURNAL_HEADER && header.starts_with(JOURNAL_MAGIC) && header.ends_with(&[0; 4])),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(unavailable(&journal, &error)),
    }
}

/// Refuses a path on a network file system, by name. Where the system does not tell what is mounted, as outside Linux,
/// the path is taken.
fn refuse_network(own: PathBuf) -> Result<PathBuf, StoreError> {
    let Ok(table) = fs::read("/proc/self/mountinfo") else { return Ok(own) };
    match file_system(&String::from_utf8_lossy(&table), &own) {
        Some(kind) if NETWORK.contains(&kind) => Err(StoreError::NetworkFileSystem { path: own, kind: kind.to_owned() }),
        _ => Ok(own),
    }
}

/// The type of the file system that `path` is on: that of the longest mount point above it, and of the last one mounted
/// there, since it hides those before it. The table is that of `proc_pid_mountinfo(5)`.
fn file_system<'table>(table: &'table str, path: &Path) -> Option<&'table str> {
    let above = table.lines().filter_map(mount).filter(|(point, _)| path.starts_with(point));
    above.max_by_key(|(point, _)| point.components().count()).map(|(_, kind)| kind)
}

/// The mount point and type of one line: `36 35 98:0 /root /point options optional… - type source options`.
fn mount(line: &str) -> Option<(PathBuf, &str)> {
    let (before, after) = line.split_once(" - ")?;
    let point = before.split(' ').nth(4)?;
    let kind = after.split(' ').next()?;
    Some((PathBuf::from(unescape(point)), kind))
}

/// The kernel writes space, tab, newline and backslash in a mount point as a backslash and three octal digits.
fn unescape(point: &str) -> String {
    [("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")]
        .into_iter()
        .fold(point.to_owned(), |text, (escape, character)| text.replace(escape, character))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "\
22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
23 22 0:21 / /proc rw,nosuid shared:12 master:3 - proc proc rw
40 22 0:44 / /srv/team rw,relatime - nfs4 files:/team rw,vers=4.2
41 40 254:1 / /srv/team/local rw,relatime shared:9 - xfs /dev/vdb rw
42 22 0:50 / /mnt/my\\040share rw - cifs //files/share rw
43 22 0:51 / /mnt/over rw - ext4 /dev/vdc rw
44 22 0:52 / /mnt/over rw - fuse.sshfs host: rw
a line that is none
";

    #[test]
    fn the_longest_mount_point_decides() {
        let cases = [
            ("/home/me/ledger.db", "ext4"),
            ("/srv/team/ledger.db", "nfs4"),
            ("/srv/team/local/ledger.db", "xfs"),
            ("/srv/teams/ledger.db", "ext4"),
            ("/mnt/my share/ledger.db", "cifs"),
            ("/mnt/over/ledger.db", "fuse.sshfs"),
        ];
        for (path, kind) in cases {
            assert_eq!(file_system(TABLE, Path::new(path)), Some(kind), "{path}");
        }
    }

    #[test]
    fn an_unreadable_table_names_nothing() {
        assert_eq!(file_system("", Path::new("/a")), None);
        assert_eq!(file_system("1 2 3 - ext4", Path::new("/a")), None);
    }

    #[test]
    fn a_mount_point_with_a_backslash_is_found() {
        assert_eq!(unescape("/a\\134040b"), "/a\\040b");
    }

    #[test]
    fn network_file_systems_are_known_by_name() {
        for kind in ["nfs", "nfs4", "cifs", "smb3", "fuse.sshfs", "9p"] {
            assert!(NETWORK.contains(&kind), "{kind}");
        }
        for kind in ["ext4", "xfs", "btrfs", "overlay", "tmpfs", "zfs"] {
            assert!(!NETWORK.contains(&kind), "{kind}");
        }
    }
}
