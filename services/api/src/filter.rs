//! Filters of lists: the AIP-160 subset of comparisons, AND, OR, NOT and parentheses. OR binds tighter
//! than AND, as AIP-160 says; an unknown field or a value of the wrong kind is refused by name.

use domain::shared::moment::Moment;

use crate::ApiError;

/// What a row holds under a field's name.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Text(String),
    Number(i64),
    Flag(bool),
    /// Absent times compare as false, whatever is asked.
    Time(Option<Moment>),
}

/// Names of fields, each with a value of its kind.
pub(crate) type Fields = &'static [(&'static str, Value)];

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Filter {
    Everything,
    All(Vec<Self>),
    Any(Vec<Self>),
    Not(Box<Self>),
    Compare { field: String, by: Comparison, value: Value },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    /// `:` holds the text anywhere.
    Has,
}

const LENGTH_MAX: usize = 1_000;
const DEPTH_MAX: usize = 20;

impl Filter {
    /// Reads `text` over the fields there are.
    pub(crate) fn parse(text: &str, fields: &[(&str, Value)]) -> Result<Self, ApiError> {
        if text.trim().is_empty() {
            return Ok(Self::Everything);
        }
        if text.chars().count() > LENGTH_MAX {
            return Err(wrong("must have at most 1000 characters", "最多 1000 个字"));
        }
        let tokens = tokens(text)?;
        let mut reader = Reader { tokens, place: 0, fields };
        let filter = reader.conjunction(0)?;
        match reader.peek() {
            None => Ok(filter),
            Some(token) => Err(unexpected(token)),
        }
    }

    /// Every text that `field` is compared with as a whole.
    pub(crate) fn words<'a>(&'a self, field: &str, found: &mut Vec<&'a str>) {
        match self {
            Self::Everything => {}
            Self::All(parts) | Self::Any(parts) => {
                parts.iter().for_each(|part| part.words(field, found));
            }
            Self::Not(part) => part.words(field, found),
            Self::Compare { field: name, by, value: Value::Text(text) }
                if name == field && *by != Comparison::Has =>
            {
                found.push(text);
            }
            Self::Compare { .. } => {}
        }
    }

    /// Whether a row fits; `field` gives its values.
    pub(crate) fn fits(&self, field: &dyn Fn(&str) -> Option<Value>) -> bool {
        match self {
            Self::Everything => true,
            Self::All(parts) => parts.iter().all(|part| part.fits(field)),
            Self::Any(parts) => parts.iter().any(|part| part.fits(field)),
            Self::Not(part) => !part.fits(field),
            Self::Compare { field: name, by, value } => {
                field(name).is_some_and(|held| compare(&held, *by, value))
            }
        }
    }
}

fn compare(held: &Value, by: Comparison, asked: &Value) -> bool {
    let order = match (held, asked) {
        (Value::Text(held), Value::Text(asked)) if by == Comparison::Has => {
            return held.contains(asked.as_str());
        }
        (Value::Text(held), Value::Text(asked)) => held.cmp(asked),
        (Value::Number(held), Value::Number(asked)) => held.cmp(asked),
        (Value::Flag(held), Value::Flag(asked)) => held.cmp(asked),
        (Value::Time(Some(held)), Value::Time(Some(asked))) => held.cmp(asked),
        (Value::Text(_) | Value::Number(_) | Value::Flag(_) | Value::Time(_), _) => return false,
    };
    match by {
        Comparison::Equal | Comparison::Has => order.is_eq(),
        Comparison::NotEqual => order.is_ne(),
        Comparison::Less => order.is_lt(),
        Comparison::LessOrEqual => order.is_le(),
        Comparison::Greater => order.is_gt(),
        Comparison::GreaterOrEqual => order.is_ge(),
    }
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Word(String),
    Quoted(String),
    Compare(Comparison),
    Open,
    Close,
    Minus,
}

