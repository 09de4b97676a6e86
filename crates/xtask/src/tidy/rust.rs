//! A Rust file as the rules see it: parsed once, with its test code known and the names it defines.

use std::ops::RangeInclusive;

use proc_macro2::{TokenStream, TokenTree};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Attribute, Ident, Meta};

use super::Violation;

pub struct RustFile {
    pub path: String,
    pub text: String,
    pub tokens: TokenStream,
    pub ast: syn::File,
}

impl RustFile {
    pub fn parse(path: &str, text: &str) -> Result<Self, Violation> {
        let unread = |cause: &dyn std::fmt::Display, line| {
            Violation::new(path, line, "parse", format!("not Rust: {cause}; make it compile first"))
        };
        let tokens: TokenStream = without_shebang(text)
            .parse()
            .map_err(|cause: proc_macro2::LexError| unread(&cause, cause.span().start().line))?;
        let ast = syn::parse2(tokens.clone())
            .map_err(|cause| unread(&cause, cause.span().start().line))?;
        Ok(Self { path: path.to_owned(), text: text.to_owned(), tokens, ast })
    }

    /// Files that hold nothing but tests: `tests.rs` and all under a `tests` folder.
    pub fn is_test(&self) -> bool {
        self.path.split('/').any(|part| part == "tests" || part == "tests.rs")
    }

    /// Whether this line of the file is test code.
    pub fn is_test_line(&self, line: usize) -> bool {
        self.is_test() || self.test_modules().iter().any(|lines| lines.contains(&line))
    }

    /// The lines of each `#[cfg(test)]` module, from its attributes to its closing brace.
    pub fn test_modules(&self) -> Vec<RangeInclusive<usize>> {
        let mut finder = TestModules(Vec::new());
        finder.visit_file(&self.ast);
        finder.0
    }
}

/// The first line stays as an empty one, so that line numbers hold.
fn without_shebang(text: &str) -> &str {
    if text.starts_with("#!") && !text.starts_with("#![") {
        text.find('\n').map_or("", |end| &text[end..])
    } else {
        text
    }
}

struct TestModules(Vec<RangeInclusive<usize>>);

impl<'ast> Visit<'ast> for TestModules {
    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        if is_test_only(&module.attrs) {
            let span = module.span();
            self.0.push(span.start().line..=span.end().line);
        } else {
            visit::visit_item_mod(self, module);
        }
    }
}

/// `#[test]`, `#[tokio::test]`, `#[cfg(test)]`, `#[cfg(all(test, …))]`; not `#[cfg(not(test))]`.
pub fn is_test_only(attrs: &[Attribute]) -> bool {
    attrs.iter().any(|attr| {
        let names_test = attr.path().segments.last().is_some_and(|last| last.ident == "test");
        let cfg = attr.path().is_ident("cfg");
        names_test || (cfg && attr.parse_args::<Meta>().is_ok_and(|meta| needs_test(&meta)))
    })
}

fn needs_test(meta: &Meta) -> bool {
    if let Meta::List(list) = meta {
        let parts = list
            .parse_args_with(syn::punctuated::Punctuated::<Meta, syn::Token![,]>::parse_terminated);
        return list.path.is_ident("all") && parts.is_ok_and(|parts| parts.iter().any(needs_test));
    }
    meta.path().is_ident("test")
}

/// One token, with brackets as tokens of their own, so that a rule can look for a sequence,
/// also inside macro calls. Literals and documentation comments carry no text.
pub struct Token {
    pub text: String,
    pub line: usize,
}

pub fn flatten(tokens: TokenStream, into: &mut Vec<Token>) {
    for tree in tokens {
        let line = tree.span().start().line;
        match tree {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    proc_macro2::Delimiter::Parenthesis => ("(", ")"),
                    proc_macro2::Delimiter::Brace => ("{", "}"),
                    proc_macro2::Delimiter::Bracket => ("[", "]"),
                    proc_macro2::Delimiter::None => ("", ""),
                };
                into.push(Token { text: open.to_owned(), line });
                flatten(group.stream(), into);
                let line = group.span_close().start().line;
                into.push(Token { text: close.to_owned(), line });
            }
            TokenTree::Ident(ident) => into.push(Token { text: plain(&ident), line }),
            TokenTree::Punct(punct) => into.push(Token { text: punct.to_string(), line }),
            TokenTree::Literal(_) => into.push(Token { text: String::new(), line }),
        }
    }
}

/// A name that a file defines; names it merely uses belong to somebody else.
#[derive(Debug, PartialEq, Eq)]
pub struct Name {
    pub text: String,
    pub line: usize,
    pub is_type: bool,
}

