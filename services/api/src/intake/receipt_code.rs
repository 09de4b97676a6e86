//! Receipt codes of anonymous reporters: 100 bits nobody guesses, kept as a hash. They follow from the file for whoever
//! has the vault, so that a request that is repeated is answered as it was: an answer that was lost is no code lost.

use commands::register::Filing;
use domain::issue::{IssueCommand, IssueVerb};
use domain::policy::publish::hash_of;
use domain::shared::actor::Actor;
use domain::shared::ids::IssueId;
use domain::shared::matter::Confidence;
use eventlog::{Done, Request};
use uuid::Uuid;

use crate::write::done_before_freeze;
use crate::{Api, ApiError};

/// Without letters that are mistaken for digits (Crockford's alphabet).
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LETTERS: usize = 20;
/// A file merged into a file that was merged itself: followed this far.
const MERGES_MAX: usize = 8;

/// The code of a new anonymous file; empty for everybody else.
pub(super) async fn issue(api: &Api, filing: &Filing, done: &Done) -> Result<String, ApiError> {
    let anonymous = filing.matter.reporter.confidence == Confidence::Anonymous;
    // A record of another system may be registered already: whose file it is then, nobody is told.
    if !anonymous || done.receipt.stream.id != filing.issue.0 {
        return Ok(String::new());
    }
    let code = of(api, done.receipt.stream.id)?;
    let digest = digest(&code);
    if api.commands.log.holder("receipt", &digest).await?.is_some() {
        return Ok(code);
    }
    let facts = api.commands.facts(Actor::system(), Some(filing.matter.place)).await?;
    let verb = IssueVerb::IssueReceipt { digest };
    let command = |now| IssueCommand { given: facts.at(now), verb: verb.clone() };
    let request = Request {
        origin: api.system_origin("receipt"),
        principal: "receipts".into(),
        ..Request::default()
    };
    api.commands.issues.execute(done.receipt.stream.id, &request, command).await?;
    Ok(code)
}

/// The code of an anonymous file.
pub(super) fn of(api: &Api, file: Uuid) -> Result<String, ApiError> {
    let bytes = api.vault.following("receipt", &file.to_string())?;
    let letter = |byte: &u8| char::from(ALPHABET[usize::from(byte % 32)]);
    let letters: Vec<char> = bytes.iter().take(LETTERS).map(letter).collect();
    let code = letters.chunks(5).map(|part| part.iter().collect::<String>());
    Ok(code.collect::<Vec<_>>().join("-"))
}

/// What was filed under this request before its file was frozen: the file, and the code of an anonymous one.
pub(super) async fn again(
    api: &Api,
    request: &Request,
    confidence: Confidence,
    error: ApiError,
) -> Result<(Done, String), ApiError> {
    let done = done_before_freeze(error, api.commands.issues.done_before(request)).await?;
    let anonymous = confidence == Confidence::Anonymous;
    let code = if anonymous { of(api, done.receipt.stream.id)? } else { String::new() };
    Ok((done, code))
}

/// The file behind a code; unknown codes and malformed ones answer alike.
pub(super) async fn find(api: &Api, code: &str) -> Result<Uuid, ApiError> {
    let digest = digest(code);
    let stream = api.commands.log.holder("receipt", &digest).await?;
    let found = stream.map(|stream| stream.id).ok_or(ApiError::NotFound)?;
    api.limits().receipt(&digest)?;
    Ok(found)
}

/// The file that answers for the one a code was given for, and the reporter's number there: itself, or
/// the lead it was merged into (LOOP I5).
pub(super) async fn answering(api: &Api, own: IssueId) -> Result<(IssueId, usize), ApiError> {
    let mut file = own;
    for _ in 0..MERGES_MAX {
        let seen = api.commands.issues.read(file.0, |issue, _| {
            let mut reporters = issue.active_reporters();
            let came = |from: Option<IssueId>| if file == own { true } else { from == Some(own) };
            let found = reporters.find(|(_, reporter)| {
                reporter.confidence == Confidence::Anonymous && came(reporter.merged_from)
            });
            (issue.merged_into, found.map_or(0, |(number, _)| number))
        });
        match seen.await?.ok_or(ApiError::NotFound)? {
            (Some(lead), _) => file = lead,
            (None, reporter) => return Ok((file, reporter)),
        }
    }
    Ok((own, 0))
}

/// A hundred random bits need no salt: nobody tries them all.
fn digest(code: &str) -> String {
    let spoken = code.chars().filter(|c| !c.is_whitespace() && *c != '-');
    let plain: String = spoken.map(|c| c.to_ascii_uppercase()).take(100).collect();
    hash_of(&format!("receipt/{plain}"))
}