fn tokens(text: &str) -> Result<Vec<Token>, ApiError> {
    let mut tokens = Vec::new();
    let mut rest = text.chars().peekable();
    while let Some(first) = rest.next() {
        let followed_by_equals =
            |rest: &mut std::iter::Peekable<std::str::Chars<'_>>| rest.next_if_eq(&'=').is_some();
        let token = match first {
            space if space.is_whitespace() => continue,
            '(' => Token::Open,
            ')' => Token::Close,
            '=' => Token::Compare(Comparison::Equal),
            ':' => Token::Compare(Comparison::Has),
            '!' if followed_by_equals(&mut rest) => Token::Compare(Comparison::NotEqual),
            '<' if followed_by_equals(&mut rest) => Token::Compare(Comparison::LessOrEqual),
            '<' => Token::Compare(Comparison::Less),
            '>' if followed_by_equals(&mut rest) => Token::Compare(Comparison::GreaterOrEqual),
            '>' => Token::Compare(Comparison::Greater),
            '-' => Token::Minus,
            '"' => {
                let mut quoted = String::new();
                loop {
                    match rest.next() {
                        Some('"') => break,
                        Some('\\') => quoted.extend(rest.next()),
                        Some(other) => quoted.push(other),
                        None => {
                            return Err(wrong("has a string that does not end", "有未闭合的引号"));
                        }
                    }
                }
                Token::Quoted(quoted)
            }
            other => {
                let mut word = String::from(other);
                while let Some(next) = rest.next_if(|c| !" \t\r\n()=:!<>\"".contains(*c)) {
                    word.push(next);
                }
                Token::Word(word)
            }
        };
        tokens.push(token);
    }
    Ok(tokens)
}

struct Reader<'a> {
    tokens: Vec<Token>,
    place: usize,
    fields: &'a [(&'a str, Value)],
}

impl Reader<'_> {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.place)
    }

    fn next(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.place).cloned();
        self.place += 1;
        token
    }

    fn take_word(&mut self, word: &str) -> bool {
        let there = matches!(self.peek(), Some(Token::Word(found)) if found == word);
        self.place += usize::from(there);
        there
    }

    /// Parts joined by AND, or just by standing beside each other.
    fn conjunction(&mut self, depth: usize) -> Result<Filter, ApiError> {
        if depth > DEPTH_MAX {
            return Err(wrong("is nested too deeply", "嵌套过深"));
        }
        let mut parts = vec![self.disjunction(depth)?];
        while self.take_word("AND") || self.peek().is_some_and(|token| *token != Token::Close) {
            parts.push(self.disjunction(depth)?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Filter::All(parts) })
    }

    fn disjunction(&mut self, depth: usize) -> Result<Filter, ApiError> {
        let mut parts = vec![self.part(depth)?];
        while self.take_word("OR") {
            parts.push(self.part(depth)?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Filter::Any(parts) })
    }

    fn part(&mut self, depth: usize) -> Result<Filter, ApiError> {
        let minus = matches!(self.peek(), Some(Token::Minus));
        self.place += usize::from(minus);
        if minus || self.take_word("NOT") {
            return Ok(Filter::Not(Box::new(self.simple(depth)?)));
        }
        self.simple(depth)
    }

    fn simple(&mut self, depth: usize) -> Result<Filter, ApiError> {
        match self.next() {
            Some(Token::Open) => {
                let inner = self.conjunction(depth + 1)?;
                match self.next() {
                    Some(Token::Close) => Ok(inner),
                    Some(token) => Err(unexpected(&token)),
                    None => Err(wrong("has a parenthesis that does not close", "括号未闭合")),
                }
            }
            Some(Token::Word(field)) => self.comparison(field),
            Some(token) => Err(unexpected(&token)),
            None => Err(wrong("ends where a comparison is due", "缺少比较条件")),
        }
    }

    fn comparison(&mut self, field: String) -> Result<Filter, ApiError> {
        let names = || self.fields.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
        let Some((_, kind)) = self.fields.iter().find(|(name, _)| *name == field).cloned() else {
            return Err(wrong(
                &format!("names '{field}'; fields are {}", names()),
                &format!("没有字段“{field}”,可用:{}", names()),
            ));
        };
        let Some(Token::Compare(by)) = self.next() else {
            return Err(wrong(
                &format!("needs = != < <= > >= or : after '{field}'"),
                &format!("“{field}”之后应为比较符"),
            ));
        };
        let mut sign = "";
        if matches!(self.peek(), Some(Token::Minus)) {
            sign = "-";
            self.place += 1;
        }
        let (Some(Token::Word(text)) | Some(Token::Quoted(text))) = self.next() else {
            return Err(wrong(
                &format!("needs a value after '{field}'"),
                &format!("“{field}”缺少取值"),
            ));
        };
        let value = value(&kind, &format!("{sign}{text}")).ok_or_else(|| {
            wrong(
                &format!("compares '{field}' with '{text}', which is not of its kind"),
                &format!("“{field}”不能与“{text}”比较"),
            )
        })?;
        Ok(Filter::Compare { field, by, value })
    }
}