/// The types, variants, functions, fields, modules and constants that a file defines.
pub fn names(file: &RustFile) -> Vec<Name> {
    let mut finder = Names(Vec::new());
    finder.visit_file(&file.ast);
    finder.0
}

struct Names(Vec<Name>);

impl Names {
    fn add(&mut self, ident: &Ident, is_type: bool) {
        self.0.push(Name { text: plain(ident), line: ident.span().start().line, is_type });
    }
}

impl<'ast> Visit<'ast> for Names {
    fn visit_item_struct(&mut self, item: &'ast syn::ItemStruct) {
        self.add(&item.ident, true);
        visit::visit_item_struct(self, item);
    }
    fn visit_item_enum(&mut self, item: &'ast syn::ItemEnum) {
        self.add(&item.ident, true);
        visit::visit_item_enum(self, item);
    }
    fn visit_item_trait(&mut self, item: &'ast syn::ItemTrait) {
        self.add(&item.ident, true);
        visit::visit_item_trait(self, item);
    }
    fn visit_item_type(&mut self, item: &'ast syn::ItemType) {
        self.add(&item.ident, true);
    }
    fn visit_variant(&mut self, item: &'ast syn::Variant) {
        self.add(&item.ident, false);
        visit::visit_variant(self, item);
    }
    fn visit_field(&mut self, item: &'ast syn::Field) {
        if let Some(ident) = &item.ident {
            self.add(ident, false);
        }
    }
    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        self.add(&item.ident, false);
        visit::visit_item_mod(self, item);
    }
    fn visit_item_const(&mut self, item: &'ast syn::ItemConst) {
        self.add(&item.ident, false);
    }
    fn visit_item_static(&mut self, item: &'ast syn::ItemStatic) {
        self.add(&item.ident, false);
    }
    fn visit_signature(&mut self, item: &'ast syn::Signature) {
        self.add(&item.ident, false);
        visit::visit_signature(self, item);
    }
    /// The function names of a trait implementation were chosen where the trait is.
    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        if item.trait_.is_none() {
            return visit::visit_item_impl(self, item);
        }
        for part in &item.items {
            if let syn::ImplItem::Fn(function) = part {
                self.visit_block(&function.block);
            }
        }
    }
}

/// The identifier without the `r#` of a raw one.
fn plain(ident: &Ident) -> String {
    ident.to_string().trim_start_matches("r#").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> RustFile {
        RustFile::parse("crates/made/src/up.rs", text).unwrap()
    }

    #[test]
    fn says_where_a_file_stops_being_rust() {
        let violation = RustFile::parse("a.rs", "fn a() {}\nfn {}\n").err().unwrap();
        assert_eq!((violation.line, violation.rule), (2, "parse"));
        assert!(RustFile::parse("a.rs", "fn a() {\n").is_err());
    }

    #[test]
    fn knows_test_modules_by_their_lines() {
        let file = parse("#!/shebang\nfn a() {}\n#[cfg(test)]\nmod tests {\n    fn b() {}\n}\n");
        assert_eq!(file.test_modules(), [3..=6]);
        assert!(file.is_test_line(5) && !file.is_test_line(2));
    }

    #[test]
    fn not_test_is_not_test() {
        let attrs = |text: &str| syn::parse_str::<syn::ItemFn>(text).unwrap().attrs;
        assert!(is_test_only(&attrs("#[tokio::test] fn a() {}")));
        assert!(is_test_only(&attrs("#[cfg(all(unix, test))] fn a() {}")));
        assert!(!is_test_only(&attrs("#[cfg(not(test))] fn a() {}")));
        assert!(!is_test_only(&attrs("#[cfg(any(test, unix))] fn a() {}")));
    }

    #[test]
    fn lists_defined_names_and_leaves_used_ones() {
        let file = parse(
            "use other::Used;\nstruct A { b: Used }\nimpl A { fn c() {} }\n\
             impl Used for A { fn theirs() { fn inner() {} } }\nenum D { E }\n",
        );
        let found: Vec<_> = names(&file).into_iter().map(|name| (name.text, name.line)).collect();
        let expected = [("A", 2), ("b", 2), ("c", 3), ("inner", 4), ("D", 5), ("E", 5)];
        assert_eq!(found, expected.map(|(name, line)| (name.to_owned(), line)));
    }

    #[test]
    fn flattens_macro_bodies_without_literals() {
        let mut tokens = Vec::new();
        flatten(parse("/// words\nfn a() { m!(\"todo\", r#type); }").tokens, &mut tokens);
        let texts: Vec<_> = tokens.iter().map(|token| token.text.as_str()).collect();
        assert!(texts.contains(&"type") && !texts.iter().any(|text| text.contains("todo")));
    }
}
