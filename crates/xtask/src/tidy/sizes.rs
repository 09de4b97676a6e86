//! Rule `sizes`: a function fits on a screen and a file holds one idea; tests may be as long as they need.

use std::ops::RangeInclusive;

use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Attribute, Block, Signature};

use super::Violation;
use super::rust::{RustFile, is_test_only};

const RULE: &str = "sizes";
const FUNCTION_LINES_MAX: usize = 70;
const FILE_LINES_MAX: usize = 400;

pub fn check(file: &RustFile) -> Vec<Violation> {
    if file.is_test() {
        return Vec::new();
    }
    let mut finder = Functions { path: &file.path, found: Vec::new() };
    finder.visit_file(&file.ast);
    let mut found = finder.found;
    let tests: usize = file.test_modules().into_iter().map(RangeInclusive::count).sum();
    let lines = file.text.lines().count() - tests;
    if lines > FILE_LINES_MAX {
        let message = format!(
            "{lines} lines without tests, the limit is {FILE_LINES_MAX}; \
             split it by what the parts decide"
        );
        found.push(Violation::new(&file.path, FILE_LINES_MAX + 1, RULE, message));
    }
    found
}

struct Functions<'a> {
    path: &'a str,
    found: Vec<Violation>,
}

impl Functions<'_> {
    /// From `fn` to the closing brace; the documentation above costs nothing.
    fn measure(&mut self, signature: &Signature, block: &Block) {
        let start = signature.span().start().line;
        let lines = block.span().end().line + 1 - start;
        if lines > FUNCTION_LINES_MAX {
            let message = format!(
                "function {} has {lines} lines, the limit is {FUNCTION_LINES_MAX}; \
                 keep the control flow here and move the leaves out",
                signature.ident
            );
            self.found.push(Violation::new(self.path, start, RULE, message));
        }
    }
}

/// Test modules and test functions are not entered, so what is inside is not measured.
impl<'ast> Visit<'ast> for Functions<'_> {
    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if !is_test_only(&item.attrs) {
            visit::visit_item_mod(self, item);
        }
    }
    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        if !is_test_only(&item.attrs) {
            self.measure(&item.sig, &item.block);
            visit::visit_item_fn(self, item);
        }
    }
    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        if !is_test_only(&item.attrs) {
            self.measure(&item.sig, &item.block);
            visit::visit_impl_item_fn(self, item);
        }
    }
    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        if let Some(block) = &item.default {
            self.measure(&item.sig, block);
        }
        visit::visit_trait_item_fn(self, item);
    }
    fn visit_attribute(&mut self, _: &'ast Attribute) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(path: &str, text: &str) -> Vec<usize> {
        let file = RustFile::parse(path, text).unwrap();
        check(&file).into_iter().map(|violation| violation.line).collect()
    }

    /// A function of exactly this many lines.
    fn function(lines: usize) -> String {
        format!("fn long() {{\n{}}}\n", "    step();\n".repeat(lines - 2))
    }

    #[test]
    fn accepts_the_limits_themselves() {
        let text = function(FUNCTION_LINES_MAX).repeat(5) + &function(FILE_LINES_MAX - 350);
        assert_eq!(text.lines().count(), FILE_LINES_MAX);
        assert_eq!(lines("a.rs", &text), [0; 0]);
    }

    #[test]
    fn refuses_one_line_more_in_any_kind_of_function() {
        let long = function(FUNCTION_LINES_MAX + 1);
        assert_eq!(lines("a.rs", &long), [1]);
        assert_eq!(lines("a.rs", &format!("impl A {{\n{long}}}")), [2]);
        assert_eq!(lines("a.rs", &format!("trait A {{\n{long}}}")), [2]);
        assert_eq!(lines("a.rs", &format!("fn outer() {{\n{long}}}")), [1, 2]);
        assert_eq!(lines("a.rs", &format!("mod inner {{\n{long}}}")), [2]);
    }

    #[test]
    fn documentation_above_a_function_is_free() {
        let documented = format!("/// why\n{}", function(FUNCTION_LINES_MAX));
        assert_eq!(lines("a.rs", &documented), [0; 0]);
    }

    #[test]
    fn refuses_a_file_over_the_limit_and_leaves_its_tests_out() {
        let long = "const A: u8 = 0;\n".repeat(FILE_LINES_MAX + 1);
        assert_eq!(lines("a.rs", &long), [FILE_LINES_MAX + 1]);
        let within = "const A: u8 = 0;\n".repeat(FILE_LINES_MAX);
        let tested = format!("{within}#[cfg(test)]\nmod tests {{\n{}}}\n", function(200));
        assert_eq!(lines("a.rs", &tested), [0; 0]);
    }

    #[test]
    fn tests_may_be_long() {
        let long = function(FILE_LINES_MAX + 10);
        assert_eq!(lines("crates/a/src/tests.rs", &long), [0; 0]);
        assert_eq!(lines("crates/a/tests/story.rs", &long), [0; 0]);
        assert_eq!(lines("a.rs", &format!("#[test]\n{}", function(100))), [0; 0]);
    }
}
