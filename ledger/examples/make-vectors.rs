//! Writes the files of `fixtures/vectors/v1` that the tests verify: `cargo run -p promotion-ledger --example make-vectors`.

#[path = "../tests/vectors/make/mod.rs"]
mod make;

use std::{fs, io};

fn main() -> io::Result<()> {
    for folder in ["valid", "invalid"] {
        let folder = make::folder().join(folder);
        fs::create_dir_all(&folder)?;
        for file in fs::read_dir(&folder)? {
            fs::remove_file(file?.path())?;
        }
    }
    for case in make::all() {
        fs::write(make::folder().join(case.path()), case.text())?;
    }
    Ok(())
}
