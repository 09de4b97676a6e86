//! Compiles proto/ with protox: no protoc, nothing hand-written.

use std::path::{Path, PathBuf};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../proto");
    println!("cargo:rerun-if-changed={}", root.display());
    let mut files = Vec::new();
    collect(&root, &mut files)?;
    files.sort();
    let mut compiler = protox::Compiler::new([&root])?;
    // Comments travel with the descriptors: reflection and the command line's help show them.
    compiler.include_source_info(true).include_imports(true);
    compiler.open_files(&files)?;
    let out = PathBuf::from(std::env::var_os("OUT_DIR").ok_or("OUT_DIR")?);
    let encoded = compiler.encode_file_descriptor_set();
    std::fs::write(out.join("bidao.bin"), &encoded)?;
    let mut messages = tonic_prost_build::Config::new();
    // Public events carry the name of their message.
    messages.enable_type_names();
    tonic_prost_build::configure()
        .include_file("bidao.rs")
        .compile_fds_with_config(compiler.file_descriptor_set(), messages)?;
    Ok(())
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "proto") {
            files.push(path);
        }
    }
    Ok(())
}
