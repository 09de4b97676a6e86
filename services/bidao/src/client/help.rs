//! Comments of the proto files as help texts.

use prost_reflect::FileDescriptor;

/// The comment above what stands at `path` in `file`.
pub fn of(file: &FileDescriptor, path: &[i32]) -> String {
    let source = file.file_descriptor_proto().source_code_info.as_ref();
    let location =
        source.and_then(|info| info.location.iter().find(|location| location.path == path));
    let comment = location.map(|location| location.leading_comments().trim()).unwrap_or_default();
    comment.lines().map(str::trim).collect::<Vec<_>>().join(" ")
}