fn value(kind: &Value, text: &str) -> Option<Value> {
    Some(match kind {
        Value::Text(_) => Value::Text(text.into()),
        Value::Number(_) => Value::Number(text.parse().ok()?),
        Value::Flag(_) => Value::Flag(text.parse().ok()?),
        Value::Time(_) => Value::Time(Some(Moment::parse(text)?)),
    })
}

fn unexpected(token: &Token) -> ApiError {
    wrong(&format!("does not continue with {token:?}"), "语法不正确")
}

fn wrong(text: &str, zh: &str) -> ApiError {
    ApiError::shape("filter", text, zh)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIELDS: &[(&str, Value)] = &[
        ("stage", Value::Text(String::new())),
        ("reopens", Value::Number(0)),
        ("overdue", Value::Flag(false)),
        ("registered_at", Value::Time(None)),
    ];

    fn row(name: &str) -> Option<Value> {
        Some(match name {
            "stage" => Value::Text("accepted".into()),
            "reopens" => Value::Number(2),
            "overdue" => Value::Flag(true),
            "registered_at" => Value::Time(Moment::parse("2026-03-16T08:00:00+08:00")),
            _ => return None,
        })
    }

    fn fits(text: &str) -> bool {
        Filter::parse(text, FIELDS).unwrap().fits(&row)
    }

    #[test]
    fn compares_text_numbers_flags_and_times() {
        for text in [
            "",
            "stage = accepted",
            "stage=\"accepted\" AND reopens >= 2",
            "stage:cept overdue = true",
            "reopens != -1",
            "NOT reopens < 2",
            "-stage = closed",
            "registered_at < \"2026-03-17T00:00:00+08:00\"",
            "(stage = closed OR reopens > 1) AND overdue = true",
        ] {
            assert!(fits(text), "{text}");
        }
        for text in ["stage = closed", "reopens > 2", "overdue = false", "NOT (stage = accepted)"] {
            assert!(!fits(text), "{text}");
        }
    }

    #[test]
    fn or_binds_tighter_than_and() {
        // As AIP-160 has it: (a OR b) AND c.
        assert!(!fits("stage = accepted OR reopens = 2 AND overdue = false"));
    }

    #[test]
    fn refuses_what_it_does_not_understand_by_name() {
        for (text, named) in [
            ("colour = red", "colour"),
            ("reopens = many", "many"),
            ("stage accepted", "stage"),
            ("stage =", "stage"),
            ("(stage = a", "parenthesis"),
            ("stage = a)", "Close"),
            ("stage = \"a", "string"),
            ("AND", "AND"),
        ] {
            let refused = Filter::parse(text, FIELDS).unwrap_err();
            let ApiError::Shape { field, expected, .. } = refused else { panic!("{text}") };
            assert_eq!(field, "filter");
            assert!(expected.contains(named), "{text}: {expected}");
        }
        assert!(Filter::parse(&"(".repeat(500), FIELDS).is_err());
    }
}
